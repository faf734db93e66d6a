"""A draft is one mail in Drafts, whoever saves it, whatever breaks: Outlook sees each version, and nothing is
overwritten that its writer has not seen."""

import uuid
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest

from deploy.embedded.dovecot import Dovecot
from sync.feed import Mailbox
from sync.imap.connection import Connection
from sync.imap.errors import NotNow, TryAgain
from sync.push import drafting, drain
from sync.store import accounts, drafts, leases
from tests.support.dying import dying_in
from tests.support.mirrored import Mirrored
from tests.support.world import World
from tests.support.writing import letter, parsed, reply, save


@pytest.fixture
def ready(mirrored: Mirrored) -> Mirrored:
    return mirrored.sync()


def texts(world: World, folder: str = "Drafts") -> list[str]:
    """What the mails there say, oldest first."""
    uids = sorted(world.dump()[folder])
    return [parsed(world.raw(folder, uid)).get_content().strip() for uid in uids]


def shown(mirrored: Mirrored, folder: str = "Drafts") -> list[str]:
    return [row.id for row in mirrored.rows(folder)]


# One version at a time


def test_outlook_sees_a_draft_with_everything_that_was_written(ready: Mirrored, world: World) -> None:
    written = letter(subject="Überweisung", text="Grüezi\n", bcc=[Mailbox(name="", email="archiv@praxis.example")])
    row = save(ready, written)
    assert (row.state, row.where) == ("done", written.draft)
    mail = parsed(world.raw("Drafts", "Überweisung"))
    assert mail.get_content().strip() == "Grüezi"
    assert mail["Bcc"] == "archiv@praxis.example"
    assert mail["From"] == f"{ready.user}@praxis.example"
    assert world.flags_of("Drafts", "Überweisung") == {"\\Draft", "\\Seen"}


def test_the_next_version_takes_the_place_of_the_one_before(ready: Mirrored, world: World) -> None:
    written = letter(text="eins")
    save(ready, written)
    (before,) = shown(ready)
    message_id = parsed(world.raw("Drafts", "Befund"))["Message-ID"]
    row = save(ready, letter(draft=written.draft, subject="Befund 2", text="zwei"))
    assert row.state == "done"
    assert texts(world) == ["zwei"]
    assert shown(ready) == [before]
    assert ready.row("Befund 2", "Drafts").preview == "zwei"
    assert parsed(world.raw("Drafts", "Befund 2"))["Message-ID"] == message_id


def test_a_pass_afterwards_finds_nothing_new(ready: Mirrored, world: World) -> None:
    written = letter(text="eins")
    save(ready, written)
    save(ready, letter(draft=written.draft, text="zwei"))
    before = shown(ready)
    ready.sync()
    assert shown(ready) == before


def test_of_two_versions_that_wait_only_the_newer_is_saved(ready: Mirrored, world: World) -> None:
    written = letter(text="eins")
    first = ready.enqueue("draft", composition=written)
    ready.act("draft", composition=letter(draft=written.draft, text="zwei"))
    assert (ready.ledger()[first.id].state, ready.ledger()[first.id].detail) == ("noop", "superseded")
    assert texts(world) == ["zwei"]


def test_a_draft_of_a_reply_carries_the_thread(ready: Mirrored, world: World) -> None:
    world.append(subject="Anfrage", message_id="<anfrage@labor.example>", in_reply_to="<erste@labor.example>")
    ready.sync()
    save(ready, reply(ready.row("Anfrage").id))
    mail = parsed(world.raw("Drafts", "Re: Befund"))
    assert mail["In-Reply-To"] == "<anfrage@labor.example>"
    assert str(mail["References"]).split() == ["<erste@labor.example>", "<anfrage@labor.example>"]


def test_it_says_how_to_go_on_with_it(ready: Mirrored, world: World) -> None:
    world.append(subject="Anfrage")
    ready.sync()
    original = ready.row("Anfrage").id
    written = reply(original)
    save(ready, written)
    (head,) = drafts.heads(shown(ready)).values()
    assert (head.draft, head.kind, head.original, head.device_name) == (written.draft, "reply", original, "phone")


