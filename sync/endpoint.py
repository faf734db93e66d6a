"""Which servers may be talked to, and at which address.

A name is resolved once and the connection goes to exactly that address, so that a name which answers differently the
second time gains nothing. Private addresses, in any spelling, are refused unless the entry says `private`.
"""

import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Self

Security = Literal["tls", "starttls", "plain"]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

IMAP_PORTS = frozenset({143, 993})
SMTP_PORTS = frozenset({465, 587})
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_SIX_TO_FOUR = ipaddress.ip_network("2002::/16")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    host: str
    port: int
    security: Security


class HostRefused(Exception):
    """`code`: host_not_listed, port_not_listed, private_address, plain_not_local, unresolvable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class _Entry:
    host: str
    ports: frozenset[int] | None  # None: any
    private: bool


class HostPolicy:
    """The servers an installation lists: `imap.mail.hin.ch:993, mail.example.ch, 127.0.0.1:* private`."""

    def __init__(self, entries: tuple[_Entry, ...]) -> None:
        self._entries = entries

    @classmethod
    def parse(
        cls, text: str, *, setting: str = "PRAXISPOST_IMAP_HOSTS", default_ports: frozenset[int] = IMAP_PORTS
    ) -> Self:
        """`default_ports` are those of an entry that names none.

        Raises ValueError with a sentence that names `setting` and the entry.
        """
        items = [item.strip() for item in text.split(",") if item.strip()]
        return cls(tuple(_parse_entry(item, setting, default_ports) for item in items))

    def resolve(self, endpoint: Endpoint, look_up: Callable[[str, int], list[str]] | None = None) -> str:
        """The address to connect to. Raises HostRefused."""
        entry = self._entry_of(endpoint)
        addresses = (look_up or _look_up)(endpoint.host, endpoint.port)
        for text in addresses:
            address = _parsed(text)
            if not entry.private and not address.is_global:
                raise HostRefused("private_address")
            if endpoint.security == "plain" and not address.is_loopback:
                raise HostRefused("plain_not_local")
        if not addresses:
            raise HostRefused("unresolvable")
        return addresses[0]

    def _entry_of(self, endpoint: Endpoint) -> _Entry:
        named = [entry for entry in self._entries if entry.host == endpoint.host.lower().rstrip(".")]
        if not named:
            raise HostRefused("host_not_listed")
        for entry in named:
            if entry.ports is None or endpoint.port in entry.ports:
                return entry
        raise HostRefused("port_not_listed")


def _parse_entry(item: str, setting: str, default_ports: frozenset[int]) -> _Entry:
    name, *options = item.split()
    if name.startswith("["):
        host, _, port = name[1:].partition("]")
        port = port.removeprefix(":")
    else:
        host, _, port = name.partition(":")
    if set(options) - {"private"} or not host or (port not in ("", "*") and not port.isdecimal()):
        raise ValueError(
            f"{setting}: {item!r} is not an entry of the form host, host:port or host:* "
            "(with the word private after it for a private address)."
        )
    listed = None if port == "*" else frozenset({int(port)}) if port else default_ports
    return _Entry(host.lower().rstrip("."), listed, "private" in options)


def is_loopback(address: str) -> bool:
    """Does it lead to this machine, in whatever spelling?"""
    return _parsed(address).is_loopback


def _parsed(text: str) -> Address:
    return _unwrapped(ipaddress.ip_address(text.partition("%")[0]))


def _look_up(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise HostRefused("unresolvable") from None
    return [str(info[4][0]) for info in found]


def _unwrapped(address: Address) -> Address:
    """The IPv4 address inside an IPv6 spelling of it: mapped, NAT64, 6to4, Teredo."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _SIX_TO_FOUR and address.sixtofour is not None:
        return address.sixtofour
    return address.teredo[1] if address.teredo is not None else address
