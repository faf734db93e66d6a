"""A mailbox and its mirror, driven step by step: no worker, no clock, the same functions the worker calls."""

import uuid
from collections.abc import Callable
from typing import Any

from django.db.models import F

from sync.endpoint import Endpoint
from sync.feed import ActionKind, ActionRow, ActionState, Composition, FolderRow, MessageRow
from sync.imap.connection import Connection, connect
from sync.imap.errors import TryAgain
from sync.mail import Flag
from sync.models import Folder
from sync.plan.folder import LOOK_OTHERS_MS
from sync.pull import Mirror, backfill, begin, pull_listing, pull_news, sweep
from sync.push import drain
from sync.store import accounts, actions, folders, leases, messages, reading
from sync.store.actions import Intent
from sync.store.clock import now_ms
from sync.store.folders import Cursor
from tests.support.replica import Replica, check_replay

MOST_SWEEPS = 20


def once(meanwhile: Callable[[], object]) -> Callable[[], bool]:
    """For `may_go_on`: what happens on other lanes between two steps of a pass, the first time it asks."""
    left = [meanwhile]

    def asked() -> bool:
        if left:
            left.pop()()
        return True

    return asked


class Mirrored:
    """`device` is the phone that acts unless a test says otherwise."""

    def __init__(self, host: str, port: int, user: str, *, password: str = "secret") -> None:
        self.endpoint = Endpoint(host=host, port=port, security="plain")
        self.user, self.password = user, password
        self.account_id = accounts.open_account(
            endpoint=self.endpoint, imap_user=user, address=f"{user}@praxis.example", preset="other", secret=password
        )
        self._opened: list[Connection] = []
        self.owner = f"test-{uuid.uuid4()}"
        self.fence = self.take_over()
        self.connection = self.connect()
        self.replica = Replica(self.account_id)
        # As it was after the first sync: one holds every folder whole, one the newest two rows of each.
        self._old = [Replica(self.account_id), Replica(self.account_id, page_rows=2)]
        self._owing = Replica(self.account_id)
        self._n = 0

    def take_over(self) -> int:
        """Become the owner of this account's shard, as a worker does after an expired lease."""
        leases.prepare_shards()
        for _ in range(5):  # on a busy machine a lease may run out before it is used
            leases.acquire(self.owner)
            fence = leases.adopt(self.account_id, self.owner)
            if fence is not None:
                return fence
        raise AssertionError("another worker owns the account")

    def expire_and_take_over(self) -> Mirror:
        """What a second worker does after a kill -9: the lease runs out, the fence goes up."""
        leases.expire_all(self.owner)
        self.owner = f"test-{uuid.uuid4()}"
        self.fence = self.take_over()
        return self.mirror

    @property
    def mirror(self) -> Mirror:
        return Mirror(account_id=self.account_id, fence=self.fence)

    def connect(self) -> Connection:
        connection = connect(self.endpoint, self.endpoint.host)
        connection.sign_in(self.user, self.password)
        self._opened.append(connection)
        return connection

    def sync(self) -> "Mirrored":
        """Until nothing is new: listing, first windows, history, news."""
        self._reconnecting(self._sync)
        for replica in (*self._old, self._owing):
            if not replica.windows:
                replica.catch_up().open_all()
        self._owing.catch_up()
        return self

    def _reconnecting(self, work: Callable[[], object]) -> None:
        """As a worker does: servers hang up on whoever has a folder open that somebody deletes."""
        try:
            work()
        except TryAgain:
            self.connection = self.connect()
            work()

    def _sync(self) -> None:
        pull_listing(self.connection, self.mirror)
        for cursor in folders.cursors(self.account_id):
            if cursor.known.uidvalidity is None:
                begin(self.connection, self.mirror, cursor)
        self._fill()
        assert any(not self._sweep() for _ in range(MOST_SWEEPS)), "news without end"
        self._fill()

    def _sweep(self) -> bool:
        with_news, statuses = sweep(self.connection, self.mirror)
        for cursor in with_news:
            now = folders.cursor(cursor.id) or cursor
            pull_news(self.connection, self.mirror, now, unseen=statuses[cursor.path].unseen)
        return bool(with_news)

    def pull(self, path: str) -> None:
        """Only this folder's news: what a worker has seen when it is between two folders."""
        self.pull_at(self.cursor(path))

    def pull_at(self, cursor: Cursor) -> None:
        """The same by somebody who read the cursor a while ago."""
        pull_news(self.connection, self.mirror, cursor)

    def cursor(self, path: str) -> Cursor:
        return next(one for one in folders.cursors(self.account_id) if one.path == path)

    def _fill(self) -> None:
        for cursor in folders.cursors(self.account_id):
            while backfill(self.connection, self.mirror, folders.cursor(cursor.id) or cursor, window=500):
                continue

    def time_passes(self, ms: int = LOOK_OTHERS_MS) -> None:
        """For whatever is done again after a while: the last time was that long ago."""
        mine = Folder.objects.filter(account_id=self.account_id)
        mine.update(looked_at=F("looked_at") - ms, scanned_at=F("scanned_at") - ms)

    def bury(self) -> None:
        messages.bury(self.account_id, self.fence, unlinked_before=now_ms() + 1)

    def folder(self, path: str) -> FolderRow:
        return next(row for row in reading.snapshot(self.account_id).folders if row.path == path)

    def rows(self, path: str = "INBOX", *, marked_deleted: bool = False) -> list[MessageRow]:
        """What the list of a folder shows, newest first."""
        page = reading.page(self.account_id, self.folder(path).id, "all", None, 100_000)
        return [row for row in page.messages if bool(row.flags & Flag.DELETED) == marked_deleted]

    def subjects(self, path: str = "INBOX") -> list[str]:
        return sorted(row.subject for row in self.rows(path))

    def row(self, subject: str, path: str = "INBOX") -> MessageRow:
        return next(row for row in self.rows(path) if row.subject == subject)

    def enqueue(
        self,
        kind: ActionKind,
        *targets: str,
        device: str = "phone",
        base_seq: int | None = None,
        composition: Composition | None = None,
        hold_ms: int = 0,
        **args: Any,
    ) -> ActionRow:
        self._n += 1
        intent = Intent(
            id=str(uuid.uuid4()),
            n=self._n,
            kind=kind,
            targets=list(targets),
            args=args,
            base_seq=accounts.current_seq(self.account_id) if base_seq is None else base_seq,
            composition=composition,
            hold_ms=hold_ms,
        )
        (row,) = actions.enqueue(self.account_id, device_id=device, device_name=device, person="", intents=[intent])
        return row

    def act(self, kind: ActionKind, *targets: str, **options: Any) -> ActionRow:
        """Enqueue and carry out. → the ledger line as it ended."""
        row = self.enqueue(kind, *targets, **options)
        self._reconnecting(lambda: drain(self.connection, self.mirror))
        return self.ledger()[row.id]

    def ledger(self) -> dict[str, ActionRow]:
        return {row.id: row for row in reading.snapshot(self.account_id).actions}

    def settled(self, row: ActionRow, state: ActionState) -> bool:
        """While a worker writes, a line may be missing: a snapshot leaves out what is newer than its seq."""
        line = self.ledger().get(row.id)
        return line is not None and line.state == state

    def check_laws(self) -> None:
        """The replay law, for browsers that have not asked since the first sync, and for one that asks again."""
        for replica in (*self._old, self._owing.owe()):
            check_replay(replica)

    def close(self) -> None:
        for connection in self._opened:
            connection.close()
        leases.release(self.owner)
