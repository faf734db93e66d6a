"""Table rows → the values a browser sees."""

import uuid
from collections.abc import Iterable
from typing import Any

from sync.feed import (
    AccountRow,
    ActionRow,
    Contact,
    FolderRow,
    Identity,
    Mailbox,
    MessageRow,
    RefusedRecipient,
    TextBlock,
)
from sync.keys import open_json
from sync.models import Account, Action, BookEntry, Folder, Message


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
        selectable=folder.selectable and not folder.refused,
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
        draft=action.draft,
        subject=subject_of(action),
        refused=_refused_of(action),
        due_at=action.due_at,
        created_at=action.created_at,
        settled_at=action.settled_at,
        seq=action.seq,
    )


def composition_of(action: Action) -> dict[str, Any]:
    """The sealed mail of a kind that writes; once it is settled for good, its subject alone."""
    if not action.composition:
        return {}
    opened: dict[str, Any] = open_json(action.composition, f"composition:{action.intent}")
    return opened


def subject_of(action: Action) -> str:
    return str(composition_of(action).get("subject", ""))


def _refused_of(action: Action) -> list[RefusedRecipient]:
    if not action.refused:
        return []
    return [RefusedRecipient(**item) for item in open_json(action.refused, f"refused:{action.intent}")]


def contacts_of(entries: Iterable[BookEntry]) -> list[Contact]:
    return [Contact(id=str(row.id), seq=row.seq, **entry_of(row)) for row in entries if row.kind == "contact"]


def blocks_of(entries: Iterable[BookEntry]) -> list[TextBlock]:
    return [TextBlock(id=str(row.id), seq=row.seq, **entry_of(row)) for row in entries if row.kind == "block"]


def entry_of(row: BookEntry) -> dict[str, Any]:
    opened: dict[str, Any] = open_json(row.sealed, f"book:{row.id}")
    return opened


def identities_of(account: Account) -> list[Identity]:
    """As whom one may write; the account's own address until somebody said more."""
    if account.identities:
        return [Identity(**item) for item in open_json(account.identities, f"identities:{account.id}")]
    own = uuid.uuid5(account.id, "identity")
    return [Identity(id=str(own), name="", email=account.address, reply_to="", signature="")]


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
        identities=identities_of(account),
        can_send=bool(account.smtp_host),
        max_bytes=account.max_bytes,
        protected_domains=account.protected_domains.split(),
        declined_domains=account.declined_domains.split(),
        seq=account.row_seq,
    )
