"""The only way from a device to an object of its account. One condition a line; a stranger gets `Missing` like anyone
who asks for what never was."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from sync.feed import Composition
from sync.store import book, drafts, reading, uploads


class Principal(Protocol):
    """Whoever is signed in, as far as access goes."""

    @property
    def account_id(self) -> str: ...


class Missing(Exception):
    """Not there, or not yours: the answer is the same 404."""


def folder(device: Principal, folder_id: str) -> str:
    if not folder_id or reading.account_of_folder(folder_id) != device.account_id:
        raise Missing("folder")
    return folder_id


def message(device: Principal, message_id: str) -> str:
    if reading.account_of_message(message_id) != device.account_id:
        raise Missing("message")
    return message_id


def messages(device: Principal, message_ids: Sequence[str]) -> tuple[list[str], list[str]]:
    """→ (yours, missing), in the order asked."""
    mine = reading.messages_of(device.account_id, message_ids)
    return [pk for pk in message_ids if pk in mine], [pk for pk in message_ids if pk not in mine]


def targets(device: Principal, message_ids: Sequence[str]) -> list[str]:
    """Those that are or were yours, in the order asked: what was deleted meanwhile is reported as gone."""
    mine = reading.ever_messages_of(device.account_id, message_ids)
    return [pk for pk in message_ids if pk in mine]


def action(device: Principal, action_id: str) -> str:
    if not reading.is_action_of(device.account_id, action_id):
        raise Missing("action")
    return action_id


def draft(device: Principal, draft_id: str) -> str:
    """Its id; one that was never saved is nobody's yet."""
    if drafts.account_of(draft_id) not in (None, device.account_id):
        raise Missing("draft")
    return draft_id


def upload(device: Principal, upload_id: str) -> str:
    if uploads.account_of(upload_id) != device.account_id:
        raise Missing("upload")
    return upload_id


def contact(device: Principal, contact_id: str) -> str:
    """Its id; one that was never stored is nobody's yet."""
    if book.account_of(contact_id, "contact") not in (None, device.account_id):
        raise Missing("contact")
    return contact_id


def contacts(device: Principal, contact_ids: Sequence[str]) -> None:
    """The same for many: all of them are yours or nobody's yet."""
    if book.strangers(device.account_id, contact_ids, "contact"):
        raise Missing("contact")


def text_block(device: Principal, block_id: str) -> str:
    """Its id; one that was never stored is nobody's yet."""
    if book.account_of(block_id, "block") not in (None, device.account_id):
        raise Missing("block")
    return block_id


def composition(device: Principal, written: Composition) -> Composition:
    """As far as it is this account's: what it answers may be gone meanwhile, what it takes files from may not."""
    draft(device, written.draft)
    if any(uploads.account_of(file.id) not in (None, device.account_id) for file in written.files):
        raise Missing("upload")
    named = {written.original, written.replaces, *(file.message for file in written.files)} - {""}
    mine = reading.messages_of(device.account_id, sorted(named))
    if any(file.message and file.message not in mine for file in written.files):
        raise Missing("message")
    return replace(
        written,
        original=written.original if written.original in mine else "",
        replaces=written.replaces if written.replaces in mine else "",
    )
