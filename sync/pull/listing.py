"""Folders: which there are, and which of them have news."""

from sync.imap.connection import Connection
from sync.mail import FolderStatus
from sync.plan.folder import is_dirty
from sync.plan.roles import assign_roles
from sync.pull.mirror import Mirror
from sync.store import folders
from sync.store.folders import Cursor


def pull_listing(connection: Connection, mirror: Mirror) -> bool:
    """Make our folders those of the server. True when something changed."""
    listings = connection.list_folders()
    return folders.store_listing(mirror.account_id, mirror.fence, listings, assign_roles(listings))


def sweep(
    connection: Connection, mirror: Mirror, unseen: dict[str, int] | None = None
) -> tuple[list[Cursor], dict[str, FolderStatus]]:
    """One STATUS of all folders. → those with news, and what the server said of each by path.

    `unseen` holds how many unread messages each had at the last sweep, and is brought up to date.
    """
    cursors = folders.cursors(mirror.account_id)
    statuses = connection.statuses([cursor.path for cursor in cursors])
    before = unseen or {}
    with_news = [cursor for cursor in cursors if _has_news(cursor, statuses, before.get(cursor.path))]
    if unseen is not None:
        unseen.update({path: status.unseen for path, status in statuses.items() if status.unseen is not None})
    return with_news, statuses


def expected_messages(statuses: dict[str, FolderStatus]) -> int:
    """How many messages the mirror will hold once it is complete."""
    return sum(status.messages or 0 for status in statuses.values())


def _has_news(cursor: Cursor, statuses: dict[str, FolderStatus], unseen: int | None) -> bool:
    status = statuses.get(cursor.path)
    return status is not None and (cursor.known.uidvalidity is None or is_dirty(cursor.known, status, unseen))
