"""What browsers read: the first look, what changed since a cursor, a page of a folder. No writes.

`seq` is read first and bounds everything else, so that what a concurrent writer adds meanwhile comes with the next
delta instead of being skipped.
"""

import uuid
from collections.abc import Sequence
from functools import reduce
from operator import or_

from django.db.models import F, Q, QuerySet

from sync.feed import ActionRow, Contact, Delta, FolderRow, MessageRow, Page, Position, TextBlock, Window, WindowKind
from sync.models import Account, Action, BookEntry, Folder, Message
from sync.plan.narrow import narrow_row
from sync.store.rows import account_row_of, action_row, blocks_of, contacts_of, folder_row, message_row

LEDGER_ROWS = 200
# What is under way, and mails that did not leave: a person needs these however old they are.
PENDING = Q(state__in=["waiting", "sending"]) | Q(kind="send", state__in=["held", "failed", "unknown"])


def snapshot(account_id: str) -> Delta:
    """Account, folders, address book, ledger lines (the newest and those that are pending); messages come by pages.

    Raises Account.DoesNotExist.
    """
    account = Account.objects.get(pk=account_id)
    lines = Action.objects.filter(account_id=account_id, seq__lte=account.seq)
    newest = lines.order_by("-pk").values("pk")[:LEDGER_ROWS]
    actions = lines.filter(PENDING | Q(pk__in=newest)).order_by("pk")
    contacts, blocks, _ = _book_between(account_id, 0, account.seq)
    return Delta(
        epoch=str(account.epoch),
        prev=0,
        seq=account.seq,
        folders=[folder_row(row) for row in Folder.objects.filter(account_id=account_id, gone=False)],
        actions=[action_row(row) for row in actions],
        contacts=contacts,
        blocks=blocks,
        account=account_row_of(account),
    )


def changes(account_id: str, epoch: str, since: int, windows: Sequence[Window], *, limit: int = 500) -> Delta | None:
    """What `windows` gained, changed or lost after `since`; None means the cursor is lost: start over.

    Cut only between two seqs; `more` says that there is a rest.
    """
    account = Account.objects.get(pk=account_id)
    if epoch != str(account.epoch) or since > account.seq or since < account.floor:
        return None
    rows = list(_concerning(account_id, since, account.seq, windows).order_by("seq")[: limit + 1])
    seq = account.seq
    if len(rows) > limit:
        seq, rows = _cut_between_seqs(account_id, since, account.seq, windows, rows)
    messages, lost = _narrow_all(rows, since, windows)
    folders, lost_folders = _folders_between(account_id, since, seq)
    contacts, blocks, lost_entries = _book_between(account_id, since, seq)
    if Account.objects.filter(pk=account_id, floor__gt=since).exists():
        return None  # tombstones went while we read
    return Delta(
        epoch=epoch,
        prev=since,
        seq=seq,
        messages=messages,
        lost=lost,
        folders=folders,
        lost_folders=lost_folders,
        actions=_actions_between(account_id, since, seq),
        contacts=contacts,
        blocks=blocks,
        lost_entries=lost_entries,
        account=account_row_of(account) if since < account.row_seq <= seq else None,
        more=seq < account.seq,
    )


def page(account_id: str, folder_id: str, kind: WindowKind, before: Position | None, limit: int) -> Page:
    """The next rows of a folder, newest first, strictly older than `before`. Raises Folder.DoesNotExist."""
    account = Account.objects.get(pk=account_id)
    folder = Folder.objects.get(pk=folder_id, account_id=account_id, gone=False)
    rows = Message.objects.filter(_window_q(Window(folder=folder_id, kind=kind)))
    if before is not None:
        rows = rows.filter(_older_q(before))
    found = [message_row(row) for row in rows.order_by("-received_at", "-id")[:limit]]
    ended = len(found) < limit
    last = Position(received_at=found[-1].received_at, id=found[-1].id) if found else before
    complete = ended and folder.complete
    return Page(
        epoch=str(account.epoch),
        seq=account.seq,
        messages=found,
        down_to=None if complete else last,
        complete=complete,
    )


def account_of_folder(folder_id: str) -> str | None:
    return _account_of(Folder.objects.filter(pk=folder_id, gone=False))


def account_of_message(message_id: str) -> str | None:
    return _account_of(Message.objects.filter(pk=message_id, gone=False))


