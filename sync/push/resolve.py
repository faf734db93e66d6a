"""What a crash or a cut line left in doubt, resolved by kind.

store     repeat it: flags are deltas, a repeat changes nothing
expunge   repeat it: a UID that is gone stays gone
move      what is still in the source did not move: send it again. What left is in the destination at or above the
          UIDNEXT that was journaled (found by Message-ID), or somebody else took it: then it is unlinked, and a
          pass finds it or not
"""

from sync.imap.connection import Connection
from sync.mail import UidSet
from sync.plan.actions import Outcome, QueuedAction
from sync.push.commands import DONE, run_step
from sync.store import actions, bodies
from sync.store.actions import Effect, JournalStep


def resolve_step(connection: Connection, account_id: str, step: JournalStep, effect: Effect) -> dict[str, Outcome]:
    """Finish one doubtful command. Raises the wrapper's errors; it stays in doubt then."""
    if step.kind != "move":
        return run_step(connection, step, effect)
    if not connection.reselect(step.path, step.uidvalidity):
        return dict.fromkeys(step.uids, Outcome(state="unknown", detail="left_the_folder"))
    still_here = connection.fetch_flags(UidSet.of(step.uids.values()))
    left = {message_id: uid for message_id, uid in step.uids.items() if uid not in still_here}
    outcomes = _find_in_target(connection, account_id, step, left, effect) if left else {}
    rest = {message_id: uid for message_id, uid in step.uids.items() if uid in still_here}
    if rest:
        again = JournalStep(
            pk=step.pk,
            action=step.action,
            kind=step.kind,
            folder=step.folder,
            path=step.path,
            uidvalidity=step.uidvalidity,
            uids=rest,
            target=step.target,
            target_path=step.target_path,
            target_uidnext=step.target_uidnext,
        )
        outcomes.update(run_step(connection, again, effect))
    return outcomes


def _find_in_target(
    connection: Connection, account_id: str, step: JournalStep, left: dict[str, int], effect: Effect
) -> dict[str, Outcome]:
    connection.select(step.target_path)
    outcomes: dict[str, Outcome] = {}
    for source in bodies.sources(account_id, left):
        message_id = source.envelope.get("message_id", "")
        found = connection.find_message_id(message_id, from_uid=step.target_uidnext) if message_id else []
        if found:
            effect.moved.setdefault(step.target, {})[source.id] = found[-1]
            outcomes[source.id] = DONE
        else:
            effect.unlinked.append(source.id)
            outcomes[source.id] = Outcome(state="unknown", detail="left_the_folder")
    for message_id in left:
        outcomes.setdefault(message_id, Outcome(state="noop", detail="gone"))
    return outcomes


def doubtful(account_id: str) -> tuple[dict[int, list[JournalStep]], list[QueuedAction]]:
    """Journaled commands by action, and actions begun whose journal is empty (nothing was sent)."""
    steps, begun = actions.in_doubt(account_id)
    grouped: dict[int, list[JournalStep]] = {}
    for step in steps:
        grouped.setdefault(step.action.pk, []).append(step)
    return grouped, [action for action in begun if action.pk not in grouped]
