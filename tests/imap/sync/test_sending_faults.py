"""Whatever breaks while a mail is sent, and whenever: it is accepted once, or not at all with a reason to see."""

import os
import random
import time
from dataclasses import replace
from threading import Event
from typing import Any

import pytest
from django.db import OperationalError

from sync.feed import ActionRow, Mailbox
from sync.mail import Role
from sync.push import drain, sending, submit
from sync.smtp.submission import Phase
from sync.store import accounts, actions, drafts, folders, leases, submissions
from sync.store.commit import FenceLost
from sync.worker.runtime import Runtime
from tests.support.dying import dying_in
from tests.support.mirrored import Mirrored
from tests.support.scripted_smtp import Behaviour, ScriptedSmtp
from tests.support.world import World
from tests.support.writing import deliver, deliver_or_die, letter, parsed, reply, save, send, time_passes

PHASES: list[Phase] = ["connect", "mail", "rcpt", "data", "final_dot"]
SAFE_STEPS = ["greeting", "EHLO", "AUTH", "MAIL", "RCPT", "DATA"]
DAY_MS = 24 * 3_600_000
SEEDS = int(os.environ.get("SEEDS", "20"))


def outcome(mirrored: Mirrored, row: ActionRow) -> tuple[str, str]:
    now = mirrored.ledger()[row.id]
    return now.state, now.detail


def take_over(mirrored: Mirrored) -> None:
    """Another worker, another connection; what waits for its time is due."""
    mirrored.expire_and_take_over()
    mirrored.connection = mirrored.connect()
    deliver(mirrored)


# Killed


@pytest.mark.parametrize("after", [False, True], ids=["before it is stored", "after it is stored"])
@pytest.mark.parametrize("phase", PHASES)
def test_killed_in_a_phase_the_next_owner_sends_it_once_or_says_that_nobody_knows(
    ready: Mirrored, server: ScriptedSmtp, world: World, monkeypatch: pytest.MonkeyPatch, phase: Phase, after: bool
) -> None:
    row = ready.enqueue("send", composition=letter())
    with dying_in(monkeypatch, submissions, "note_phase", after=after, when=lambda *given: given[-1] == phase):
        deliver(ready)
    take_over(ready)
    if phase == "final_dot" and after:
        assert outcome(ready, row) == ("sending", "looking")
        time_passes(row, sending.LOOK_UP_MS + 1)
        deliver(ready)
        assert outcome(ready, row) == ("unknown", "answer_lost")
        assert server.accepted == []
    else:
        assert outcome(ready, row) == ("done", "")
        assert (len(server.accepted), world.subjects("Sent")) == (1, ["Befund"])


