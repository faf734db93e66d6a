"""An intent × where its targets are now → commands, and what needs none.

Intents of an offline device arrive late. A move loses against somebody else's move that the device had not seen
(`conflict`); a flag change of a message that is gone is no error (`noop`); deleting for good happens only in Trash, so
that a "delete" decided in the Inbox never destroys what a colleague meanwhile put into Trash.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sync.feed import ActionKind, ActionState
from sync.mail import Flag, Flags, Role

CommandKind = Literal["store", "move", "expunge", "append"]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedAction:
    """An accepted intent, for the owner."""

    pk: int
    id: str
    device: str
    device_name: str
    draft: str
    kind: ActionKind
    targets: list[str]
    args: dict[str, Any]
    base_seq: int
    created_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a target is now; `folder` is empty when it is unlinked or gone. `moved_seq`: since when browsers show it
    there, which for our own moves is before the mail server did it."""

    id: str
    folder: str
    path: str
    role: str
    uid: int
    flags: Flags
    moved_seq: int
    moved_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One IMAP command over UIDs of one folder."""

    kind: CommandKind
    folder: str
    path: str
    uids: dict[str, int]
    target: str = ""
    mark: str = ""  # of an APPEND: what its own header says
    add: Flags = Flags()
    remove: Flags = Flags()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What becomes of one target without a command."""

    state: ActionState
    detail: str
    place: str = ""


@dataclass(slots=True, kw_only=True)
class ActionPlan:
    commands: list[Command] = field(default_factory=list)
    outcomes: dict[str, Outcome] = field(default_factory=dict)


def plan_action(action: QueuedAction, placed: Sequence[Placement], target: str) -> ActionPlan:
    """`target`: the folder id a move, an archive or a trash goes to ("" when there is none)."""
    plan = ActionPlan()
    found = {placement.id: placement for placement in placed}
    groups: dict[str, list[Placement]] = defaultdict(list)
    for message_id in action.targets:
        placement = found.get(message_id)
        outcome = _outcome_without_command(action, placement, target)
        if outcome is not None:
            plan.outcomes[message_id] = outcome
        elif placement is not None:
            groups[placement.folder].append(placement)
    for members in groups.values():
        plan.commands.append(_command(action, members, target))
    return plan


def flags_wanted(args: Mapping[str, Any]) -> tuple[Flags, Flags]:
    """The (add, remove) of a flag intent. Deltas, never absolute: others' flags stay."""
    return Flags(Flag(args.get("add", 0))), Flags(Flag(args.get("remove", 0)))


def sum_up(outcomes: Sequence[Outcome]) -> Outcome:
    """One line for the ledger: the worst that needs a person's eye, else done, else noop."""
    for state in ("failed", "unknown", "conflict", "done"):
        for outcome in outcomes:
            if outcome.state == state:
                return outcome
    return outcomes[0] if outcomes else Outcome(state="noop", detail="gone")


def _outcome_without_command(action: QueuedAction, placement: Placement | None, target: str) -> Outcome | None:
    if placement is None or not placement.folder:
        return Outcome(state="noop", detail="gone")
    if action.kind == "flag":
        return None
    if action.kind == "destroy":
        # Only where it is in Trash now: it may have been rescued since.
        return None if placement.role == Role.TRASH else Outcome(state="conflict", detail="not_in_trash")
    if not target:
        return Outcome(state="failed", detail=f"no_{action.kind}_folder")
    if placement.folder == target:
        return Outcome(state="noop", detail="already_there", place=target)
    if _moved_by_another(action, placement):
        return Outcome(state="conflict", detail="moved", place=placement.folder)
    return None


def _moved_by_another(action: QueuedAction, placement: Placement) -> bool:
    return placement.moved_seq > action.base_seq and placement.moved_by != action.device


def _command(action: QueuedAction, members: Sequence[Placement], target: str) -> Command:
    uids = {placement.id: placement.uid for placement in members}
    folder, path = members[0].folder, members[0].path
    if action.kind == "flag":
        add, remove = flags_wanted(action.args)
        return Command(kind="store", folder=folder, path=path, uids=uids, add=add, remove=remove)
    if action.kind == "destroy":
        return Command(kind="expunge", folder=folder, path=path, uids=uids)
    return Command(kind="move", folder=folder, path=path, uids=uids, target=target)
