"""Table rows → the values a browser sees."""

from collections.abc import Iterable
from typing import Any

from sync.feed import AccountRow, ActionRow, FolderRow, Mailbox, MessageRow
from sync.keys import open_json
from sync.models import Account, Action, Folder, Message


def envelope_of(message: Message) -> dict[str, Any]:
    """The sealed header fields; empty for a message whose content is gone."""
    if not message.envelope:
        return {}
    opened: dict[str, Any] = open_json(message.envelope, f"envelope:{message.id}")
    return opened


def mailboxes(pairs: Iterable[list[str]]) -> list[Mailbox]:
    return [Mailbox(name=name, email=email) for name, email in pairs]


def message_row(message: Message) -> MessageRow:
    envelope = envelope_of(message)
    return MessageRow(
        id=str(message.id),
        folder=str(message.folder_id),
        received_at=message.received_at,
        size=message.size,
        flags=message.flags,
        keywords=message.keywords.split(),
        has_attachments=message.has_attachments,
        subject=envelope.get("subject", ""),
        senders=mailboxes(envelope.get("senders", ())),
        recipients=mailboxes(envelope.get("to", ())),
        preview=envelope.get("preview", ""),
        unparsed=message.unparsed,
        seq=message.seq,
    )


def folder_row(folder: Folder) -> FolderRow:
    return FolderRow(
        id=str(folder.id),
        path=folder.path,
        delimiter=folder.delimiter,
        role=folder.role,
        selectable=folder.selectable,
        total=folder.total,
        unread=folder.unread,
        marked_deleted=folder.marked_deleted,
        complete=folder.complete,
        seq=folder.seq,
    )


def action_row(action: Action) -> ActionRow:
    return ActionRow(
        id=str(action.intent),
        device=action.device,
        device_name=action.device_name,
        person=action.person,
        kind=action.kind,  # type: ignore[arg-type]  # the enqueue door lets no other value in
        targets=list(action.targets),
        args=dict(action.args),
        state=action.state,  # type: ignore[arg-type]
        detail=action.detail,
        where=action.place,
        created_at=action.created_at,
        settled_at=action.settled_at,
        seq=action.seq,
    )


def account_row_of(account: Account) -> AccountRow:
    return AccountRow(
        id=str(account.id),
        address=account.address,
        preset=account.preset,
        state=account.state,  # type: ignore[arg-type]
        code=account.code,
        since=account.state_since,
        done=account.done,
        expected=account.expected,
        archive=str(account.archive_id or ""),
        seq=account.row_seq,
    )
