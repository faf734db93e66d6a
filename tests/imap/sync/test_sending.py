"""From a tap on Send to a mail that is accepted, filed, marked and cleared."""

import uuid
from typing import Any

import pytest

from sync.feed import ComposedFile, Identity, Mailbox
from sync.imap.connection import Connection
from sync.imap.errors import CommandRefused, NotNow
from sync.push import drain, letters, sending, submit
from sync.store import accounts, actions, drafts, submissions, uploads
from tests.support.messages import make_message
from tests.support.mirrored import Mirrored
from tests.support.scripted_smtp import Behaviour, ScriptedSmtp
from tests.support.world import World
from tests.support.writing import by_number, composed_file, deliver, letter, parsed, reply, save, send, time_passes

BCC = Mailbox(name="", email="archiv@praxis.example")


@pytest.fixture
def original(ready: Mirrored, world: World) -> str:
    world.append(subject="Anfrage", message_id="<anfrage@labor.example>")
    return ready.sync().row("Anfrage").id


def upload(mirrored: Mirrored, content: bytes) -> ComposedFile:
    file = composed_file(size=len(content))
    uploads.begin(mirrored.account_id, file.id, len(content))
    uploads.append(file.id, 0, content)
    return file


# What is sent, and what is left of it


def test_an_answer_is_sent_filed_and_marked_and_its_draft_goes(
    ready: Mirrored, server: ScriptedSmtp, world: World, original: str
) -> None:
    written = reply(original, text="Gerne\n")
    save(ready, written)
    row = send(ready, written)
    assert (row.state, row.detail) == ("done", "")
    (mail,) = server.accepted
    assert (mail.sender, mail.recipients) == (f"{ready.user}@praxis.example", ("befunde@labor.example",))
    assert parsed(mail.content)["In-Reply-To"] == "<anfrage@labor.example>"
    assert "X-Praxispost-Draft" not in parsed(mail.content)
    assert world.subjects("Sent") == ["Re: Befund"]
    assert world.raw("Sent", "Re: Befund") == mail.content
    assert "\\Seen" in world.flags_of("Sent", "Re: Befund")
    assert "\\Answered" in world.flags_of("INBOX", "Anfrage")
    assert world.subjects("Drafts") == []
    ready.sync()
    assert (ready.subjects("Drafts"), ready.subjects("Sent")) == ([], ["Re: Befund"])


def test_of_what_was_sent_the_ledger_keeps_the_subject_and_nothing_else(ready: Mirrored, server: ScriptedSmtp) -> None:
    row = send(ready, letter())
    assert (row.state, row.subject) == ("done", "Befund")
    assert drafts.composition_of(ready.account_id, row.id) is None


def test_it_goes_out_under_the_message_id_of_its_draft(ready: Mirrored, server: ScriptedSmtp, world: World) -> None:
    written = letter()
    save(ready, written)
    saved = parsed(world.raw("Drafts", "Befund"))["Message-ID"]
    send(ready, written)
    assert parsed(server.accepted[0].content)["Message-ID"] == saved


def test_bcc_never_leaves_and_stays_in_sent(ready: Mirrored, server: ScriptedSmtp, world: World) -> None:
    send(ready, letter(bcc=[BCC]))
    (mail,) = server.accepted
    assert mail.recipients == ("befunde@labor.example", "archiv@praxis.example")
    assert b"archiv" not in mail.content
    assert parsed(world.raw("Sent", "Befund"))["Bcc"] == "archiv@praxis.example"


def test_a_mail_to_bcc_alone_names_nobody(ready: Mirrored, server: ScriptedSmtp) -> None:
    send(ready, letter(to=[], bcc=[BCC]))
    assert parsed(server.accepted[0].content)["To"] == "undisclosed-recipients:;"


def test_a_forwarded_file_is_taken_from_the_original(ready: Mirrored, server: ScriptedSmtp, world: World) -> None:
    world.append(message=make_message(subject="Röntgen", attachments={"bild.png": ("image/png", b"\x89PNG" * 1000)}))
    original = ready.sync().row("Röntgen").id
    file = composed_file(filename="bild.png", type="image/png", size=4000, message=original, part="2")
    assert send(ready, letter(kind="forward", original=original, files=[file])).state == "done"
    (attached,) = parsed(server.accepted[0].content).iter_attachments()
    assert attached.get_content() == b"\x89PNG" * 1000
    assert "$Forwarded" in world.flags_of("INBOX", "Röntgen")


def test_a_whole_message_is_forwarded_as_it_is(ready: Mirrored, server: ScriptedSmtp, world: World) -> None:
    world.append(subject="Anfrage", body="Guten Abend")
    original = ready.sync().row("Anfrage").id
    file = composed_file(filename="Anfrage.eml", type="message/rfc822", message=original)
    assert send(ready, letter(kind="forward", original=original, files=[file])).state == "done"
    (attached,) = parsed(server.accepted[0].content).iter_attachments()
    assert "Guten Abend" in attached.as_string()


