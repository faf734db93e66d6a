"""A tiny DNS server on a loopback UDP port, for what the tests' own names answer."""

import socket
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Self

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

Answer = Sequence[str] | bytes | dns.rcode.Rcode


class DnsServer:
    """Context manager. `records`: name → SRV records as text ("0 5 465 mail.example."), or the bytes that follow the
    question's id in the answer (b"": none comes), or an error. Names not in it do not exist. `asked`: what was asked.
    """

    def __init__(self, records: dict[str, Answer]) -> None:
        self.records = records
        self.asked: list[str] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # An empty datagram wakes the thread; closing the socket would not.
        self._socket.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join(5)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            data, client = self._socket.recvfrom(65535)
            if not data:
                return
            if said := self._answer(dns.message.from_wire(data)):
                self._socket.sendto(data[:2] + said[2:], client)

    def _answer(self, query: dns.message.Message) -> bytes:
        name = query.question[0].name.to_text(omit_final_dot=True)
        self.asked.append(name)
        answer = self.records.get(name, dns.rcode.NXDOMAIN)
        if isinstance(answer, bytes):
            return b"id" + answer if answer else b""
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        if isinstance(answer, dns.rcode.Rcode):
            response.set_rcode(answer)
        elif answer:
            response.answer.append(dns.rrset.from_text_list(query.question[0].name, 60, "IN", "SRV", answer))
        return response.to_wire(max_size=65535)
