"""Now and then, for one account: what is nowhere any more is buried, old tombstones go, and what the server could not
open when it came is read once more."""

import logging
import time
from dataclasses import replace
from random import sample

from sync.imap.connection import Connection
from sync.imap.errors import ImapError
from sync.mail import FolderStatus, UidSet
from sync.pull import Mirror
from sync.pull.arrivals import fetch_arrivals
from sync.pull.listing import is_settled
from sync.store import folders, messages, uploads
from sync.store.clock import now_ms
from sync.worker.connections import Connections

log = logging.getLogger("sync.worker")

EVERY_S = 3600.0
UNSETTLED_MS = 24 * 3_600_000
READ_AT_ONCE = 20


class Upkeep:
    def __init__(self, mirror: Mirror, connections: Connections) -> None:
        self._mirror, self._connections = mirror, connections
        self._settled_at = 0  # the last sweep that found all as we have it, in ms
        self._prune_at = self._read_at = 0.0

    def bury(self, statuses: dict[str, FolderStatus], now: int) -> None:
        """Twice in a row every folder there is was looked at, held all its messages and had no news: what was unlinked
        before the first time is nowhere. While history is missing (a folder starts over), or a folder cannot be read,
        it may be in there: for a day."""
        unlinked_before = now - UNSETTLED_MS
        if is_settled(folders.cursors(self._mirror.account_id), statuses):
            unlinked_before, self._settled_at = self._settled_at, now
        while messages.bury(self._mirror.account_id, self._mirror.fence, unlinked_before=unlinked_before):
            continue

    def prune(self) -> None:
        if time.monotonic() >= self._prune_at:
            self._prune_at = time.monotonic() + EVERY_S
            gone_before = now_ms() - messages.TOMBSTONES_MS
            messages.prune(self._mirror.account_id, self._mirror.fence, gone_before=gone_before)
            uploads.expire(self._mirror.account_id)

    def is_reading_due(self) -> bool:
        if time.monotonic() < self._read_at:
            return False
        self._read_at = time.monotonic() + EVERY_S
        return messages.has_unopened(self._mirror.account_id)

    def read_unopened(self, connection: Connection) -> None:
        """One by one, in any order: the first over which the server fails again ends it, and the next time another one
        begins. That says nothing of the account: nobody is told, and no lane backs off. Raises FenceLost."""
        try:
            self._read_unopened(connection)
        except ImapError as error:
            log.info("account=%s unopened again code=%s", self._mirror.account_id, error.code)
            if connection.broken:
                self._connections.drop("transfer")

    def _read_unopened(self, connection: Connection) -> None:
        waiting = messages.unopened(self._mirror.account_id)
        for folder_id, uid in sample(waiting, min(READ_AT_ONCE, len(waiting))):
            cursor = folders.cursor(folder_id)
            if cursor is None or not connection.reselect(cursor.path, cursor.known.uidvalidity or 0):
                continue
            for batch in fetch_arrivals(connection, replace(self._mirror, suspects={}), folder_id, UidSet.of([uid])):
                messages.fill_in(self._mirror.account_id, self._mirror.fence, folder_id, batch)