def test_an_uploaded_file_goes_along_and_is_forgotten_afterwards(ready: Mirrored, server: ScriptedSmtp) -> None:
    file = upload(ready, b"%PDF-1.7 " * 1000)
    send(ready, letter(files=[file]))
    (attached,) = parsed(server.accepted[0].content).iter_attachments()
    assert attached.get_content() == b"%PDF-1.7 " * 1000
    assert uploads.account_of(file.id) is None


def test_a_file_that_is_not_here_stops_the_mail(ready: Mirrored, server: ScriptedSmtp) -> None:
    file = upload(ready, b"%PDF")
    uploads.forget(ready.account_id, [file.id])
    row = send(ready, letter(files=[file]))
    assert (row.state, row.detail, server.accepted) == ("failed", "file_gone", [])


def test_a_copy_that_the_server_files_itself_is_the_only_one(
    ready: Mirrored, server: ScriptedSmtp, world: World
) -> None:
    row = ready.enqueue("send", composition=letter())
    drain(ready.connection, ready.mirror)
    (item,) = submit.ready(ready.account_id)
    submit.hand_over(ready.mirror, item)
    world.append("Sent", server.accepted[0].content)
    deliver(ready)
    assert ready.ledger()[row.id].state == "done"
    assert world.subjects("Sent") == ["Befund"]


@pytest.mark.parametrize("error", [CommandRefused("overquota"), NotNow("inuse")])
def test_what_the_server_refuses_afterwards_is_tried_alone_and_again(
    ready: Mirrored,
    server: ScriptedSmtp,
    world: World,
    original: str,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    def full(*given: object, **named: object) -> None:
        raise error

    written = reply(original)
    save(ready, written)
    with monkeypatch.context() as patch:
        patch.setattr(Connection, "append", full)
        row = send(ready, written)
    assert (row.state, row.detail) == ("sending", "accepted")
    assert "\\Answered" in world.flags_of("INBOX", "Anfrage")
    assert world.subjects("Drafts") == []
    time_passes(row)
    deliver(ready)
    assert ready.ledger()[row.id].state == "done"
    assert (world.subjects("Sent"), len(server.accepted)) == (["Re: Befund"], 1)


def test_a_copy_that_is_refused_for_a_day_is_named(
    ready: Mirrored, server: ScriptedSmtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*given: object, **named: object) -> None:
        raise CommandRefused("overquota")

    monkeypatch.setattr(Connection, "append", full)
    row = send(ready, letter())
    time_passes(row, 25 * 3_600_000)
    deliver(ready)
    assert (ready.ledger()[row.id].state, ready.ledger()[row.id].detail) == ("done", "not_filed")


# Who may send what


def test_nobody_sends_as_somebody_else(ready: Mirrored, server: ScriptedSmtp) -> None:
    own = Identity(id=str(uuid.uuid4()), name="Praxis Muster", email="praxis@praxis.example", reply_to="", signature="")
    accounts.set_writing(ready.account_id, [own], [])
    send(ready, letter(identity=str(uuid.uuid4())))
    assert (server.accepted[0].sender, parsed(server.accepted[0].content)["From"]) == (
        "praxis@praxis.example",
        "Praxis Muster <praxis@praxis.example>",
    )


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"to": []}, "no_recipients"),
        ({"to": [Mailbox(name="", email="muel")]}, "bad_address"),
        ({"to": [Mailbox(name="x\r\nBcc: y@evil.example", email="a@b.example")]}, "bad_address"),
        ({"cc": [Mailbox(name="", email="a@b.example>\r\nRCPT TO:<y@evil.example")]}, "bad_address"),
        ({"subject": "Befund\r\nBcc: y@evil.example"}, "bad_field"),
        ({"to": [Mailbox(name="", email=f"{n}@b.example") for n in range(201)]}, "too_many"),
    ],
)
def test_what_cannot_be_sent_says_why(ready: Mirrored, server: ScriptedSmtp, fields: dict[str, Any], code: str) -> None:
    row = send(ready, letter(**fields))
    assert (row.state, row.detail, server.accepted) == ("failed", code, [])


def test_a_mail_larger_than_the_server_takes_is_not_begun(ready: Mirrored, server: ScriptedSmtp) -> None:
    accounts.set_smtp(ready.account_id, by_number(server.endpoint), 20_000)
    row = send(ready, letter(text="x\n" * 20_000))
    assert (row.state, row.detail, server.connections) == ("failed", "too_large", 0)


def test_without_a_server_it_says_so(mirrored: Mirrored) -> None:
    row = send(mirrored.sync(), letter())
    assert (row.state, row.detail) == ("failed", "no_smtp")


def test_so_many_an_hour_and_no_more(ready: Mirrored, server: ScriptedSmtp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "MOST_AN_HOUR", 2)
    states = [send(ready, letter()).detail for _ in range(3)]
    assert (states, len(server.accepted)) == (["", "", "too_many"], 2)


