"""A bare line to the mail server, without any client's code: the fastest that anything over it could be."""

import socket
import threading
import time
from types import TracebackType
from typing import Self

_PATIENCE_S = 30


class Line:
    """Signed in with the Inbox open."""

    def __init__(self, port: int, user: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), _PATIENCE_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._lines = self._socket.makefile("rb")
        self._lines.readline()
        self.ask(f"LOGIN {user} secret")
        self.exists = 0
        for line in self.ask("SELECT INBOX"):
            if line.endswith(b" EXISTS\r\n"):
                self.exists = int(line.split()[1])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._lines.close()
        self._socket.close()

    def ask(self, command: str) -> list[bytes]:
        """→ what came before the tagged OK; literals come as lines among the others."""
        self.send(f"a {command}")
        came: list[bytes] = []
        while not (line := self.read()).startswith(b"a "):
            came.append(line)
        assert line.startswith(b"a OK"), line
        return came

    def send(self, line: str) -> None:
        self._socket.sendall(f"{line}\r\n".encode())

    def read(self) -> bytes:
        line = self._lines.readline()
        if not line:
            raise ConnectionError("the mail server closed the line")
        return line


class Idle:
    """A line in IDLE on a thread of its own that notes when the server said something."""

    def __init__(self, port: int, user: str) -> None:
        self._line = Line(port, user)
        self._line.send("a IDLE")
        self._line.read()
        self._said = threading.Event()
        self._at = 0.0
        threading.Thread(target=self._listen, daemon=True).start()

    def watch(self) -> None:
        """From now on the next word counts."""
        self._said.clear()

    def heard(self) -> float:
        """→ ms since 1970."""
        assert self._said.wait(_PATIENCE_S), "the mail server said nothing"
        return self._at

    def close(self) -> None:
        self._line.close()

    def _listen(self) -> None:
        while True:
            try:
                line = self._line.read()
            except (OSError, ValueError):
                return
            # Dovecot also says "* OK Still here".
            if line.startswith(b"* OK") or self._said.is_set():
                continue
            self._at = time.time() * 1000
            self._said.set()
