"""Message ids (RFC 5322 3.6.4): new ones, and those that tie an answer to what it answers."""

import re
import secrets
from collections.abc import Iterable, Sequence

from sync.mime.idn import to_a_labels
from sync.mime.refuse import BadField, check_line

MAX_REFERENCES = 20
MAX_OWN_CHARS = 250

_ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_OWN = re.compile(rf"<{_ATOM}(?:\.{_ATOM})*@{_ATOM}(?:\.{_ATOM})*>")
# Of others: echoed as they are, or the thread breaks; but not what needs SMTPUTF8 or more than a line's 998 octets.
_FOREIGN = re.compile(r"<[!-;=?-~]{1,980}>")
_IN_BRACKETS = re.compile(r"<[^<>]+>")


def new_message_id(domain: str) -> str:
    """128 random bits at the sender's mail domain: neither host nor time can be read from it. Raises BadField."""
    try:
        return f"<{secrets.token_hex(16)}@{to_a_labels(check_line(domain, 'domain'))}>"
    except ValueError:
        raise BadField("domain") from None


def reply_ids(message_id: str, in_reply_to: str, references: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """From the parent's three fields → In-Reply-To ("" if the parent has no id) and References of an answer to it.

    A parent without References, but with exactly one id in its In-Reply-To, gives that one.
    """
    before = list(references)
    if not before:
        parents = _IN_BRACKETS.findall(in_reply_to)
        before = parents if len(parents) == 1 else []
    earlier = dict.fromkeys(found for found in before if found != message_id)
    return message_id, (*earlier, message_id) if message_id else tuple(earlier)


def check_message_id(message_id: str) -> str:
    """Ours follows the grammar to the letter. Raises BadField."""
    if len(message_id) > MAX_OWN_CHARS or _OWN.fullmatch(message_id) is None:
        raise BadField("message_id")
    return message_id


def sendable_ids(ids: Iterable[str], field: str) -> list[str]:
    """Of ids that others made, those that a header can carry, each once. Raises BadField at control characters."""
    found = dict.fromkeys(message_id for message_id in ids if check_line(message_id, field))
    return [message_id for message_id in found if _FOREIGN.fullmatch(message_id) is not None]


def shorten_references(ids: Sequence[str]) -> list[str]:
    """The root and the newest (RFC 5537 3.4.4): a thread of years must not grow its header for ever."""
    return list(ids) if len(ids) <= MAX_REFERENCES else [ids[0], *ids[1 - MAX_REFERENCES :]]
