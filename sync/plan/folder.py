"""One folder: what we hold × what the server says → what to change."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from sync.mail import Flags, FlagState, FolderStatus, Selected, UidSet

# A server that reports half a mailbox as vanished is more often broken than right: ask again before believing it.
MASS_VANISH_MIN = 50
MASS_VANISH_SHARE = 0.2
# Where no modseq tells of changed flags, somebody has to look: often where people look, now and then elsewhere.
LOOK_OPEN_MS = 25_000
LOOK_OTHERS_MS = 240_000

PassKind = Literal["start_over", "resync", "scan", "full_scan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldMessage:
    """What we hold of a UID."""

    id: str
    uid: int
    flags: Flags


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The values of the SELECT that began the last finished pass; `unseen` is what STATUS said, None: not told."""

    uidvalidity: int | None
    uidnext: int
    highestmodseq: int | None
    total: int
    unseen: int | None = None


def is_dirty(known: Known, status: FolderStatus) -> bool:
    """Does this STATUS differ from what the last pass saw? What the server does not tell counts as unchanged."""
    told = [
        (status.uidvalidity, known.uidvalidity),
        (status.uidnext, known.uidnext),
        (status.messages, known.total),
        (status.highestmodseq, known.highestmodseq),
    ]
    if status.highestmodseq is None:  # a modseq tells it better
        told.append((status.unseen, known.unseen))
    return any(now is not None and now != before for now, before in told)


def plan_pass(known: Known, selected: Selected) -> PassKind:
    """How to find the news of a folder that was just selected.

    A UIDNEXT below ours under the same UIDVALIDITY is that of a server restored from a copy: it will give UIDs a second
    time (RFC 9051 2.3.1.1 forbids it, backups do it). A modseq below ours (restored too, or its index was rebuilt):
    what it says of changes since ours is worth nothing, look at all flags.
    """
    if selected.uidvalidity != known.uidvalidity:
        return "start_over"
    if selected.uidnext is not None and selected.uidnext < known.uidnext:
        return "start_over"
    if selected.highestmodseq is None:
        return "scan"
    if selected.highestmodseq < (known.highestmodseq or 0):
        return "full_scan"
    return "resync" if selected.resynced else "scan"


def is_look_due(known: Known, *, offers_qresync: bool, looked_at: int, is_open: bool, now_ms: int) -> bool:
    """Without QRESYNC, STATUS does not tell of every change (a flag, \\Deleted): is it time to look by ourselves?"""
    if known.uidvalidity is None or can_resync(known, offers_qresync=offers_qresync):
        return False
    return now_ms - looked_at >= (LOOK_OPEN_MS if is_open else LOOK_OTHERS_MS)


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


def below(uids: UidSet, bound: int) -> UidSet:
    """Those under `bound`."""
    return UidSet.from_ranges((low, min(high, bound - 1)) for low, high in uids.ranges if low < bound)


def without(uids: UidSet, taken: Iterable[int]) -> UidSet:
    """`uids` but those, however large its ranges are."""
    left: list[tuple[int, int]] = []
    gaps = sorted(taken)
    for low, high in uids.ranges:
        for gap in gaps[bisect_left(gaps, low) : bisect_right(gaps, high)]:
            if low < gap:
                left.append((low, gap - 1))
            low = gap + 1
        if low <= high:
            left.append((low, high))
    return UidSet.from_ranges(left)
