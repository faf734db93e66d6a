"""One copy in Sent, not two: servers that file what they send (Exchange, Gmail) may do so after we looked and filed.

    file       look; where the server is known to file by itself, wait for it; else APPEND, and note the UID it got
    look after when something arrives in Sent: another message with exactly this Message-ID is the server's. Ours, by
               exactly its UID, hands its flags on and goes; what is not surely ours is never touched

What was sent does not name Bcc, so no copy of the server's does. Where there are such recipients, ours is filed and
stays, whatever the server files.

Die between APPEND and noting: what is there stays, whoever filed it. Die in the removal: that UID is expunged again.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby

from sync.imap.connection import Connection
from sync.imap.errors import CommandRefused, Nonsense, NotNow
from sync.mail import Fetched, Flag, Flags, Role, UidSet
from sync.mime.headers import read_envelope
from sync.pull import Mirror
from sync.push.commands import expunge
from sync.push.targets import folder_for
from sync.store import actions, copies, folders, submissions
from sync.store.actions import Effect
from sync.store.clock import now_ms
from sync.store.copies import Copy
from sync.store.folders import LAST_UID
from sync.store.submissions import OnItsWay

log = logging.getLogger("sync.push")

NEWEST_UIDS = 1000
WAIT_FOR_COPY_MS = 60_000


class CopyMayCome(Exception):
    """This server files by itself: look again before one is stored."""


def file_copy(connection: Connection, mirror: Mirror, on_its_way: OnItsWay) -> str:
    """The copy in Sent, unless the server filed one itself. → the folder's id. Raises CopyMayCome, the wrapper's errors
    and FenceLost."""
    action = on_its_way.action
    letter = submissions.letter_of(action)
    if letter.hides_recipients:
        return _file_with_bcc(connection, mirror, on_its_way)
    known = folders.with_role(mirror.account_id, Role.SENT)
    if filed := filed_in(connection, mirror, letter.message_id):
        if not on_its_way.filing:
            copies.note_server_files(mirror.account_id, mirror.fence)
        return filed
    if copies.server_files(mirror.account_id) and now_ms() - on_its_way.asked_at < WAIT_FOR_COPY_MS:
        raise CopyMayCome
    sent = folder_for(connection, mirror, Role.SENT)
    submissions.note_done(mirror.account_id, mirror.fence, action, "filing")
    told = connection.append(sent.path, letter.copy, flags=Flags(Flag.SEEN))
    if told.uids:
        copies.watch(
            mirror.account_id,
            mirror.fence,
            sent.id,
            uidvalidity=told.uidvalidity,
            uid=told.uids[0],
            message_id=letter.message_id,
            looked_below=known.known.uidnext if known is not None and known.id == sent.id else 0,
        )
    return sent.id


def _file_with_bcc(connection: Connection, mirror: Mirror, on_its_way: OnItsWay) -> str:
    """The only record of whom it went to: neither waited for nor given up for one that does not say it."""
    action = on_its_way.action
    letter = submissions.letter_of(action)
    if on_its_way.filing and (filed := filed_in(connection, mirror, letter.message_id, naming_bcc=True)):
        return filed
    sent = folder_for(connection, mirror, Role.SENT)
    submissions.note_done(mirror.account_id, mirror.fence, action, "filing")
    connection.append(sent.path, letter.copy, flags=Flags(Flag.SEEN))
    return sent.id


def filed_in(connection: Connection, mirror: Mirror, message_id: str, *, naming_bcc: bool = False) -> str:
    """The id of the Sent folder that holds it among its newest messages, or ""."""
    for cursor in folders.cursors(mirror.account_id):
        if cursor.role is not Role.SENT:
            continue
        selected = connection.select(cursor.path)
        low = max(1, (selected.uidnext or cursor.known.uidnext) - NEWEST_UIDS)
        found = connection.find_message_id(message_id, from_uid=low)
        if any(_carries(item, message_id, naming_bcc) for item in connection.fetch_messages(UidSet.of(found))):
            return cursor.id
    return ""


def _carries(item: Fetched, message_id: str, naming_bcc: bool = False) -> bool:
    """A SEARCH of a header is for a part of it (RFC 9051 6.4.4), and some servers take even that loosely."""
    envelope = read_envelope(item.header)
    return envelope.message_id == message_id and bool(envelope.bcc or not naming_bcc)


def look_after_copies(connection: Connection, mirror: Mirror, touched: set[str]) -> None:
    """Remove ours where the server's has arrived. Raises TryAgain, Nonsense when it broke the line, and FenceLost."""
    copies.expire(mirror.account_id, mirror.fence)
    for _, together in groupby(sorted(copies.due(mirror.account_id), key=_place), key=_place):
        if not mirror.may_go_on():
            return
        due = list(together)
        with _staying_if_refused(connection, mirror, due):
            _look_after(connection, mirror, due, touched)


