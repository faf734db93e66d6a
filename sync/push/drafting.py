"""Drafts → Drafts: one version at a time, seen by every mail program.

    1  plan       replace the newest version, begin a second draft, or nothing (it was sent, a newer version waits)
    2  journal    that an APPEND is about to go, and the mark it can be found by
    3  APPEND     the new version
    4  store      the message says something else under a new UID; the journal now names the older UID
    5  EXPUNGE    exactly that UID
    6  settle

Die before 3: planned again. Die between 3 and 4: the mark is looked for at or above the UIDNEXT that was journaled, and
what is found is taken for step 3's. Die between 4 and 5: the older UID is expunged again, which changes nothing if it
went.
"""

from dataclasses import dataclass

from sync.feed import Composition
from sync.imap.connection import Connection
from sync.imap.errors import Nonsense
from sync.mail import Flag, Flags, UidSet
from sync.mime.message_ids import new_message_id
from sync.plan.actions import Command, Outcome, QueuedAction
from sync.plan.writing import DraftNow, plan_save
from sync.pull import Mirror
from sync.pull.arrivals import fetch_arrivals
from sync.push.letters import MARK_HEADER, Unwritable, identity_of, write_version
from sync.store import actions, drafts, versions
from sync.store.actions import JournalStep
from sync.store.drafts import Version
from sync.store.folders import Cursor
from sync.store.messages import NewMessage

ENDED = Outcome(state="noop", detail="ended")
SUPERSEDED = Outcome(state="noop", detail="superseded")
NOT_YOURS = Outcome(state="failed", detail="bad_input")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planned:
    """What is being saved: as which draft, under which Message-ID, in place of which message."""

    composition: Composition
    draft: str
    message_id: str
    held: str = ""


def save_draft(connection: Connection, mirror: Mirror, action: QueuedAction, into: Cursor) -> Outcome | None:
    """Save a version in the folder `into`. → an outcome to settle with, or None: settled, or discarded meanwhile.

    Raises the wrapper's errors and FenceLost.
    """
    version = _plan(mirror, action)
    if isinstance(version, Outcome):
        return version
    mark = mark_of(version.draft, action)
    try:
        written = write_version(
            connection,
            mirror.account_id,
            version.composition,
            message_id=version.message_id,
            held=version.held,
            mark=mark,
        )
    except Unwritable as error:
        return Outcome(state="failed", detail=error.code)
    append = Command(kind="append", folder=into.id, path=into.path, uids={}, target=into.id, mark=mark)
    steps = actions.begin(mirror.account_id, mirror.fence, action, [append])
    if not steps:
        return None
    told = connection.append(into.path, written.content, flags=Flags(Flag.DRAFT | Flag.SEEN))
    found = [told.uids[0]] if told.uids else _found(connection, steps[0])
    if not found:
        raise Nonsense("append_not_found")
    return _store(connection, mirror, version, steps[0], found)


def resume_draft(connection: Connection, mirror: Mirror, step: JournalStep, into: Cursor) -> Outcome | None:
    """Go on where a crash or a cut line left it."""
    if step.kind == "clear":
        return _clear(connection, step)
    found = _found(connection, step)
    if not found:
        return save_draft(connection, mirror, step.action, into)
    version = _plan(mirror, step.action, is_saved=True)
    if isinstance(version, Outcome):
        connection.expunge(UidSet.of(found))
        return version
    return _store(connection, mirror, version, step, found)


def mark_of(draft: str, action: QueuedAction) -> str:
    """Of one version: the draft, and the action that saved it."""
    return f"{draft} {action.id}"


def _plan(mirror: Mirror, action: QueuedAction, *, is_saved: bool = False) -> _Planned | Outcome:
    composition = drafts.composition_of(mirror.account_id, action.id)
    if composition is None:
        return ENDED
    if not is_saved and actions.newer_version_waits(mirror.account_id, action):
        return SUPERSEDED
    try:
        now = drafts.find(mirror.account_id, composition.draft, device=action.device)
    except drafts.NotYours:
        return NOT_YOURS
    saving = plan_save(now, device=action.device, base=composition.base)
    return ENDED if saving == "ended" else _version(mirror, action, composition, None if saving == "second" else now)


def _version(mirror: Mirror, action: QueuedAction, composition: Composition, now: DraftNow | None) -> _Planned:
    """`now`: the draft it goes on with; without it, it begins one."""
    domain = identity_of(mirror.account_id, composition).email.rpartition("@")[2]
    if now is not None:
        message_id = now.message_id or new_message_id(domain)
        return _Planned(composition=composition, draft=now.id, message_id=message_id, held=now.message)
    taken = drafts.account_of(composition.draft) is not None
    draft = action.id if taken else composition.draft
    return _Planned(composition=composition, draft=draft, message_id=new_message_id(domain))


def _found(connection: Connection, step: JournalStep) -> list[int]:
    """UIDs of the version that was about to be stored. Its folder stays selected; of one that started over all UIDs
    are new ones."""
    same = connection.reselect(step.path, step.uidvalidity)
    connection.noop()  # a session that had the folder open learns here of what it appended
    return connection.find_header(MARK_HEADER, step.mark, from_uid=step.target_uidnext if same else 1)


def _store(
    connection: Connection, mirror: Mirror, version: _Planned, step: JournalStep, found: list[int]
) -> Outcome | None:
    """Steps 4 to 6. An APPEND whose answer was lost may have been done twice."""
    stored = Version(
        composition=version.composition,
        draft=version.draft,
        message_id=version.message_id,
        folder=step.folder,
        new=_read(connection, mirror, step, found[-1]),
    )
    cleared = versions.store(mirror.account_id, mirror.fence, step.action, stored, repeats=found[:-1])
    return _clear(connection, cleared) if cleared is not None else None


def _read(connection: Connection, mirror: Mirror, step: JournalStep, uid: int) -> NewMessage:
    connection.reselect(step.path, step.uidvalidity)
    connection.noop()
    for batch in fetch_arrivals(connection, mirror, step.folder, UidSet.of([uid])):
        for new in batch:
            if new.uid == uid:
                return new
    raise Nonsense("append_not_found")


def _clear(connection: Connection, step: JournalStep) -> Outcome:
    if connection.reselect(step.path, step.uidvalidity):
        connection.expunge(UidSet.of(step.uids.values()))
    return versions.outcome_of(step)
