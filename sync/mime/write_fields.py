"""Header fields of a mail of ours, as bytes with their line end. Values are checked here, at the last possible place.

Hand-made like the reading side: the standard library folds long ids into encoded words and loses the quotes of a name
with a comma when it folds there, and what it checks differs from one Python to the next.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

from sync.mail import Address
from sync.mime.address_syntax import check_address
from sync.mime.clean import straighten
from sync.mime.refuse import BadField, check_line
from sync.mime.write_words import MAX_WORD_CHARS, write_words

MAX_LINE_CHARS = 76  # of a line with an encoded word (RFC 2047 2); for others RFC 5322 2.1.1 says 78
MAX_OFFSET_MIN = 14 * 60
_YEAR_10000_MS = 253_402_300_800_000

_SPACED = re.compile(r" *[^ ]+")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_QUOTABLE = re.compile(r"[ !#-\[\]-~]+")
_OWN_NAME = re.compile(r"X-[A-Za-z0-9][A-Za-z0-9-]{0,60}")
_SPACES = re.compile(r" +")


def fold(name: str, tokens: Iterable[str]) -> bytes:
    """`name: token token`, folded at the white space that each token begins with (" " where it has none)."""
    lines = [f"{name}:"]
    for token in tokens:
        spaced = token if token.startswith(" ") else f" {token}"
        if len(lines[-1]) + len(spaced) > MAX_LINE_CHARS:
            lines.append(spaced)
        else:
            lines[-1] += spaced
    return "\r\n".join([*lines, ""]).encode()


def text_field(name: str, value: str, field: str) -> bytes:
    """Unstructured text (RFC 5322 3.6.5): as it is where it is ASCII that can be folded, else all of it as encoded
    words. Raises BadField(field)."""
    text = check_line(value, field).strip(" ")
    tokens: list[str] = _SPACED.findall(text)
    if not text.isascii() or "=?" in text or any(len(token) > MAX_WORD_CHARS for token in tokens):
        tokens = write_words(text)
    return fold(name, tokens)


def own_field(name: str, value: str) -> bytes:
    """A field of our own, `X-…`; read it with `decode_words`. Raises BadField("own")."""
    if _OWN_NAME.fullmatch(name) is None:
        raise BadField("own")
    return text_field(name, value, "own")


def address_field(name: str, addresses: Sequence[Address], field: str) -> bytes:
    """Always with angle brackets: a quoted local part without them is where readers differ. Raises BadField(field)."""
    tokens: list[str] = []
    for number, address in enumerate(addresses, start=1):
        comma = "," if number < len(addresses) else ""
        tokens += (*_phrase(check_line(address.name, field)), f"<{check_address(address.email, field)}>{comma}")
    return fold(name, tokens)


def date_field(sent_at: int, utc_offset_min: int) -> bytes:
    """RFC 5322 3.3. Raises BadField outside of 1970 to 9999, and for an offset that no place on earth has."""
    if abs(utc_offset_min) > MAX_OFFSET_MIN:
        raise BadField("utc_offset_min")
    local_ms = sent_at + utc_offset_min * 60_000
    if sent_at < 0 or not 0 <= local_ms < _YEAR_10000_MS or sent_at >= _YEAR_10000_MS:
        raise BadField("sent_at")
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=sent_at // 1000)
    return fold("Date", [format_datetime(moment.astimezone(timezone(timedelta(minutes=utc_offset_min))))])


def _phrase(name: str) -> list[str]:
    """A display name: atoms, a short quoted string, or encoded words. Nothing that would need a backslash, and no fold
    inside quotes."""
    name = _SPACES.sub(" ", straighten(name)).strip(" ")
    if not name:
        return []
    if "=?" not in name and _ATOMS.fullmatch(name) is not None:
        atoms = name.split(" ")
        if max(map(len, atoms)) <= MAX_WORD_CHARS:
            return atoms
    if "=?" not in name and len(name) < MAX_WORD_CHARS - 2 and _QUOTABLE.fullmatch(name) is not None:
        return [f'"{name}"']
    return write_words(name)
