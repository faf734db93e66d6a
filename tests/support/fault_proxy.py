"""A TCP proxy that fails on purpose: the tunnel, the flapping socket, the server that accepts and says nothing.

One thread a direction; states are switched by the test at any moment.
"""

import contextlib
import socket
import threading
from types import TracebackType
from typing import Literal, Self

CHUNK_BYTES = 65536

State = Literal["open", "refusing", "silent"]


class FaultProxy:
    """`port` is stable. open: bytes flow. refusing: nobody listens. silent: connections are taken, nothing flows."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._listener: socket.socket | None = None
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._lock = threading.Lock()
        self._flowing = threading.Event()
        self._flowing.set()
        self._fuse_bytes: int | None = None
        self.port = 0
        self.accepted = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
        self.port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def stop(self) -> None:
        self.refuse()
        self._flowing.set()

    def refuse(self) -> None:
        """The network is gone: open connections break, new ones are refused."""
        listener, self._listener = self._listener, None
        if listener is not None:
            # Only a shutdown wakes a thread out of accept().
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        self.cut()

    def restore(self) -> None:
        self._flowing.set()
        self._fuse_bytes = None
        if self._listener is None:
            self.start()

    def cut(self) -> None:
        """Break what is open now; new connections work."""
        with self._lock:
            pairs, self._pairs = self._pairs, set()
        for pair in pairs:
            for end in pair:
                _close(end)

    def silence(self) -> None:
        """Nothing flows any more and nothing is closed: the half-open connection."""
        self._flowing.clear()

    def lead_to(self, port: int) -> None:
        """New connections go there from now on."""
        self._target = (self._target[0], port)

    def cut_after(self, answered_bytes: int) -> None:
        """Break each connection once the server has answered this many more bytes."""
        self._fuse_bytes = answered_bytes

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            self.accepted += 1
            try:
                far = socket.create_connection(self._target, 5)
            except OSError:
                _close(near)
                continue
            far.settimeout(None)
            pair = (near, far)
            with self._lock:
                self._pairs.add(pair)
            threading.Thread(target=self._pump, args=(near, far, pair, False), daemon=True).start()
            threading.Thread(target=self._pump, args=(far, near, pair, True), daemon=True).start()

    def _pump(
        self, source: socket.socket, sink: socket.socket, pair: tuple[socket.socket, socket.socket], answers: bool
    ) -> None:
        with contextlib.suppress(OSError):
            while chunk := source.recv(CHUNK_BYTES):
                self._flowing.wait()
                if answers and (fuse := self._fuse_bytes) is not None:
                    sink.sendall(chunk[:fuse])
                    self._fuse_bytes = max(0, fuse - len(chunk))
                    if len(chunk) >= fuse:
                        break
                    continue
                sink.sendall(chunk)
        with self._lock:
            self._pairs.discard(pair)
        for end in pair:
            _close(end)


def _close(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
