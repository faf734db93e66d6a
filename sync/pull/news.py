"""One folder's news since the last pass.

1  SELECT, with QRESYNC where it can be (RFC 7162 3.2.5): vanished UIDs and changed flags come along
   else the plain scan: FLAGS of the newest UIDs, of all of them when that was long ago
2  UIDVALIDITY changed, or UIDNEXT went back: start the folder over
3  unlink what vanished, store changed flags
4  fetch and store what arrived; a twin that another folder still holds makes us read that folder's news first
5  save the cursor of step 1
"""

from collections.abc import Sequence

from sync.imap.connection import Connection, ResyncPoint
from sync.mail import FlagState, Selected, UidSet
from sync.plan.folder import (
    HeldMessage,
    Known,
    can_resync,
    has_started_over,
    is_mass_vanish,
    newest,
    plan_flags,
    plan_missing,
    plan_vanished,
)
from sync.pull.arrivals import read_arrivals
from sync.pull.backfill import begin
from sync.pull.mirror import Mirror
from sync.store import folders, messages
from sync.store.clock import now_ms
from sync.store.folders import Cursor
from sync.store.messages import NewMessage

SHALLOW_UIDS = 500
FULL_SCAN_EVERY_MS = 600_000
SCAN_UIDS = 2000
WRITE_ROWS = 200


def pull_news(connection: Connection, mirror: Mirror, cursor: Cursor, *, follow_moves: bool = True) -> None:
    """Bring one folder up to date. Raises the wrapper's errors and FenceLost; what was committed before stays right."""
    if cursor.known.uidvalidity is None:
        begin(connection, mirror, cursor)
        return
    resync = can_resync(cursor.known, offers_qresync="QRESYNC" in connection.capabilities)
    selected = connection.select(cursor.path, since=_resync_point(cursor) if resync else None)
    if has_started_over(cursor.known, selected):
        begin(connection, mirror, cursor)
        return
    if resync and selected.resynced and (selected.highestmodseq or 0) >= (cursor.known.highestmodseq or 0):
        _apply_resync(connection, mirror, cursor, selected)
        scanned_at = None
    else:
        scanned_at = _apply_scan(connection, mirror, cursor, full=resync)  # a modseq that went back tells nothing
    uidnext = _pull_arrivals(connection, mirror, cursor, selected, follow_moves=follow_moves)
    known = Known(
        uidvalidity=selected.uidvalidity,
        uidnext=uidnext,
        highestmodseq=selected.highestmodseq,
        total=selected.exists,
    )
    folders.save_cursor(mirror.fence, cursor.id, known, scanned_at=scanned_at)


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


def _apply_scan(connection: Connection, mirror: Mirror, cursor: Cursor, *, full: bool) -> int | None:
    """The plain path. → when a full scan was made, else None."""
    present = connection.search_uids(UidSet.from_ranges([(cursor.backfill_low, 2**32 - 1)]))
    # Not below: what the transfer lane has just stored there is not counted as mirrored yet.
    everything = messages.held(cursor.id, UidSet.from_ranges([(cursor.backfill_low, 2**32)]))
    _unlink(mirror, plan_missing(everything, present))
    full = full or now_ms() - cursor.scanned_at > FULL_SCAN_EVERY_MS or len(present) <= SCAN_UIDS
    wanted = present if full else newest(present, SHALLOW_UIDS)
    while wanted:
        window = newest(wanted, SCAN_UIDS)
        states = connection.fetch_flags(window)
        _store_flags(mirror, messages.held(cursor.id, window), states)
        if not mirror.may_go_on():
            return None
        wanted = UidSet.from_ranges(
            (low, min(high, window.ranges[0][0] - 1)) for low, high in wanted.ranges if low < window.ranges[0][0]
        )
    return now_ms() if full else None


def _pull_arrivals(
    connection: Connection, mirror: Mirror, cursor: Cursor, selected: Selected, *, follow_moves: bool
) -> int:
    """Fetch what came since `uidnext`. → the UIDNEXT to remember."""
    first = max(cursor.known.uidnext, 1)
    if selected.uidnext is not None and selected.uidnext <= first:
        return selected.uidnext if selected.uidnext == first else first
    new = connection.search_uids(UidSet.from_ranges([(first, 2**32 - 1)]))
    # `n:*` names the last message even when its UID is below n (RFC 9051 9): keep only what is really new.
    new = UidSet.from_ranges((max(low, first), high) for low, high in new.ranges if high >= first)
    batches = list(read_arrivals(connection, connection.fetch_messages(new))) if new else []
    if follow_moves:
        _read_origins(connection, mirror, cursor, [row for batch in batches for row in batch])
    for batch in batches:
        messages.add(mirror.account_id, mirror.fence, cursor.id, batch)
    highest = new.ranges[-1][1] + 1 if new else first
    return max(selected.uidnext or 0, highest)


def _read_origins(connection: Connection, mirror: Mirror, cursor: Cursor, rows: Sequence[NewMessage]) -> None:
    """Where a twin of an arrival is still held, see first whether it left: then it keeps its id."""
    for folder_id in messages.twin_folders(mirror.account_id, cursor.id, rows):
        origin = folders.cursor(folder_id)
        if origin is not None:
            pull_news(connection, mirror, origin, follow_moves=False)


def _store_flags(mirror: Mirror, held: Sequence[HeldMessage], reported: dict[int, FlagState]) -> None:
    changes = list(plan_flags(held, reported).items())
    for start in range(0, len(changes), WRITE_ROWS):
        messages.set_flags(mirror.account_id, mirror.fence, dict(changes[start : start + WRITE_ROWS]))


def _unlink(mirror: Mirror, ids: Sequence[str]) -> None:
    for start in range(0, len(ids), WRITE_ROWS):
        messages.unlink(mirror.account_id, mirror.fence, ids[start : start + WRITE_ROWS])
