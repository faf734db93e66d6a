"""Take waiting actions in order of arrival and carry them out.

Before each command the worker asks whether it may go on: one that was paused (a sleeping machine, a database that was
away) may have lost its lease, and its successor sends these commands by now.
"""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial

from sync.imap.connection import Connection
from sync.imap.errors import CommandRefused, ImapError, Nonsense, NotNow, TryAgain
from sync.mail import Role
from sync.plan.actions import ActionPlan, Outcome, QueuedAction, plan_action, sum_up
from sync.pull import Mirror
from sync.push.commands import run_step
from sync.push.drafting import NOT_YOURS, resume_draft, save_draft
from sync.push.look import NotYet, may_pass, placed
from sync.push.resolve import doubtful, resolve_step
from sync.push.sending import advance, prepare
from sync.push.targets import folder_for, target_of
from sync.store import actions, drafts, messages, submissions
from sync.store.actions import Effect, JournalStep

log = logging.getLogger("sync.push")

LOST_ANSWER = Outcome(state="unknown", detail="lost_answer")


def drain(connection: Connection, mirror: Mirror, *, in_flight: Collection[int] = ()) -> set[str]:
    """Carry out what is in doubt and what waits, and look after mail on its way. → ids of folders that changed and want
    a look.

    `in_flight`: actions whose SMTP dialogue is going on. Raises TryAgain and, when it broke the line, Nonsense (the
    journal keeps what was begun); FenceLost.
    """
    touched: set[str] = set()
    put_off: set[int] = set()
    unsettled = _resolve_all(connection, mirror, touched)
    while mirror.may_go_on():
        waiting = actions.due(mirror.account_id, but=put_off)
        if not waiting:
            return touched | advance(connection, mirror, in_flight)
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
    if steps[0].action.kind == "draft":
        _resolve_draft(connection, mirror, steps[0], touched)
        return
    effect, outcomes = Effect(), dict[str, Outcome]()
    for step in steps:
        touched.update(filter(None, (step.folder, step.target)))
        try:
            outcomes.update(_guarded(connection, mirror, step, effect, in_doubt=True))
        except Nonsense:
            # The second line that breaks over it: whether it happened will not be known, and others wait behind it.
            missing = {m: LOST_ANSWER for step in steps for m in step.uids if m not in outcomes}
            _settle(mirror, step.action, outcomes | missing, effect)
            raise
    _settle(mirror, steps[0].action, outcomes, effect)


def _try_out(connection: Connection, mirror: Mirror, action: QueuedAction, touched: set[str]) -> bool:
    """False when it has to wait: the server says "not now" to it, or it is to turn up first where its targets are."""
    try:
        _carry_out(connection, mirror, action, touched)
    except (NotNow, NotYet) as error:
        log.warning("push account=%s kind=%s put off by=%s", mirror.account_id, action.kind, type(error).__name__)
        return False
    return True


def _resolve_draft(connection: Connection, mirror: Mirror, step: JournalStep, touched: set[str]) -> None:
    touched.add(step.folder)
    try:
        into = folder_for(connection, mirror, Role.DRAFTS)
        _settle_with(mirror, step.action, resume_draft(connection, mirror, step, into))
    except (CommandRefused, Nonsense, TryAgain) as error:
        if may_pass(error) or (connection.broken and not isinstance(error, Nonsense)):
            raise
        _settle_with(mirror, step.action, LOST_ANSWER if connection.broken else _failed(error))
        if connection.broken:
            raise


def _carry_out(connection: Connection, mirror: Mirror, action: QueuedAction, touched: set[str]) -> None:
    if action.kind == "draft":
        _alone(connection, mirror, action, partial(_save, connection, mirror, action, touched))
    elif action.kind == "send":
        if not submissions.is_on_its_way(action):
            _alone(connection, mirror, action, partial(prepare, connection, mirror, action))
    elif action.kind == "discard":
        _settle_with(mirror, action, _throw_away(connection, mirror, action, touched))
    else:
        _settle_with(mirror, action, _run(connection, mirror, action, touched))


def _alone(connection: Connection, mirror: Mirror, action: QueuedAction, work: Callable[[], Outcome | None]) -> None:
    """What is refused concerns this mail alone; it stays where it was written."""
    try:
        outcome = work()
    except (CommandRefused, Nonsense, TryAgain) as error:
        if connection.broken or may_pass(error):
            raise
        outcome = _failed(error)
    _settle_with(mirror, action, outcome)


def _save(connection: Connection, mirror: Mirror, action: QueuedAction, touched: set[str]) -> Outcome | None:
    into = folder_for(connection, mirror, Role.DRAFTS)
    touched.add(into.id)
    return save_draft(connection, mirror, action, into)


def _throw_away(connection: Connection, mirror: Mirror, action: QueuedAction, touched: set[str]) -> Outcome | None:
    """A draft goes to Trash like any mail, so that it can be brought back."""
    try:
        now = drafts.find(mirror.account_id, action.draft, device=action.device)
    except drafts.NotYours:
        return NOT_YOURS
    draft_id = now.id if now is not None else action.draft
    drafts.discard(mirror.account_id, mirror.fence, draft_id, device=action.device)
    if now is None or not now.message:
        return Outcome(state="done", detail="")  # it was never saved
    outcome = _run(connection, mirror, replace(action, kind="trash", targets=[now.message]), touched)
    if outcome is not None and outcome.state in ("conflict", "failed"):
        drafts.go_on(mirror.account_id, mirror.fence, draft_id, device=now.device)
    return outcome


def _run(connection: Connection, mirror: Mirror, action: QueuedAction, touched: set[str]) -> Outcome | None:
    """→ an outcome that needed no command; None: settled with its effect, or discarded a moment ago."""
    try:
        target = target_of(connection, mirror, action)
    except (CommandRefused, Nonsense, TryAgain) as error:
        if connection.broken or may_pass(error):
            raise
        return _failed(error)
    where = placed(connection, mirror, action.targets)
    if messages.may_turn_up(mirror.account_id, [one.id for one in where if not one.folder], but=mirror.unreadable):
        raise NotYet
    plan = plan_action(action, where, target)
    effect, outcomes = Effect(), dict(plan.outcomes)
    if action.kind == "archive" and action.args.get("create") and not action.targets:
        outcomes[""] = _made(target)
    if not plan.commands:
        return sum_up(list(outcomes.values()))
    for step in (steps := actions.begin(mirror.account_id, mirror.fence, action, plan.commands)):
        outcomes.update(_guarded(connection, mirror, step, effect, in_doubt=False))
    _note_touched(plan, touched)
    if steps:
        _settle(mirror, action, outcomes, effect)
    return None


def _made(archive: str) -> Outcome:
    """The outcome of an action that only asked for an archive folder."""
    if archive:
        return Outcome(state="done", detail="", place=archive)
    return Outcome(state="failed", detail="no_archive_folder")


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
        if connection.broken or may_pass(error) or (isinstance(error, TryAgain) and not in_doubt):
            raise
        return dict.fromkeys(step.uids, _failed(error))


def _failed(error: ImapError) -> Outcome:
    return Outcome(state="failed", detail=error.code)


def _settle_with(mirror: Mirror, action: QueuedAction, outcome: Outcome | None) -> None:
    if outcome is not None:
        _settle(mirror, action, {"": outcome}, Effect())


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


def _note_touched(plan: ActionPlan, touched: set[str]) -> None:
    commands: Sequence[str] = [item for command in plan.commands for item in (command.folder, command.target)]
    touched.update(filter(None, commands))
