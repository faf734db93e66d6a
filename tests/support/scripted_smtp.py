"""A small SMTP server over real sockets that is honest except where it is told not to be.

    always     how it behaves
    faults     how it behaves to the first connections instead, one each
    accepted   what it took responsibility for, in order: envelope and bytes

Steps have names: greeting, EHLO, STARTTLS, AUTH, MAIL, RCPT (or "RCPT address" for one of them), DATA, content (in the
middle of it), end (the answer to the final dot), QUIT.
"""

import base64
import contextlib
import re
import socket
import ssl
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from sync.endpoint import Endpoint, Security

OFFERS = ("SIZE 10485760", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "AUTH PLAIN LOGIN")
_HONEST = {
    "greeting": b"220 mail.praxis.example ESMTP\r\n",
    "STARTTLS": b"220 2.0.0 Go ahead\r\n",
    "AUTH": b"235 2.7.0 Welcome\r\n",
    "MAIL": b"250 2.1.0 Ok\r\n",
    "RCPT": b"250 2.1.5 Ok\r\n",
    "DATA": b"354 Go ahead\r\n",
    "end": b"250 2.0.0 Ok: queued as 4711\r\n",
    "RSET": b"250 2.0.0 Ok\r\n",
    "NOOP": b"250 2.0.0 Ok\r\n",
    "QUIT": b"221 2.0.0 Bye\r\n",
}
_END = re.compile(rb"(?:^|\r\n)\.\r\n")
_FORGIVING_END = re.compile(rb"(?:^|\r\n|\n|\r)\.(?:\r\n|\n|\r)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """The default is an honest server."""

    answers: Mapping[str, bytes] = field(default_factory=dict)  # by step, instead of the honest one
    cut_at: str = ""  # the step that is answered by hanging up; at "end" the mail was accepted before
    silent_at: str = ""  # the step that is never answered; at "end" the mail was accepted before
    cut_after_replies: int | None = None
    interrupt_after_bytes: int | None = None  # so much of a content is read, then comes the answer "content"
    cut_after_interrupting: bool = True  # else what comes is read and thrown away
    hold_end: bool = False  # the answer to the final dot waits for `release`
    forgiving: bool = False  # a bare CR or LF ends a line too
    drip_s: float = 0  # before each byte that is said
    read_pause_s: float = 0  # before each piece that is read


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    sender: str
    recipients: tuple[str, ...]
    content: bytes  # doubled dots undone
    parameters: str  # of MAIL
    user: str


class ScriptedSmtp:
    """Context manager. One thread a connection."""

    def __init__(
        self,
        always: Behaviour | None = None,
        *,
        faults: Sequence[Behaviour] = (),
        offers: Sequence[str] = OFFERS,
        offers_in_the_clear: Sequence[str] = ("STARTTLS",),
        tls: ssl.SSLContext | None = None,
        security: Security = "plain",
    ) -> None:
        self.always = always or Behaviour()
        self.faults = deque(faults)
        self.offers, self.offers_in_the_clear = offers, offers_in_the_clear
        self.tls, self.security = tls, security
        self.accepted: list[Accepted] = []
        self.commands: list[str] = []
        self.sign_ins: list[tuple[str, str]] = []
        self.received = bytearray()
        self.release = threading.Event()  # let the held answers go
        self.interrupted = threading.Event()  # a content was
        self.hung_up = threading.Event()  # on a client, as it was told
        self.left = threading.Event()  # a client has gone
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._lines: list[socket.socket] = []

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release.set()
        for line in [self._listener, *self._lines]:
            hang_up(line)

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(host="localhost", port=self.port, security=self.security)

    @property
    def connections(self) -> int:
        return len(self._lines)

    def copies_of(self, message_id: str) -> int:
        """How often a mail with this Message-ID was accepted."""
        return sum(f"message-id: {message_id}".lower().encode() in mail.content.lower() for mail in self.accepted)

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._lines.append(line)
            behaviour = self.faults.popleft() if self.faults else self.always
            threading.Thread(target=_Conversation(self, line, behaviour).run, daemon=True).start()


class _Conversation:
    def __init__(self, server: ScriptedSmtp, line: socket.socket, behaviour: Behaviour) -> None:
        self._server, self._line, self._how = server, line, behaviour
        self._buffer = bytearray()
        self._replies = 0
        self._secured = server.security == "plain"
        self._user = self._sender = self._parameters = ""
        self._recipients: list[str] = []

    def run(self) -> None:
        with contextlib.suppress(OSError, EOFError):
            if self._server.security == "tls":
                self._begin_tls()
            self._answer("greeting")
            while True:
                self._obey(self._read_line().decode("utf-8", "replace"))
        hang_up(self._line)
        self._server.left.set()

    def _obey(self, command: str) -> None:
        self._server.commands.append(command)
        verb = command.split(" ")[0].upper()
        known = {
            "EHLO": self._greet,
            "STARTTLS": self._secure,
            "AUTH": self._sign_in,
            "MAIL": self._begin_mail,
            "RCPT": self._add_recipient,
            "DATA": self._take_content,
        }
        if verb in known:
            known[verb](command)
        else:
            self._answer(verb, b"500 5.5.2 Not in the script\r\n")
        if verb == "QUIT":
            raise EOFError

    def _greet(self, _: str) -> None:
        offers = self._server.offers if self._secured else self._server.offers_in_the_clear
        *lines, last = ["mail.praxis.example", *offers]
        self._answer("EHLO", "".join(f"250-{line}\r\n" for line in lines).encode() + f"250 {last}\r\n".encode())

    def _secure(self, _: str) -> None:
        if self._answer("STARTTLS").startswith(b"220"):
            self._begin_tls()

    def _begin_tls(self) -> None:
        assert self._server.tls is not None
        plain, self._line = self._line, self._server.tls.wrap_socket(self._line, server_side=True)
        self._server._lines[self._server._lines.index(plain)] = self._line
        self._buffer.clear()
        self._secured = True

    def _sign_in(self, command: str) -> None:
        words = command.split(" ")[1:]
        if words[0].upper() == "PLAIN":
            token = words[1] if len(words) > 1 else self._challenge(b"")
            _, user, secret = base64.b64decode(token).decode().split("\0")
        else:
            user, secret = (base64.b64decode(self._challenge(text)).decode() for text in (b"Username:", b"Password:"))
        self._server.sign_ins.append((user, secret))
        self._user = user
        self._answer("AUTH")

    def _challenge(self, text: bytes) -> str:
        self._send(b"334 " + base64.b64encode(text) + b"\r\n")
        return self._read_line().decode()

    def _begin_mail(self, command: str) -> None:
        self._sender, self._parameters = _path(command)
        self._recipients = []
        self._answer("MAIL")

    def _add_recipient(self, command: str) -> None:
        recipient, _ = _path(command)
        one = f"RCPT {recipient}"
        if self._answer(one if one in self._how.answers else "RCPT").startswith(b"2"):
            self._recipients.append(recipient)

    def _take_content(self, _: str) -> None:
        if not self._answer("DATA").startswith(b"354"):
            return
        content = self._read_content()
        answer = self._how.answers.get("end", _HONEST["end"])
        if answer.startswith(b"2"):
            accepted = Accepted(
                sender=self._sender,
                recipients=tuple(self._recipients),
                content=content,
                parameters=self._parameters,
                user=self._user,
            )
            self._server.accepted.append(accepted)
        if self._how.hold_end:
            self._server.release.wait()
        self._answer("end")

    def _read_content(self) -> bytes:
        end = _FORGIVING_END if self._how.forgiving else _END
        searched = 0
        while (found := end.search(self._buffer, searched)) is None:
            searched = max(0, len(self._buffer) - 4)
            limit = self._how.interrupt_after_bytes
            if limit is not None and len(self._buffer) >= limit:
                self._interrupt()
            self._receive(65536 if limit is None else limit - len(self._buffer))
        content = bytes(self._buffer[: found.start()]) + (b"\r\n" if found.start() else b"")
        del self._buffer[: found.end()]
        return content.replace(b"\r\n.", b"\r\n").removeprefix(b".")

    def _interrupt(self) -> None:
        self._send(self._how.answers.get("content", b""))
        self._server.interrupted.set()
        while not self._how.cut_after_interrupting:
            self._receive(65536)
            self._buffer.clear()
        self._hang_up()

    def _answer(self, step: str, honest: bytes = b"") -> bytes:
        """→ what was said."""
        if step == self._how.cut_at:
            self._hang_up()
        while step == self._how.silent_at:
            self._receive(65536)
        said = self._how.answers.get(step) or _HONEST.get(step.split(" ")[0], honest)
        self._send(said)
        return said

    def _send(self, said: bytes) -> None:
        step = 1 if self._how.drip_s else max(1, len(said))
        for start in range(0, len(said), step):
            self._server.release.wait(self._how.drip_s)
            self._line.sendall(said[start : start + step])
        self._replies += 1
        if self._replies == self._how.cut_after_replies:
            self._hang_up()

    def _hang_up(self) -> None:
        hang_up(self._line)
        self._server.hung_up.set()
        raise EOFError

    def _read_line(self) -> bytes:
        while (end := self._buffer.find(b"\n")) < 0:
            self._receive(65536)
        line = bytes(self._buffer[:end]).removesuffix(b"\r")
        del self._buffer[: end + 1]
        return line

    def _receive(self, size: int) -> None:
        self._server.release.wait(self._how.read_pause_s)
        chunk = self._line.recv(size)
        if not chunk:
            raise EOFError
        self._server.received += chunk
        self._buffer += chunk


def _path(command: str) -> tuple[str, str]:
    """→ the address between `<` and `>`, and what follows."""
    found = re.search(r"<(.*)>(.*)$", command)
    return (found[1], found[2].strip()) if found else ("", "")


def hang_up(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
    line.close()
