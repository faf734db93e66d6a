"""One change of one account: take the next `seq`, change rows, commit, then tell.

    1  UPDATE account SET seq = seq + 1      locks the account until the commit: commit order is seq order
    2  the caller changes rows and names them here
    3  the stream entry is read and sealed, still inside the transaction
    4  COMMIT
    5  XADD <seq>-0                          lost or refused: readers see the gap in `prev` and ask the database

Die before 4: nothing happened. Die between 4 and 5: every browser heals at its next heartbeat.
No network I/O between 1 and 4.
"""

import threading
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from django.db import connection, transaction
from django.db.models import F

from sync.feed import Entry, EntryRow
from sync.models import Account, Action, BookEntry, Folder, Message
from sync.store.clock import now_ms
from sync.store.rows import account_row_of, action_row, blocks_of, contacts_of, folder_row, message_row
from sync.store.stream import publish

BIG_ROWS = 60
_sqlite_writer = threading.RLock()


class FenceLost(Exception):
    """Another worker took this account over: drop what you hold of it and do nothing more."""


class NoSuchAccount(Exception):
    """The account was removed."""


class Change:
    """What one transaction touched. Rows must be stamped with `seq` by whoever changes them."""

    def __init__(self, account_id: str, epoch: str, seq: int) -> None:
        self.account_id = account_id
        self.epoch = epoch
        self.seq = seq
        self.at_ms = now_ms()
        self.messages: set[uuid.UUID] = set()
        self.gone: set[uuid.UUID] = set()
        self.folders: set[uuid.UUID] = set()
        self.actions: set[int] = set()
        self.book: set[uuid.UUID] = set()
        self.account = False


@contextmanager
def change(account_id: str, fence: int | None = None) -> Iterator[Change]:
    """Open a change. `fence`: the worker's; None for the web, which needs no lease to record a wish.

    Raises FenceLost (the lease is another's now), NoSuchAccount.
    """
    told: list[Entry] = []
    with one_writer(), transaction.atomic():
        mine = Account.objects.filter(pk=account_id)
        if fence is not None:
            mine = mine.filter(fence=fence)
        if not mine.update(seq=F("seq") + 1):
            raise FenceLost(account_id) if fence is not None else NoSuchAccount(account_id)
        epoch, seq = Account.objects.values_list("epoch", "seq").get(pk=account_id)
        made = Change(account_id, str(epoch), seq)
        yield made
        if made.account:
            Account.objects.filter(pk=account_id).update(row_seq=seq)
        entry = _entry_of(made)
        transaction.on_commit(lambda: told.append(entry))
    # Behind the lock: a Redis that hangs must not hold up other accounts' writers.
    for entry in told:
        publish(account_id, entry)


@contextmanager
def unseen(account_id: str, fence: int) -> Iterator[None]:
    """Write what no browser sees, while nobody can take the account over: a successor reads what is written here.

    Raises FenceLost.
    """
    with one_writer(), transaction.atomic():
        mine = Account.objects.select_for_update().filter(pk=account_id, fence=fence)
        if not list(mine.values_list("pk", flat=True)):
            raise FenceLost(account_id)
        yield


def one_writer() -> AbstractContextManager[object]:
    """SQLite has one write lock and lets its waiters starve: this process's threads queue up in front of it."""
    return _sqlite_writer if connection.vendor == "sqlite" else nullcontext()


def _entry_of(made: Change) -> Entry:
    big = len(made.messages) + len(made.gone) + len(made.book) > BIG_ROWS
    folders = list(Folder.objects.filter(pk__in=made.folders))
    book = [] if big else list(BookEntry.objects.filter(pk__in=made.book))
    kept = [row for row in book if not row.gone]
    return Entry(
        epoch=made.epoch,
        prev=made.seq - 1,
        seq=made.seq,
        big=big,
        rows=[] if big else _rows_of(made),
        gone=[] if big else [str(pk) for pk in made.gone],
        folders=[folder_row(folder) for folder in folders if not folder.gone],
        lost_folders=[str(folder.id) for folder in folders if folder.gone],
        actions=[action_row(action) for action in Action.objects.filter(pk__in=made.actions).order_by("pk")],
        contacts=contacts_of(kept),
        blocks=blocks_of(kept),
        lost_entries=[str(row.id) for row in book if row.gone],
        account=account_row_of(Account.objects.get(pk=made.account_id)) if made.account else None,
    )


def _rows_of(made: Change) -> list[EntryRow]:
    touched = Message.objects.filter(pk__in=made.messages - made.gone)
    return [
        EntryRow(
            row=message_row(message),
            created=message.created_seq == made.seq,
            moved=message.moved_seq == made.seq,
        )
        for message in touched
        if message.folder_id is not None
    ]
