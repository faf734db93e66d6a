"""A server that files its own copy in Sent, before we look or long after: one copy stays, and never is it the server's
that goes."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from sync.feed import ActionRow, Mailbox
from sync.imap.connection import Connection
from sync.mail import Fetched, UidSet
from sync.push import copies, drain
from sync.store import copies as stored
from sync.store import reading
from sync.worker.runtime import Runtime
from tests.support.dying import dying_in
from tests.support.mirrored import Mirrored
from tests.support.scripted_smtp import Behaviour, ScriptedSmtp
from tests.support.waiting import wait_for
from tests.support.world import World
from tests.support.writing import deliver, letter, reply, save, send, sends_by, time_passes


def file_late(world: World, server: ScriptedSmtp, number: int = -1) -> int:
    """The server's own copy. → its UID."""
    return world.append("Sent", server.accepted[number].content, flags="\\Seen")


def look(mirrored: Mirrored) -> None:
    """What came is pulled, and the command lane does what it does then."""
    mirrored.sync()
    drain(mirrored.connection, mirrored.mirror)
    mirrored.sync()


def state_of(mirrored: Mirrored, row: ActionRow) -> tuple[str, str]:
    now = mirrored.ledger()[row.id]
    return now.state, now.detail


def uids(world: World) -> set[int]:
    return set(world.dump()["Sent"])


def test_of_two_copies_ours_goes(ready: Mirrored, server: ScriptedSmtp, world: World) -> None:
    assert send(ready, letter()).state == "done"
    assert world.subjects("Sent") == ["Befund"]
    late = file_late(world, server)
    look(ready)
    assert uids(world) == {late}
    assert ready.subjects("Sent") == ["Befund"]


