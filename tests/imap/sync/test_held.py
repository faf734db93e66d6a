"""A reply that was decided a while ago is held when somebody answered meanwhile, or threw the mail away."""

import pytest

from sync.feed import ActionRow
from sync.mail import Flag
from sync.push import drain
from sync.store import accounts, actions, drafts
from tests.support.messages import make_message
from tests.support.mirrored import Mirrored
from tests.support.scripted_smtp import ScriptedSmtp
from tests.support.world import World
from tests.support.writing import deliver, letter, reply, send, sends_by

ASKED = "<anfrage@labor.example>"


@pytest.fixture
def ready(mirrored: Mirrored, server: ScriptedSmtp, world: World) -> Mirrored:
    sends_by(mirrored, server)
    world.append(subject="Anfrage", message_id=ASKED)
    return mirrored.sync()


@pytest.fixture
def original(ready: Mirrored) -> str:
    return ready.row("Anfrage").id


def held(mirrored: Mirrored, row: ActionRow) -> tuple[str, str]:
    now = mirrored.ledger()[row.id]
    return now.state, now.detail


def offline(mirrored: Mirrored, original: str) -> ActionRow:
    """A reply decided before what happens next, which arrives after it."""
    return mirrored.enqueue("send", composition=reply(original), hold_ms=0)


def test_outlook_answered_and_marked_it(ready: Mirrored, server: ScriptedSmtp, world: World, original: str) -> None:
    row = offline(ready, original)
    world.flag("INBOX", "Anfrage", "\\Answered")
    deliver(ready)
    assert held(ready, row) == ("held", "answered")
    assert server.connections == 0
    assert drafts.composition_of(ready.account_id, row.id) is not None


def test_outlook_answered_and_filed_a_copy(ready: Mirrored, server: ScriptedSmtp, world: World, original: str) -> None:
    row = offline(ready, original)
    world.append("Sent", subject="Re: Anfrage", in_reply_to=ASKED)
    deliver(ready)
    assert held(ready, row) == ("held", "answer_sent")
    assert ready.ledger()[row.id].where == ready.row("Re: Anfrage", "Sent").id
    assert server.connections == 0


def test_outlook_threw_it_away(ready: Mirrored, server: ScriptedSmtp, world: World, original: str) -> None:
    row = offline(ready, original)
    world.move("INBOX", "Anfrage", "Trash")
    deliver(ready)
    assert (held(ready, row), server.connections) == (("held", "in_trash"), 0)


def test_a_colleague_threw_it_away(ready: Mirrored, server: ScriptedSmtp, original: str) -> None:
    row = ready.enqueue("send", composition=reply(original), base_seq=accounts.current_seq(ready.account_id))
    actions.discard(ready.account_id, row.id)
    base_seq = accounts.current_seq(ready.account_id)
    ready.act("trash", original, device="desk")
    assert send(ready, reply(original), base_seq=base_seq).detail == "in_trash"
    assert server.connections == 0


def test_a_colleague_answered_here(ready: Mirrored, server: ScriptedSmtp, original: str) -> None:
    base_seq = accounts.current_seq(ready.account_id)
    assert send(ready, reply(original), device="desk").state == "done"
    row = send(ready, reply(original), base_seq=base_seq)
    assert (row.state, row.detail) == ("held", "answer_sent")
    assert row.where == ready.row("Re: Befund", "Sent").id
    assert len(server.accepted) == 1


def test_a_colleague_whose_answer_is_on_its_way_answers_first(
    ready: Mirrored, server: ScriptedSmtp, original: str
) -> None:
    base_seq = accounts.current_seq(ready.account_id)
    first = ready.enqueue("send", composition=reply(original), device="desk")
    second = ready.enqueue("send", composition=reply(original), base_seq=base_seq)
    drain(ready.connection, ready.mirror)
    assert (held(ready, first)[0], held(ready, second)) == ("sending", ("held", "answered"))
    deliver(ready)
    assert len(server.accepted) == 1


def test_a_colleague_who_marked_it_as_answered_holds_it_too(ready: Mirrored, original: str) -> None:
    base_seq = accounts.current_seq(ready.account_id)
    ready.act("flag", original, device="desk", add=int(Flag.ANSWERED), remove=0)
    assert send(ready, reply(original), base_seq=base_seq).detail == "answered"


# What holds nothing


def test_what_the_writer_had_seen_holds_nothing(
    ready: Mirrored, server: ScriptedSmtp, world: World, original: str
) -> None:
    world.append("Sent", subject="Re: Anfrage", in_reply_to=ASKED)
    world.flag("INBOX", "Anfrage", "\\Answered")
    world.move("INBOX", "Anfrage", "Trash")
    ready.sync()
    assert send(ready, reply(original)).state == "done"
    assert len(server.accepted) == 1


def test_the_writers_own_earlier_answer_holds_nothing(ready: Mirrored, server: ScriptedSmtp, original: str) -> None:
    base_seq = accounts.current_seq(ready.account_id)
    assert send(ready, reply(original)).state == "done"
    ready.sync()
    assert send(ready, reply(original), base_seq=base_seq).state == "done"
    assert len(server.accepted) == 2


def test_an_old_answer_that_the_history_brings_holds_nothing(
    mirrored: Mirrored, server: ScriptedSmtp, world: World
) -> None:
    world.append(subject="Anfrage", message_id=ASKED)
    sends_by(mirrored, server)
    mirrored.sync()
    original = mirrored.row("Anfrage").id
    world.create("Gesendete Objekte")
    world.append("Gesendete Objekte", subject="Re: Anfrage", in_reply_to=ASKED)
    row = offline(mirrored, original)
    mirrored.sync()  # the folder is new to us: its mail is history
    deliver(mirrored)
    assert held(mirrored, row) == ("done", "")


def test_a_forward_is_not_held(ready: Mirrored, server: ScriptedSmtp, world: World, original: str) -> None:
    row = ready.enqueue("send", composition=letter(kind="forward", original=original))
    world.flag("INBOX", "Anfrage", "\\Answered")
    deliver(ready)
    assert held(ready, row) == ("done", "")


def test_a_mail_that_is_gone_for_good_holds_nothing(
    ready: Mirrored, server: ScriptedSmtp, world: World, original: str
) -> None:
    row = offline(ready, original)
    world.delete("INBOX", "Anfrage")
    deliver(ready)
    assert held(ready, row) == ("done", "")


def test_an_answer_to_another_mail_holds_nothing(
    ready: Mirrored, server: ScriptedSmtp, world: World, original: str
) -> None:
    row = offline(ready, original)
    world.append("Sent", make_message(subject="Re: Anderes", in_reply_to="<anderes@labor.example>"))
    deliver(ready)
    assert held(ready, row) == ("done", "")


# What its writer decides


def test_sent_anyway_it_goes(ready: Mirrored, server: ScriptedSmtp, world: World, original: str) -> None:
    row = offline(ready, original)
    world.flag("INBOX", "Anfrage", "\\Answered")
    deliver(ready)
    actions.retry(ready.account_id, row.id)
    deliver(ready)
    assert (held(ready, row), len(server.accepted)) == (("done", ""), 1)


def test_given_up_it_does_not(ready: Mirrored, server: ScriptedSmtp, world: World, original: str) -> None:
    row = offline(ready, original)
    world.flag("INBOX", "Anfrage", "\\Answered")
    deliver(ready)
    actions.discard(ready.account_id, row.id)
    deliver(ready)
    assert (held(ready, row), server.connections) == (("noop", "discarded"), 0)
