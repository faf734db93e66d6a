"""Mails on their way to the SMTP server, and what is left to do after it took one.

`phase` is stored before each step of the dialogue is begun; after a crash it tells what may have happened. What the
SMTP server accepted is filed, marked and cleared one by one, each noted when it is done.
"""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from django.db.models import Q

from sync.feed import ActionState, Composition, RefusedRecipient
from sync.keys import keyring, open_json, seal_json
from sync.mail import Role
from sync.models import Action, Draft, Message, Submission
from sync.plan.actions import QueuedAction
from sync.plan.writing import AnswerNow, OriginalNow
from sync.store import drafts, uploads
from sync.store.actions import put_state, queued, still_open
from sync.store.clock import now_ms
from sync.store.commit import change, unseen
from sync.store.messages import answers_text
from sync.store.rows import composition_of, envelope_of

Phase = Literal["queued", "connect", "mail", "rcpt", "data", "final_dot", "accepted"]
Done = Literal["filing", "filed", "marked", "cleared"]
SAFE_PHASES: tuple[Phase, ...] = ("queued", "connect", "mail", "rcpt", "data")
HOUR_MS = 3_600_000


class Withdrawn(Exception):
    """A person took it back between two attempts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What goes over the wire: envelope (RFC 5321 3.3) and message. `copy` is what stays in Sent, with Bcc."""

    sender: str
    recipients: tuple[str, ...]
    message_id: str
    content: bytes
    copy: bytes

    @property
    def hides_recipients(self) -> bool:
        """There are some in Bcc, whom only our own copy names."""
        return self.copy != self.content


@dataclass(frozen=True, slots=True, kw_only=True)
class OnItsWay:
    """A submission as it stands; times are ms since 1970."""

    action: QueuedAction
    phase: Phase
    attempts: int
    began_at: int
    asked_at: int
    due_at: int
    filing: bool
    filed: bool
    marked: bool
    cleared: bool


def begin(
    account_id: str,
    fence: int,
    action: QueuedAction,
    composition: Composition,
    letter: Letter,
    *,
    draft_id: str,
    keeps_draft: bool,
) -> None:
    """Ready to be sent; nothing when it was taken back meanwhile. From now on nobody else sends this draft.

    `keeps_draft`: what is in Drafts is a version that the writer has not seen. Raises FenceLost, NotYours.
    """
    with change(account_id, fence) as made:
        row = still_open(action)
        if row is None:
            return
        Submission.objects.create(
            action=row,
            account_id=account_id,
            began_at=made.at_ms,
            cleared=keeps_draft,
            letter=keyring().seal(letter.content, _place(action, "letter")),
            copy=keyring().seal(letter.copy, _place(action, "copy")) if letter.copy != letter.content else b"",
            envelope=seal_json(
                {"sender": letter.sender, "recipients": letter.recipients, "message_id": letter.message_id},
                _place(action, "envelope"),
            ),
        )
        drafts.note_sent(made, composition, draft_id, letter.message_id, device=action.device)
        put_state(made, row, "sending", "", "")


def of_account(account_id: str) -> list[OnItsWay]:
    """Everything on its way, in order of arrival."""
    rows = Submission.objects.select_related("action").filter(account_id=account_id).order_by("action_id")
    return [_on_its_way(row) for row in rows.defer("letter", "copy", "envelope")]


def is_on_its_way(action: QueuedAction) -> bool:
    return Submission.objects.filter(pk=action.pk).exists()


def letter_of(action: QueuedAction) -> Letter:
    """Raises WrongKey."""
    row = Submission.objects.get(pk=action.pk)
    envelope = open_json(row.envelope, _place(action, "envelope"))
    content = keyring().open(bytes(row.letter), _place(action, "letter"))
    return Letter(
        sender=envelope["sender"],
        recipients=tuple(envelope["recipients"]),
        message_id=envelope["message_id"],
        content=content,
        copy=keyring().open(bytes(row.copy), _place(action, "copy")) if row.copy else content,
    )


def note_phase(account_id: str, fence: int, action: QueuedAction, phase: Phase) -> None:
    """Before the step is begun. Tells nobody: no browser sees a phase.

    Raises FenceLost, Withdrawn: then it must not be begun.
    """
    asked = {"asked_at": now_ms()} if phase == "final_dot" else {}
    with unseen(account_id, fence):
        if not Submission.objects.filter(pk=action.pk).update(phase=phase, **asked):
            raise Withdrawn


def note_accepted(account_id: str, fence: int, action: QueuedAction) -> None:
    """The server has taken responsibility (RFC 5321 4.2.5): it is sent, whatever happens now. Raises FenceLost."""
    with change(account_id, fence) as made:
        Submission.objects.filter(pk=action.pk).update(phase="accepted", attempts=0)
        put_state(made, Action.objects.get(pk=action.pk), "sending", "accepted", "")


