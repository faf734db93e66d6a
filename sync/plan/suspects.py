"""Which message makes the server hang up.

A mail file that cannot be opened ends a Dovecot session in the middle of a FETCH that names hundreds; another server
calls it a defect of its own (RFC 5530), a third says nothing any more. So the messages of that FETCH come first the
next time, in ever smaller portions, until one is left; and when that one fails again and again, it is given up and the
others have their turn.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sync.mail import UidSet

PORTIONS = 25
# What the server says itself is believed sooner than a line that merely ended or fell silent: that may be the network.
SAID = frozenset({"bye", "serverbug", "contactadmin", "limit"})
SILENT = frozenset({"closed", "timeout", "inuse", "unavailable"})
ENOUGH_SAID = 3
ENOUGH_SILENT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspects:
    """Of one mailbox: what the last failure was about, how often in a row, and what has been given up."""

    uids: UidSet = UidSet()
    failures: int = 0
    given_up: frozenset[int] = frozenset()


def portions(wanted: UidSet, suspects: Suspects) -> list[UidSet]:
    """In which FETCHes to ask for `wanted`, less what has been given up."""
    left = [uid for uid in wanted if uid not in suspects.given_up]
    doubtful = [uid for uid in left if uid in suspects.uids]
    clear = [uid for uid in left if uid not in suspects.uids]
    size = max(1, len(doubtful) // PORTIONS)
    pieces = [doubtful[start : start + size] for start in range(0, len(doubtful), size)]
    return [UidSet.of(piece) for piece in [*pieces, clear] if piece]


def after_failure(suspects: Suspects, asked: UidSet, code: str) -> Suspects:
    """What to think now. `asked`: the portion over which the server failed; `code`: that of the error, which may be
    about something else (the network, a lock)."""
    if code not in SAID | SILENT:
        return suspects
    failures = suspects.failures + 1 if asked == suspects.uids else 1
    if len(asked) == 1 and failures >= (ENOUGH_SAID if code in SAID else ENOUGH_SILENT):
        return Suspects(given_up=suspects.given_up | frozenset(asked))
    return Suspects(uids=asked, failures=failures, given_up=suspects.given_up)


def unreadable(wanted: Iterable[int], suspects: Suspects) -> list[int]:
    """Of these, what to show without having read it."""
    return [uid for uid in wanted if uid in suspects.given_up]
