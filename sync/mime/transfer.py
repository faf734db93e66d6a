"""Content transfer encodings (RFC 2045 6), whole and as a stream. Broken input gives what can be read of it."""

import re
from binascii import a2b_base64, a2b_qp

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(code for code in range(256) if code not in _ALPHABET + b"=")
_TRAILING_SPACE = re.compile(rb"(?<![ \t])[ \t]++(?=\r?\n)")
_SOFT_BREAK_WITHOUT_LF = re.compile(rb"=\r(?!\n)")  # after it `a2b_qp` drops everything up to the next LF
_OPEN_END = re.compile(rb"(?:=+[0-9A-Fa-f]?|=*[ \t]{1,400})?\r?\Z")  # `a2b_qp` reads "==" as one
MAX_SEGMENTS = 1000


def decode_base64(raw: bytes) -> bytes:
    """Characters outside the alphabet are skipped, missing padding is added, padding in the middle ends a segment."""
    clean = raw.translate(None, delete=_NOT_BASE64)
    body = clean.rstrip(b"=")
    if b"=" not in body:
        return _decode_segment(body)
    segments = body.split(b"=", MAX_SEGMENTS)
    segments[-1] = segments[-1].replace(b"=", b"")
    return b"".join(_decode_segment(segment) for segment in segments)


def _decode_segment(segment: bytes) -> bytes:
    over = len(segment) % 4
    if over == 1:  # six bits are no byte
        segment, over = segment[:-1], 0
    return a2b_base64(segment + b"=" * (-over % 4))


def decode_quoted_printable(raw: bytes) -> bytes:
    """White space before a line end was added on the way (RFC 2045 6.7 rule 3); wrong escapes stay as they are."""
    return a2b_qp(_TRAILING_SPACE.sub(b"", _SOFT_BREAK_WITHOUT_LF.sub(b"=\n", raw)))


class TransferDecoder:
    """One part's body in pieces. `feed` returns what is complete, `finish` the rest. Unknown encodings pass through."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding.strip().lower()
        self._held = b""

    def feed(self, chunk: bytes) -> bytes:
        if self._encoding == "base64":
            return self._feed_base64(chunk)
        if self._encoding == "quoted-printable":
            return self._feed_quoted_printable(chunk)
        return chunk

    def finish(self) -> bytes:
        held, self._held = self._held, b""
        if self._encoding == "base64":
            return decode_base64(held)
        return decode_quoted_printable(held)

    def _feed_base64(self, chunk: bytes) -> bytes:
        clean = self._held + chunk.translate(None, delete=_NOT_BASE64)
        # Up to the last padding every segment is whole; after it, whole groups of four are.
        ended = clean.rfind(b"=") + 1
        ready = ended + (len(clean) - ended) // 4 * 4
        self._held = clean[ready:]
        return decode_base64(clean[:ended]) + decode_base64(clean[ended:ready])

    def _feed_quoted_printable(self, chunk: bytes) -> bytes:
        data = self._held + chunk
        tail = _OPEN_END.search(data, max(0, len(data) - 500))
        cut = tail.start() if tail is not None else len(data)
        self._held = data[cut:]
        return decode_quoted_printable(data[:cut])
