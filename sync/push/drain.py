"""Take waiting actions in order of arrival and carry them out.

Before each command the worker asks whether it may go on: one that was paused (a sleeping machine, a database that was
away) may have lost its lease, and its successor sends these commands by now.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sync.imap.connection import Connection
from sync.imap.errors import CommandRefused, ImapError, Nonsense, NotNow, TryAgain
from sync.mail import Role
from sync.plan.actions import ActionPlan, Outcome, Placement, QueuedAction, plan_action, sum_up
from sync.pull import Mirror, pull_listing, pull_news, sweep
from sync.push.commands import run_step
from sync.push.resolve import doubtful, resolve_step
from sync.store import accounts, actions, folders, messages
from sync.store.actions import Effect, JournalStep

log = logging.getLogger("sync.push")

TRASH_NAME = "Trash"
ARCHIVE_NAME = "Archive"


def drain(connection: Connection, mirror: Mirror) -> set[str]:
    """Carry out what is in doubt and what waits. → ids of folders that changed and want a look.

    Raises TryAgain and, when it broke the line, Nonsense (the journal keeps what was begun); FenceLost.
    """
    touched: set[str] = set()
    put_off: set[int] = set()
    unsettled = _resolve_all(connection, mirror, touched)
    while mirror.may_go_on():
        waiting = actions.due(mirror.account_id, but=put_off)
        if not waiting:
            return touched
        for action in waiting:
            if not mirror.may_go_on():
                return touched
            # A later wish for the same message must not overtake the one that waits.
            if unsettled.intersection(action.targets) or not _try_out(connection, mirror, action, touched):
                put_off.add(action.pk)
                unsettled.update(action.targets)
    return touched


def _resolve_all(connection: Connection, mirror: Mirror, touched: set[str]) -> set[str]:
    """→ ids of messages of which it is still not known."""
    unsettled: set[str] = set()
    grouped, never_sent = doubtful(mirror.account_id)
    for steps in grouped.values():
        try:
            _resolve(connection, mirror, steps, touched)
        except NotNow:
            unsettled.update(steps[0].action.targets)
    for action in never_sent:
        if not _try_out(connection, mirror, action, touched):
            unsettled.update(action.targets)
    return unsettled


def _resolve(connection: Connection, mirror: Mirror, steps: list[JournalStep], touched: set[str]) -> None:
    effect, outcomes = Effect(), dict[str, Outcome]()
    for step in steps:
        touched.update(filter(None, (step.folder, step.target)))
        try:
            outcomes.update(_guarded(connection, mirror, step, effect, in_doubt=True))
        except Nonsense:
            # The second line that breaks over it: whether it happened will not be known, and others wait behind it.
            unknown = Outcome(state="unknown", detail="lost_answer")
            missing = {message_id: unknown for step in steps for message_id in step.uids if message_id not in outcomes}
            _settle(mirror, step.action, outcomes | missing, effect)
            raise
    _settle(mirror, steps[0].action, outcomes, effect)


def _try_out(connection: Connection, mirror: Mirror, action: QueuedAction, touched: set[str]) -> bool:
    """False when it has to wait: the server says "not now" to it, or it is to turn up first where its targets are."""
    try:
        return _carry_out(connection, mirror, action, touched)
    except NotNow as error:
        log.warning("push account=%s kind=%s put off code=%s", mirror.account_id, action.kind, error.code)
        return False


def _carry_out(connection: Connection, mirror: Mirror, action: QueuedAction, touched: set[str]) -> bool:
    """False when it has to wait until it is known where its targets are."""
    try:
        target = _target_of(connection, mirror, action)
    except (CommandRefused, Nonsense, TryAgain) as error:
        if connection.broken or _may_pass(error):
            raise
        _settle(mirror, action, {"": Outcome(state="failed", detail=error.code)}, Effect())
        return True
    placed = _placed(connection, mirror, action)
    if _may_turn_up(mirror, placed):
        return False
    plan = plan_action(action, placed, target)
    effect, outcomes = Effect(), dict(plan.outcomes)
    if action.kind == "archive" and action.args.get("create") and not action.targets:
        outcomes[""] = _made(target)
    if plan.commands:
        steps = actions.begin(mirror.account_id, mirror.fence, action, plan.commands)
        if not steps:
            return True  # discarded a moment ago
        for step in steps:
            outcomes.update(_guarded(connection, mirror, step, effect, in_doubt=False))
        _note_touched(plan, touched)
    _settle(mirror, action, outcomes, effect)
    return True


def _made(archive: str) -> Outcome:
    """The outcome of an action that only asked for an archive folder."""
    if archive:
        return Outcome(state="done", detail="", place=archive)
    return Outcome(state="failed", detail="no_archive_folder")


def _placed(connection: Connection, mirror: Mirror, action: QueuedAction) -> list[Placement]:
    """Where the targets are. One that just left its folder may be about to turn up in another: look there first, so
    that a wish is neither lost nor called done because of a colleague who moved the message in this moment."""
    placed = actions.placements(mirror.account_id, action.targets)
    if all(placement.folder for placement in placed):
        return placed
    with _isolated(connection, mirror):
        for cursor in sweep(connection, mirror)[0]:
            with _isolated(connection, mirror):
                pull_news(connection, mirror, cursor)
    return actions.placements(mirror.account_id, action.targets)


def _may_turn_up(mirror: Mirror, placed: Sequence[Placement]) -> bool:
    """One left its folder, and may be in the history of one that started over."""
    if all(placement.folder for placement in placed):
        return False
    return messages.may_turn_up(mirror.account_id, [one.id for one in placed if not one.folder], but=mirror.unreadable)


@contextmanager
def _isolated(connection: Connection, mirror: Mirror) -> Iterator[None]:
    """One folder that cannot be read must not hold up every action; a line that broke over it is another matter."""
    try:
        yield
    except (CommandRefused, Nonsense, NotNow) as error:
        if connection.broken:
            raise
        log.warning("push account=%s look %s", mirror.account_id, type(error).__name__)


def _guarded(
    connection: Connection, mirror: Mirror, step: JournalStep, effect: Effect, *, in_doubt: bool
) -> dict[str, Outcome]:
    """A refusal, or an answer that says nothing, concerns this command alone. A line that broke leaves it in the
    journal: the command may have been carried out all the same. A server that reports a defect of its own is asked
    once more."""
    if not mirror.may_go_on():
        raise TryAgain("lease")
    try:
        if in_doubt:
            return resolve_step(connection, mirror.account_id, step, effect)
        return run_step(connection, step, effect)
    except (CommandRefused, Nonsense, TryAgain) as error:
        if connection.broken or _may_pass(error) or (isinstance(error, TryAgain) and not in_doubt):
            raise
        return dict.fromkeys(step.uids, Outcome(state="failed", detail=error.code))


def _may_pass(error: ImapError) -> bool:
    """By waiting. What a server calls a defect of its own, a matter for its administrator, or too much (RFC 5530) may
    be there for good: it must not hold up the other actions, and all news behind them."""
    return isinstance(error, TryAgain) and error.code not in ("serverbug", "contactadmin", "limit")


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
    """Raises CommandRefused when the server makes none and nobody else did."""
    refused: CommandRefused | None = None
    try:
        connection.create_folder(_below_inbox_if_needed(mirror, name), special_use=special_use)
    except CommandRefused as error:
        refused = error
    pull_listing(connection, mirror)
    found = _with_role(mirror, role)
    if refused is not None and not found:
        log.warning("push account=%s create=%s refused", mirror.account_id, role.value)
        raise refused
    return found


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
