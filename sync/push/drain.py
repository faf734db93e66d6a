"""Take waiting actions in order of arrival and carry them out."""

import logging
from collections.abc import Sequence

from sync.imap.connection import Connection
from sync.imap.errors import CommandRefused, Nonsense
from sync.mail import Role
from sync.plan.actions import ActionPlan, Outcome, Placement, QueuedAction, plan_action, sum_up
from sync.pull import Mirror, pull_listing, pull_news, sweep
from sync.push.commands import run_step
from sync.push.resolve import doubtful, resolve_step
from sync.store import accounts, actions, folders
from sync.store.actions import Effect, JournalStep

log = logging.getLogger("sync.push")

TRASH_NAME = "Trash"
ARCHIVE_NAME = "Archive"


def drain(connection: Connection, mirror: Mirror) -> set[str]:
    """Carry out what is in doubt and what waits. → ids of folders that changed and want a look.

    Raises TryAgain (the journal keeps what was begun) and FenceLost.
    """
    touched: set[str] = set()
    _resolve_all(connection, mirror, touched)
    while mirror.may_go_on():
        waiting = actions.due(mirror.account_id)
        if not waiting:
            return touched
        for action in waiting:
            if not mirror.may_go_on():
                return touched
            _carry_out(connection, mirror, action, touched)
    return touched


def _resolve_all(connection: Connection, mirror: Mirror, touched: set[str]) -> None:
    grouped, never_sent = doubtful(mirror.account_id)
    for steps in grouped.values():
        effect, outcomes = Effect(), dict[str, Outcome]()
        for step in steps:
            outcomes.update(_guarded(connection, mirror, step, effect, in_doubt=True))
            touched.update(filter(None, (step.folder, step.target)))
        _settle(mirror, steps[0].action, outcomes, effect)
    for action in never_sent:
        _carry_out(connection, mirror, action, touched)


def _carry_out(connection: Connection, mirror: Mirror, action: QueuedAction, touched: set[str]) -> None:
    target = _target_of(connection, mirror, action)
    plan = plan_action(action, _placed(connection, mirror, action), target)
    effect, outcomes = Effect(), dict(plan.outcomes)
    if plan.commands:
        for step in actions.begin(mirror.account_id, mirror.fence, action, plan.commands):
            outcomes.update(_guarded(connection, mirror, step, effect, in_doubt=False))
        _note_touched(plan, touched)
    _settle(mirror, action, outcomes, effect)


def _placed(connection: Connection, mirror: Mirror, action: QueuedAction) -> list[Placement]:
    """Where the targets are. One that just left its folder may be about to turn up in another: look there first, so
    that a wish is neither lost nor called done because of a colleague who moved the message in this moment."""
    placed = actions.placements(mirror.account_id, action.targets)
    if all(placement.folder for placement in placed):
        return placed
    for cursor in sweep(connection, mirror)[0]:
        pull_news(connection, mirror, cursor)
    return actions.placements(mirror.account_id, action.targets)


def _guarded(
    connection: Connection, mirror: Mirror, step: JournalStep, effect: Effect, *, in_doubt: bool
) -> dict[str, Outcome]:
    """A refusal concerns this command alone; a broken line leaves it in the journal (TryAgain passes through)."""
    try:
        if in_doubt:
            return resolve_step(connection, mirror.account_id, step, effect)
        return run_step(connection, step, effect)
    except (CommandRefused, Nonsense) as error:
        return dict.fromkeys(step.uids, Outcome(state="failed", detail=error.code))


def _settle(mirror: Mirror, action: QueuedAction, outcomes: dict[str, Outcome], effect: Effect) -> None:
    summed = sum_up(list(outcomes.values()))
    actions.settle(
        mirror.account_id,
        mirror.fence,
        action,
        summed.state,
        detail=summed.detail,
        place=summed.place,
        effect=effect,
    )
    log.info("push account=%s kind=%s targets=%d state=%s", mirror.account_id, action.kind, len(outcomes), summed.state)


def _target_of(connection: Connection, mirror: Mirror, action: QueuedAction) -> str:
    """The folder an action goes to; a missing Trash is made, as every mail program does."""
    if action.kind == "move":
        wanted = folders.cursor(str(action.args.get("to", "")))
        mine = wanted is not None and wanted.id in folders.by_path(mirror.account_id).values()
        return wanted.id if wanted is not None and mine else ""
    if action.kind == "archive":
        return _archive(connection, mirror, create=bool(action.args.get("create")))
    if action.kind == "trash":
        return _with_role(mirror, Role.TRASH) or _make(connection, mirror, TRASH_NAME, "\\Trash", Role.TRASH)
    return ""


def _archive(connection: Connection, mirror: Mirror, *, create: bool) -> str:
    chosen = accounts.archive_folder(mirror.account_id)
    if chosen:
        return chosen
    return _make(connection, mirror, ARCHIVE_NAME, "\\Archive", Role.ARCHIVE) if create else ""


def _make(connection: Connection, mirror: Mirror, name: str, special_use: str, role: Role) -> str:
    try:
        connection.create_folder(_below_inbox_if_needed(mirror, name), special_use=special_use)
    except CommandRefused:
        log.warning("push account=%s create=%s refused", mirror.account_id, role.value)
    pull_listing(connection, mirror)
    return _with_role(mirror, role)


def _below_inbox_if_needed(mirror: Mirror, name: str) -> str:
    """Some servers keep every folder below INBOX (Courier, some Cyrus): go where the others are."""
    paths = [path for path in folders.by_path(mirror.account_id) if path.upper() != "INBOX"]
    below = [path for path in paths if path.upper().startswith("INBOX") and len(path) > 5]
    return f"INBOX{below[0][5]}{name}" if paths and len(below) == len(paths) else name


def _with_role(mirror: Mirror, role: Role) -> str:
    found = folders.with_role(mirror.account_id, role)
    return found.id if found else ""


def _note_touched(plan: ActionPlan, touched: set[str]) -> None:
    commands: Sequence[str] = [item for command in plan.commands for item in (command.folder, command.target)]
    touched.update(filter(None, commands))
