"""The action queue and its journal.

An intent is accepted when its row is committed; `UNIQUE(account, intent)` makes a repeat harmless. The owner takes
them in order of arrival, journals each command before it is sent (`begin`) and stores outcome and effect in one
transaction (`settle`). What lies between those two after a crash is in doubt: `in_doubt` lists it for the resolver.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError

from sync.bus.doorbell import ring
from sync.feed import TERMINAL_STATES, ActionKind, ActionRow, ActionState
from sync.mail import Flags
from sync.models import Action, Folder, Message, Step
from sync.plan.actions import Command, Placement, QueuedAction
from sync.store.clock import now_ms
from sync.store.commit import Change, change
from sync.store.messages import flags_of, write_flags, write_moved, write_unlinked
from sync.store.rows import action_row


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What a device wants. `n` orders one device's intents; `base_seq` is what it had seen when it decided."""

    id: str
    n: int
    kind: ActionKind
    targets: list[str]
    args: dict[str, Any]
    base_seq: int
    ago_ms: int = 0  # decided so long before it arrived


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


@dataclass(slots=True, kw_only=True)
class Effect:
    """What commands did to our rows: one transaction stores it together with the outcome."""

    flags: dict[str, Flags] = field(default_factory=dict)
    moved: dict[str, dict[str, int]] = field(default_factory=dict)  # folder id → {message id: uid}
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
            row = Action.objects.create(
                account_id=account_id,
                intent=uuid.UUID(intent.id),
                device=device_id,
                device_name=device_name,
                person=person,
                n=intent.n,
                kind=intent.kind,
                targets=intent.targets,
                args=intent.args,
                base_seq=intent.base_seq,
                created_at=now_ms() - intent.ago_ms,
                seq=made.seq,
            )
            made.actions.add(row.pk)


def request_archive(account_id: str, *, device_id: str, device_name: str) -> None:
    """Have the owner make an archive folder: an archive action without messages."""
    intent = Intent(id=str(uuid.uuid4()), n=0, kind="archive", targets=[], args={"create": True}, base_seq=0)
    enqueue(account_id, device_id=device_id, device_name=device_name, person="", intents=[intent])


def retry(account_id: str, action_id: str) -> None:
    """Queue a failed action once more."""
    _restate(account_id, action_id, ("failed", "unknown", "held", "conflict"), "waiting", "")
    ring(account_id, "actions")


def discard(account_id: str, action_id: str) -> None:
    """Give up an action that is not being executed."""
    _restate(account_id, action_id, ("waiting", "failed", "unknown", "held", "conflict"), "noop", "discarded")


def _restate(account_id: str, action_id: str, allowed: Sequence[str], state: ActionState, detail: str) -> None:
    with change(account_id) as made:
        row = Action.objects.filter(account_id=account_id, intent=action_id, state__in=allowed).first()
        if row is not None:
            _put_state(made, row, state, detail, "")


def accounts_with_open_actions(account_ids: Sequence[str]) -> list[str]:
    """Which of these accounts have something to do: the safety net for lost pokes."""
    rows = Action.objects.filter(state__in=["waiting", "sending"], account_id__in=account_ids)
    return [str(pk) for pk in rows.values_list("account_id", flat=True).distinct()]


def due(account_id: str, *, but: Collection[int] = (), limit: int = 20) -> list[QueuedAction]:
    """What waits, in order of arrival. `but`: those that are to wait longer."""
    rows = Action.objects.filter(account_id=account_id, state="waiting").exclude(pk__in=but)
    return [_queued(row) for row in rows.order_by("pk")[:limit]]


def in_doubt(account_id: str) -> tuple[list[JournalStep], list[QueuedAction]]:
    """Commands that were journaled and never settled, and actions begun without any."""
    steps = Step.objects.select_related("action", "folder", "target").filter(action__account_id=account_id)
    doubtful = [_step(row) for row in steps.order_by("pk")]
    begun = Action.objects.filter(account_id=account_id, state="sending").order_by("pk")
    return doubtful, [_queued(row) for row in begun]


def placements(account_id: str, message_ids: Sequence[str]) -> list[Placement]:
    """Where these are now, in the order asked; ids that are gone or were never here are left out."""
    rows = Message.objects.select_related("folder").filter(account_id=account_id, pk__in=message_ids, gone=False)
    found = {str(row.id): _placement(row) for row in rows}
    return [found[key] for key in message_ids if key in found]


def begin(account_id: str, fence: int, action: QueuedAction, commands: Sequence[Command]) -> list[JournalStep]:
    """Journal the commands before the first is sent; none when the action was discarded meanwhile. Raises FenceLost."""
    with change(account_id, fence) as made:
        row = _open(action)
        if row is None:
            return []
        _put_state(made, row, "sending", "", "")
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
                fence=fence,
            )
    rows = Step.objects.select_related("action", "folder", "target").filter(action_id=action.pk)
    return [_step(step) for step in rows.order_by("pk")]


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
        row = _open(action)
        if row is None:
            return
        if effect is not None:
            _apply(made, effect, by=action.device)
        Step.objects.filter(action=row).delete()
        _put_state(made, row, state, detail, place)


def _open(action: QueuedAction) -> Action | None:
    """Its row, looked at once more under the account's lock: a person may have given it up since it was read. Once it
    is `sending` only its outcome changes it."""
    return Action.objects.filter(pk=action.pk, state__in=["waiting", "sending"]).first()


def _apply(made: Change, effect: Effect, *, by: str) -> None:
    if effect.flags:
        write_flags(made, effect.flags)
    for folder_id, placed in effect.moved.items():
        write_moved(made, placed, folder_id, by=by)
    if effect.unlinked:
        write_unlinked(made, effect.unlinked, by=by)
    if effect.gone:
        write_unlinked(made, effect.gone, by=by, gone=True)


def _put_state(made: Change, row: Action, state: ActionState, detail: str, place: str) -> None:
    row.state, row.detail, row.place, row.seq = state, detail, place, made.seq
    row.settled_at = now_ms() if state in TERMINAL_STATES else None
    row.save(update_fields=["state", "detail", "place", "seq", "settled_at"])
    made.actions.add(row.pk)


def _queued(row: Action) -> QueuedAction:
    return QueuedAction(
        pk=row.pk,
        device=row.device,
        kind=row.kind,  # type: ignore[arg-type]
        targets=list(row.targets),
        args=dict(row.args),
        base_seq=row.base_seq,
        created_at=row.created_at,
    )


def _step(row: Step) -> JournalStep:
    return JournalStep(
        pk=row.pk,
        action=_queued(row.action),
        kind=row.kind,
        folder=str(row.folder_id),
        path=row.folder.path,
        uidvalidity=row.uidvalidity,
        uids=dict(row.uids),
        target=str(row.target_id or ""),
        target_path=row.target.path if row.target else "",
        target_uidnext=row.target_uidnext,
    )


def _placement(row: Message) -> Placement:
    return Placement(
        id=str(row.id),
        folder=str(row.folder_id or ""),
        path=row.folder.path if row.folder else "",
        role=row.folder.role if row.folder else "",
        uid=row.uid or 0,
        flags=flags_of(row.flags, row.keywords),
        moved_seq=row.moved_seq,
        moved_by=row.moved_by,
    )
