"""What a crash or a cut line left in doubt, resolved by kind.

store     repeat it: flags are deltas, a repeat changes nothing
expunge   repeat it: a UID that is gone stays gone
move      what left the source is in the destination at or above the UIDNEXT that was journaled (found by Message-ID),
          or somebody else took it: then it is unlinked, and a pass finds it or not. What is still in the source did
          not move: send it again. Without MOVE it may have been copied and not yet removed: where the copy is found,
          only the removal is left to do
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sync.imap.connection import Connection
from sync.mail import UidSet
from sync.plan.actions import Outcome, QueuedAction
from sync.push.commands import DONE, expunge, run_step
from sync.store import actions, bodies
from sync.store.actions import Effect, JournalStep
from sync.store.bodies import Source

LEFT = Outcome(state="unknown", detail="left_the_folder")


def resolve_step(connection: Connection, account_id: str, step: JournalStep, effect: Effect) -> dict[str, Outcome]:
    """Finish one doubtful command. Raises the wrapper's errors; it stays in doubt then."""
    if step.kind != "move":
        return run_step(connection, step, effect)
    if not connection.reselect(step.path, step.uidvalidity):
        return dict.fromkeys(step.uids, LEFT)
    still_here = connection.fetch_flags(UidSet.of(step.uids.values()))
    held = {source.id: source for source in bodies.sources(account_id, step.uids)}
    left = {message_id for message_id, uid in step.uids.items() if uid not in still_here}
    by_copying = "MOVE" not in connection.capabilities
    copies = _copies(connection, step, [held[m] for m in step.uids if m in held and (m in left or by_copying)])
    outcomes = _account_for(left, held, copies, step, effect)
    half = {m: uid for m, uid in step.uids.items() if m in copies and m not in left}
    if half:
        outcomes.update(_remove_originals(connection, step, half, copies, effect))
    rest = {m: uid for m, uid in step.uids.items() if m not in outcomes}
    if rest:
        outcomes.update(run_step(connection, replace(step, uids=rest), effect))
    return outcomes


def _copies(connection: Connection, step: JournalStep, wanted: Sequence[Source]) -> dict[str, int]:
    """Message id → UID in the destination, of those that arrived there since the journal was written.

    Two mails may carry one Message-ID (what was sent to oneself is in Sent and in the Inbox): a copy has the same size.
    """
    if not wanted:
        return {}
    connection.select(step.target_path)
    found: dict[str, int] = {}
    # In the order of the source's UIDs, which is the order in which a server numbers the copies.
    for source in sorted(wanted, key=lambda source: source.uid):
        message_id = source.envelope.get("message_id", "")
        arrived = connection.find_message_id(message_id, from_uid=step.target_uidnext) if message_id else []
        sizes = {item.uid: item.size for item in connection.fetch_messages(UidSet.of(arrived))} if arrived else {}
        free = [uid for uid in arrived if sizes.get(uid) == source.size and uid not in found.values()]
        if free:
            found[source.id] = free[0]
    return found


def _account_for(
    left: set[str], held: Mapping[str, Source], copies: Mapping[str, int], step: JournalStep, effect: Effect
) -> dict[str, Outcome]:
    """What left the source is where it should be, or somebody else took it; a pass may have seen where by now. Without
    a Message-ID to look for there is no telling: then it was rather our own move."""
    arrived = {message_id: copies[message_id] for message_id in left if message_id in copies}
    if arrived:
        effect.moved.setdefault(step.target, {}).update(arrived)
    for message_id in left - arrived.keys():
        source = held.get(message_id)
        if source is not None and source.folder == step.folder:
            (effect.unlinked if source.envelope.get("message_id") else effect.left).append(message_id)
    return {message_id: DONE if message_id in arrived else LEFT for message_id in left}


def _remove_originals(
    connection: Connection, step: JournalStep, half: Mapping[str, int], copies: Mapping[str, int], effect: Effect
) -> dict[str, Outcome]:
    if not connection.reselect(step.path, step.uidvalidity):
        return dict.fromkeys(half, LEFT)
    gone = expunge(connection, half, effect)
    if gone:
        effect.moved.setdefault(step.target, {}).update({message_id: copies[message_id] for message_id in gone})
    return dict.fromkeys(half, DONE)


def doubtful(account_id: str) -> tuple[dict[int, list[JournalStep]], list[QueuedAction]]:
    """Journaled commands by action, and actions begun whose journal is empty (nothing was sent)."""
    steps, begun = actions.in_doubt(account_id)
    grouped: dict[int, list[JournalStep]] = {}
    for step in steps:
        grouped.setdefault(step.action.pk, []).append(step)
    return grouped, [action for action in begun if action.pk not in grouped]
