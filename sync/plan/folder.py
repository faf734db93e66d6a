"""One folder: what we hold × what the server says → what to change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sync.mail import Flags, FlagState, FolderStatus, UidSet

# A server that reports half a mailbox as vanished is more often broken than right: ask again before believing it.
MASS_VANISH_MIN = 50
MASS_VANISH_SHARE = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldMessage:
    """What we hold of a UID."""

    id: str
    uid: int
    flags: Flags


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The values of the SELECT that began the last finished pass."""

    uidvalidity: int | None
    uidnext: int
    highestmodseq: int | None
    total: int


def is_dirty(known: Known, status: FolderStatus) -> bool:
    """Does this STATUS differ from what the last pass saw? What the server does not tell counts as unchanged."""
    told = (
        (status.uidvalidity, known.uidvalidity),
        (status.uidnext, known.uidnext),
        (status.messages, known.total),
        (status.highestmodseq, known.highestmodseq),
    )
    return any(now is not None and now != before for now, before in told)


def can_resync(known: Known, *, offers_qresync: bool) -> bool:
    """QRESYNC is decided per folder: it needs a modseq of the same UIDVALIDITY (RFC 7162 3.2.5)."""
    return offers_qresync and known.uidvalidity is not None and bool(known.highestmodseq)


def plan_flags(held: Iterable[HeldMessage], reported: Mapping[int, FlagState]) -> dict[str, Flags]:
    """Message id → flags, only where they differ; an echo of our own STORE changes nothing."""
    return {
        message.id: reported[message.uid].flags
        for message in held
        if message.uid in reported and reported[message.uid].flags != message.flags
    }


def plan_vanished(held: Iterable[HeldMessage], vanished: UidSet) -> list[str]:
    """Ids to unlink. RFC 7162 3.2.10: VANISHED may name UIDs that we never had."""
    return [message.id for message in held if message.uid in vanished]


def plan_missing(held: Iterable[HeldMessage], present: UidSet | Mapping[int, FlagState]) -> list[str]:
    """Ids to unlink after a scan: held within the scanned range, not there any more."""
    return [message.id for message in held if message.uid not in present]


def is_mass_vanish(vanished: int, held: int) -> bool:
    return vanished > MASS_VANISH_MIN and vanished > held * MASS_VANISH_SHARE


def newest(uids: UidSet, limit: int) -> UidSet:
    """The `limit` highest UIDs, without expanding ranges that are not taken."""
    taken: list[tuple[int, int]] = []
    for low, high in reversed(uids.ranges):
        if limit <= 0:
            break
        start = max(low, high - limit + 1)
        taken.append((start, high))
        limit -= high - start + 1
    return UidSet.from_ranges(taken)
