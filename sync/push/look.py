"""A look at folders in between, so that what is decided next is decided on what is there now."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sync.imap.connection import Connection
from sync.imap.errors import CommandRefused, ImapError, Nonsense, NotNow, TryAgain
from sync.plan.actions import Placement
from sync.pull import Mirror, pull_news, sweep
from sync.store import actions
from sync.store.folders import Cursor

log = logging.getLogger("sync.push")


class NotYet(Exception):
    """It is not known yet where a message is that left its folder."""


def placed(connection: Connection, mirror: Mirror, message_ids: Sequence[str]) -> list[Placement]:
    """Where these are. One that just left its folder may be about to turn up in another: look there first, so that a
    wish is neither lost nor called done because of a colleague who moved the message in this moment."""
    found = actions.placements(mirror.account_id, message_ids)
    if all(placement.folder for placement in found):
        return found
    with isolated(connection, mirror):
        for cursor in sweep(connection, mirror)[0]:
            look_at(connection, mirror, cursor)
    return actions.placements(mirror.account_id, message_ids)


def look_at(connection: Connection, mirror: Mirror, cursor: Cursor) -> None:
    with isolated(connection, mirror):
        pull_news(connection, mirror, cursor)


@contextmanager
def isolated(connection: Connection, mirror: Mirror) -> Iterator[None]:
    """One folder that cannot be read must not hold up every action; a line that broke over it is another matter."""
    try:
        yield
    except (CommandRefused, Nonsense, NotNow) as error:
        if connection.broken:
            raise
        log.warning("push account=%s look %s", mirror.account_id, type(error).__name__)


def may_pass(error: ImapError) -> bool:
    """By waiting. What a server calls a defect of its own, a matter for its administrator, or too much (RFC 5530) may
    be there for good: it must not hold up the other actions, and all news behind them."""
    return isinstance(error, TryAgain) and error.code not in ("serverbug", "contactadmin", "limit")
