"""A mail to send, as far as IMAP is concerned: before the SMTP dialogue, and after it.

    prepare    look once more what happened to the original → held, or the letter is written and stored (phase queued)
    submit.py  the SMTP dialogue, on a lane of its own
    look up    the answer to the final dot was lost: is it in Sent? for a minute, then a person decides
    finish     the copy in Sent (`copies.py`), the mark on the original, the draft removed: each noted when done, each
               tried alone

Die in finish: the copy is looked for by its Message-ID before it is stored, a mark and an EXPUNGE repeat harmlessly.
"""

import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial

from sync.feed import Composition
from sync.imap.connection import Connection
from sync.imap.errors import CommandRefused, Nonsense, NotNow, TryAgain
from sync.mail import Flag, Flags, Role, UidSet
from sync.mime.message_ids import new_message_id
from sync.plan.actions import Outcome, Placement, QueuedAction
from sync.plan.retry import retry_in_ms
from sync.plan.writing import REPLIES, DraftNow, Hold, hold_reason, plan_save
from sync.pull import Mirror
from sync.push.commands import expunge
from sync.push.copies import CopyMayCome, file_copy, filed_in, look_after_copies
from sync.push.drafting import NOT_YOURS
from sync.push.letters import Unwritable, identity_of, write_letter
from sync.push.look import look_at, may_pass, placed
from sync.store import accounts, actions, copies, drafts, folders, submissions
from sync.store.actions import Effect
from sync.store.clock import now_ms
from sync.store.submissions import Done, Letter, OnItsWay

log = logging.getLogger("sync.push")

MOST_AN_HOUR = 300
LOOK_UP_MS = 60_000
LOOK_AGAIN_MS = 3_000


def prepare(connection: Connection, mirror: Mirror, action: QueuedAction) -> Outcome | None:
    """→ an outcome that ends it here, or None: held, or on its way. Raises the wrapper's errors and FenceLost."""
    composition = drafts.composition_of(mirror.account_id, action.id)
    try:
        now = drafts.find(mirror.account_id, action.draft, device=action.device)
    except drafts.NotYours:
        return NOT_YOURS
    anyway = bool(action.args.get("anyway"))
    if composition is None:
        return Outcome(state="noop", detail="already_sent")
    if now is not None and now.ended == "sent" and not anyway:
        # Pressed twice; or a colleague sent it, and what was written here since is kept for its writer to decide on.
        return Outcome(state="noop" if now.device == action.device else "conflict", detail="already_sent")
    if accounts.smtp_endpoint(mirror.account_id) is None:
        return Outcome(state="failed", detail="no_smtp")
    if submissions.sent_in_last_hour(mirror.account_id) >= MOST_AN_HOUR:
        return Outcome(state="failed", detail="too_many")
    hold = None if anyway else _hold(connection, mirror, action, composition)
    if hold is not None:
        submissions.hold(mirror.account_id, mirror.fence, action, detail=hold.code, place=hold.where)
        return None
    return _begin(connection, mirror, action, composition, now)


def advance(connection: Connection, mirror: Mirror, in_flight: Collection[int]) -> set[str]:
    """Look after what the SMTP server took, or may have taken. `in_flight`: a dialogue is going on for these.

    → folder ids that changed.
    """
    touched: set[str] = set()
    for on_its_way in submissions.of_account(mirror.account_id):
        if on_its_way.action.pk in in_flight or on_its_way.due_at > now_ms() or not mirror.may_go_on():
            continue
        try:
            if on_its_way.phase == "final_dot":
                _look_up(connection, mirror, on_its_way, touched)
            elif on_its_way.phase == "accepted":
                _finish(connection, mirror, on_its_way, touched)
        except NotNow as error:
            log.warning("push account=%s sent put off code=%s", mirror.account_id, error.code)
    look_after_copies(connection, mirror, touched)
    return touched


def _hold(connection: Connection, mirror: Mirror, action: QueuedAction, composition: Composition) -> Hold | None:
    if not composition.original or composition.kind not in REPLIES:
        return None
    _look_around(connection, mirror, composition.original)
    original, answers = submissions.what_happened(mirror.account_id, composition.original, device=action.device)
    return hold_reason(original, answers, base_seq=action.base_seq, device=action.device)


def _look_around(connection: Connection, mirror: Mirror, original: str) -> None:
    """Outlook may have answered a moment ago: see the original's folder and Sent as they are now."""
    wanted = {placement.folder for placement in actions.placements(mirror.account_id, [original])}
    for cursor in folders.cursors(mirror.account_id):
        if cursor.role is Role.SENT or cursor.id in wanted:
            look_at(connection, mirror, cursor)
    placed(connection, mirror, [original])


