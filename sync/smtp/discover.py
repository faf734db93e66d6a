"""Which submission servers a mail domain names in DNS (RFC 6186, RFC 8314 section 5.1).

Nothing here is to be trusted: whoever answers could name any server. The host policy decides whether one may be used,
and its certificate must carry the name.
"""

import re
import time
from dataclasses import dataclass
from typing import Final

import dns.exception
import dns.name
import dns.resolver

from sync.endpoint import Endpoint, Security
from sync.smtp.addresses import ascii_domain

TIMEOUT_S = 3.0
MAX_SERVICES = 10
MAX_NAME_CHARS = 253
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
# The better one first: with TLS from the start there is nothing to strip.
_SERVICES: Final[tuple[tuple[str, Security], ...]] = (("_submissions._tcp", "tls"), ("_submission._tcp", "starttls"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """An SRV record (RFC 2782)."""

    priority: int
    weight: int
    port: int
    target: str  # without the dot at its end; "." alone: decidedly not offered


class Resolver:
    """Asks the system's name servers, or one that is named. `timeout_s` is for all questions about a domain."""

    def __init__(self, nameserver: str = "", port: int = 53, *, timeout_s: float = TIMEOUT_S) -> None:
        self._nameserver, self._port, self.timeout_s = nameserver, port, timeout_s

    def services(self, name: str, within_s: float) -> list[Service]:
        """Whatever goes wrong, nothing was found."""
        try:
            answer = self._system().resolve(
                dns.name.from_text(f"{name}."), "SRV", lifetime=within_s, search=False, raise_on_no_answer=False
            )
            records = list(answer.rrset or ())
        except (dns.exception.DNSException, OSError, ValueError):
            return []
        return [
            Service(
                priority=record.priority,
                weight=record.weight,
                port=record.port,
                target=record.target.to_text(omit_final_dot=True),
            )
            for record in records
        ]

    def _system(self) -> dns.resolver.Resolver:
        if not self._nameserver:
            return dns.resolver.Resolver()
        asked = dns.resolver.Resolver(configure=False)
        asked.nameservers = [self._nameserver]
        asked.port = self._port
        return asked


def find_submission(domain: str, resolve: Resolver) -> list[Endpoint]:
    """The servers to try, best first; none when there are none, or when DNS does not answer in time."""
    domain = ascii_domain(domain).lower().rstrip(".")
    if not _is_host(domain):
        return []
    until = time.monotonic() + resolve.timeout_s
    found: list[Endpoint] = []
    for service, security in _SERVICES:
        left_s = until - time.monotonic()
        if left_s > 0:
            found += _endpoints(resolve.services(f"{service}.{domain}", left_s), security)
    return found[:MAX_SERVICES]


def _endpoints(services: list[Service], security: Security) -> list[Endpoint]:
    """By priority, the heavier first: one person's mail needs no dice to spread the load."""
    usable = [service for service in services if service.port and _is_host(service.target.lower())]
    usable.sort(key=lambda service: (service.priority, -service.weight))
    named = [Endpoint(host=service.target.lower(), port=service.port, security=security) for service in usable]
    return list(dict.fromkeys(named))


def _is_host(name: str) -> bool:
    """Letters, digits and hyphens (RFC 1123 2.1), and no address that passes for a name."""
    labels = name.split(".")
    return len(name) <= MAX_NAME_CHARS and all(map(_LABEL.fullmatch, labels)) and not labels[-1].isdecimal()
