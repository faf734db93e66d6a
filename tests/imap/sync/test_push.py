"""What may come between an action and its command: a change of mind, a lost lease, a folder that cannot be read."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from deploy.embedded.dovecot import Dovecot
from sync.imap.changes import ChangeCommands
from sync.imap.errors import Nonsense, NotNow, TryAgain
from sync.imap.transport import TooLarge, Transport
from sync.mail import Flag, Selected
from sync.pull import Mirror, backfill, begin, pull_listing
from sync.push import drain
from sync.store import actions
from tests.support.mirrored import Mirrored
from tests.support.world import World

SEEN = int(Flag.SEEN)


@pytest.fixture
def befund(mirrored: Mirrored, world: World) -> str:
    world.create("Labor")
    world.append("INBOX", subject="Befund")
    return mirrored.sync().row("Befund").id


def at_question(mirrored: Mirrored, number: int, answer: Callable[[], bool]) -> Mirror:
    """The worker's question "may I go on?": the first comes before it looks, the second before each action, the third
    before each command."""
    asked: list[int] = []

    def may_go_on() -> bool:
        asked.append(0)
        return answer() if len(asked) == number else True

    return Mirror(account_id=mirrored.account_id, fence=mirrored.fence, may_go_on=may_go_on)


def state(mirrored: Mirrored, action: Any) -> tuple[str, str]:
    row = mirrored.ledger()[action.id]
    return row.state, row.detail


def test_what_was_discarded_before_its_command_is_not_carried_out(
    mirrored: Mirrored, world: World, befund: str
) -> None:
    action = mirrored.enqueue("trash", befund)

    def discarded() -> bool:
        actions.discard(mirrored.account_id, action.id)
        return True

    drain(mirrored.connection, at_question(mirrored, 2, discarded))
    assert state(mirrored, action) == ("noop", "discarded")
    assert (world.subjects("INBOX"), world.subjects("Trash")) == (["Befund"], [])


def test_what_was_discarded_and_needed_no_command_stays_discarded(mirrored: Mirrored, befund: str) -> None:
    action = mirrored.enqueue("move", befund, to=mirrored.folder("INBOX").id)

    def discarded() -> bool:
        actions.discard(mirrored.account_id, action.id)
        return True

    drain(mirrored.connection, at_question(mirrored, 2, discarded))
    assert state(mirrored, action) == ("noop", "discarded")


def test_a_worker_that_lost_its_lease_sends_nothing_more_and_its_successor_does(
    mirrored: Mirrored, world: World, befund: str
) -> None:
    action = mirrored.enqueue("trash", befund)
    with pytest.raises(TryAgain):
        drain(mirrored.connection, at_question(mirrored, 3, lambda: False))
    assert world.subjects("Trash") == []
    assert state(mirrored, action) == ("sending", "")
    # In doubt now; that is no reason to send without a lease either.
    with pytest.raises(TryAgain):
        drain(mirrored.connection, at_question(mirrored, 1, lambda: False))
    assert world.subjects("Trash") == []
    drain(mirrored.connect(), mirrored.expire_and_take_over())
    assert state(mirrored, action) == ("done", "")
    assert world.subjects("Trash") == ["Befund"]


@pytest.fixture
def answers_lost(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[bytes], None]]:
    """Have the answer to commands with this word come as what no client can read. The server carries them out."""
    send, readline = Transport.send, Transport.readline
    words: list[bytes] = []
    about: set[int] = set()

    def sending(transport: Transport, data: Any) -> None:
        send(transport, data)
        if any(word in bytes(data) for word in words):
            about.add(id(transport))

    def reading(transport: Transport) -> bytes:
        line = readline(transport)
        if id(transport) in about and not line.startswith(b"*"):
            raise TooLarge("line")
        return line

    with monkeypatch.context() as patched:
        patched.setattr(Transport, "send", sending)
        patched.setattr(Transport, "readline", reading)
        yield words.append


def test_a_move_whose_answer_cannot_be_read_is_looked_up_and_not_called_failed(
    mirrored: Mirrored, world: World, befund: str, answers_lost: Callable[[bytes], None]
) -> None:
    action = mirrored.enqueue("move", befund, to=mirrored.folder("Labor").id)
    answers_lost(b" MOVE ")
    with pytest.raises(Nonsense):
        drain(mirrored.connection, mirrored.mirror)
    assert state(mirrored, action) == ("sending", "")
    drain(mirrored.connect(), mirrored.mirror)
    assert state(mirrored, action) == ("done", "")
    assert (world.subjects("INBOX"), world.subjects("Labor")) == ([], ["Befund"])
    assert mirrored.row("Befund", "Labor").id == befund


def test_a_command_that_breaks_every_line_ends_as_unknown_and_holds_up_no_other(
    mirrored: Mirrored, world: World, befund: str, answers_lost: Callable[[bytes], None]
) -> None:
    first = mirrored.enqueue("flag", befund, add=SEEN, remove=0)
    second = mirrored.enqueue("move", befund, to=mirrored.folder("Labor").id)
    answers_lost(b" STORE ")
    for _ in range(2):
        with pytest.raises(Nonsense):
            drain(mirrored.connect(), mirrored.mirror)
    assert state(mirrored, first) == ("unknown", "lost_answer")
    drain(mirrored.connect(), mirrored.mirror)
    assert state(mirrored, second) == ("done", "")
    assert world.subjects("Labor") == ["Befund"]


def test_one_folder_that_cannot_be_read_holds_up_no_action(
    mirrored: Mirrored, world: World, befund: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.append("INBOX", subject="Rezept")
    world.create("Kaputt")
    mirrored.sync()
    rezept = mirrored.row("Rezept").id
    world.append("Kaputt", subject="unlesbar")
    world.move("INBOX", "Befund", "Labor")
    mirrored.pull("INBOX")
    select = mirrored.connection.select

    def refusing(name: str, **options: Any) -> Selected:
        if name == "Kaputt":
            raise NotNow("serverbug")
        return select(name, **options)

    monkeypatch.setattr(mirrored.connection, "select", refusing)
    between = mirrored.enqueue("flag", befund, add=SEEN, remove=0)
    behind = mirrored.enqueue("flag", rezept, add=SEEN, remove=0)
    drain(mirrored.connection, mirrored.mirror)
    assert [state(mirrored, one) for one in (between, behind)] == [("done", ""), ("done", "")]
    assert world.flags_of("Labor", "Befund") == {"\\Seen"}


@pytest.mark.parametrize("code", ["serverbug", "contactadmin", "limit"])
def test_a_command_over_which_the_server_fails_each_time_holds_up_no_other(
    mirrored: Mirrored, befund: str, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    first = mirrored.enqueue("move", befund, to=mirrored.folder("Labor").id)
    second = mirrored.enqueue("flag", befund, add=SEEN, remove=0)
    refuse_moves(monkeypatch, code)
    drain(mirrored.connect(), mirrored.mirror)
    assert [state(mirrored, one) for one in (first, second)] == [("sending", ""), ("waiting", "")]
    drain(mirrored.connect(), mirrored.mirror)
    assert [state(mirrored, one) for one in (first, second)] == [("failed", code), ("done", "")]


@pytest.mark.parametrize("code", ["inuse", "unavailable"])
def test_a_command_that_is_put_off_each_time_holds_up_only_the_next_for_its_message(
    mirrored: Mirrored, world: World, befund: str, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    world.append("INBOX", subject="Rezept")
    mirrored.sync()
    first = mirrored.enqueue("move", befund, to=mirrored.folder("Labor").id)
    second = mirrored.enqueue("flag", befund, add=SEEN, remove=0)
    other = mirrored.enqueue("flag", mirrored.row("Rezept").id, add=SEEN, remove=0)
    with monkeypatch.context() as patched:
        refuse_moves(patched, code)
        for _ in range(3):
            drain(mirrored.connection, mirrored.mirror)
    assert [state(mirrored, one)[0] for one in (first, second, other)] == ["sending", "waiting", "done"]
    assert (world.flags_of("INBOX", "Befund"), world.flags_of("INBOX", "Rezept")) == (set(), {"\\Seen"})
    drain(mirrored.connection, mirrored.mirror)
    assert [state(mirrored, one)[0] for one in (first, second)] == ["done", "done"]
    assert world.flags_of("Labor", "Befund") == {"\\Seen"}


def refuse_moves(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """The server says NO to every MOVE, with a code that may pass."""

    def refuse(*_: object) -> None:
        raise NotNow(code)

    monkeypatch.setattr(ChangeCommands, "move", refuse)


def test_a_wish_for_what_a_colleague_just_deleted_does_not_wait_for_the_first_sync(
    mirrored: Mirrored, world: World
) -> None:
    """Its message left after Labor was begun: it can be among the news of Labor, not in its history."""
    for subject in ("Befund", "Rezept"):
        world.append("INBOX", subject=subject)
    world.create("Labor")
    for number in range(3):
        world.append("Labor", subject=f"mail {number}")
    pull_listing(mirrored.connection, mirrored.mirror)
    inbox = begin(mirrored.connection, mirrored.mirror, mirrored.cursor("INBOX"))
    backfill(mirrored.connection, mirrored.mirror, inbox, window=9)
    begin(mirrored.connection, mirrored.mirror, mirrored.cursor("Labor"))
    mirrored.time_passes(1000)
    both = [mirrored.row(subject).id for subject in ("Befund", "Rezept")]
    world.delete("INBOX", "Befund")
    mirrored.pull("INBOX")
    wish = mirrored.act("trash", *both)
    assert not mirrored.folder("Labor").complete
    assert wish.state not in ("waiting", "sending")
    assert world.subjects("Trash") == ["Rezept"]


def test_an_archive_over_which_the_server_fails_holds_up_nothing(
    dovecot_without_special_folders: Dovecot, user: str, transactional_db: None
) -> None:
    server = dovecot_without_special_folders
    mirrored = Mirrored("127.0.0.1", server.port, user).sync()
    (server.mail_of(user) / ".Archive").write_text("a file in the way: Dovecot says [SERVERBUG]")
    actions.request_archive(mirrored.account_id, device_id="phone", device_name="phone")
    drain(mirrored.connection, mirrored.mirror)
    (refused,) = mirrored.ledger().values()
    assert (refused.state, refused.detail) == ("failed", "serverbug")
    mirrored.close()


def test_an_archive_that_the_server_makes_and_one_that_it_refuses_are_told_apart(
    dovecot_without_special_folders: Dovecot, user: str, transactional_db: None
) -> None:
    server = dovecot_without_special_folders
    mirrored = Mirrored("127.0.0.1", server.port, user).sync()
    world = World("127.0.0.1", server.port, user)
    in_the_way = server.mail_of(user) / ".Archive"
    in_the_way.symlink_to("/nowhere/archive")
    actions.request_archive(mirrored.account_id, device_id="phone", device_name="phone")
    drain(mirrored.connection, mirrored.mirror)
    (refused,) = mirrored.ledger().values()
    assert (refused.state, refused.detail) == ("failed", "refused")
    in_the_way.unlink()
    actions.retry(mirrored.account_id, refused.id)
    drain(mirrored.connection, mirrored.mirror)
    (made,) = mirrored.ledger().values()
    assert (made.state, made.where) == ("done", mirrored.folder("Archive").id)
    assert "Archive" in world.folders()
    world.close()
    mirrored.close()
