"""Mail addresses as they go into the envelope (RFC 5321 4.1.2, RFC 6531)."""

import re
import unicodedata

MAX_DOMAIN_CHARS = 255
_CONTROL = re.compile(r"[\x00\r\n\ud800-\udfff]")
# Strict about what could end the path or the line, and about nothing else: which addresses exist, the server knows.
_NEVER = r"\x00-\x1f\x7f-\x9f\ud800-\udfff"  # control characters, and halves of characters, which have no bytes
_ATOM = rf"[^\s\"<>()\[\]:;@\\,{_NEVER}]+"
_QUOTED = rf"\"(?:[^\"\\{_NEVER}]|\\[\x20-\x7e])*\""
_LITERAL = rf"\[[^\s<>()\[\]\\{_NEVER}]+\]"
_MAILBOX = re.compile(rf"({_QUOTED}|{_ATOM})@({_LITERAL}|{_ATOM})")


def envelope_address(address: str) -> str:
    """What stands between `<` and `>`. Only ASCII where that is possible: an umlaut in the domain alone needs no
    SMTPUTF8. Raises ValueError, which does not name the address."""
    found = _MAILBOX.fullmatch(address)
    if found is None:
        raise ValueError("not a mail address for an envelope")
    return f"{found[1]}@{ascii_domain(found[2])}"


def ascii_domain(domain: str) -> str:
    """The form with `xn--` where it certainly names the same domain, else as it came.

    Python knows the rules of 2003, which make "strasse" of "straße", another domain: whatever does not come back as
    it went is left alone.
    """
    if domain.isascii() or len(domain) > MAX_DOMAIN_CHARS:
        return domain
    try:
        encoded = domain.encode("idna")
        same = encoded.decode("idna") == unicodedata.normalize("NFC", domain).lower()
    except UnicodeError:
        return domain
    return encoded.decode("ascii") if same else domain


def refuse_control(*values: str) -> None:
    """Raises ValueError, which does not quote them."""
    if any(_CONTROL.search(value) for value in values):
        raise ValueError("control character in a sign-in")
