"""Which message makes the server hang up.

A mail file that cannot be opened ends a Dovecot session in the middle of a FETCH that names hundreds. So the messages
of that FETCH come first the next time, in ever smaller portions, until one is left; and when that one ends the session
again and again, it is given up and the others have their turn.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sync.mail import UidSet

PORTIONS = 25
# BYE is the server's own word. A line that merely ended may be the network: believe it later.
HANGUPS_BYE = 2
HANGUPS_CLOSED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspects:
    """Of one folder: what the last hang-up was about, how often in a row, and what has been given up."""

    uids: UidSet = UidSet()
    hangups: int = 0
    given_up: frozenset[int] = frozenset()


def portions(wanted: UidSet, suspects: Suspects) -> list[UidSet]:
    """In which FETCHes to ask for `wanted`, less what has been given up."""
    left = [uid for uid in wanted if uid not in suspects.given_up]
    doubtful = [uid for uid in left if uid in suspects.uids]
    clear = [uid for uid in left if uid not in suspects.uids]
    size = max(1, len(doubtful) // PORTIONS)
    pieces = [doubtful[start : start + size] for start in range(0, len(doubtful), size)]
    return [UidSet.of(piece) for piece in [*pieces, clear] if piece]


def after_hangup(suspects: Suspects, asked: UidSet, *, bye: bool) -> Suspects:
    """What to think now. `asked`: the portion during which the server hung up."""
    hangups = suspects.hangups + 1 if asked == suspects.uids else 1
    if len(asked) == 1 and hangups >= (HANGUPS_BYE if bye else HANGUPS_CLOSED):
        return Suspects(given_up=suspects.given_up | frozenset(asked))
    return Suspects(uids=asked, hangups=hangups, given_up=suspects.given_up)


def given_up(wanted: Iterable[int], suspects: Suspects) -> list[int]:
    """Of these, what to show without having read it."""
    return [uid for uid in wanted if uid in suspects.given_up]
