"""Folders: which there are, and which of them have news."""

from collections.abc import Collection, Sequence

from sync.imap.connection import Connection
from sync.imap.errors import FolderRefused, ImapError
from sync.mail import FolderListing, FolderStatus, Role
from sync.plan.folder import is_dirty, is_look_due
from sync.plan.roles import assign_roles
from sync.pull.mirror import Mirror
from sync.store import folders
from sync.store.folders import Cursor

LOOKS_A_SWEEP = 20


def pull_listing(connection: Connection, mirror: Mirror) -> bool:
    """Make our folders those of the server. True when something changed."""
    return _store(mirror, connection.list_folders())


def sweep(
    connection: Connection, mirror: Mirror, *, listing: bool = False
) -> tuple[list[Cursor], dict[str, FolderStatus]]:
    """STATUS of all folders. → those with news (new ones too), and what the server said of each by path.

    Where one command tells both (LIST-STATUS), the folders are made the server's as well; elsewhere LIST costs a round
    trip of its own and is asked for only if `listing`.
    """
    surveyed = connection.survey()
    if surveyed is not None:
        _store(mirror, surveyed[0])
    elif listing:
        pull_listing(connection, mirror)
    cursors = folders.cursors(mirror.account_id)
    statuses = surveyed[1] if surveyed is not None else connection.statuses([cursor.path for cursor in cursors])
    return [cursor for cursor in cursors if _has_news(cursor, statuses)], statuses


def due_looks(
    connection: Connection, cursors: Sequence[Cursor], opened: Collection[str], *, now_ms: int
) -> list[Cursor]:
    """Folders to look at though STATUS says nothing of them, because it does not say everything. `opened`: ids of those
    that people look at; the Inbox is always one. At most a few at a time, those that waited longest first, and then
    those that could not be opened: they may be by now."""
    offers = "QRESYNC" in connection.capabilities

    def is_due(cursor: Cursor) -> bool:
        if cursor.refused:
            return cursor.known.uidvalidity is not None
        is_open = cursor.role is Role.INBOX or cursor.id in opened
        return is_look_due(
            cursor.known, offers_qresync=offers, looked_at=cursor.looked_at, is_open=is_open, now_ms=now_ms
        )

    due = sorted(filter(is_due, cursors), key=lambda cursor: (cursor.refused, cursor.looked_at))
    return due[:LOOKS_A_SWEEP]


def note_readable(mirror: Mirror, cursor: Cursor, error: ImapError | None) -> None:
    """What came of reading a folder: the account's state goes by it, and whoever waits for a message to turn up. One
    that the server does not let us open is shown as such. Raises FenceLost."""
    if error is None:
        mirror.unreadable.discard(cursor.id)
    else:
        mirror.unreadable.add(cursor.id)
    refused = isinstance(error, FolderRefused)
    if refused != cursor.refused and (refused or error is None):
        folders.note_refused(mirror.account_id, mirror.fence, cursor.id, refused=refused)


def expected_messages(statuses: dict[str, FolderStatus]) -> int:
    """How many messages the mirror will hold once it is complete."""
    return sum(status.messages or 0 for status in statuses.values())


def is_settled(cursors: Sequence[Cursor], statuses: dict[str, FolderStatus]) -> bool:
    """Does the server tell of every folder, and is every message of it in our tables? Only then "it is nowhere" is a
    fact."""
    return all(cursor.complete and cursor.path in statuses for cursor in cursors)


def _store(mirror: Mirror, listings: Sequence[FolderListing]) -> bool:
    # A mailbox without any folder is a server in trouble: believing it would empty every list.
    return bool(listings) and folders.store_listing(mirror.account_id, mirror.fence, listings, assign_roles(listings))


def _has_news(cursor: Cursor, statuses: dict[str, FolderStatus]) -> bool:
    status = statuses.get(cursor.path)
    if status is None:
        return False
    return cursor.known.uidvalidity is None or cursor.scan_below > 0 or is_dirty(cursor.known, status)
