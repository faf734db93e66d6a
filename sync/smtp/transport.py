"""smtplib's commands over our own reader and writer.

The stock reader waits for ever for a line that drips in and reads as many lines as are sent; the stock writer gives a
whole message one time-out. Here a reply has a deadline and a size, and content goes out in pieces.
"""

import contextlib
import re
import smtplib
import socket
import ssl
import time
from typing import Any

from sync.line import open_line
from sync.smtp.errors import Nonsense, SmtpError, TryAgain
from sync.smtp.replies import Reply

MAX_LINE_BYTES = 4096  # RFC 5321 4.5.3.1.5 has 512
MAX_LINES = 128
LEAVE_TIMEOUT_S = 2.0
PIECE_BYTES = 65536
# An address literal (RFC 5321 4.1.3) that says nothing of the practice's network.
OUR_NAME = "[127.0.0.1]"
_LINE = re.compile(rb"([2-5]\d\d)(?:([ -])(.*))?", re.DOTALL)


class Transport(smtplib.SMTP):
    """A line to `address`; `host` is the name that the certificate must carry. One thread owns it.

    Every method raises TryAgain when the line is lost and Nonsense for what no server says.
    """

    def __init__(
        self, host: str, address: str, port: int, tls: ssl.SSLContext | None, connect_timeout_s: float
    ) -> None:
        super().__init__(local_hostname=OUR_NAME, timeout=connect_timeout_s)
        self._name, self._buffer, self._broken = host, bytearray(), False
        self.between_commands = True  # only then may QUIT be said
        self.timeout_s = connect_timeout_s  # of a reply, and of each piece that is sent
        try:
            line = open_line(address, port, connect_timeout_s)
            self.sock = line if tls is None else tls.wrap_socket(line, server_hostname=host)
        except OSError as error:
            raise _from_network(error) from None

    def ask(self, command: str) -> Reply:
        """Send one line, read the answer."""
        self.putcmd(command)
        return self.reply()

    def reply(self) -> Reply:
        code, text = self.getreply()
        return Reply(code, tuple(text.decode("utf-8", "replace").split("\n")))

    def begin_tls(self, tls: ssl.SSLContext) -> None:
        """After the 220 to STARTTLS. What came with it was said in the clear and is not to be believed: it ends the
        line. The next EHLO forgets what was offered before (RFC 3207 4.2)."""
        self._refuse_chatter()
        try:
            self._socket().settimeout(self.timeout_s)
            self.sock = tls.wrap_socket(self._socket(), server_hostname=self._name)
        except OSError as error:
            raise self._lost(_from_network(error)) from None

    def pour(self, piece: bytes | memoryview) -> bool:
        """Send a piece of content. → False: the server spoke instead of listening, read its `reply`."""
        if self.has_news():
            return False
        try:
            self.send(piece)
        except TryAgain:
            # Who refuses in the middle says why, and hangs up: the words are here, the line is not.
            if self.has_news():
                return False
            raise
        return True

    def has_news(self) -> bool:
        """Is there anything that nobody asked for? Does not wait. Raises TryAgain when the server has hung up."""
        if self._buffer:
            return True
        try:
            self._socket().setblocking(False)
            received = self._socket().recv(PIECE_BYTES)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return False
        except OSError as error:
            raise self._lost(_from_network(error)) from None
        if not received:
            raise self._lost(TryAgain("closed"))
        self._buffer += received
        return True

    def leave(self) -> None:
        """QUIT as far as the line allows. Never raises."""
        if not self._broken and self.between_commands:
            self.timeout_s = min(self.timeout_s, LEAVE_TIMEOUT_S)
            with contextlib.suppress(SmtpError):
                self.ask("QUIT")
        self.cut()

    def cut(self) -> None:
        """Close the line without a word."""
        with contextlib.suppress(OSError):
            self.close()

    # smtplib reads and writes through these two only.

    def getreply(self) -> tuple[int, bytes]:
        """→ the code and the lines' texts. The time-out is that of the whole reply: a dripping server gains nothing."""
        until = time.monotonic() + self.timeout_s
        lines: list[bytes] = []
        code = b""
        while len(lines) < MAX_LINES:
            found = _LINE.fullmatch(self._line(until))
            if found is None or (lines and found[1] != code):
                raise self._lost(Nonsense("unreadable"))
            code = found[1]
            lines.append((found[3] or b"").strip())
            if found[2] != b"-":
                return int(code), b"\n".join(lines)
        raise self._lost(Nonsense("too_many_lines"))

    def send(self, s: Any) -> None:
        """Text is a command in the encoding agreed on, bytes are content."""
        self._refuse_chatter()
        try:
            self._socket().settimeout(self.timeout_s)
            self._socket().sendall(s.encode(self.command_encoding) if isinstance(s, str) else s)
        except OSError as error:
            raise self._lost(_from_network(error)) from None

    def _line(self, until: float) -> bytes:
        searched = 0
        while (end := self._buffer.find(b"\n", searched)) < 0 and len(self._buffer) <= MAX_LINE_BYTES:
            searched = len(self._buffer)
            self._receive(until - time.monotonic())
        if not 0 <= end < MAX_LINE_BYTES:
            raise self._lost(Nonsense("line_too_long"))
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line.removesuffix(b"\r")

    def _receive(self, within_s: float) -> None:
        if within_s <= 0:
            raise self._lost(TryAgain("timeout"))
        try:
            self._socket().settimeout(within_s)
            received = self._socket().recv(PIECE_BYTES)
        except OSError as error:
            raise self._lost(_from_network(error)) from None
        if not received:
            raise self._lost(TryAgain("closed"))
        self._buffer += received

    def _refuse_chatter(self) -> None:
        """An answer before its question would be taken for that of the next one."""
        if self._buffer:
            raise self._lost(TryAgain("closed") if self._buffer.startswith(b"421") else Nonsense("unsolicited"))

    def _socket(self) -> socket.socket:
        if self.sock is None:
            raise TryAgain("closed")
        return self.sock

    def _lost(self, error: SmtpError) -> SmtpError:
        self._broken = True
        return error


def _from_network(error: OSError) -> TryAgain:
    if isinstance(error, ssl.SSLCertVerificationError):
        return TryAgain("certificate")
    if isinstance(error, ssl.SSLError):
        return TryAgain("closed" if isinstance(error, ssl.SSLEOFError) else "tls")
    return TryAgain("timeout" if isinstance(error, TimeoutError) else "network")
