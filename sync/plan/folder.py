"""One folder: what we hold × what the server says → what to change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from sync.mail import Flags, FlagState, FolderStatus, Selected, UidSet

# A server that reports half a mailbox as vanished is more often broken than right: ask again before believing it.
MASS_VANISH_MIN = 50
MASS_VANISH_SHARE = 0.2


class HasPath(Protocol):
    @property
    def path(self) -> str: ...


Scanned = TypeVar("Scanned", bound=HasPath)


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


def is_dirty(known: Known, status: FolderStatus, unseen: int | None = None) -> bool:
    """Does this STATUS differ from what the last pass saw? What the server does not tell counts as unchanged.

    `unseen`: its number of unread messages at the last look, which moves where no modseq does; None: not known.
    """
    told = (
        (status.unseen, status.unseen if unseen is None else unseen),
        (status.uidvalidity, known.uidvalidity),
        (status.uidnext, known.uidnext),
        (status.messages, known.total),
        (status.highestmodseq, known.highestmodseq),
    )
    return any(now is not None and now != before for now, before in told)


def stalest(cursors: Iterable[Scanned], scanned: Mapping[str, float], *, limit: int) -> list[Scanned]:
    """Which folders to look through for changed flags: those that waited longest, the Inbox always. `scanned`: when, by
    path; a folder that is not in it was never looked through."""
    order = sorted(cursors, key=lambda cursor: (cursor.path.upper() != "INBOX", scanned.get(cursor.path, 0.0)))
    return order[:limit]


def has_started_over(known: Known, selected: Selected) -> bool:
    """Other messages under the same UIDs (RFC 9051 2.3.1.1): another UIDVALIDITY, or a UIDNEXT below the one we were
    told, as after a server was restored from a backup."""
    lower = selected.uidnext is not None and selected.uidnext < known.uidnext
    return selected.uidvalidity != known.uidvalidity or lower


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