def test_one_that_came_between_our_look_and_our_append_is_noticed_too(
    ready: Mirrored, server: ScriptedSmtp, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest, early = Connection.append, list[int]()

    def append(self: Connection, folder: str, message: bytes, **named: object) -> object:
        early.append(file_late(world, server))
        return honest(self, folder, message, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Connection, "append", append)
    assert send(ready, letter()).state == "done"
    look(ready)
    assert uids(world) == set(early)


def test_what_was_marked_on_ours_is_marked_on_the_one_that_stays(
    ready: Mirrored, server: ScriptedSmtp, world: World
) -> None:
    send(ready, letter())
    world.flag("Sent", "Befund", "\\Flagged", "$Label1")
    late = file_late(world, server)
    look(ready)
    assert uids(world) == {late}
    assert {"\\Seen", "\\Flagged"} <= world.flags_of("Sent", late)


def test_of_a_server_that_files_by_itself_the_copy_is_waited_for_and_nothing_else_is(
    ready: Mirrored, server: ScriptedSmtp, world: World
) -> None:
    send(ready, letter(subject="Erster"))
    file_late(world, server)
    look(ready)
    world.append(subject="Anfrage", message_id="<anfrage@labor.example>")
    written = reply(ready.sync().row("Anfrage").id)
    save(ready, written)
    row = send(ready, written)
    assert (row.state, row.detail) == ("sending", "accepted")
    assert (world.subjects("Sent"), world.subjects("Drafts")) == (["Erster"], [])
    assert "\\Answered" in world.flags_of("INBOX", "Anfrage")
    file_late(world, server)
    time_passes(row)
    deliver(ready)
    assert state_of(ready, row) == ("done", "")
    assert world.subjects("Sent") == ["Erster", "Re: Befund"]


def test_where_it_does_not_come_within_a_minute_ours_is_stored_and_after_an_hour_it_is_no_more_waited_for(
    ready: Mirrored, server: ScriptedSmtp, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored.note_server_files(ready.account_id, ready.fence)
    row = send(ready, letter())
    time_passes(row, copies.WAIT_FOR_COPY_MS)
    deliver(ready)
    assert (state_of(ready, row), world.subjects("Sent")) == (("done", ""), ["Befund"])
    assert stored.server_files(ready.account_id)
    monkeypatch.setattr(stored, "WATCH_MS", -1)
    drain(ready.connection, ready.mirror)
    assert not stored.server_files(ready.account_id)
    file_late(world, server)
    look(ready)
    assert world.subjects("Sent") == ["Befund", "Befund"]


def test_a_server_that_files_before_we_look_is_known_from_then_on(
    ready: Mirrored, server: ScriptedSmtp, world: World
) -> None:
    server.always = Behaviour(cut_at="end")
    row = send(ready, letter())
    file_late(world, server)
    time_passes(row)
    deliver(ready)
    assert state_of(ready, row) == ("done", "")
    assert stored.server_files(ready.account_id)


def test_ours_that_somebody_threw_away_or_moved_takes_nothing_with_it(
    ready: Mirrored, server: ScriptedSmtp, world: World
) -> None:
    send(ready, letter(subject="Weg"))
    world.delete("Sent", "Weg")
    send(ready, letter(subject="Abgelegt"))
    world.move("Sent", "Abgelegt", "Archive")
    late = {file_late(world, server, 0), file_late(world, server, 1)}
    look(ready)
    assert uids(world) == late
    assert world.subjects("Archive") == ["Abgelegt"]


def test_a_folder_that_started_over_keeps_what_it_has(ready: Mirrored, server: ScriptedSmtp, world: World) -> None:
    send(ready, letter())
    (kept,) = [world.raw("Sent", "Befund")]
    world.delete_folder("Sent")
    world.create("Sent")
    world.append("Sent", kept)
    file_late(world, server)
    look(ready)
    look(ready)
    assert world.subjects("Sent") == ["Befund", "Befund"]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("where", "name"), [(copies, "expunge"), (stored, "note_removing"), (stored, "forget")])
def test_killed_in_the_removal_ours_is_gone_in_the_end_and_the_servers_is_not(
    ready: Mirrored,
    server: ScriptedSmtp,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    where: object,
    name: str,
    after: bool,
) -> None:
    send(ready, letter())
    late = file_late(world, server)
    ready.sync()
    with dying_in(monkeypatch, where, name, after=after):
        drain(ready.connection, ready.mirror)
    ready.expire_and_take_over()
    ready.connection = ready.connect()
    look(ready)
    assert uids(world) == {late}
    assert ready.subjects("Sent") == ["Befund"]
    assert stored.due(ready.account_id) == []


@pytest.mark.parametrize(("where", "name", "after"), [(Connection, "append", True), (stored, "watch", False)])
def test_killed_before_it_is_noted_which_one_is_ours_both_stay(
    ready: Mirrored,
    server: ScriptedSmtp,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    where: object,
    name: str,
    after: bool,
) -> None:
    row = ready.enqueue("send", composition=letter())
    with dying_in(monkeypatch, where, name, after=after):
        deliver(ready)
    ready.expire_and_take_over()
    ready.connection = ready.connect()
    deliver(ready)
    assert state_of(ready, row) == ("done", "")
    assert not stored.server_files(ready.account_id)
    file_late(world, server)
    look(ready)
    assert world.subjects("Sent") == ["Befund", "Befund"]


HIDDEN = [Mailbox(name="", email="versteckt@praxis.example")]


@pytest.mark.parametrize("files_by_itself", [False, True])
def test_what_names_bcc_is_filed_at_once_and_stays_whatever_the_server_files(
    ready: Mirrored, server: ScriptedSmtp, world: World, files_by_itself: bool
) -> None:
    if files_by_itself:
        stored.note_server_files(ready.account_id, ready.fence)
    assert send(ready, letter(bcc=HIDDEN)).state == "done"
    (ours,) = uids(world)
    late = file_late(world, server)
    look(ready)
    assert uids(world) == {ours, late}
    assert b"versteckt@praxis.example" in world.raw("Sent", ours)
    assert b"versteckt@praxis.example" not in world.raw("Sent", late)


def test_a_copy_that_came_first_does_not_stand_for_one_that_names_bcc(
    ready: Mirrored, server: ScriptedSmtp, world: World
) -> None:
    server.always = Behaviour(cut_at="end")
    row = send(ready, letter(bcc=HIDDEN))
    early = file_late(world, server)
    time_passes(row)
    deliver(ready)
    assert state_of(ready, row) == ("done", "")
    (ours,) = uids(world) - {early}
    assert b"versteckt@praxis.example" in world.raw("Sent", ours)


def test_killed_after_it_was_filed_the_one_that_names_bcc_is_not_filed_twice(
    ready: Mirrored, server: ScriptedSmtp, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ready.enqueue("send", composition=letter(bcc=HIDDEN))
    with dying_in(monkeypatch, Connection, "append", after=True):
        deliver(ready)
    late = file_late(world, server)
    ready.expire_and_take_over()
    ready.connection = ready.connect()
    deliver(ready)
    assert state_of(ready, row) == ("done", "")
    assert len(uids(world) - {late}) == 1


def test_for_one_that_is_marked_deleted_ours_does_not_go(ready: Mirrored, server: ScriptedSmtp, world: World) -> None:
    send(ready, letter())
    (ours,) = uids(world)
    late = world.append("Sent", server.accepted[-1].content, flags="\\Seen \\Deleted")
    look(ready)
    assert uids(world) == {ours, late}


def test_for_one_whose_message_id_only_holds_ours_it_does_not_go(
    ready: Mirrored, server: ScriptedSmtp, world: World
) -> None:
    send(ready, letter())
    (ours,) = uids(world)
    (line,) = [line for line in server.accepted[-1].content.splitlines() if line.lower().startswith(b"message-id:")]
    own = line.partition(b":")[2].strip()
    other = world.append("Sent", b"Message-ID: <x> (" + own + b")\r\nSubject: Anderes\r\n\r\nText\r\n")
    assert ready.connection.select("Sent")
    assert ready.connection.find_message_id(own.decode()) == [ours, other]
    look(ready)
    assert uids(world) == {ours, other}


def test_killed_in_the_removal_ours_stays_where_the_other_one_has_gone_meanwhile(
    ready: Mirrored, server: ScriptedSmtp, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(ready, letter())
    (ours,) = uids(world)
    late = file_late(world, server)
    ready.sync()
    with dying_in(monkeypatch, copies, "expunge"):
        drain(ready.connection, ready.mirror)
    world.mark_deleted("Sent", ours)  # as far as the EXPUNGE had come
    world.delete("Sent", late)
    ready.expire_and_take_over()
    ready.connection = ready.connect()
    look(ready)
    assert uids(world) == {ours}
    assert "\\Deleted" not in world.flags_of("Sent", ours)
    assert stored.due(ready.account_id) == []


def test_many_copies_of_a_folder_are_looked_after_with_one_look_at_what_arrived(
    ready: Mirrored, server: ScriptedSmtp, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for subject in ("Erster", "Zweiter", "Dritter"):
        send(ready, letter(subject=subject))
    look(ready)
    late = file_late(world, server, 1)
    ready.sync()
    honest, fetched = Connection.fetch_messages, list[list[int]]()

    def fetch_messages(self: Connection, wanted: UidSet) -> Iterator[Fetched]:
        fetched.append(list(wanted))
        return honest(self, wanted)

    monkeypatch.setattr(Connection, "fetch_messages", fetch_messages)
    ours = uids(world) - {late}
    drain(ready.connection, ready.mirror)
    assert fetched == [sorted([*ours, late])]
    ready.sync()
    assert sorted(world.subjects("Sent")) == ["Dritter", "Erster", "Zweiter"]


def test_a_former_owner_removes_nothing(ready: Mirrored, server: ScriptedSmtp, world: World) -> None:
    send(ready, letter())
    file_late(world, server)
    ready.sync()
    doubtful = replace(ready.mirror, may_go_on=lambda: False)
    drain(ready.connection, doubtful)
    assert world.subjects("Sent") == ["Befund", "Befund"]


def test_a_whole_worker_notices_by_itself(
    mirrored: Mirrored, running: Runtime, server: ScriptedSmtp, world: World
) -> None:
    wait_for(lambda: any(row.path == "Sent" for row in reading.snapshot(mirrored.account_id).folders))
    sends_by(mirrored, server)
    row = mirrored.enqueue("send", composition=letter())
    running.poke(mirrored.account_id, "actions")
    wait_for(lambda: mirrored.settled(row, "done"))
    late = file_late(world, server)
    wait_for(lambda: uids(world) == {late})
