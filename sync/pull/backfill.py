"""The first look at a folder, and its history: newest first, a window at a time.

    begin      1  SELECT
               2  nothing counts as mirrored any more; what the transfer lane is fetching is not stored either
               3  what we held is unlinked
               4  UIDVALIDITY, UIDNEXT, MODSEQ, and that nothing is mirrored yet (`backfill_low` = UIDNEXT)
    backfill   1  the newest UIDs below `backfill_low` are fetched and stored
               2  a second look at their flags
               3  `backfill_low` moves down

Die before 4 of `begin`: the old UIDVALIDITY, or none, makes the next pass begin again, and a folder that has nothing
counts as one whose history is missing. Die before 3 of `backfill`: the window is fetched once more and changes nothing.

`begin` and the news run on the command lane, windows on the transfer lane at the same time. So a window is stored only
while the folder stands where it stood when the window was fetched. And news below `backfill_low` are the window's own
affair: a pass that ends before 3 held no row to change there and moved the modseq on. Hence 2, repeated until no pass
ended since it was asked; a pass that ends after 3 and began before does not count (`save_cursor`).
"""

from sync.imap.connection import Connection
from sync.mail import UidSet
from sync.plan.folder import Known, newest, plan_flags, plan_missing
from sync.pull.arrivals import fetch_arrivals
from sync.pull.mirror import Mirror
from sync.store import accounts, folders, messages
from sync.store.folders import Cursor

FIRST_WINDOW = 50


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
    # Where only STATUS tells UIDNEXT, a mail may have come since SELECT said that there is none.
    complete = selected.exists == 0 and known.uidnext == 1
    folders.begin_mirror(mirror.account_id, mirror.fence, cursor.id, known, complete=complete)
    return folders.cursor(cursor.id) or cursor


def open_folder(connection: Connection, mirror: Mirror, cursor: Cursor) -> None:
    """Begin, and mirror the newest messages at once: usable before the rest of the history is here."""
    backfill(connection, mirror, begin(connection, mirror, cursor), window=FIRST_WINDOW)


def backfill(connection: Connection, mirror: Mirror, cursor: Cursor, *, window: int) -> bool:
    """Mirror the next `window` older messages. → is there more to fetch. Not when the folder is complete, nor when it
    started over (its next pass of news begins it anew) or the lease is in doubt."""
    if cursor.complete or cursor.known.uidvalidity is None:
        return False
    if not connection.reselect(cursor.path, cursor.known.uidvalidity):
        return False
    older = (
        connection.search_uids(UidSet.from_ranges([(1, cursor.backfill_low - 1)]))
        if cursor.backfill_low > 1
        else UidSet()
    )
    wanted = newest(older, window)
    if wanted:
        for batch in fetch_arrivals(connection, mirror, cursor.id, wanted):
            if not mirror.may_go_on():
                return False
            messages.add(mirror.account_id, mirror.fence, cursor.id, batch, at=cursor)
    complete = len(wanted) == len(older)
    low = wanted.ranges[0][0] if wanted else cursor.backfill_low
    noted = _note(connection, mirror, cursor, wanted, low=1 if complete else low, complete=complete)
    return noted and not complete


def _note(connection: Connection, mirror: Mirror, cursor: Cursor, window: UidSet, *, low: int, complete: bool) -> bool:
    """Steps 2 and 3. False when the folder started over."""
    while mirror.may_go_on():
        now = folders.cursor(cursor.id)
        if now is None or now.place != cursor.place:
            return False
        if window:
            _look_again(connection, mirror, cursor, window)
        if folders.lower_backfill(mirror.account_id, mirror.fence, now, low=low, complete=complete):
            return True
    return False


def _look_again(connection: Connection, mirror: Mirror, cursor: Cursor, window: UidSet) -> None:
    """What changed since the window was fetched. Two round trips without headers: cheap beside the window itself."""
    as_of_seq = accounts.current_seq(mirror.account_id)
    held = messages.held(cursor.id, window)
    connection.noop()  # or the server answers from what this session has been told so far
    states = connection.fetch_flags(window)
    if mirror.may_go_on():
        messages.correct(
            mirror.account_id,
            mirror.fence,
            plan_flags(held, states),
            plan_missing(held, states),
            as_of_seq=as_of_seq,
        )


def _unlink_all(mirror: Mirror, cursor: Cursor) -> None:
    everything = UidSet.from_ranges([(0, folders.LAST_UID)])
    held = [message.id for message in messages.held(cursor.id, everything)]
    for start in range(0, len(held), 200):
        messages.unlink(mirror.account_id, mirror.fence, held[start : start + 200])


def _uidnext_of_search(connection: Connection) -> int:
    # Some servers leave UIDNEXT out of SELECT and of STATUS: the highest UID there is must do.
    uids = connection.search_uids()
    return uids.ranges[-1][1] + 1 if uids else 1