def _begin(
    connection: Connection, mirror: Mirror, action: QueuedAction, composition: Composition, now: DraftNow | None
) -> Outcome | None:
    domain = identity_of(mirror.account_id, composition).email.rpartition("@")[2]
    message_id = (now.message_id if now is not None else "") or new_message_id(domain)
    held = now.message if now is not None else ""
    try:
        written = write_letter(connection, mirror.account_id, composition, message_id=message_id, held=held)
    except Unwritable as error:
        return Outcome(state="failed", detail=error.code)
    letter = Letter(
        sender=written.sender,
        recipients=written.recipients,
        message_id=message_id,
        content=written.sent,
        copy=written.content,
    )
    submissions.begin(
        mirror.account_id,
        mirror.fence,
        action,
        composition,
        letter,
        draft_id=now.id if now is not None else composition.draft,
        keeps_draft=plan_save(now, device=action.device, base=composition.base) == "second",
    )
    return None


def _look_up(connection: Connection, mirror: Mirror, on_its_way: OnItsWay, touched: set[str]) -> None:
    """The connection broke after the final dot (RFC 1047): only a copy that the server filed can tell."""
    action = on_its_way.action
    letter = submissions.letter_of(action)
    if filed_in(connection, mirror, letter.message_id):
        submissions.note_accepted(mirror.account_id, mirror.fence, action)
        filed = not letter.hides_recipients
        if filed:
            submissions.note_done(mirror.account_id, mirror.fence, action, "filed")
        copies.note_server_files(mirror.account_id, mirror.fence)
        _finish(connection, mirror, replace(on_its_way, phase="accepted", filed=filed), touched)
    elif now_ms() - on_its_way.asked_at > LOOK_UP_MS:
        submissions.settle(mirror.account_id, mirror.fence, action, "unknown", detail="answer_lost")
    else:
        at = now_ms() + LOOK_AGAIN_MS
        submissions.put_off(mirror.account_id, mirror.fence, action, due_at=at, detail="looking")


def _finish(connection: Connection, mirror: Mirror, on_its_way: OnItsWay, touched: set[str]) -> None:
    action = on_its_way.action
    steps: list[tuple[Done, bool, Callable[[], None]]] = [
        ("filed", on_its_way.filed, lambda: touched.add(file_copy(connection, mirror, on_its_way))),
        ("marked", on_its_way.marked, partial(_mark_original, connection, mirror, action)),
        ("cleared", on_its_way.cleared, partial(_remove_draft, connection, mirror, action)),
    ]
    refused: list[str] = []
    may_come = False
    for name, is_done, step in steps:
        if is_done:
            continue
        try:
            step()
        except CopyMayCome:
            may_come = True
        except (CommandRefused, Nonsense, TryAgain) as error:
            if connection.broken or (may_pass(error) and not isinstance(error, NotNow)):
                raise
            refused.append(error.code)
        else:
            submissions.note_done(mirror.account_id, mirror.fence, action, name)
    if may_come and not refused:
        at = now_ms() + LOOK_AGAIN_MS
        submissions.put_off(mirror.account_id, mirror.fence, action, due_at=at, detail="accepted")
    else:
        _end(mirror, on_its_way, refused)


def _end(mirror: Mirror, on_its_way: OnItsWay, refused: Sequence[str]) -> None:
    """It is sent; what the server refused to do about it is asked for again for a day."""
    wait_ms = retry_in_ms(on_its_way.attempts + 1, now_ms() - on_its_way.began_at) if refused else None
    action = on_its_way.action
    if wait_ms is not None:
        at = now_ms() + wait_ms
        submissions.put_off(mirror.account_id, mirror.fence, action, due_at=at, detail="accepted")
    else:
        submissions.settle(mirror.account_id, mirror.fence, action, "done", detail="not_filed" if refused else "")


def _mark_original(connection: Connection, mirror: Mirror, action: QueuedAction) -> None:
    composition = drafts.composition_of(mirror.account_id, action.id)
    if composition is None or not composition.original or composition.kind == "new":
        return
    flag = Flag.FORWARDED if composition.kind == "forward" else Flag.ANSWERED
    for found in _opened(connection, mirror, composition.original):
        uids = UidSet.of([found.uid])
        connection.store_flags(uids, add=Flags(flag))
        state = connection.fetch_flags(uids).get(found.uid)
        effect = Effect(flags={found.id: state.flags} if state is not None else {})
        actions.apply(mirror.account_id, mirror.fence, effect, by=action.device)


def _remove_draft(connection: Connection, mirror: Mirror, action: QueuedAction) -> None:
    now = drafts.find(mirror.account_id, action.draft, device=action.device)
    for found in _opened(connection, mirror, now.message if now is not None else ""):
        if found.role != Role.DRAFTS:
            continue  # somebody filed it: not ours to remove any more
        effect = Effect()
        effect.gone.extend(expunge(connection, {found.id: found.uid}, effect))
        actions.apply(mirror.account_id, mirror.fence, effect, by=action.device)


def _opened(connection: Connection, mirror: Mirror, message_id: str) -> Iterator[Placement]:
    """Where it is, with that folder selected; nothing when it is gone, or its folder started over."""
    for found in placed(connection, mirror, [message_id]) if message_id else ():
        cursor = folders.cursor(found.folder) if found.folder else None
        if cursor is not None and connection.reselect(cursor.path, cursor.known.uidvalidity or 0):
            yield found
