"""imaplib's protocol engine over our own buffered reader.

The stock reader loses events that come glued to "+ idling", loses the start of a partial line under TLS, and takes end
of file for silence. This one keeps its own buffer: complete responses come out, the rest waits, the end is an error.
"""

import imaplib
import re
import socket
import ssl
from typing import Any

from sync.line import open_line

MAX_LINE_BYTES = 8 * 1024 * 1024
MAX_LITERAL_BYTES = 256 * 1024 * 1024
_LITERAL = re.compile(rb"\{(\d+)\+?\}\r?\n$")
_RECV_BYTES = 65536

imaplib.Commands.setdefault("NOTIFY", ("AUTH", "SELECTED"))

# One response: its text, and the literals in it.
Response = list[bytes]


class TooLarge(Exception):
    """A line or a literal beyond what any honest server sends."""


class Transport(imaplib.IMAP4):
    """A connection to `address`; `host` is the name that the certificate must carry."""

    def __init__(
        self, host: str, address: str, port: int, tls: ssl.SSLContext | None, connect_timeout_s: float
    ) -> None:
        self._name, self._address, self._tls = host, address, tls
        self._buffer = bytearray()
        self.debug = 0
        super().__init__(address, port, timeout=connect_timeout_s)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        raw = open_line(self._address, self.port, timeout)
        if self._tls is None:
            return raw
        return self._tls.wrap_socket(raw, server_hostname=self._name)

    # imaplib reads through these two only.

    def read(self, size: int) -> bytes:
        if size > MAX_LITERAL_BYTES:
            raise TooLarge("literal")
        while len(self._buffer) < size and self._receive(size - len(self._buffer)):
            continue
        return self._cut(size)

    def readline(self) -> bytes:
        searched = 0
        while (end := self._buffer.find(b"\n", searched)) < 0:
            searched = len(self._buffer)
            if searched > MAX_LINE_BYTES:
                raise TooLarge("line")
            if not self._receive(_RECV_BYTES):
                return self._cut(searched)
        return self._cut(end + 1)

    def _receive(self, wanted: int) -> bool:
        received = self.sock.recv(max(_RECV_BYTES, min(wanted, 1 << 20)))
        self._buffer += received
        return bool(received)

    def _cut(self, size: int) -> bytes:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def begin_tls(self, tls: ssl.SSLContext) -> None:
        """STARTTLS. What the server sent before the handshake is not to be believed: its presence ends it."""
        if "STARTTLS" not in self.capabilities:
            raise self.error("STARTTLS not offered")
        status, _ = self._simple_command("STARTTLS")
        if status != "OK":
            raise self.error("STARTTLS refused")
        if self._buffer:
            raise self.abort("data before the TLS handshake")
        self.sock = tls.wrap_socket(self.sock, server_hostname=self._name)
        self._tls_established = True
        # Nothing said in the clear counts (RFC 9051 6.2.1).
        self.untagged_responses = {}
        self._get_capabilities()

    # While idle, the selector thread reads without blocking.

    def pump(self) -> bool:
        """Receive all there is, also what TLS has buffered. False at the end of the connection."""
        timeout = self.sock.gettimeout()
        self.sock.setblocking(False)
        try:
            while self._receive(_RECV_BYTES):
                if len(self._buffer) > MAX_LITERAL_BYTES:
                    raise TooLarge("idle")
            return False
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        finally:
            self.sock.settimeout(timeout)

    def receive_more(self) -> bool:
        """Wait for the next bytes, up to the read time-out. False at the end of the connection."""
        return self._receive(_RECV_BYTES)

    def pop_responses(self) -> list[Response]:
        """The complete responses in the buffer; a partial one stays for the next time."""
        responses: list[Response] = []
        while (found := self._next_response()) is not None:
            size, parts = found
            del self._buffer[:size]
            responses.append(parts)
        return responses

    def _next_response(self) -> tuple[int, Response] | None:
        parts: Response = []
        at = 0
        while (end := self._buffer.find(b"\n", at)) >= 0:
            line = bytes(self._buffer[at : end + 1])
            at = end + 1
            literal = _LITERAL.search(line)
            parts.append(line.rstrip(b"\r\n"))
            if literal is None:
                return at, parts
            size = int(literal[1])
            if size > MAX_LITERAL_BYTES:
                raise TooLarge("literal")
            if len(self._buffer) < at + size:
                return None
            parts.append(bytes(self._buffer[at : at + size]))
            at += size
        return None

    def _log(self, line: Any) -> None:
        """imaplib keeps the last commands for its debug dump: they hold secrets and mail."""

    def _mesg(self, *args: Any, **kwargs: Any) -> None:
        """Likewise."""