def put_off(
    account_id: str, fence: int, action: QueuedAction, *, due_at: int, detail: str, phase: Phase | None = None
) -> None:
    """Something is left to do: once more at `due_at`. `phase`: "queued" where the server took nothing.

    Raises FenceLost.
    """
    with change(account_id, fence) as made:
        row = Action.objects.get(pk=action.pk)
        sub = Submission.objects.get(pk=action.pk)
        sub.attempts += 1
        sub.phase = phase or sub.phase
        sub.save(update_fields=["attempts", "phase"])
        row.due_at = due_at
        row.save(update_fields=["due_at"])
        put_state(made, row, "sending", detail, "")


def note_done(account_id: str, fence: int, action: QueuedAction, *steps: Done) -> None:
    """These need no further look. Raises FenceLost."""
    with unseen(account_id, fence):
        Submission.objects.filter(pk=action.pk).update(**dict.fromkeys(steps, True))


def hold(account_id: str, fence: int, action: QueuedAction, *, detail: str, place: str) -> None:
    """A person decides. Nothing was sent. Raises FenceLost."""
    with change(account_id, fence) as made:
        row = still_open(action)
        if row is not None:
            put_state(made, row, "held", detail, place)


def settle(
    account_id: str,
    fence: int,
    action: QueuedAction,
    state: ActionState,
    *,
    detail: str = "",
    refused: Sequence[RefusedRecipient] = (),
) -> None:
    """The end. What was not sent, or of what nobody knows, goes on as a draft; of what was sent the uploaded files are
    forgotten. Raises FenceLost."""
    with change(account_id, fence) as made:
        row = Action.objects.get(pk=action.pk)
        if refused:
            row.refused = seal_json([asdict(item) for item in refused], f"refused:{row.intent}")
            row.save(update_fields=["refused"])
        if state == "done":
            uploads.forget(account_id, [file["id"] for file in composition_of(row).get("files", ())])
        else:
            drafts.note_unsent(made, action.draft, device=action.device)
        Submission.objects.filter(pk=action.pk).delete()
        put_state(made, row, state, detail, "")


def sent_in_last_hour(account_id: str) -> int:
    """Mails of this account that went out or are on their way."""
    rows = Action.objects.filter(account_id=account_id, kind="send")
    lately = Q(state__in=["done", "unknown"], settled_at__gt=now_ms() - HOUR_MS)
    return rows.filter(lately | Q(submission__isnull=False)).count()


def what_happened(account_id: str, original_id: str, *, device: str) -> tuple[OriginalNow | None, list[AnswerNow]]:
    """To a mail that is about to be answered by `device`."""
    row = Message.objects.select_related("folder").filter(account_id=account_id, pk=original_id).first()
    if row is None:
        return None, []
    answers = _answers(account_id, row, device)
    if row.folder is None:
        return None, answers
    original = OriginalNow(
        answered_seq=row.answered_seq,
        answered_by=row.answered_by,
        is_being_answered=_is_being_answered(account_id, original_id, device),
        in_trash=row.folder.role == Role.TRASH,
        moved_seq=row.shown_since,
        moved_by=row.moved_by,
    )
    return original, answers


def _is_being_answered(account_id: str, original_id: str, device: str) -> bool:
    """By another device whose answer is on its way."""
    drafts_on_their_way = Submission.objects.filter(account_id=account_id).values_list("action__draft", flat=True)
    rows = Draft.objects.filter(account_id=account_id, original=uuid.UUID(original_id), ended="sent")
    ids = {str(pk) for pk in rows.exclude(device=device).values_list("pk", flat=True)}
    return bool(ids & set(drafts_on_their_way))


def _answers(account_id: str, original: Message, device: str) -> list[AnswerNow]:
    message_id = envelope_of(original).get("message_id", "")
    if not message_id:
        return []
    rows = Message.objects.filter(
        account_id=account_id,
        answers__in=keyring().digests(answers_text(message_id)),
        folder__role=Role.SENT,
    )
    own = drafts.message_ids_by(account_id, original_id=str(original.id), device=device)
    return [
        AnswerNow(
            id=str(row.id),
            created_seq=row.created_seq,
            by_writer=envelope_of(row).get("message_id", "") in own,
        )
        for row in rows
    ]


def _on_its_way(row: Submission) -> OnItsWay:
    return OnItsWay(
        action=queued(row.action),
        phase=row.phase,  # type: ignore[arg-type]
        attempts=row.attempts,
        began_at=row.began_at,
        asked_at=row.asked_at,
        due_at=row.action.due_at,
        filing=row.filing,
        filed=row.filed,
        marked=row.marked,
        cleared=row.cleared,
    )


def _place(action: QueuedAction, what: str) -> str:
    return f"submission-{what}:{action.id}"
