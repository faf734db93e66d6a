"""One folder's news since the last pass.

1  SELECT, with QRESYNC where it can be (RFC 7162 3.2.5): vanished UIDs and changed flags come along.
   UIDVALIDITY changed, or the server gives UIDs a second time: start the folder over
2  else the plain scan: what is missing when the numbers moved, and FLAGS of the newest UIDs
3  fetch and store what arrived, newest first, a batch at a time; a twin that another folder still holds makes us read
   that folder's news first
4  save the cursor of step 1
5  now and then, and when something does not add up: FLAGS of everything, a window at a time

Only UIDs from `backfill_low` up are looked at: what lies below belongs to the window of history that is being stored.
Die or pause in 3: the next pass asks for the same and passes over what is held. Die or pause in 5: `scan_below` says
where to go on, and makes the folder one with news.
"""

from collections.abc import Sequence
from enum import Enum, auto

from sync.imap.connection import Connection, ResyncPoint
from sync.imap.errors import CommandRefused, Nonsense, NotNow
from sync.mail import FlagState, Selected, UidSet
from sync.plan.folder import (
    HeldMessage,
    Known,
    below,
    can_resync,
    is_mass_vanish,
    newest,
    plan_flags,
    plan_missing,
    plan_pass,
    plan_vanished,
    without,
)
from sync.pull.arrivals import BATCH_ROWS, fetch_arrivals
from sync.pull.backfill import open_folder
from sync.pull.mirror import Mirror
from sync.store import folders, messages
from sync.store.clock import now_ms
from sync.store.folders import LAST_UID, Cursor
from sync.store.messages import NewMessage

SHALLOW_UIDS = 500
FULL_SCAN_EVERY_MS = 600_000
SCAN_UIDS = 2000
WRITE_ROWS = 200


class Pass(Enum):
    """How a pass ended. PAUSED: call again. BEGAN: the folder's history is to be filled in."""

    DONE = auto()
    PAUSED = auto()
    BEGAN = auto()


def pull_news(
    connection: Connection, mirror: Mirror, cursor: Cursor, *, unseen: int | None = None, follow_moves: bool = True
) -> Pass:
    """Bring one folder up to date. `unseen`: what STATUS said a moment ago, where that is why we look.

    Raises the wrapper's errors and FenceLost; what was committed before stays right.
    """
    if cursor.known.uidvalidity is None:
        return _begin(connection, mirror, cursor)
    resync = can_resync(cursor.known, offers_qresync="QRESYNC" in connection.capabilities)
    selected = connection.select(cursor.path, since=_resync_point(cursor) if resync else None)
    kind = plan_pass(cursor.known, selected)
    if kind == "start_over":
        return _begin(connection, mirror, cursor)
    everything = kind == "full_scan" or (kind == "scan" and _is_full_scan_due(cursor))
    if kind == "resync":
        _apply_resync(connection, mirror, cursor, selected)
    else:
        _apply_scan(connection, mirror, cursor, missing=everything or _numbers_moved(cursor.known, selected))
    uidnext = _pull_arrivals(connection, mirror, cursor, selected, follow_moves=follow_moves)
    if uidnext is None:
        return Pass.PAUSED
    known = Known(
        uidvalidity=selected.uidvalidity,
        uidnext=uidnext,
        highestmodseq=selected.highestmodseq,
        total=selected.exists if selected.uidnext in (None, uidnext) else folders.TOTAL_UNKNOWN,
        unseen=_unseen(cursor, unseen) if kind == "scan" else None,
    )
    everything = everything or (kind == "scan" and _does_not_add_up(cursor, unseen))
    scan_below = LAST_UID + 1 if everything else cursor.scan_below
    folders.save_cursor(mirror.fence, cursor, known, scan_below=scan_below)
    return _scan_below(connection, mirror, cursor, scan_below)


def _begin(connection: Connection, mirror: Mirror, cursor: Cursor) -> Pass:
    open_folder(connection, mirror, cursor)
    return Pass.BEGAN


def _resync_point(cursor: Cursor) -> ResyncPoint:
    known = UidSet.from_ranges([(cursor.backfill_low, max(cursor.backfill_low, cursor.known.uidnext - 1))])
    return ResyncPoint(uidvalidity=cursor.known.uidvalidity or 0, modseq=cursor.known.highestmodseq or 0, known=known)


def _apply_resync(connection: Connection, mirror: Mirror, cursor: Cursor, selected: Selected) -> None:
    gone = plan_vanished(messages.held(cursor.id, selected.vanished), selected.vanished)
    if is_mass_vanish(len(gone), cursor.held):
        present = connection.search_uids()
        gone = plan_missing(messages.held(cursor.id, selected.vanished), present)
    _unlink(mirror, gone)
    changed = UidSet.of(selected.changed)
    _store_flags(mirror, messages.held(cursor.id, changed), selected.changed)


def _is_full_scan_due(cursor: Cursor) -> bool:
    return not cursor.scan_below and now_ms() - cursor.scanned_at > FULL_SCAN_EVERY_MS


def _numbers_moved(known: Known, selected: Selected) -> bool:
    """With both unchanged, nothing came and nothing went."""
    return (selected.exists, selected.uidnext) != (known.total, known.uidnext)


