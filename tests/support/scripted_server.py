"""A tiny IMAP server that speaks a script over real sockets: for answers that no honest server gives.

    turns     expected commands in their order, each with its answer
    defaults  what is needed to sign in, idle and log out, answered whenever no turn is waiting for it; a test's own
              come before them

Whatever else comes is answered BAD and kept in `unscripted`. Every byte received is in `received`.
"""

import contextlib
import re
import socket
import ssl
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self

from sync.endpoint import Endpoint
from sync.imap.connection import Connection, connect

OK = b"<tag> OK done\r\n"
SELECTED = (
    b"* 3 EXISTS\r\n* OK [UIDVALIDITY 1] v\r\n* OK [UIDNEXT 10] n\r\n"
    b"* OK [PERMANENTFLAGS (\\Seen \\Flagged \\*)] f\r\n<tag> OK [READ-WRITE] done\r\n"
)
_LITERAL = re.compile(rb"\{(\d+)\+?\}\r\n$")


@dataclass(frozen=True, slots=True)
class Turn:
    """On a command that `expect` finds (without its tag) send `answer`, where `<tag>` stands for its tag."""

    expect: str
    answer: bytes = OK
    chunk_bytes: int = 0  # 0: in one go
    then: Literal["listen", "close", "silent", "tls"] = "listen"
    early: bool = False  # answer before the literal came


class ScriptedServer:
    """Context manager. One thread a connection; turns are shared by all connections in their order."""

    def __init__(
        self,
        *turns: Turn,
        greeting: bytes = b"* OK ready\r\n",
        capabilities: str = "IMAP4rev1 IDLE UIDPLUS",
        tls: ssl.SSLContext | None = None,
        defaults: Mapping[str, Turn] | None = None,
    ) -> None:
        self.turns = deque(turns)
        self.received = bytearray()
        self.unscripted: list[bytes] = []
        self.answering: Callable[[ScriptedServer], Turn | None] = lambda _: None  # asked after the turns
        self._greeting, self._tls = greeting, tls
        self._own_defaults = defaults or {}
        self._defaults = {
            r"CAPABILITY$": b"* CAPABILITY " + capabilities.encode() + b"\r\n" + OK,
            r"(LOGIN .*|NOOP|ENABLE .*|UNSELECT|SUBSCRIBE .*)$": OK,
            r"(SELECT|EXAMINE) ": SELECTED,
            r"IDLE$": b"+ idling\r\n",
            r"LOGOUT$": b"* BYE bye\r\n" + OK,
        }
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._lines: list[socket.socket] = []
        self._opened: list[Connection] = []
        self._connected = threading.Event()
        self._idle_tag = b""

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for connection in self._opened:
            connection.shutdown()
        for line in [self._listener, *self._lines]:
            _close(line)
        if kind is None:
            assert self.unscripted == [], self.unscripted

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(host="127.0.0.1", port=self.port, security="plain")

    def connect(self, *, read_timeout_s: float = 5) -> Connection:
        connection = connect(self.endpoint, "127.0.0.1", connect_timeout_s=5, read_timeout_s=read_timeout_s)
        self._opened.append(connection)
        return connection

    def signed_in(self, *, read_timeout_s: float = 5) -> Connection:
        connection = self.connect(read_timeout_s=read_timeout_s)
        connection.sign_in("user", "secret")
        return connection

    def selected(self, *, read_timeout_s: float = 5) -> Connection:
        connection = self.signed_in(read_timeout_s=read_timeout_s)
        connection.select("INBOX")
        return connection

    def push(self, data: bytes) -> None:
        """Say something uninvited on the last connection. On loopback it is there when this returns."""
        assert self._connected.wait(5)
        self._lines[-1].sendall(data)

    def hang_up(self) -> None:
        assert self._connected.wait(5)
        _close(self._lines[-1])

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._lines.append(line)
            self._connected.set()
            threading.Thread(target=self._serve, args=(line, len(self._lines) - 1), daemon=True).start()

    def _serve(self, line: socket.socket, number: int) -> None:
        with contextlib.suppress(OSError, EOFError):
            line.sendall(self._greeting)
            reader = _Reader(line, self.received)
            while True:
                then = self._answer(line, reader)
                if then == "close":
                    break
                if then == "silent":
                    while True:
                        reader.line()
                if then == "tls":
                    assert self._tls is not None
                    line = self._tls.wrap_socket(line, server_side=True)
                    self._lines[number] = line
                    reader = _Reader(line, self.received)
        _close(line)

    def _answer(self, line: socket.socket, reader: "_Reader") -> str:
        tag, _, command = reader.line().partition(b" ")
        if not command:  # DONE
            line.sendall(self._idle_tag + b" OK idled\r\n")
            return "listen"
        turn = self._next_turn(command)
        while (literal := _LITERAL.search(command)) is not None and not (turn and turn.early):
            line.sendall(b"+ go\r\n")
            command += reader.read(int(literal[1])) + reader.line()
        if command.startswith(b"AUTHENTICATE") and turn is None:
            line.sendall(b"+ \r\n")
            reader.line()
            turn = Turn("")
        if command == b"IDLE\r\n":
            self._idle_tag = tag
        if turn is None:
            turn = self._default(command)
        _send(line, turn.answer.replace(b"<tag>", tag), turn.chunk_bytes)
        return "close" if command == b"LOGOUT\r\n" else turn.then

    def _next_turn(self, command: bytes) -> Turn | None:
        text = command.decode("latin-1").rstrip("\r\n")
        if self.turns and re.search(self.turns[0].expect, text):
            return self.turns.popleft()
        return self.answering(self)

    def _default(self, command: bytes) -> Turn:
        text = command.decode("latin-1").rstrip("\r\n")
        for expect, turn in self._own_defaults.items():
            if re.match(expect, text):
                return turn
        for expect, answer in self._defaults.items():
            if re.match(expect, text):
                return Turn(expect, answer)
        self.unscripted.append(command)
        return Turn("", b"<tag> BAD not in the script\r\n")


class _Reader:
    def __init__(self, line: socket.socket, received: bytearray) -> None:
        self._line, self._received = line, received
        self._buffer = bytearray()

    def line(self) -> bytes:
        while (end := self._buffer.find(b"\n")) < 0:
            self._receive()
        return self.read(end + 1)

    def read(self, size: int) -> bytes:
        while len(self._buffer) < size:
            self._receive()
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def _receive(self) -> None:
        chunk = self._line.recv(65536)
        if not chunk:
            raise EOFError
        self._received += chunk
        self._buffer += chunk


class Dribble:
    """A connection's own socket, cut by the receiver: `sizes` bytes at a time, the last size for all the rest."""

    def __init__(self, connection: Connection, sizes: Sequence[int]) -> None:
        self._connection, self._sizes = connection, deque(sizes)
        self._sock = connection._imap.sock
        self.received_bytes = 0

    def __enter__(self) -> Self:
        self._connection._imap.sock = self  # type: ignore[assignment]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection._imap.sock = self._sock

    def recv(self, size: int) -> bytes:
        limit = self._sizes.popleft() if len(self._sizes) > 1 else self._sizes[0]
        data = self._sock.recv(min(size, limit))
        self.received_bytes += len(data)
        return data

    def sendall(self, data: bytes) -> None:
        self._sock.sendall(data)


def _send(line: socket.socket, data: bytes, chunk_bytes: int) -> None:
    step = chunk_bytes or len(data) or 1
    for start in range(0, len(data), step):
        line.sendall(data[start : start + step])


def _close(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
    line.close()
