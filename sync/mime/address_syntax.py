"""Whether a mailbox can be written to: RFC 5321 4.1.2 with the letters of RFC 6531 3.3.

Stricter than what `addresses` reads: nobody may send to what only a lenient reader understands.
"""

import re
import unicodedata
from ipaddress import IPv4Address, IPv6Address

from sync.mime.idn import to_a_labels
from sync.mime.refuse import BadField, check_line

MAX_LOCAL_BYTES = 64
MAX_ADDRESS_BYTES = 254  # RFC 3696 erratum 1690: what fits between the brackets of RCPT

_ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\x80-\U0010ffff-]+"
_DOT_ATOM = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_QUOTED = re.compile('"(?:[ !#-\\[\\]-~\x80-\U0010ffff]|\\\\[ -~])+"')
# Letters, marks, digits, punctuation, symbols. Not: other spaces, invisible and turning characters, unassigned ones.
_SEEN = frozenset("LMNPS")


def check_address(email: str, field: str = "address") -> str:
    """The address as it goes on the wire and into the header: its domain in small letters and A-labels, its local part
    as written. Raises BadField."""
    local, at, domain = check_line(email, field).rpartition("@")
    if not at or not _is_local_part(local):
        raise BadField(field)
    try:
        address = f"{local}@{_literal(domain) if domain.startswith('[') else to_a_labels(domain)}"
    except ValueError:
        raise BadField(field) from None
    if len(address.encode()) > MAX_ADDRESS_BYTES:
        raise BadField(field)
    return address


def _is_local_part(local: str) -> bool:
    if len(local.encode()) > MAX_LOCAL_BYTES:
        return False
    if not all(char.isascii() or unicodedata.category(char)[0] in _SEEN for char in local):
        return False
    return any(pattern.fullmatch(local) is not None for pattern in (_DOT_ATOM, _QUOTED))


def _literal(domain: str) -> str:
    """`[192.0.2.1]` or `[IPv6:2001:db8::1]`. Raises ValueError."""
    if not domain.endswith("]"):
        raise ValueError("no address literal")
    inner = domain[1:-1]
    if inner[:5].lower() == "ipv6:":
        if "%" in inner:
            raise ValueError("a zone means nothing elsewhere")
        return f"[IPv6:{IPv6Address(inner[5:])}]"
    return f"[{IPv4Address(inner)}]"
