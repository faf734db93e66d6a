"""The action queue and its journal.

An intent is accepted when its row is committed; `UNIQUE(account, intent)` makes a repeat harmless. The owner takes
them in order of arrival, journals each command before it is sent (`begin`) and stores outcome and effect in one
transaction (`settle`). What lies between those two after a crash is in doubt: `in_doubt` lists it for the resolver.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import IntegrityError

from sync.bus.doorbell import ring
from sync.feed import TERMINAL_STATES, ActionKind, ActionRow, ActionState, Composition
from sync.keys import seal_json
from sync.mail import Flags
from sync.models import Action, Folder, Message, Step, Submission
from sync.plan.actions import Command, Placement, QueuedAction
from sync.store import drafts
from sync.store.clock import now_ms
from sync.store.commit import Change, change, unseen
from sync.store.messages import flags_of, write_flags, write_moved, write_unlinked
from sync.store.rows import action_row, subject_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What a device wants. `n` orders one device's intents; `base_seq` is what it had seen when it decided.

    `composition` comes with drafts and mails to send; `hold_ms` is how long it may still be taken back.
    """

    id: str
    n: int
    kind: ActionKind
    targets: list[str]
    args: dict[str, Any]
    base_seq: int
    ago_ms: int = 0  # decided so long before it arrived
    composition: Composition | None = None
    hold_ms: int = 0

    @property
    def draft(self) -> str:
        return self.composition.draft if self.composition is not None else str(self.args.get("draft", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalStep:
    """A command as journaled."""

    pk: int
    action: QueuedAction
    kind: str
    folder: str
    path: str
    uidvalidity: int
    uids: dict[str, int]
    target: str
    target_path: str
    target_uidnext: int
    mark: str


@dataclass(slots=True, kw_only=True)
class Effect:
    """What commands did to our rows: one transaction stores it together with the outcome. What vanished is `left` by
    our own move, when the server does not tell where to, and `unlinked` when somebody else took it."""

    flags: dict[str, Flags] = field(default_factory=dict)
    moved: dict[str, dict[str, int]] = field(default_factory=dict)  # folder id → {message id: uid}
    left: list[str] = field(default_factory=list)
    unlinked: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


def enqueue(
    account_id: str, *, device_id: str, device_name: str, person: str, intents: Sequence[Intent]
) -> list[ActionRow]:
    """Accept intents: durable when this returns. Repeats answer with the row of the first time."""
    ids = [uuid.UUID(intent.id) for intent in intents]
    try:
        _insert(account_id, device_id, device_name, person, intents, ids)
    except IntegrityError:
        # The same batch arrived twice at once; the other one has committed by now.
        _insert(account_id, device_id, device_name, person, intents, ids)
    ring(account_id, "actions")
    rows = Action.objects.filter(account_id=account_id, intent__in=ids).order_by("pk")
    return [action_row(row) for row in rows]


def answer_again(account_id: str, ids: Sequence[str]) -> list[ActionRow]:
    """Those that were accepted before, as they are now. The wake-up is repeated too: the first may have been lost."""
    known = Action.objects.filter(account_id=account_id, intent__in=ids).order_by("pk")
    rows = [action_row(row) for row in known]
    if rows:
        ring(account_id, "actions")
    return rows


def _insert(
    account_id: str,
    device_id: str,
    device_name: str,
    person: str,
    intents: Sequence[Intent],
    ids: list[uuid.UUID],
) -> None:
    rows = Action.objects.filter(account_id=account_id, intent__in=ids)
    known = set(rows.values_list("intent", flat=True))
    fresh = {intent.id: intent for intent in intents if uuid.UUID(intent.id) not in known}
    if not fresh:
        return
    with change(account_id) as made:
        for intent in sorted(fresh.values(), key=lambda item: item.n):
            row = Action(device=device_id, device_name=device_name, person=person, seq=made.seq, **_columns(intent))
            row.account_id = uuid.UUID(account_id)
            row.save(force_insert=True)
            made.actions.add(row.pk)


def _columns(intent: Intent) -> dict[str, Any]:
    at_ms = now_ms()
    sealed = seal_json(asdict(intent.composition), f"composition:{intent.id}") if intent.composition else b""
    return {
        "intent": uuid.UUID(intent.id),
        "n": intent.n,
        "kind": intent.kind,
        "targets": intent.targets,
        "args": intent.args,
        "base_seq": intent.base_seq,
        "draft": intent.draft,
        "composition": sealed,
        "due_at": at_ms + intent.hold_ms if intent.hold_ms else 0,
        "created_at": at_ms - intent.ago_ms,
    }


def request_archive(account_id: str, *, device_id: str, device_name: str) -> None:
    """Have the owner make an archive folder: an archive action without messages."""
    intent = Intent(id=str(uuid.uuid4()), n=0, kind="archive", targets=[], args={"create": True}, base_seq=0)
    enqueue(account_id, device_id=device_id, device_name=device_name, person="", intents=[intent])


def retry(account_id: str, action_id: str) -> None:
    """Queue a stopped action once more; a mail whose writer was asked is then sent whatever happened."""
    with change(account_id) as made:
        row = _stopped(account_id, action_id)
        if row is not None:
            if row.kind == "send" and row.state != "failed":
                row.args = {**row.args, "anyway": True}
            row.due_at, row.refused = 0, b""
            row.save(update_fields=["args", "due_at", "refused"])
            put_state(made, row, "waiting", "", "")
    ring(account_id, "actions")


def discard(account_id: str, action_id: str) -> None:
    """Give up an action that is not being executed; also a mail that the SMTP server could not take so far."""
    with change(account_id) as made:
        row = _stopped(account_id, action_id, "waiting") or _withdrawn(made, action_id)
        if row is not None:
            put_state(made, row, "noop", "discarded", "")


def _stopped(account_id: str, action_id: str, *also: str) -> Action | None:
    """The action, if nothing is being done for it."""
    states = ["failed", "unknown", "held", "conflict", *also]
    return Action.objects.filter(account_id=account_id, intent=action_id, state__in=states).first()


def _withdrawn(made: Change, action_id: str) -> Action | None:
    """Between two attempts. A dialogue that is about to begin finds nothing to send."""
    row = Action.objects.filter(account_id=made.account_id, intent=action_id, kind="send", state="sending").first()
    if row is None or not Submission.objects.filter(action=row, phase="queued").delete()[0]:
        return None
    drafts.note_unsent(made, row.draft, device=row.device)
    return row


def accounts_with_open_actions(account_ids: Sequence[str]) -> list[str]:
    """Which of these accounts have something to do: the safety net for lost pokes."""
    open_now = Action.objects.filter(state__in=["waiting", "sending"], due_at__lte=now_ms())
    rows = open_now.filter(account_id__in=account_ids)
    return [str(pk) for pk in rows.values_list("account_id", flat=True).distinct()]


def due(account_id: str, *, but: Collection[int] = (), limit: int = 20) -> list[QueuedAction]:
    """What waits and is due, in order of arrival. `but`: those that are to wait longer."""
    rows = Action.objects.filter(account_id=account_id, state="waiting", due_at__lte=now_ms()).exclude(pk__in=but)
    return [queued(row) for row in rows.order_by("pk")[:limit]]


def next_due_in_ms(account_id: str, since_ms: int) -> int | None:
    """How long until the next thing that was not due at `since_ms`; None when there is none."""
    rows = Action.objects.filter(account_id=account_id, state__in=["waiting", "sending"], due_at__gt=since_ms)
    earliest = rows.order_by("due_at").values_list("due_at", flat=True).first()
    return None if earliest is None else max(0, earliest - now_ms())


def newer_version_waits(account_id: str, action: QueuedAction) -> bool:
    """Has this device sent a newer version of the same draft already?"""
    rows = Action.objects.filter(account_id=account_id, draft=action.draft, device=action.device, state="waiting")
    return rows.filter(kind="draft", pk__gt=action.pk).exists()


def in_doubt(account_id: str) -> tuple[list[JournalStep], list[QueuedAction]]:
    """Commands that were journaled and never settled, and actions begun without any."""
    steps = Step.objects.select_related("action", "folder", "target").filter(action__account_id=account_id)
    doubtful = [step_of(row) for row in steps.order_by("pk")]
    begun = Action.objects.filter(account_id=account_id, state="sending").order_by("pk")
    return doubtful, [queued(row) for row in begun]


def placements(account_id: str, message_ids: Sequence[str]) -> list[Placement]:
    """Where these are now, in the order asked; ids that are gone or were never here are left out."""
    rows = Message.objects.select_related("folder").filter(account_id=account_id, pk__in=message_ids, gone=False)
    found = {str(row.id): _placement(row) for row in rows}
    return [found[key] for key in message_ids if key in found]


def begin(account_id: str, fence: int, action: QueuedAction, commands: Sequence[Command]) -> list[JournalStep]:
    """Journal the commands before the first is sent, in place of any that turned out not to have been; none when the
    action was discarded meanwhile. No browser is told: the outcome follows in milliseconds, and a frame of its own
    would only delay it. Raises FenceLost."""
    with unseen(account_id, fence):
        row = still_open(action)
        if row is None:
            return []
        row.state = "sending"
        row.save(update_fields=["state"])
        Step.objects.filter(action=row).delete()
        for command in commands:
            into = Folder.objects.filter(pk=command.target).first() if command.target else None
            source = Folder.objects.get(pk=command.folder)
            Step.objects.create(
                action=row,
                kind=command.kind,
                folder=source,
                uidvalidity=source.uidvalidity or 0,
                uids=command.uids,
                target=into,
                target_uidnext=into.uidnext if into else 1,
                mark=command.mark,
                fence=fence,
            )
    rows = Step.objects.select_related("action", "folder", "target").filter(action_id=action.pk)
    return [step_of(step) for step in rows.order_by("pk")]


def settle(
    account_id: str,
    fence: int,
    action: QueuedAction,
    state: ActionState,
    *,
    detail: str = "",
    place: str = "",
    effect: Effect | None = None,
) -> None:
    """Store the outcome and the effect together, and close the journal; nothing when the action was discarded
    meanwhile. Raises FenceLost."""
    with change(account_id, fence) as made:
        row = still_open(action)
        if row is None:
            return
        if effect is not None:
            _apply(made, effect, by=action.device, told_seq=row.seq)
        Step.objects.filter(action=row).delete()
        put_state(made, row, state, detail, place)


def apply(account_id: str, fence: int, effect: Effect, *, by: str) -> None:
    """Store an effect whose action goes on. Raises FenceLost."""
    with change(account_id, fence) as made:
        _apply(made, effect, by=by, told_seq=made.seq)


def still_open(action: QueuedAction) -> Action | None:
    """Its row, looked at once more under the account's lock: a person may have given it up since it was read. Once it
    is `sending` only its outcome changes it."""
    return Action.objects.filter(pk=action.pk, state__in=["waiting", "sending"]).first()


def _apply(made: Change, effect: Effect, *, by: str, told_seq: int) -> None:
    if effect.flags:
        write_flags(made, effect.flags, by=by)
    for folder_id, placed in effect.moved.items():
        write_moved(made, placed, folder_id, by=by, told_seq=told_seq)
    if effect.left:
        write_unlinked(made, effect.left, by=by, told_seq=told_seq)
    if effect.unlinked:
        write_unlinked(made, effect.unlinked)
    if effect.gone:
        write_unlinked(made, effect.gone, by=by, gone=True)


def put_state(made: Change, row: Action, state: ActionState, detail: str, place: str) -> None:
    row.state, row.detail, row.place, row.seq = state, detail, place, made.seq
    row.settled_at = now_ms() if state in TERMINAL_STATES else None
    if state in ("done", "noop") and row.composition:
        # What it said is in the mailbox, or nobody wants it; the ledger goes on naming it.
        row.composition = seal_json({"subject": subject_of(row)}, f"composition:{row.intent}")
    row.save(update_fields=["state", "detail", "place", "seq", "settled_at", "composition"])
    made.actions.add(row.pk)


def queued(row: Action) -> QueuedAction:
    return QueuedAction(
        pk=row.pk,
        id=str(row.intent),
        device=row.device,
        device_name=row.device_name,
        draft=row.draft,
        kind=row.kind,  # type: ignore[arg-type]
        targets=list(row.targets),
        args=dict(row.args),
        base_seq=row.base_seq,
        created_at=row.created_at,
    )


def step_of(row: Step) -> JournalStep:
    return JournalStep(
        pk=row.pk,
        action=queued(row.action),
        kind=row.kind,
        folder=str(row.folder_id),
        path=row.folder.path,
        uidvalidity=row.uidvalidity,
        uids=dict(row.uids),
        target=str(row.target_id or ""),
        target_path=row.target.path if row.target else "",
        target_uidnext=row.target_uidnext,
        mark=row.mark,
    )


def _placement(row: Message) -> Placement:
    return Placement(
        id=str(row.id),
        folder=str(row.folder_id or ""),
        path=row.folder.path if row.folder else "",
        role=row.folder.role if row.folder else "",
        uid=row.uid or 0,
        flags=flags_of(row.flags, row.keywords),
        moved_seq=row.shown_since,
        moved_by=row.moved_by,
    )
