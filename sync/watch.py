"""One account's watcher: an idle connection whose events are only hints.

It looks at all folders at once where the server offers NOTIFY (RFC 5465), else at the Inbox by IDLE; the sweep finds
the rest. Nothing is read over it: a command would interrupt it, and what it says is asked for again elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sync.imap.connection import Connection
from sync.imap.idle import FolderDirty, FoldersChanged, Hint, Overflow

RENEW_EVERY_S = 300.0
INBOX = "INBOX"


@dataclass(slots=True)
class News:
    """What a batch of hints asks for."""

    paths: set[str] = field(default_factory=set)
    listing: bool = False
    sweep: bool = False


def open_watch(connection: Connection) -> list[Hint]:
    """Begin to watch on a signed-in connection. → hints that came along with the first answer."""
    connection.select(INBOX, read_only=True)
    return connection.start_watching()


def renew_watch(connection: Connection) -> list[Hint]:
    """DONE and IDLE again: proves that the line is alive and keeps address translators from forgetting it."""
    return [*connection.stop_watching(), *connection.start_watching()]


def news_of(hints: Sequence[Hint], *, sees_all_folders: bool) -> News:
    """Which folders to look at. Without NOTIFY, news in the Inbox may be half of a move: look at the others too."""
    news = News()
    for hint in hints:
        if isinstance(hint, FoldersChanged):
            news.listing = True
        elif isinstance(hint, Overflow):
            news.sweep = news.listing = True
        elif isinstance(hint, FolderDirty):
            news.paths.add(hint.name or INBOX)
            news.sweep = news.sweep or not sees_all_folders
    return news
