"""A slow line to the web server that is cut in the middle of a chunk, and counts what of each chunk went over it.

Counted here and not in the page: a browser repeats a request by itself when a kept line breaks, and tells nobody.
"""

import contextlib
import re
import socket
import threading
import time
from types import TracebackType
from typing import Self

PIECE_BYTES = 4096
_CHUNK = re.compile(rb"^PUT /api/uploads/[^ ]+/\d+ HTTP/1\.1\r\n")
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)


class SlowLine:
    """Context manager. What browsers say goes at `bytes_a_second`, all lines together; answers are not held up."""

    def __init__(self, port: int, bytes_a_second: float) -> None:
        self._target, self._speed = ("127.0.0.1", port), bytes_a_second
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self._pacing, self._open = threading.Lock(), set[socket.socket]()
        self._cut_at: list[int] = []
        self.carried = 0  # bytes of chunks
        self.cuts: list[int] = []  # how far the chunk was that each cut met

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _close(self._listener)
        self._cut()

    def cut_after(self, *carried: int) -> None:
        """Each time so many bytes of chunks went over it, and a chunk is half through: then all lines break."""
        self._cut_at = sorted(carried)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
                far = socket.create_connection(self._target, 5)
            except OSError:
                return
            far.settimeout(None)
            self._open |= {near, far}
            threading.Thread(target=self._say, args=(near, far), daemon=True).start()
            threading.Thread(target=self._answer, args=(far, near), daemon=True).start()

    def _say(self, near: socket.socket, far: socket.socket) -> None:
        request = _Request()
        with contextlib.suppress(OSError):
            while piece := near.recv(PIECE_BYTES):
                with self._pacing:
                    time.sleep(len(piece) / self._speed)
                far.sendall(piece)
                self.carried += request.read(piece)
                if self._cut_at and self.carried > self._cut_at[0] and request.is_half_through:
                    self._cut_at.pop(0)
                    self.cuts.append(request.held)
                    self._cut()
        _close(near)
        _close(far)

    def _answer(self, far: socket.socket, near: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while said := far.recv(65536):
                near.sendall(said)
        _close(near)
        _close(far)

    def _cut(self) -> None:
        lines, self._open = self._open, set()
        for line in lines:
            _close(line)


class _Request:
    """Where one line's newest request stands, if it carries a chunk."""

    def __init__(self) -> None:
        self._head, self._left, self._counts = bytearray(), 0, False
        self._size = 0

    @property
    def held(self) -> int:
        return self._size - self._left

    @property
    def is_half_through(self) -> bool:
        return self._counts and 0 < self._left <= self._size // 2

    def read(self, piece: bytes) -> int:
        """→ how many bytes of it are a chunk's."""
        found = 0
        while piece:
            if not self._left:
                piece = self._read_head(piece)
            body, piece = piece[: self._left], piece[self._left :] if self._left else piece
            self._left -= len(body)
            found += len(body) if self._counts else 0
        return found

    def _read_head(self, piece: bytes) -> bytes:
        """→ what follows it."""
        self._head += piece
        head, end, rest = bytes(self._head).partition(b"\r\n\r\n")
        self._counts = False
        if not end:
            return b""
        self._head.clear()
        length = _LENGTH.search(head + b"\r\n")
        self._size = self._left = int(length[1]) if length else 0
        self._counts = _CHUNK.match(head) is not None
        return rest


def _close(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
    line.close()