def _apply_scan(connection: Connection, mirror: Mirror, cursor: Cursor, *, missing: bool) -> None:
    if missing:
        mirrored = UidSet.from_ranges([(cursor.backfill_low, LAST_UID)])
        present = connection.search_uids(mirrored)
        _unlink(mirror, plan_missing(messages.held(cursor.id, mirrored), present))
    _look_at(connection, mirror, messages.newest_held(cursor.id, SHALLOW_UIDS))


def _unseen(cursor: Cursor, told: int | None) -> int | None:
    """What the next STATUS is compared with: what the last one said, else our own count of a complete folder."""
    if told is not None:
        return told
    return messages.unseen_count(cursor.id) if cursor.complete else None


def _does_not_add_up(cursor: Cursor, unseen: int | None) -> bool:
    """The server's count of unread mail moved, and not because of the newest: somebody read further down."""
    if unseen is None or unseen == cursor.known.unseen or not cursor.complete:
        return False
    return messages.unseen_count(cursor.id) != unseen


def _scan_below(connection: Connection, mirror: Mirror, cursor: Cursor, bound: int) -> Pass:
    if bound and not _is_open(connection, cursor):
        return Pass.PAUSED
    while bound:
        window = messages.newest_held(cursor.id, SCAN_UIDS, below=bound)
        if window:
            _look_at(connection, mirror, window)
        bound = window[-1].uid if window else 0
        folders.note_scan(mirror.fence, cursor.id, bound)
        if bound and (not mirror.may_go_on() or mirror.must_pause()):
            return Pass.PAUSED
    return Pass.DONE


def _pull_arrivals(
    connection: Connection, mirror: Mirror, cursor: Cursor, selected: Selected, *, follow_moves: bool
) -> int | None:
    """Fetch what came since `uidnext`. → the UIDNEXT to remember; None when there is more to come."""
    first = max(cursor.known.uidnext, 1)
    if selected.uidnext is not None and selected.uidnext <= first:
        return first
    # `n:*` names the last message even when its UID is below n (RFC 9051 9): keep only what is really new.
    found = connection.search_uids(UidSet.from_ranges([(first, LAST_UID)]))
    new = UidSet.from_ranges((max(low, first), high) for low, high in found.ranges if high >= first)
    rest = without(new, _already_held(connection, mirror, cursor, first, new))
    while rest:
        batch = newest(rest, BATCH_ROWS)
        rest = below(rest, batch.ranges[0][0])
        if not _pull_batch(connection, mirror, cursor, batch, follow_moves=follow_moves):
            return None
        if rest and (not mirror.may_go_on() or mirror.must_pause()):
            return None
    return max(selected.uidnext or 0, new.ranges[-1][1] + 1 if new else first)


def _already_held(connection: Connection, mirror: Mirror, cursor: Cursor, first: int, new: UidSet) -> list[int]:
    """UIDs that our own move brought here, or a pass that had to pause. QRESYNC tells nothing of them, since they are
    above what it was asked about: what somebody did to them before or since is looked up."""
    held = messages.held(cursor.id, UidSet.from_ranges([(first, LAST_UID)]))
    _unlink(mirror, plan_missing(held, new))
    here = [message for message in held if message.uid in new]
    _look_at(connection, mirror, here)
    return [message.uid for message in here]


def _pull_batch(connection: Connection, mirror: Mirror, cursor: Cursor, batch: UidSet, *, follow_moves: bool) -> bool:
    """False when the folder is another one now."""
    if not _is_open(connection, cursor):
        return False
    for rows in list(fetch_arrivals(connection, mirror, cursor.id, batch)):
        if follow_moves:
            _read_origins(connection, mirror, cursor, rows)
        messages.add(mirror.account_id, mirror.fence, cursor.id, rows)
    return True


def _is_open(connection: Connection, cursor: Cursor) -> bool:
    """Selected again if an origin was read in between. False when it is another one now."""
    return connection.reselect(cursor.path, cursor.known.uidvalidity or 0)


def _read_origins(connection: Connection, mirror: Mirror, cursor: Cursor, rows: Sequence[NewMessage]) -> None:
    """Where a twin of an arrival is still held, see first whether it left: then it keeps its id."""
    for folder_id in messages.twin_folders(mirror.account_id, cursor.id, rows):
        origin = folders.cursor(folder_id)
        if origin is None:
            continue
        try:
            pull_news(connection, mirror, origin, follow_moves=False)
        except (CommandRefused, Nonsense, NotNow):
            if connection.broken:
                raise
            continue  # it was deleted or renamed a moment ago: the next LIST will tell


def _look_at(connection: Connection, mirror: Mirror, held: Sequence[HeldMessage]) -> None:
    """FLAGS of these as they are now."""
    if held:
        _store_flags(mirror, held, connection.fetch_flags(UidSet.of(message.uid for message in held)))


def _store_flags(mirror: Mirror, held: Sequence[HeldMessage], reported: dict[int, FlagState]) -> None:
    changes = list(plan_flags(held, reported).items())
    for start in range(0, len(changes), WRITE_ROWS):
        messages.set_flags(mirror.account_id, mirror.fence, dict(changes[start : start + WRITE_ROWS]))


def _unlink(mirror: Mirror, ids: Sequence[str]) -> None:
    for start in range(0, len(ids), WRITE_ROWS):
        messages.unlink(mirror.account_id, mirror.fence, ids[start : start + WRITE_ROWS])
