"""A TCP proxy that waits for certain bytes, and then does something: at exactly that place of a dialogue."""

import contextlib
import re
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self

Way = Literal["said", "answered"]  # by the client, by the server


@dataclass(frozen=True, slots=True, kw_only=True)
class Trap:
    """`passes`: how many bytes of what matches `pattern` still get through before `deed` is done; None: all."""

    way: Way
    pattern: re.Pattern[bytes]
    passes: int | None
    deed: Callable[[], object]
    cuts: bool  # the line, after the deed


class Tripwire:
    """Context manager. One trap is set at a time; it goes off once."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._lock = threading.Lock()
        self._trap: Trap | None = None
        self._set = 0  # how often one was: bytes from before do not count
        self._ends: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for end in [self._listener, *self._ends]:
            _close(end)

    def set(self, trap: Trap | None) -> None:
        with self._lock:
            self._trap, self._set = trap, self._set + 1

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(self._target, 5)
            except OSError:
                _close(near)
                continue
            far.settimeout(None)
            self._ends += [near, far]
            for source, sink, way in ((near, far, "said"), (far, near, "answered")):
                threading.Thread(target=self._pump, args=(source, sink, way), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, way: Way) -> None:
        seen, heard_since = bytearray(), self._set
        with contextlib.suppress(OSError):
            while chunk := source.recv(65536):
                if heard_since != self._set:
                    heard_since = self._set
                    seen.clear()
                passed_on = len(seen)
                seen += chunk
                at = self._sprung(way, seen, passed_on)
                if at is None:
                    sink.sendall(chunk)
                    continue
                trap, place = at
                sink.sendall(chunk[:place])
                trap.deed()
                if trap.cuts:
                    break
                sink.sendall(chunk[place:])
        for end in (source, sink):
            _close(end)

    def _sprung(self, way: Way, seen: bytearray, passed_on: int) -> tuple[Trap, int] | None:
        """→ the trap that goes off now, and how much of the newest bytes gets through before."""
        with self._lock:
            trap = self._trap
            found = trap.pattern.search(seen) if trap is not None and trap.way == way else None
            if trap is None or found is None:
                return None
            self._trap = None
        passes = found.end() if trap.passes is None else found.start() + trap.passes
        return trap, max(0, passes - passed_on)


def _close(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
