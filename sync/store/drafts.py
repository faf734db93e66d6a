"""Drafts: which message in Drafts is the newest version of a mail that is being written, and whose."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sync.feed import ComposedFile, Composition, DraftHead, Mailbox
from sync.keys import keyring
from sync.mail import Role
from sync.models import Action, Draft, Message
from sync.plan.writing import DraftNow
from sync.store.commit import Change, change
from sync.store.messages import NewMessage, write_version
from sync.store.rows import composition_of as opened_composition


class NotYours(Exception):
    """The id is taken by a draft of another account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version as it lies on the server. `draft` is another than the composition's where this is a second draft;
    `message_id` is the Message-ID."""

    composition: Composition
    draft: str
    message_id: str
    folder: str
    new: NewMessage


def find(account_id: str, draft_id: str, *, device: str) -> DraftNow | None:
    """The draft as `device` means it: its own second one, once it had to make one. Raises NotYours."""
    own = Draft.objects.filter(account_id=account_id, fork_of=draft_id, device=device).last()
    row = own or Draft.objects.filter(pk=draft_id).first()
    if row is None:
        return None
    if str(row.account_id) != account_id:
        raise NotYours
    return DraftNow(
        id=str(row.id),
        message=str(row.message_id or ""),
        original=str(row.original_id or ""),
        message_id=_open_id(row),
        device=row.device,
        saved_seq=row.saved_seq,
        ended=row.ended,
    )


def account_of(draft_id: str) -> str | None:
    found = Draft.objects.filter(pk=draft_id).values_list("account_id", flat=True).first()
    return str(found) if found else None


def discard(account_id: str, fence: int, draft_id: str, *, device: str) -> None:
    """From now on what `device` still saves of it is too late. Raises FenceLost, NotYours."""
    with change(account_id, fence) as made:
        row = _row(made, draft_id)
        _stamp(row, made, "discarded", device)


def go_on(account_id: str, fence: int, draft_id: str, *, device: str) -> None:
    """It was not thrown away after all. Raises FenceLost."""
    with change(account_id, fence) as made:
        note_unsent(made, draft_id, device=device)


def note_sent(made: Change, composition: Composition, draft_id: str, message_id: str, *, device: str) -> None:
    """It is on its way: nobody else sends it. The draft may never have been saved. Raises NotYours."""
    row = _row(made, draft_id)
    row.original_id = _known(made.account_id, composition.original)
    row.kind, row.identity = composition.kind, composition.identity
    row.rfc_message_id = keyring().seal(message_id.encode(), _place(draft_id))
    _stamp(row, made, "sent", device)


def note_unsent(made: Change, draft_id: str, *, device: str) -> None:
    """It was not sent, or nobody knows: it goes on as a draft."""
    own = Draft.objects.filter(account_id=made.account_id, fork_of=draft_id, device=device).last()
    row = own or Draft.objects.filter(account_id=made.account_id, pk=draft_id).first()
    if row is not None:
        _stamp(row, made, "", device)


def write_draft(made: Change, version: Version, *, device: str, device_name: str) -> None:
    """The message keeps its id and says something else now. Raises NotYours."""
    composition, row = version.composition, _row(made, version.draft)
    second = version.draft != composition.draft
    held = str(row.message_id or ("" if second else composition.replaces))
    row.message_id = write_version(made, held, version.new, version.folder, by=device)
    row.original_id = _known(made.account_id, composition.original)
    row.kind, row.identity = composition.kind, composition.identity
    if second:
        row.fork_of = uuid.UUID(composition.draft)
    row.rfc_message_id = keyring().seal(version.message_id.encode(), _place(version.draft))
    row.device_name = device_name
    _stamp(row, made, "", device)


def heads(message_ids: Sequence[str]) -> dict[str, DraftHead]:
    """How to go on with those of these messages that are drafts written here."""
    rows = Draft.objects.filter(message_id__in=list(message_ids), ended="", message__folder__role=Role.DRAFTS)
    return {
        str(row.message_id): DraftHead(
            draft=str(row.id),
            kind=row.kind,  # type: ignore[arg-type]  # the enqueue door lets no other value in
            original=str(row.original_id or ""),
            identity=row.identity,
            device_name=row.device_name,
            seq=row.saved_seq,
        )
        for row in rows
    }


def message_ids_by(account_id: str, *, original_id: str, device: str) -> set[str]:
    """The Message-IDs of what this device wrote about a message."""
    rows = Draft.objects.filter(account_id=account_id, original=uuid.UUID(original_id), device=device)
    return {_open_id(row) for row in rows} - {""}


def composition_of(account_id: str, action_id: str) -> Composition | None:
    """What a mail says that waits, is held or failed; None once it is settled for good."""
    row = Action.objects.filter(account_id=account_id, intent=action_id).first()
    raw = opened_composition(row) if row is not None else {}
    if "to" not in raw:
        return None
    boxes = {name: [Mailbox(**item) for item in raw.pop(name)] for name in ("to", "cc", "bcc")}
    files = [ComposedFile(**item) for item in raw.pop("files")]
    return Composition(to=boxes["to"], cc=boxes["cc"], bcc=boxes["bcc"], files=files, **raw)


def _row(made: Change, draft_id: str) -> Draft:
    row = Draft.objects.filter(pk=draft_id).first() or Draft(id=uuid.UUID(draft_id), account_id=made.account_id)
    if str(row.account_id) != made.account_id:
        raise NotYours
    return row


def _stamp(row: Draft, made: Change, ended: str, device: str) -> None:
    row.ended, row.device, row.saved_seq = ended, device, made.seq
    row.save()


def _known(account_id: str, message_id: str) -> uuid.UUID | None:
    if not message_id:
        return None
    return Message.objects.filter(account_id=account_id, pk=message_id).values_list("pk", flat=True).first()


def _open_id(row: Draft) -> str:
    sealed = bytes(row.rfc_message_id)
    return keyring().open(sealed, _place(str(row.id))).decode() if sealed else ""


def _place(draft_id: str) -> str:
    return f"draft:{draft_id}"