def messages_of(account_id: str, message_ids: Sequence[str]) -> set[str]:
    """Those of the ids that are messages of this account."""
    rows = Message.objects.filter(account_id=account_id, pk__in=list(message_ids), gone=False)
    return {str(pk) for pk in rows.values_list("pk", flat=True)}


def ever_messages_of(account_id: str, message_ids: Sequence[str]) -> set[str]:
    """Those that are or were messages of this account, as long as their tombstones live."""
    rows = Message.objects.filter(account_id=account_id, pk__in=list(message_ids))
    return {str(pk) for pk in rows.values_list("pk", flat=True)}


def is_action_of(account_id: str, action_id: str) -> bool:
    return Action.objects.filter(account_id=account_id, intent=action_id).exists()


def _account_of(rows: "QuerySet[Folder] | QuerySet[Message]") -> str | None:
    found = rows.values_list("account_id", flat=True).first()
    return str(found) if found else None


def _concerning(account_id: str, since: int, until: int, windows: Sequence[Window]) -> QuerySet[Message]:
    held = {window.folder for window in windows}
    # A row the browser may have had: it left its folder, or it is in a folder of which windows are held. One that came
    # and changed after `since` too: what the browser has by frames may reach further than where it asks from.
    had = Q(created_seq__lte=since) | Q(seq__gt=F("created_seq"))
    known = had & (Q(moved_seq__gt=since) | Q(folder__in=held))
    inside = reduce(or_, (_window_q(window) for window in windows), known)
    return Message.objects.filter(account_id=account_id, seq__gt=since, seq__lte=until).filter(inside)


def _cut_between_seqs(
    account_id: str, since: int, until: int, windows: Sequence[Window], rows: list[Message]
) -> tuple[int, list[Message]]:
    last = rows[-1].seq
    whole = [row for row in rows if row.seq < last]
    if whole:
        return whole[-1].seq, whole
    # One seq alone is larger than the limit: send all of it.
    return last, list(_concerning(account_id, since, until, windows).filter(seq=last))


def _narrow_all(rows: Sequence[Message], since: int, windows: Sequence[Window]) -> tuple[list[MessageRow], list[str]]:
    held_folders = frozenset(window.folder for window in windows)
    messages: list[MessageRow] = []
    lost: list[str] = []
    for row in rows:
        if row.folder_id is None:
            lost.append(str(row.id))
            continue
        seen = narrow_row(
            message_row(row),
            created=row.created_seq > since and row.seq == row.created_seq,
            moved=row.moved_seq > since,
            windows=windows,
            held_folders=held_folders,
        )
        if isinstance(seen, str):
            lost.append(seen)
        elif seen is not None:
            messages.append(seen)
    return messages, lost


def _folders_between(account_id: str, since: int, until: int) -> tuple[list[FolderRow], list[str]]:
    folders = Folder.objects.filter(account_id=account_id, seq__gt=since, seq__lte=until)
    # Not narrowed to what was created before `since`: that may lie below what the browser has by frames.
    return [folder_row(row) for row in folders if not row.gone], [str(row.id) for row in folders if row.gone]


def _actions_between(account_id: str, since: int, until: int) -> list[ActionRow]:
    actions = Action.objects.filter(account_id=account_id, seq__gt=since, seq__lte=until)
    return [action_row(row) for row in actions.order_by("pk")]


def _book_between(account_id: str, since: int, until: int) -> tuple[list[Contact], list[TextBlock], list[str]]:
    rows = list(BookEntry.objects.filter(account_id=account_id, seq__gt=since, seq__lte=until))
    kept = [row for row in rows if not row.gone]
    # Not narrowed either.
    return contacts_of(kept), blocks_of(kept), [str(row.id) for row in rows if row.gone]


def _window_q(window: Window) -> Q:
    inside = Q(folder=window.folder)
    if window.kind == "unread":
        inside &= Q(unread=True)
    if window.kind == "flagged":
        inside &= Q(flagged=True)
    if window.down_to is not None:
        bound = window.down_to
        inside &= Q(received_at__gt=bound.received_at) | Q(received_at=bound.received_at, id__gte=uuid.UUID(bound.id))
    return inside


def _older_q(before: Position) -> Q:
    return Q(received_at__lt=before.received_at) | Q(received_at=before.received_at, id__lt=uuid.UUID(before.id))
