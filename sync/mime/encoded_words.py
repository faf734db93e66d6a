"""RFC 2047 encoded words and RFC 2231 parameters, in the forms that senders really write."""

import re
from binascii import a2b_qp
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from sync.mime.charsets import decode
from sync.mime.transfer import decode_base64

MAX_WORD_CHARS = 64 * 1024

# Lenient: spaces and "?" inside the text, no white space around. The possessive scan stops at the next "=?", so the
# cost stays linear however many words begin and never end.
WORD = re.compile(
    r"=\?([A-Za-z0-9_.:+-]{1,60})(?:\*[A-Za-z0-9-]{0,20})?\?([bBqQ])\?((?:[^?=]|=(?!\?[^=])|\?(?!=))*+)\?="
)
_GAP = re.compile(r"[ \t\r\n]*+")
_CONTINUED = re.compile(r"([^*]{1,60})\*(\d{1,3})?(\*)?")


def decode_words(text: str) -> str:
    """All encoded words of a field, decoded; white space between two of them goes (RFC 2047 6.2)."""
    text = text[:MAX_WORD_CHARS]
    if "=?" not in text:
        return text
    out: list[str] = []
    group: list[tuple[str, str, str]] = []  # adjacent words: charset, encoding, text
    at = 0
    for word in WORD.finditer(text):
        between = text[at : word.start()]
        if group and _GAP.fullmatch(between) is not None:
            between = ""
        if between:
            out += (_decode_group(group), between)
            group = []
        group.append((word[1].lower(), word[2].lower(), word[3]))
        at = word.end()
    out += (_decode_group(group), text[at:])
    return "".join(out)


def _decode_group(group: list[tuple[str, str, str]]) -> str:
    """Words of one charset are decoded as one run of bytes: many senders cut inside a character, even inside base64."""
    out: list[str] = []
    raw = bytearray()
    base64 = ""
    charset = ""
    for word_charset, encoding, text in group:
        if word_charset != charset:
            raw += decode_base64(base64.encode("ascii", "ignore"))
            out.append(decode(bytes(raw), charset))
            raw, base64, charset = bytearray(), "", word_charset
        if encoding == "b":
            base64 += text
            if len(text) % 4 == 0 or text.endswith("="):
                raw += decode_base64(base64.encode("ascii", "ignore"))
                base64 = ""
        else:
            raw += decode_base64(base64.encode("ascii", "ignore")) + _decode_q(text)
            base64 = ""
    raw += decode_base64(base64.encode("ascii", "ignore"))
    out.append(decode(bytes(raw), charset))
    return "".join(out)


def _decode_q(text: str) -> bytes:
    return a2b_qp(text.encode("utf-8", "replace"), header=True)


def read_parameter(parameters: Mapping[str, str], name: str) -> str:
    """One parameter, put together from its RFC 2231 pieces (`name*0*`, `name*1`, …), else plain, else RFC 2047.

    `parameters` has lower-case names and undecoded values.
    """
    extended = parameters.get(f"{name}*")
    if extended is not None:
        return _decode_extended(extended)
    pieces = _pieces(parameters, name)
    if pieces:
        return _join(pieces)
    plain = parameters.get(name, "")
    # Not allowed by RFC 2047 5(3), and what half of all senders do.
    return decode_words(plain) if "=?" in plain else plain


def _pieces(parameters: Mapping[str, str], name: str) -> list[tuple[str, bool]]:
    """(value, is percent-encoded) in order, until the first number that is missing."""
    found: dict[int, tuple[str, bool]] = {}
    for key, value in parameters.items():
        match = _CONTINUED.fullmatch(key)
        if match is not None and match[1] == name and match[2] is not None:
            found.setdefault(int(match[2]), (value, match[3] is not None))
    pieces: list[tuple[str, bool]] = []
    while len(pieces) in found:
        pieces.append(found[len(pieces)])
    return pieces


def _join(pieces: list[tuple[str, bool]]) -> str:
    charset, first = _split_charset(pieces[0][0]) if pieces[0][1] else ("", pieces[0][0])
    raw = bytearray()
    for at, (value, is_encoded) in enumerate(pieces):
        text = first if at == 0 else value
        raw += unquote_to_bytes(text) if is_encoded else text.encode("utf-8", "replace")
    return decode(bytes(raw), charset)


def _decode_extended(value: str) -> str:
    charset, text = _split_charset(value)
    return decode(unquote_to_bytes(text), charset)


def _split_charset(value: str) -> tuple[str, str]:
    charset, quote, rest = value.partition("'")
    _, second, text = rest.partition("'")
    return (charset, text) if quote and second else ("", value)