def test_an_address_typed_by_half_does_not_keep_the_text_from_being_saved(ready: Mirrored, world: World) -> None:
    half = Mailbox(name="", email="muel")
    assert save(ready, letter(to=[half], text="schon viel Text")).state == "done"
    assert texts(world) == ["schon viel Text"]


@pytest.mark.parametrize("subject", ["Befund\r\nBcc: x@evil.example", "Befund\nX: y", "Befund\x00"])
def test_what_no_header_may_hold_is_refused(ready: Mirrored, world: World, subject: str) -> None:
    row = save(ready, letter(subject=subject))
    assert (row.state, row.detail) == ("failed", "bad_field")
    assert world.subjects("Drafts") == []


def test_where_there_is_no_drafts_folder_one_is_made(
    dovecot_without_special_folders: Dovecot, user: str, transactional_db: None
) -> None:
    server = dovecot_without_special_folders
    mirrored = Mirrored("127.0.0.1", server.port, user).sync()
    world = World("127.0.0.1", server.port, user)
    try:
        assert save(mirrored, letter(text="eins")).state == "done"
        assert texts(world) == ["eins"]
        assert mirrored.folder("Drafts").role == "drafts"
    finally:
        world.close()
        mirrored.close()


# What breaks


def test_died_before_the_version_was_stored(ready: Mirrored, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = ready.enqueue("draft", composition=letter(text="eins"))
    with dying_in(monkeypatch, Connection, "append"):
        drain(ready.connection, ready.mirror)
    assert ready.ledger()[row.id].state == "sending"
    drain(ready.connect(), ready.expire_and_take_over())
    assert ready.ledger()[row.id].state == "done"
    assert texts(world) == ["eins"]


def test_died_after_the_version_was_stored(ready: Mirrored, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    written = letter(text="eins")
    save(ready, written)
    (before,) = shown(ready)
    row = ready.enqueue("draft", composition=letter(draft=written.draft, text="zwei"))
    with dying_in(monkeypatch, Connection, "append", after=True):
        drain(ready.connection, ready.mirror)
    drain(ready.connect(), ready.expire_and_take_over())
    assert ready.ledger()[row.id].state == "done"
    assert texts(world) == ["zwei"]
    assert shown(ready) == [before]


def test_died_before_the_older_version_was_removed(
    ready: Mirrored, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = letter(text="eins")
    save(ready, written)
    (before,) = shown(ready)
    row = ready.enqueue("draft", composition=letter(draft=written.draft, text="zwei"))
    with dying_in(monkeypatch, drafting, "_clear"):
        drain(ready.connection, ready.mirror)
    assert texts(world) == ["eins", "zwei"]
    drain(ready.connect(), ready.expire_and_take_over())
    assert ready.ledger()[row.id].state == "done"
    assert texts(world) == ["zwei"]
    assert shown(ready) == [before]


def test_died_after_the_older_version_was_removed(
    ready: Mirrored, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = letter(text="eins")
    save(ready, written)
    row = ready.enqueue("draft", composition=letter(draft=written.draft, text="zwei"))
    with dying_in(monkeypatch, drafting, "_clear", after=True):
        drain(ready.connection, ready.mirror)
    drain(ready.connect(), ready.expire_and_take_over())
    assert ready.ledger()[row.id].state == "done"
    assert texts(world) == ["zwei"]


def test_a_version_that_was_stored_twice_is_there_once(
    ready: Mirrored, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ready.enqueue("draft", composition=letter(text="eins"))
    with dying_in(monkeypatch, Connection, "append", after=True):
        drain(ready.connection, ready.mirror)
    world.append("Drafts", world.raw("Drafts", "Befund"))  # an APPEND that the server had not finished
    drain(ready.connect(), ready.expire_and_take_over())
    assert ready.ledger()[row.id].state == "done"
    assert texts(world) == ["eins"]
    assert len(shown(ready.sync())) == 1


def test_a_version_that_was_stored_and_is_not_wanted_any_more_goes(
    ready: Mirrored, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = letter(text="eins")
    ready.enqueue("draft", composition=written)
    with dying_in(monkeypatch, Connection, "append", after=True):
        drain(ready.connection, ready.mirror)
    drafts.discard(ready.account_id, ready.fence, written.draft, device="phone")
    drain(ready.connect(), ready.expire_and_take_over())
    assert texts(world) == []


def test_what_the_server_says_not_now_to_waits_alone(
    ready: Mirrored, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*given: object, **named: object) -> None:
        raise NotNow("inuse")

    world.append(subject="Anfrage")
    ready.sync()
    row = ready.enqueue("draft", composition=letter(text="eins"))
    with monkeypatch.context() as patch:
        patch.setattr(Connection, "append", busy)
        flagged = ready.act("flag", ready.row("Anfrage").id, add=1, remove=0)
    assert (flagged.state, ready.ledger()[row.id].state) == ("done", "sending")
    drain(ready.connection, ready.mirror)
    assert (ready.ledger()[row.id].state, texts(world)) == ("done", ["eins"])


def test_a_line_that_breaks_leaves_it_to_the_next(ready: Mirrored, world: World) -> None:
    row = ready.enqueue("draft", composition=letter(text="eins"))
    ready.connection.shutdown()
    with pytest.raises(TryAgain):
        drain(ready.connection, ready.mirror)
    drain(ready.connect(), ready.mirror)
    assert ready.ledger()[row.id].state == "done"
    assert texts(world) == ["eins"]


def test_a_server_that_tells_no_uid_has_it_found_by_its_mark(
    plainest_dovecot: Dovecot, user: str, transactional_db: None
) -> None:
    mirrored = Mirrored("127.0.0.1", plainest_dovecot.port, user).sync()
    world = World("127.0.0.1", plainest_dovecot.port, user)
    try:
        written = letter(text="eins")
        assert save(mirrored, written).state == "done"
        assert save(mirrored, letter(draft=written.draft, subject="Befund 2", text="zwei")).state == "done"
        assert "\\Deleted" in world.flags_of("Drafts", "Befund")  # nothing there removes exactly one
        assert [row.subject for row in mirrored.sync().rows("Drafts")] == ["Befund 2"]
    finally:
        world.close()
        mirrored.close()


# Outlook


def test_what_outlook_makes_of_it_comes_back_and_is_not_overwritten(ready: Mirrored, world: World) -> None:
    written = letter(text="eins")
    save(ready, written)
    world.append("Drafts", subject="Befund", body="von Outlook")
    world.delete("Drafts", min(world.dump()["Drafts"]))
    ready.sync()
    assert [row.preview for row in ready.rows("Drafts")] == ["von Outlook"]
    save(ready, letter(draft=written.draft, text="zwei"))
    assert texts(world) == ["von Outlook", "zwei"]
    assert sorted(row.preview for row in ready.sync().rows("Drafts")) == ["von Outlook", "zwei"]


def test_a_draft_that_outlook_began_goes_on_here_under_its_id(ready: Mirrored, world: World) -> None:
    world.append("Drafts", subject="Befund", body="von Outlook", in_reply_to="<anfrage@labor.example>")
    before = ready.sync().row("Befund", "Drafts").id
    save(ready, letter(replaces=before, text="zwei"))
    assert texts(world) == ["zwei"]
    assert shown(ready) == [before]
    assert parsed(world.raw("Drafts", "Befund"))["In-Reply-To"] == "<anfrage@labor.example>"


def test_a_draft_that_was_moved_away_is_not_removed_there(ready: Mirrored, world: World) -> None:
    world.create("Ablage")
    written = letter(text="eins")
    save(ready, written)
    world.move("Drafts", "Befund", "Ablage")
    ready.sync()
    save(ready, letter(draft=written.draft, text="zwei"))
    assert (texts(world, "Ablage"), texts(world)) == (["eins"], ["zwei"])


# Two people


def test_who_has_not_seen_the_other_version_gets_a_second_draft(ready: Mirrored, world: World) -> None:
    written = letter(text="eins")
    save(ready, written)
    row = save(ready, letter(draft=written.draft, text="anders"), device="desk")
    assert (row.state, row.detail) == ("conflict", "second_draft")
    assert row.where != written.draft
    assert texts(world) == ["eins", "anders"]
    assert {head.draft for head in drafts.heads(shown(ready)).values()} == {written.draft, row.where}


def test_the_second_draft_has_a_line_of_versions_of_its_own(ready: Mirrored, world: World) -> None:
    written = letter(text="eins")
    save(ready, written)
    second = save(ready, letter(draft=written.draft, text="anders"), device="desk").where
    row = save(ready, letter(draft=written.draft, text="ganz anders"), device="desk")
    assert (row.state, row.where) == ("done", second)
    save(ready, letter(draft=written.draft, text="zwei"))
    save(ready, letter(draft=second, text="noch anders"), device="desk")
    assert sorted(texts(world)) == ["noch anders", "zwei"]


def test_who_has_seen_it_goes_on_with_it(ready: Mirrored, world: World) -> None:
    written = letter(text="eins")
    save(ready, written)
    (head,) = drafts.heads(shown(ready)).values()
    row = save(ready, letter(draft=written.draft, base=head.seq, text="zwei"), device="desk")
    assert row.state == "done"
    assert texts(world) == ["zwei"]


def test_died_after_a_second_draft_was_stored(ready: Mirrored, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    written = letter(text="eins")
    save(ready, written)
    row = ready.enqueue("draft", composition=letter(draft=written.draft, text="anders"), device="desk")
    with dying_in(monkeypatch, Connection, "append", after=True):
        drain(ready.connection, ready.mirror)
    drain(ready.connect(), ready.expire_and_take_over())
    assert (ready.ledger()[row.id].state, ready.ledger()[row.id].detail) == ("conflict", "second_draft")
    assert texts(world) == ["eins", "anders"]


# Thrown away


def test_a_draft_that_is_thrown_away_is_in_the_trash(ready: Mirrored, world: World) -> None:
    written = letter(text="eins")
    save(ready, written)
    assert ready.act("discard", draft=written.draft).state == "done"
    assert (texts(world), texts(world, "Trash")) == ([], ["eins"])
    assert drafts.heads(shown(ready, "Trash")) == {}


def test_a_version_that_was_not_seen_is_not_thrown_away(ready: Mirrored, world: World) -> None:
    base_seq = accounts.current_seq(ready.account_id)
    written = letter(text="eins")
    save(ready, written)
    row = ready.act("discard", draft=written.draft, device="desk", base_seq=base_seq)
    assert row.state == "conflict"
    assert save(ready, letter(draft=written.draft, text="zwei")).state == "done"
    assert texts(world) == ["zwei"]


def test_one_that_was_never_saved_is_simply_forgotten(ready: Mirrored) -> None:
    assert ready.act("discard", draft=str(uuid.uuid4())).state == "done"


def test_what_is_saved_after_it_was_thrown_away_here_is_too_late(ready: Mirrored, world: World) -> None:
    written = letter(text="eins")
    ready.act("discard", draft=written.draft)
    row = save(ready, written)
    assert (row.state, row.detail) == ("noop", "ended")
    assert texts(world) == []


def test_what_a_colleague_still_writes_in_it_is_a_draft_of_its_own(ready: Mirrored, world: World) -> None:
    written = letter(text="eins")
    save(ready, written)
    (head,) = drafts.heads(shown(ready)).values()
    ready.act("discard", draft=written.draft)
    row = save(ready, letter(draft=written.draft, base=head.seq, text="zwei"), device="desk")
    assert row.detail == "second_draft"
    assert texts(world) == ["zwei"]


# Strangers


def test_a_draft_of_another_mailbox_is_left_alone(
    ready: Mirrored, world: World, dovecot: Dovecot, stack: ExitStack
) -> None:
    """The door lets nobody in; two that knock at once with one id meet here."""
    written = letter(text="eins")
    save(ready, written)
    leases.release(ready.owner)
    stranger = Mirrored("127.0.0.1", dovecot.port, f"s{uuid.uuid4().hex[:12]}").sync()
    stack.callback(stranger.close)
    acts: list[Callable[[], Any]] = [
        lambda: save(stranger, letter(draft=written.draft, text="fremd")),
        lambda: stranger.act("discard", draft=written.draft),
        lambda: stranger.act("send", composition=letter(draft=written.draft, text="fremd")),
    ]
    for act in acts:
        assert (act().state, texts(world)) == ("failed", ["eins"])
    assert drafts.account_of(written.draft) == ready.account_id
