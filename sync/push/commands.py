"""One journaled command sent, and what it did to our rows."""

from collections.abc import Mapping

from sync.imap.connection import Connection
from sync.mail import Flag, Flags, UidSet
from sync.plan.actions import Outcome
from sync.store.actions import Effect, JournalStep

DONE = Outcome(state="done", detail="")
GONE = Outcome(state="noop", detail="gone")
OVERTAKEN = Outcome(state="conflict", detail="gone")


def run_step(connection: Connection, step: JournalStep, effect: Effect) -> dict[str, Outcome]:
    """Send it; fill `effect`; → outcome by message id. Raises the wrapper's errors with `effect` unchanged."""
    if not connection.reselect(step.path, step.uidvalidity):
        return dict.fromkeys(step.uids, OVERTAKEN)
    if step.kind == "store":
        return _store(connection, step, effect)
    if step.kind == "move":
        return _move(connection, step, effect)
    return _expunge(connection, step, effect)


def _store(connection: Connection, step: JournalStep, effect: Effect) -> dict[str, Outcome]:
    uids = UidSet.of(step.uids.values())
    add, remove = _wanted(step)
    connection.store_flags(uids, add=add, remove=remove)
    # STORE of an expunged UID answers OK: only asking tells the truth, and brings others' flags along.
    states = connection.fetch_flags(uids)
    for message_id, uid in step.uids.items():
        if uid in states:
            effect.flags[message_id] = states[uid].flags
    return {message_id: DONE if uid in states else GONE for message_id, uid in step.uids.items()}


def _move(connection: Connection, step: JournalStep, effect: Effect) -> dict[str, Outcome]:
    copied = connection.move(UidSet.of(step.uids.values()), step.target_path)
    placed = {message_id: copied.uids[uid] for message_id, uid in step.uids.items() if uid in copied.uids}
    if placed:
        effect.moved.setdefault(step.target, {}).update(placed)
    rest = {message_id: uid for message_id, uid in step.uids.items() if message_id not in placed}
    return {**dict.fromkeys(placed, DONE), **(_after_silent_move(connection, rest, effect) if rest else {})}


def _after_silent_move(connection: Connection, rest: dict[str, int], effect: Effect) -> dict[str, Outcome]:
    """MOVE of UIDs that are gone answers OK without COPYUID, and so do servers without UIDPLUS for all of them.

    What is still here did not move. What left is unlinked: a pass links it again by its twin, wherever it is. A server
    that names what it moved did not name these: somebody else took them a moment before us.
    """
    still_here = connection.fetch_flags(UidSet.of(rest.values()))
    left = [message_id for message_id, uid in rest.items() if uid not in still_here]
    hidden = [m for m, uid in rest.items() if uid in still_here and still_here[uid].flags.bits & Flag.DELETED]
    overtaken = "UIDPLUS" in connection.capabilities
    (effect.unlinked if overtaken else effect.left).extend(left)
    effect.flags.update({m: still_here[rest[m]].flags for m in hidden})
    failed = Outcome(state="failed", detail="not_moved")
    gone = OVERTAKEN if overtaken else DONE
    return {m: gone if m in left else DONE if m in hidden else failed for m in rest}


def _expunge(connection: Connection, step: JournalStep, effect: Effect) -> dict[str, Outcome]:
    effect.gone.extend(expunge(connection, step.uids, effect))
    return dict.fromkeys(step.uids, DONE)


def expunge(connection: Connection, uids: Mapping[str, int], effect: Effect) -> list[str]:
    """Remove them from the selected folder. → the message ids of those that are gone. Without UIDPLUS they are only
    marked as deleted, which leaves the list."""
    connection.expunge(UidSet.of(uids.values()))
    still_here = connection.fetch_flags(UidSet.of(uids.values()))
    effect.flags.update({m: still_here[uid].flags for m, uid in uids.items() if uid in still_here})
    return [m for m, uid in uids.items() if uid not in still_here]


def _wanted(step: JournalStep) -> tuple[Flags, Flags]:
    args = step.action.args
    return Flags(Flag(args.get("add", 0))), Flags(Flag(args.get("remove", 0)))
