"""Stream entries, sealed and opened."""

from dataclasses import asdict
from typing import Any

from sync.bus import stream
from sync.feed import (
    AccountRow,
    ActionRow,
    Contact,
    Entry,
    EntryRow,
    FolderRow,
    Identity,
    Mailbox,
    MessageRow,
    RefusedRecipient,
    TextBlock,
)
from sync.keys import open_json, seal_json


def publish(account_id: str, entry: Entry) -> None:
    """Tell the browsers of this account. Never raises for a Redis that is away."""
    sealed = seal_json(asdict(entry), stream.stream_key(account_id, entry.epoch))
    stream.append(account_id, entry.epoch, prev=entry.prev, seq=entry.seq, sealed=sealed)


def open_entry(account_id: str, epoch: str, sealed: bytes) -> Entry:
    """Raises WrongKey for what we did not write."""
    raw: dict[str, Any] = open_json(sealed, stream.stream_key(account_id, epoch))
    account = raw.pop("account")
    return Entry(
        rows=[
            EntryRow(row=_message(item["row"]), created=item["created"], moved=item["moved"])
            for item in raw.pop("rows")
        ],
        folders=[FolderRow(**item) for item in raw.pop("folders")],
        actions=[_action(item) for item in raw.pop("actions")],
        contacts=[Contact(**item) for item in raw.pop("contacts")],
        blocks=[TextBlock(**item) for item in raw.pop("blocks")],
        account=_account(account) if account else None,
        **raw,
    )


def _message(raw: dict[str, Any]) -> MessageRow:
    senders = [Mailbox(**item) for item in raw.pop("senders")]
    recipients = [Mailbox(**item) for item in raw.pop("recipients")]
    return MessageRow(senders=senders, recipients=recipients, **raw)


def _action(raw: dict[str, Any]) -> ActionRow:
    return ActionRow(refused=[RefusedRecipient(**item) for item in raw.pop("refused")], **raw)


def _account(raw: dict[str, Any]) -> AccountRow:
    return AccountRow(identities=[Identity(**item) for item in raw.pop("identities")], **raw)