def test_killed_when_it_was_accepted_it_is_not_sent_again(
    ready: Mirrored, server: ScriptedSmtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ready.enqueue("send", composition=letter())
    with dying_in(monkeypatch, submissions, "note_accepted"):
        deliver(ready)
    take_over(ready)
    time_passes(row, sending.LOOK_UP_MS + 1)
    deliver(ready)
    assert outcome(ready, row) == ("unknown", "answer_lost")
    assert len(server.accepted) == 1


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", ["file_copy", "_mark_original", "_remove_draft"])
def test_killed_in_what_is_left_to_do_it_is_done_once(
    ready: Mirrored, server: ScriptedSmtp, world: World, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    world.append(subject="Anfrage", message_id="<anfrage@labor.example>")
    written = reply(ready.sync().row("Anfrage").id)
    save(ready, written)
    row = ready.enqueue("send", composition=written)
    with dying_in(monkeypatch, sending, step, after=after):
        deliver(ready)
    take_over(ready)
    assert outcome(ready, row) == ("done", "")
    assert (len(server.accepted), world.subjects("Sent"), world.subjects("Drafts")) == (1, ["Re: Befund"], [])
    assert "\\Answered" in world.flags_of("INBOX", "Anfrage")


def test_a_former_owner_stops_before_the_final_dot(ready: Mirrored, server: ScriptedSmtp) -> None:
    row = ready.enqueue("send", composition=letter())
    drain(ready.connection, ready.mirror)
    former = ready.mirror
    (item,) = submit.ready(ready.account_id)
    submissions.note_phase(former.account_id, former.fence, item.action, "data")
    ready.expire_and_take_over()
    with pytest.raises(FenceLost):
        submissions.note_phase(former.account_id, former.fence, item.action, "final_dot")
    with pytest.raises(FenceLost):
        submit.hand_over(former, item)
    assert server.accepted == []
    take_over(ready)
    assert outcome(ready, row) == ("done", "")


def test_a_worker_in_doubt_of_its_lease_goes_no_further(ready: Mirrored, server: ScriptedSmtp) -> None:
    ready.enqueue("send", composition=letter())
    drain(ready.connection, ready.mirror)
    (item,) = submit.ready(ready.account_id)
    doubtful = type(ready.mirror)(account_id=ready.account_id, fence=ready.fence, may_go_on=lambda: False)
    submit.hand_over(doubtful, item)
    assert server.connections == 0


@pytest.mark.parametrize(
    ("answers", "name", "ended"),
    [
        ({}, "note_accepted", ("done", "")),
        ({"end": b"554 5.6.0 Not this\r\n"}, "settle", ("failed", "message_refused")),
    ],
)
def test_what_the_server_said_is_still_known_when_the_database_comes_back(
    ready: Mirrored,
    server: ScriptedSmtp,
    monkeypatch: pytest.MonkeyPatch,
    answers: dict[str, bytes],
    name: str,
    ended: tuple[str, str],
) -> None:
    server.always = Behaviour(answers=answers)
    honest, away = getattr(submissions, name), [OperationalError(), OperationalError()]

    def note(*given: Any, **named: Any) -> None:
        if away:
            raise away.pop()
        honest(*given, **named)

    monkeypatch.setattr(submissions, name, note)
    monkeypatch.setattr(submit, "INSIST_AGAIN_S", 0)
    row = send(ready, letter())
    assert (row.state, row.detail) == ended
    assert (away, len(server.accepted)) == ([], ended[0] == "done")


def test_a_worker_that_is_told_to_stop_does_not_wait_for_the_database(
    ready: Mirrored, server: ScriptedSmtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is sent twice for that: who comes next knows that the final dot was on its way."""
    asked = Event()

    def away(*_: Any) -> None:
        asked.set()
        raise OperationalError

    row = ready.enqueue("send", composition=letter())
    leases.release(ready.owner)
    with monkeypatch.context() as patch:
        patch.setattr(submissions, "note_accepted", away)
        worker = Runtime()
        worker.start()
        assert asked.wait(30)
        began = time.monotonic()
        worker.stop()
        assert time.monotonic() - began < submit.INSIST_S / 2
    ready.fence = ready.take_over()
    ready.connection = ready.connect()
    deliver(ready)
    assert outcome(ready, row) == ("sending", "looking")
    assert len(server.accepted) == 1


# Cut lines


@pytest.mark.parametrize("step", SAFE_STEPS)
def test_cut_before_the_final_dot_it_is_sent_again_later(
    ready: Mirrored, server: ScriptedSmtp, world: World, step: str
) -> None:
    server.faults.append(Behaviour(cut_at=step))
    row = send(ready, letter())
    assert (row.state, row.detail) == ("sending", "closed")
    assert row.due_at > row.created_at
    time_passes(row)
    deliver(ready)
    assert outcome(ready, row) == ("done", "")
    assert (len(server.accepted), world.subjects("Sent")) == (1, ["Befund"])


def test_cut_in_the_middle_of_the_content_it_is_sent_again_later(ready: Mirrored, server: ScriptedSmtp) -> None:
    server.faults.append(Behaviour(interrupt_after_bytes=100))
    row = send(ready, letter(text="Guten Tag\n" * 300_000))  # more than the sockets between them hold
    assert row.state == "sending"
    time_passes(row)
    deliver(ready)
    assert (outcome(ready, row), len(server.accepted)) == (("done", ""), 1)


def test_a_lost_answer_to_the_final_dot_is_never_repeated_by_itself(
    ready: Mirrored, server: ScriptedSmtp, world: World
) -> None:
    server.always = Behaviour(cut_at="end")
    written = letter()
    save(ready, written)
    row = send(ready, written)
    assert (row.state, row.detail) == ("sending", "looking")
    time_passes(row)
    deliver(ready)
    assert outcome(ready, row) == ("sending", "looking")
    time_passes(row, sending.LOOK_UP_MS + 1)
    deliver(ready)
    assert outcome(ready, row) == ("unknown", "answer_lost")
    assert (len(server.accepted), world.subjects("Sent")) == (1, [])
    assert world.subjects("Drafts") == ["Befund"]
    assert drafts.composition_of(ready.account_id, row.id) is not None


def test_a_lost_answer_is_found_in_sent_where_the_server_files_it(
    ready: Mirrored, server: ScriptedSmtp, world: World
) -> None:
    server.always = Behaviour(cut_at="end")
    written = letter()
    save(ready, written)
    row = send(ready, written)
    world.append("Sent", server.accepted[0].content)
    time_passes(row)
    deliver(ready)
    assert outcome(ready, row) == ("done", "")
    assert (len(server.accepted), world.subjects("Sent"), world.subjects("Drafts")) == (1, ["Befund"], [])


def test_a_person_who_decides_to_send_it_again_does_so_under_the_same_message_id(
    ready: Mirrored, server: ScriptedSmtp
) -> None:
    server.faults.append(Behaviour(cut_at="end"))
    row = send(ready, letter())
    time_passes(row, sending.LOOK_UP_MS + 1)
    deliver(ready)
    actions.retry(ready.account_id, row.id)
    deliver(ready)
    assert outcome(ready, row) == ("done", "")
    first, second = (parsed(mail.content)["Message-ID"] for mail in server.accepted)
    assert first == second


def test_what_nobody_knows_goes_on_as_a_draft(ready: Mirrored, server: ScriptedSmtp, world: World) -> None:
    server.always = Behaviour(cut_at="end")
    written = letter()
    row = send(ready, written)
    time_passes(row, sending.LOOK_UP_MS + 1)
    deliver(ready)
    assert save(ready, letter(draft=written.draft, text="zwei")).state == "done"
    assert world.subjects("Drafts") == ["Befund"]


# Refusals


@pytest.mark.parametrize("step", ["greeting", "AUTH", "MAIL", "RCPT", "DATA", "end"])
def test_a_busy_server_is_asked_again_later_and_later_for_a_day(
    ready: Mirrored, server: ScriptedSmtp, step: str
) -> None:
    server.always = Behaviour(answers={step: b"451 4.3.0 Later\r\n"})
    row = send(ready, letter())
    assert (row.state, row.detail) == ("sending", "busy")
    time_passes(row)
    deliver(ready)
    assert outcome(ready, row) == ("sending", "busy")
    time_passes(row, DAY_MS)
    deliver(ready)
    assert (outcome(ready, row), server.accepted) == (("failed", "gave_up"), [])


def test_a_refused_recipient_is_named_nobody_gets_it_and_it_can_be_mended(
    ready: Mirrored, server: ScriptedSmtp, world: World
) -> None:
    server.faults.append(Behaviour(answers={"RCPT befunde@labor.example": b"550 5.1.1 No such user\r\n"}))
    written = letter(cc=[Mailbox(name="", email="kopie@labor.example")])
    save(ready, written)
    row = send(ready, written)
    assert (row.state, row.detail, server.accepted) == ("failed", "recipients_refused", [])
    (refused,) = row.refused
    assert (refused.email, refused.code, refused.text) == ("befunde@labor.example", 550, "No such user")
    assert world.subjects("Drafts") == ["Befund"]
    assert send(ready, letter(draft=written.draft, text="jetzt")).state == "done"
    assert (len(server.accepted), world.subjects("Drafts")) == (1, [])


@pytest.mark.parametrize(
    ("step", "said", "code"),
    [
        ("MAIL", b"550 5.7.1 Not you\r\n", "sender_refused"),
        ("end", b"554 5.6.0 Not this\r\n", "message_refused"),
        ("end", b"552 5.3.4 Too big\r\n", "too_large"),
    ],
)
def test_what_the_server_will_not_take_is_shown_with_its_words(
    ready: Mirrored, server: ScriptedSmtp, step: str, said: bytes, code: str
) -> None:
    server.always = Behaviour(answers={step: said})
    row = send(ready, letter())
    assert (row.state, row.detail) == ("failed", code)
    assert row.refused[0].text in said.decode()
    assert drafts.composition_of(ready.account_id, row.id) is not None


def test_a_refused_secret_leaves_the_mail_where_it_is(ready: Mirrored, server: ScriptedSmtp) -> None:
    server.always = Behaviour(answers={"AUTH": b"535 5.7.8 Bad token\r\n"})
    row = ready.enqueue("send", composition=letter())
    drain(ready.connection, ready.mirror)
    (item,) = submit.ready(ready.account_id)
    with pytest.raises(submit.SecretRefused) as refused:
        submit.hand_over(ready.mirror, item)
    assert refused.value.version == accounts.credentials(ready.account_id).version
    assert outcome(ready, row) == ("sending", "sign_in")
    server.always = Behaviour()
    deliver(ready)
    assert (outcome(ready, row), len(server.accepted)) == (("done", ""), 1)


# Everything at once


@pytest.mark.parametrize("seed", range(SEEDS))
def test_whatever_breaks_it_is_accepted_once_or_there_is_a_reason_to_see(
    ready: Mirrored, server: ScriptedSmtp, world: World, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = random.Random(seed)
    server.faults.extend(_fault(chance) for _ in range(chance.randrange(4)))
    composition = letter()
    if chance.random() < 0.5:
        save(ready, composition)
        composition = replace(composition, base=accounts.current_seq(ready.account_id))
    rows = [
        ready.enqueue("send", composition=composition, device=chance.choice(["phone", "desk"]))
        for _ in range(chance.randint(1, 2))
    ]
    for _ in range(12):
        deliver_or_die(ready, chance, monkeypatch)
        for row in rows:
            time_passes(row, chance.choice([0, 0, 61_000]))
    _check(ready, server, world, rows)


def _fault(chance: random.Random) -> Behaviour:
    step = chance.choice([*SAFE_STEPS, "end"])
    return chance.choice(
        [
            Behaviour(cut_at=step),
            Behaviour(cut_after_replies=chance.randint(1, 8)),
            Behaviour(interrupt_after_bytes=chance.randint(1, 400)),
            Behaviour(answers={step: b"451 4.3.0 Later\r\n"}),
            Behaviour(answers={"RCPT": b"550 5.1.1 Unknown\r\n"}),
        ]
    )


def _check(mirrored: Mirrored, server: ScriptedSmtp, world: World, rows: list[ActionRow]) -> None:
    ended = [mirrored.ledger()[row.id] for row in rows]
    assert all(row.state in ("done", "noop", "conflict", "failed", "unknown") for row in ended), ended
    states = [row.state for row in ended]
    assert states.count("done") <= 1
    if "done" in states:
        assert len(server.accepted) == 1
        assert world.subjects("Sent") == ["Befund"]
        assert world.subjects("Drafts") == []
    else:
        assert len(server.accepted) <= states.count("unknown")
        assert all(row.detail for row in ended)
        assert folders.with_role(mirrored.account_id, Role.SENT) is not None
        assert world.subjects("Sent") == []
