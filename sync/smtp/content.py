"""A message as it crosses the line (RFC 5321 4.5.2), without its end.

Servers disagree about bare CR and LF: one takes `LF . LF` for the end of a mail and reads what follows as commands, the
next passes it on. So every line end becomes CR LF, and only then are leading dots doubled.
"""

import re
from collections.abc import Iterator

from sync.smtp.transport import PIECE_BYTES

END = b"\r\n.\r\n"
_BARE = re.compile(rb"\r(?!\n)|(?<!\r)\n")


class Content:
    """`size_bytes` counts as SIZE does: line ends as two, doubled dots once (RFC 1870 section 3)."""

    def __init__(self, message: bytes) -> None:
        lines = _BARE.sub(b"\r\n", message) if _BARE.search(message) else message
        # The last line end is the first half of END.
        lines = lines.removesuffix(b"\r\n")
        self.size_bytes = len(lines) + len(b"\r\n")
        stuffed = lines.replace(b"\r\n.", b"\r\n..")
        self._wire = b"." + stuffed if stuffed.startswith(b".") else stuffed

    def pieces(self) -> Iterator[memoryview]:
        view = memoryview(self._wire)
        for start in range(0, len(view), PIECE_BYTES):
            yield view[start : start + PIECE_BYTES]
