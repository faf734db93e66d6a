"""Bodies of a mail of ours → transfer encodings (RFC 2045 6). What goes out is ASCII with CRLF, whatever went in."""

import re
from base64 import encodebytes
from collections.abc import Iterator

MAX_ENCODED_LINE = 76
MAX_LINE = 998  # RFC 5322 2.1.1, without CRLF

_EQUALS = 0x3D
_SAFE = bytes(code for code in range(0x20, 0x7F) if code != _EQUALS) + b"\t\n"
_ESCAPED = re.compile(rb"[^\t -<>-~]|[ \t]\Z")
_ESCAPES = {bytes([code]): b"=%02X" % code for code in range(256)}
# Left alone, a dot may end the mail on the way, and "From " begin another one in a mailbox file.
_MISTAKEN = (b".", b"From ")


def encode_text(text: str) -> tuple[str, bytes]:
    """Text with LF → the shorter of "quoted-printable" and "base64", and the body. Where the text ends in a line end,
    so does the body."""
    data = text.encode()
    escapes = len(data.translate(None, delete=_SAFE))
    if len(data) + 2 * escapes > len(data) * 4 / 3:
        return "base64", encode_base64(data.replace(b"\n", b"\r\n"))
    return "quoted-printable", _encode_quoted_printable(data)


def encode_base64(data: bytes) -> bytes:
    return encodebytes(data).replace(b"\n", b"\r\n")


def is_plain(data: bytes) -> bool:
    """Whether it can travel as `7bit`, byte for byte (RFC 2045 2.7)."""
    line_ends = data.count(b"\r\n")
    if not data.isascii() or b"\0" in data or not data.count(b"\r") == data.count(b"\n") == line_ends:
        return False
    return max(map(len, data.split(b"\r\n"))) <= MAX_LINE


def _encode_quoted_printable(data: bytes) -> bytes:
    return b"\r\n".join(
        piece
        for line in data.split(b"\n")
        for piece in _soft_lines(_ESCAPED.sub(lambda match: _ESCAPES[match[0]], line))
    )


def _soft_lines(line: bytes) -> Iterator[bytes]:
    """Cut at most 76 wide, never inside an escape."""
    at = 0
    while True:
        first = b""
        if line.startswith(_MISTAKEN, at):
            first, at = _ESCAPES[line[at : at + 1]], at + 1
        room = MAX_ENCODED_LINE - len(first)
        if len(line) - at <= room:
            yield first + line[at:]
            return
        cut = at + room - 1
        if line[cut - 1] == _EQUALS:
            cut -= 1
        elif line[cut - 2] == _EQUALS:
            cut -= 2
        yield first + line[at:cut] + b"="
        at = cut
