"""A part's fetched bytes → its bytes, or its text. The bytes may be cut short anywhere: previews fetch only a start."""

import re

from sync.mail import Part
from sync.mime.charsets import decode, decode_html
from sync.mime.clean import clean_text
from sync.mime.flowed import unflow
from sync.mime.transfer import TransferDecoder, decode_base64, decode_quoted_printable

__all__ = ["TransferDecoder", "decode_part", "decode_text"]

_OPEN_ESCAPE = re.compile(rb"=[0-9A-Fa-f]?\Z")


def decode_part(raw: bytes, part: Part) -> bytes:
    """Undo the transfer encoding. An unknown one (x-uuencode too) is left as it is."""
    if part.encoding == "base64":
        return decode_base64(raw)
    if part.encoding == "quoted-printable":
        return decode_quoted_printable(_OPEN_ESCAPE.sub(b"", raw))
    return raw


def decode_text(raw: bytes, part: Part) -> str:
    """Line ends are LF, control characters are gone. UTF-7 is refused: such text is shown as the ASCII it is."""
    data = decode_part(raw, part)
    if part.type == "text/html":
        return clean_text(decode_html(data, part.charset))
    text = clean_text(decode(data, part.charset))
    return unflow(text, delete_space="delsp" in part.format) if part.format.startswith("flowed") else text
