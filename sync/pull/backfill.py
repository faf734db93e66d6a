"""The first look at a folder, and its history: newest first, a window at a time.

    begin      1  SELECT
               2  nothing counts as mirrored any more; what the transfer lane is fetching is not stored either
               3  what we held is unlinked
               4  UIDVALIDITY, UIDNEXT, MODSEQ, and that nothing is mirrored yet (`backfill_low` = UIDNEXT)
    backfill   1  the newest UIDs below `backfill_low` are fetched and stored
               2  `backfill_low` moves down
               3  their flags are asked for once more: who changed one while the window was on its way told the pass of
                  news, which did not know these rows yet and remembers that it has seen it

Die before 4 of `begin`: the old UIDVALIDITY, or none, makes the next pass begin again, and a folder that has nothing
counts as one whose history is missing. Die before 2 of `backfill`: the window is fetched once more and changes nothing.
Die before 3: what changed in between comes with that message's next change. `begin` runs on the command lane, windows
may come on another: what a window was fetched under is compared in the transaction that stores it.
"""

from sync.imap.connection import Connection
from sync.mail import UidSet
from sync.plan.folder import Known, newest, plan_flags, plan_missing
from sync.pull.arrivals import read_arrivals
from sync.pull.mirror import Mirror
from sync.store import folders, messages
from sync.store.folders import Cursor


def begin(connection: Connection, mirror: Mirror, cursor: Cursor) -> Cursor:
    """Start to mirror a folder, or start over after its UIDVALIDITY changed: then what we held is unlinked first, and
    finds its ids again by its twins."""
    selected = connection.select(cursor.path)
    if cursor.known.uidvalidity is not None:
        folders.halt_backfill(mirror.account_id, mirror.fence, cursor.id)
    _unlink_all(mirror, cursor)
    known = Known(
        uidvalidity=selected.uidvalidity,
        uidnext=selected.uidnext or _uidnext_of_search(connection),
        highestmodseq=selected.highestmodseq,
        total=selected.exists,
    )
    folders.begin_mirror(mirror.account_id, mirror.fence, cursor.id, known, complete=selected.exists == 0)
    return folders.cursor(cursor.id) or cursor


def backfill(connection: Connection, mirror: Mirror, cursor: Cursor, *, window: int) -> bool:
    """Mirror the next `window` older messages. → is there more to fetch. Not when the folder is complete, nor when it
    started over (its next pass of news begins it anew) or the lease is in doubt."""
    if cursor.complete or not _select(connection, cursor):
        return False
    older = (
        connection.search_uids(UidSet.from_ranges([(1, cursor.backfill_low - 1)]))
        if cursor.backfill_low > 1
        else UidSet()
    )
    wanted = newest(older, window)
    if wanted:
        fetched = connection.fetch_messages(wanted)
        for batch in read_arrivals(connection, fetched):
            if not mirror.may_go_on():
                return False
            messages.add(mirror.account_id, mirror.fence, cursor.id, batch, at=cursor)
    complete = len(wanted) == len(older)
    low = wanted.ranges[0][0] if wanted else cursor.backfill_low
    lowered = folders.lower_backfill(
        mirror.account_id, mirror.fence, cursor, low=1 if complete else low, complete=complete
    )
    if lowered and wanted:
        _look_again(connection, mirror, cursor, wanted)
    return lowered and not complete


def _look_again(connection: Connection, mirror: Mirror, cursor: Cursor, window: UidSet) -> None:
    """What is stored is read first: what the other lane writes from then on is newer than our answer, and stays."""
    held = messages.held(cursor.id, window)
    states = connection.fetch_flags(window)
    seen = {message.id: message.flags for message in held}
    messages.set_flags(mirror.account_id, mirror.fence, plan_flags(held, states), seen=seen)
    if gone := plan_missing(held, states):
        messages.unlink(mirror.account_id, mirror.fence, gone)


def _select(connection: Connection, cursor: Cursor) -> bool:
    """Open the folder unless it is open. False when it is not the one the cursor was made of (RFC 9051 2.3.1.1)."""
    known = cursor.known.uidvalidity
    if connection.selected != cursor.path or connection.uidvalidity != known:
        connection.select(cursor.path)
    return connection.uidvalidity == known


def _unlink_all(mirror: Mirror, cursor: Cursor) -> None:
    everything = UidSet.from_ranges([(0, folders.LAST_UID)])
    held = [message.id for message in messages.held(cursor.id, everything)]
    for start in range(0, len(held), 200):
        messages.unlink(mirror.account_id, mirror.fence, held[start : start + 200])


def _uidnext_of_search(connection: Connection) -> int:
    # Some servers leave UIDNEXT out of SELECT and of STATUS: the highest UID there is must do.
    uids = connection.search_uids()
    return uids.ranges[-1][1] + 1 if uids else 1
