"""The first look at a folder, and its history: newest first, a window at a time.

    begin      SELECT; note UIDVALIDITY, UIDNEXT, MODSEQ; nothing is mirrored yet (`backfill_low` = UIDNEXT)
    backfill   the newest UIDs below `backfill_low` are fetched and stored; then `backfill_low` moves down

Die between storing rows and moving `backfill_low`: the window is fetched once more and changes nothing.
"""

from sync.imap.connection import Connection
from sync.mail import UidSet
from sync.plan.folder import Known, newest
from sync.pull.arrivals import read_arrivals
from sync.pull.mirror import Mirror
from sync.store import folders, messages
from sync.store.clock import now_ms
from sync.store.folders import Cursor


def begin(connection: Connection, mirror: Mirror, cursor: Cursor) -> Cursor:
    """Start to mirror a folder, or start over after its UIDVALIDITY changed: then what we held is unlinked first, and
    finds its ids again by its twins."""
    selected = connection.select(cursor.path)
    _unlink_all(mirror, cursor)
    uidnext = selected.uidnext or _uidnext_of_search(connection)
    folders.save_cursor(
        mirror.fence,
        cursor.id,
        Known(
            uidvalidity=selected.uidvalidity,
            uidnext=uidnext,
            highestmodseq=selected.highestmodseq,
            total=selected.exists,
        ),
        scanned_at=now_ms(),
    )
    folders.begin_backfill(mirror.account_id, mirror.fence, cursor.id, low=uidnext, complete=selected.exists == 0)
    return folders.cursor(cursor.id) or cursor


def backfill(connection: Connection, mirror: Mirror, cursor: Cursor, *, window: int) -> bool:
    """Mirror the next `window` older messages. True when the folder is complete."""
    if cursor.complete:
        return True
    if connection.selected != cursor.path:
        connection.select(cursor.path)
    older = (
        connection.search_uids(UidSet.from_ranges([(1, cursor.backfill_low - 1)]))
        if cursor.backfill_low > 1
        else UidSet()
    )
    wanted = newest(older, window)
    if wanted:
        fetched = connection.fetch_messages(wanted)
        for batch in read_arrivals(connection, fetched):
            messages.add(mirror.account_id, mirror.fence, cursor.id, batch)
            if not mirror.may_go_on():
                return False
    complete = len(wanted) == len(older)
    low = wanted.ranges[0][0] if wanted else cursor.backfill_low
    folders.begin_backfill(mirror.account_id, mirror.fence, cursor.id, low=1 if complete else low, complete=complete)
    return complete


def _unlink_all(mirror: Mirror, cursor: Cursor) -> None:
    everything = UidSet.from_ranges([(0, 2**32)])
    held = [message.id for message in messages.held(cursor.id, everything)]
    for start in range(0, len(held), 200):
        messages.unlink(mirror.account_id, mirror.fence, held[start : start + 200])


def _uidnext_of_search(connection: Connection) -> int:
    # Some servers leave UIDNEXT out of SELECT and of STATUS: the highest UID there is must do.
    uids = connection.search_uids()
    return uids.ranges[-1][1] + 1 if uids else 1
