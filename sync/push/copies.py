"""One copy in Sent, not two: servers that file what they send (Exchange, Gmail) may do so after we looked and filed.

    file       look; where the server is known to file by itself, wait for it; else APPEND, and note the UID it got
    look after when something arrives in Sent: another message with this Message-ID is the server's. Ours, by exactly
               its UID, hands its flags on and goes; what is not surely ours is never touched

Die between APPEND and noting: what is there stays, whoever filed it. Die in the removal: that UID is expunged again.
"""

import logging

from sync.imap.connection import Connection
from sync.imap.errors import CommandRefused, Nonsense, NotNow
from sync.mail import Flag, Flags, Role, UidSet
from sync.pull import Mirror
from sync.push.commands import expunge
from sync.push.targets import folder_for
from sync.store import actions, copies, folders, submissions
from sync.store.actions import Effect
from sync.store.clock import now_ms
from sync.store.copies import Copy
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
        )
    return sent.id


def filed_in(connection: Connection, mirror: Mirror, message_id: str) -> str:
    """The id of the Sent folder that holds it among its newest messages, or ""."""
    for cursor in folders.cursors(mirror.account_id):
        if cursor.role is not Role.SENT:
            continue
        selected = connection.select(cursor.path)
        low = max(1, (selected.uidnext or cursor.known.uidnext) - NEWEST_UIDS)
        if connection.find_message_id(message_id, from_uid=low):
            return cursor.id
    return ""


def look_after_copies(connection: Connection, mirror: Mirror, touched: set[str]) -> None:
    """Remove ours where the server's has arrived. Raises TryAgain, Nonsense when it broke the line, and FenceLost."""
    copies.expire(mirror.account_id, mirror.fence)
    for copy in copies.due(mirror.account_id):
        if not mirror.may_go_on():
            return
        try:
            _look_after(connection, mirror, copy, touched)
        except (CommandRefused, Nonsense, NotNow) as error:
            if connection.broken:
                raise
            log.warning("push account=%s copy stays code=%s", mirror.account_id, error.code)
            if not isinstance(error, NotNow):
                copies.forget(mirror.account_id, mirror.fence, copy)


def _look_after(connection: Connection, mirror: Mirror, copy: Copy, touched: set[str]) -> None:
    if not connection.reselect(copy.path, copy.uidvalidity):
        copies.forget(mirror.account_id, mirror.fence, copy)
        return
    connection.noop()  # a session that had the folder open learns here of what arrived
    found = connection.find_message_id(copy.message_id, from_uid=max(1, copy.uid - NEWEST_UIDS))
    others = [uid for uid in found if uid != copy.uid]
    if copy.uid in found and not others:
        copies.note_looked(mirror.account_id, mirror.fence, copy)
        return
    if copy.uid in found:
        _remove(connection, mirror, copy, UidSet.of(others))
        touched.add(copy.folder)
    copies.forget(mirror.account_id, mirror.fence, copy)


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