# Taken back


def test_what_is_taken_back_in_time_is_not_sent(ready: Mirrored, server: ScriptedSmtp) -> None:
    row = send(ready, letter(), hold_ms=60_000)
    assert row.state == "waiting"
    actions.discard(ready.account_id, row.id)
    time_passes(row)
    deliver(ready)
    assert (ready.ledger()[row.id].detail, server.connections) == ("discarded", 0)


def test_when_the_time_is_over_it_goes(ready: Mirrored, server: ScriptedSmtp) -> None:
    row = send(ready, letter(), hold_ms=60_000)
    time_passes(row)
    deliver(ready)
    assert (ready.ledger()[row.id].state, len(server.accepted)) == ("done", 1)


def test_what_is_taken_back_while_it_is_put_together_is_not_sent(
    ready: Mirrored, server: ScriptedSmtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ready.enqueue("send", composition=letter())
    honest = letters.write_letter

    def write(*given: object, **named: object) -> object:
        actions.discard(ready.account_id, row.id)
        return honest(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(sending, "write_letter", write)
    deliver(ready)
    assert (ready.ledger()[row.id].detail, server.connections) == ("discarded", 0)


def test_between_two_attempts_it_can_be_taken_back(ready: Mirrored, server: ScriptedSmtp, world: World) -> None:
    server.always = Behaviour(answers={"MAIL": b"451 4.3.0 Later\r\n"})
    written = letter()
    save(ready, written)
    row = send(ready, written)
    actions.discard(ready.account_id, row.id)
    server.always = Behaviour()
    time_passes(row)
    deliver(ready)
    assert (ready.ledger()[row.id].detail, server.accepted) == ("discarded", [])
    assert save(ready, letter(draft=written.draft, text="zwei")).state == "done"  # it goes on as a draft


def test_once_the_dialogue_has_begun_it_cannot(ready: Mirrored, server: ScriptedSmtp) -> None:
    row = ready.enqueue("send", composition=letter())
    drain(ready.connection, ready.mirror)
    (item,) = submit.ready(ready.account_id)
    submissions.note_phase(ready.account_id, ready.fence, item.action, "connect")
    actions.discard(ready.account_id, row.id)
    deliver(ready)
    assert (ready.ledger()[row.id].state, len(server.accepted)) == ("done", 1)


def test_a_dialogue_that_was_about_to_begin_finds_it_taken_back(ready: Mirrored, server: ScriptedSmtp) -> None:
    row = ready.enqueue("send", composition=letter())
    drain(ready.connection, ready.mirror)
    (item,) = submit.ready(ready.account_id)
    actions.discard(ready.account_id, row.id)
    with pytest.raises(submissions.Withdrawn):
        submissions.note_phase(ready.account_id, ready.fence, item.action, "connect")
    assert (ready.ledger()[row.id].detail, server.connections) == ("discarded", 0)


# Two devices, one draft


def test_two_devices_that_press_send_on_one_draft_send_one_mail(
    ready: Mirrored, server: ScriptedSmtp, world: World
) -> None:
    written = letter()
    save(ready, written)
    (head,) = drafts.heads([row.id for row in ready.rows("Drafts")]).values()
    first = ready.enqueue("send", composition=written)
    second = ready.enqueue("send", composition=letter(draft=written.draft, base=head.seq), device="desk")
    deliver(ready)
    ledger = ready.ledger()
    assert (ledger[first.id].state, ledger[second.id].state) == ("done", "conflict")
    assert ledger[second.id].detail == "already_sent"
    assert drafts.composition_of(ready.account_id, second.id) is not None
    assert (len(server.accepted), world.subjects("Sent")) == (1, ["Befund"])


def test_pressed_twice_on_one_device_is_one_mail(ready: Mirrored, server: ScriptedSmtp) -> None:
    written = letter()
    first, second = (ready.enqueue("send", composition=written) for _ in range(2))
    deliver(ready)
    assert (ready.ledger()[first.id].state, ready.ledger()[second.id].state) == ("done", "noop")
    assert len(server.accepted) == 1


def test_a_version_that_the_sender_has_not_seen_stays_in_drafts(
    ready: Mirrored, server: ScriptedSmtp, world: World
) -> None:
    written = letter(text="eins")
    save(ready, written)
    (head,) = drafts.heads([row.id for row in ready.rows("Drafts")]).values()
    save(ready, letter(draft=written.draft, base=head.seq, text="zwei"), device="desk")
    assert send(ready, letter(draft=written.draft, base=head.seq, text="drei"), device="laptop").state == "done"
    assert "drei" in parsed(server.accepted[0].content).get_content()
    assert "zwei" in parsed(world.raw("Drafts", "Befund")).get_content()


def test_what_is_saved_after_it_was_sent_is_too_late(ready: Mirrored, server: ScriptedSmtp, world: World) -> None:
    written = letter()
    send(ready, written)
    assert (save(ready, written).detail, world.subjects("Drafts")) == ("ended", [])