def _place(copy: Copy) -> tuple[str, int]:
    return copy.folder, copy.uidvalidity


@contextmanager
def _staying_if_refused(connection: Connection, mirror: Mirror, concerned: Sequence[Copy]) -> Iterator[None]:
    try:
        yield
    except (CommandRefused, Nonsense, NotNow) as error:
        if connection.broken:
            raise
        log.warning("push account=%s copies stay code=%s", mirror.account_id, error.code)
        if not isinstance(error, NotNow):
            for copy in concerned:
                copies.forget(mirror.account_id, mirror.fence, copy)


def _look_after(connection: Connection, mirror: Mirror, due: Sequence[Copy], touched: set[str]) -> None:
    """Those of one folder, with one look at what arrived there."""
    if not connection.reselect(due[0].path, due[0].uidvalidity):
        for copy in due:
            copies.forget(mirror.account_id, mirror.fence, copy)
        return
    connection.noop()  # a session that had the folder open learns here of what arrived
    low = min(max(1, copy.looked_below, copy.uid - NEWEST_UIDS) for copy in due)
    asked = UidSet.from_ranges([(low, LAST_UID), *((copy.uid, copy.uid) for copy in due)])
    there = list(connection.fetch_messages(connection.search_uids(asked)))
    for copy in due:
        with _staying_if_refused(connection, mirror, [copy]):
            _keep_or_remove(connection, mirror, copy, there, touched)


def _keep_or_remove(
    connection: Connection, mirror: Mirror, copy: Copy, there: Sequence[Fetched], touched: set[str]
) -> None:
    # One marked \Deleted may be expunged at any moment: it is not what stays.
    staying = (item for item in there if not item.flags.bits & Flag.DELETED and _carries(item, copy.message_id))
    others = UidSet.of(item.uid for item in staying if item.uid != copy.uid)
    if not any(item.uid == copy.uid for item in there):
        copies.forget(mirror.account_id, mirror.fence, copy)
    elif others:
        touched.add(copy.folder)
        _remove(connection, mirror, copy, others)
        copies.forget(mirror.account_id, mirror.fence, copy)
    else:
        if copy.removing:
            # We died in its removal, and the other one is gone by now.
            touched.add(copy.folder)
            connection.store_flags(UidSet.of([copy.uid]), remove=Flags(Flag.DELETED))
        copies.note_looked(mirror.account_id, mirror.fence, copy)


def _remove(connection: Connection, mirror: Mirror, copy: Copy, others: UidSet) -> None:
    ours = UidSet.of([copy.uid])
    state = connection.fetch_flags(ours).get(copy.uid)
    if state is not None:
        connection.store_flags(others, add=Flags(state.flags.bits & ~Flag.DELETED))
    copies.note_removing(mirror.account_id, mirror.fence, copy)
    row, effect = copies.row_of(copy), Effect()
    gone = expunge(connection, {row: copy.uid}, effect)
    if row:
        effect.gone.extend(gone)
        actions.apply(mirror.account_id, mirror.fence, effect, by="")
    log.info("push account=%s the server filed its own copy", mirror.account_id)
