"""A folder that the server lists and cannot open, or does not let us read: everything else goes on without it."""

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest

from deploy.embedded.dovecot import Dovecot
from sync.imap.errors import FolderRefused, Nonsense
from sync.imap.folders import FolderCommands
from sync.mail import Selected
from sync.pull import begin
from sync.store import accounts
from tests.support.by_hand import Office
from tests.support.messages import make_message
from tests.support.mirrored import Mirrored
from tests.support.world import World

Spoil = Callable[[str], None]


@pytest.fixture(params=["qresync", "plain"])
def server(request: pytest.FixtureRequest, dovecot: Dovecot, plain_dovecot: Dovecot) -> Dovecot:
    return dovecot if request.param == "qresync" else plain_dovecot


@pytest.fixture(params=["serverbug", "noperm"])
def spoil(request: pytest.FixtureRequest, server: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch) -> Spoil:
    """By the folder's name. serverbug: so Dovecot answers STATUS and SELECT. noperm: a right to look it up, none to
    read (RFC 4314), which STATUS may not know of; Dovecot without its ACLs never says so."""

    def break_it(name: str) -> None:
        folder = server.mail_of(user) / f".{name}"
        shutil.rmtree(folder / "cur")
        (folder / "cur").write_text("")

    def forbid_it(name: str) -> None:
        select = FolderCommands.select

        def selecting(line: FolderCommands, wanted: str, **options: Any) -> Selected:
            if wanted == name:
                raise FolderRefused("noperm")
            return select(line, wanted, **options)

        monkeypatch.setattr(FolderCommands, "select", selecting)

    return break_it if request.param == "serverbug" else forbid_it


@pytest.fixture
def practice(server: Dovecot, user: str, transactional_db: None, stack: ExitStack) -> Office:
    office = Office(server, user, stack)
    for name in ("Alpha", "Beta", "Zeta"):
        office.world.create(name)
    return office


def work(office: Office, times: int = 4) -> None:
    for _ in range(times):
        office.hand.work()
        office.hand.run("transfer")


def state(office: Office) -> str:
    return accounts.account_row(office.mirrored.account_id).state


@pytest.mark.parametrize("from_the_first_day", [True, False])
def test_it_keeps_no_mail_away_from_the_others_and_the_account_is_well(
    practice: Office, spoil: Spoil, from_the_first_day: bool
) -> None:
    if not from_the_first_day:
        practice.start()
    spoil("Beta")
    work(practice)
    for folder in ("INBOX", "Alpha", "Zeta"):
        practice.world.append(folder, subject=f"in {folder}")
    work(practice)
    for folder in ("INBOX", "Alpha", "Zeta"):
        assert practice.mirrored.subjects(folder) == [f"in {folder}"]
    assert state(practice) == "ok"


def test_once_it_is_mended_its_mail_comes(practice: Office, server: Dovecot, user: str) -> None:
    folder = server.mail_of(user) / ".Beta"
    for number in range(60):
        practice.world.append("Beta", subject=f"mail {number}")
    aside = folder.with_name("aside")
    shutil.move(folder / "cur", aside)
    (folder / "cur").write_text("")
    work(practice)
    assert practice.mirrored.subjects("Beta") == []
    (folder / "cur").unlink()
    shutil.move(aside, folder / "cur")
    practice.hand.work()
    assert state(practice) == "first_sync", "its history is still to come"
    work(practice)
    assert len(practice.mirrored.rows("Beta")) == 60
    assert practice.mirrored.folder("Beta").complete


def test_one_that_the_server_does_not_let_us_open_is_shown_as_such_until_it_does(
    practice: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LIST shows it like any other."""
    practice.world.append("Beta", subject="Befund")
    practice.start()
    beta, select = practice.mirrored.folder("Beta").id, FolderCommands.select

    def selecting(line: FolderCommands, wanted: str, **options: Any) -> Selected:
        if wanted == "Beta":
            raise FolderRefused("noperm")
        return select(line, wanted, **options)

    with monkeypatch.context() as patch:
        patch.setattr(FolderCommands, "select", selecting)
        practice.hand.conductor.poke("looking", beta)
        practice.mirrored.time_passes()
        practice.world.append("Beta", subject="Rezept")
        work(practice)
        shown = practice.mirrored.replica.catch_up().folders.values()
        assert {row.path for row in shown if not row.selectable} == {"Beta"}
        assert state(practice) == "ok"
    work(practice, 1)
    assert practice.mirrored.replica.catch_up().folders[beta].selectable
    assert practice.mirrored.subjects("Beta") == ["Befund", "Rezept"]


def test_what_a_colleague_moved_into_it_keeps_its_id(practice: Office, server: Dovecot, user: str) -> None:
    practice.world.append("INBOX", subject="Befund")
    practice.start()
    before = practice.mirrored.row("Befund").id
    practice.world.move("INBOX", "Befund", "Beta")
    folder = server.mail_of(user) / ".Beta"
    aside = folder.with_name("aside")
    shutil.move(folder / "cur", aside)
    (folder / "cur").write_text("")
    work(practice)
    assert practice.mirrored.rows("INBOX") == []
    (folder / "cur").unlink()
    shutil.move(aside, folder / "cur")
    work(practice)
    assert practice.mirrored.row("Befund", "Beta").id == before


def test_a_wish_does_not_wait_for_history_that_cannot_be_read(practice: Office, spoil: Spoil) -> None:
    """Its message was deleted by a colleague, and might have turned up there."""
    mirrored, world = practice.mirrored, practice.world
    for subject in ("Befund", "Rezept"):
        world.append("INBOX", subject=subject)
    for number in range(3):
        world.append("Beta", subject=f"mail {number}")
    practice.start()
    befund, rezept = mirrored.row("Befund").id, mirrored.row("Rezept").id
    world.delete("INBOX", "Befund")
    mirrored.pull("INBOX")
    begin(mirrored.connection, mirrored.mirror, mirrored.cursor("Beta"))  # as after another UIDVALIDITY
    both = mirrored.enqueue("trash", befund, rezept)
    mirrored.connection.close()
    spoil("Beta")
    for _ in range(3):
        work(practice)
        practice.hand.work("actions")
    assert mirrored.ledger()[both.id].state != "waiting"
    assert "fill" not in practice.hand.waiting("transfer"), "nor is the lane kept busy"
    assert world.subjects("Trash") == ["Rezept"]


def test_an_arrival_whose_twin_it_holds_is_shown_all_the_same(practice: Office, spoil: Spoil) -> None:
    raw, at = make_message(subject="Befund"), datetime(2024, 1, 1, tzinfo=UTC)
    practice.world.append("Beta", raw, at=at)
    practice.start()
    spoil("Beta")
    practice.world.append("INBOX", raw, at=at)
    work(practice)
    assert practice.mirrored.subjects() == ["Befund"]


def test_an_arrival_is_shown_when_what_is_said_of_its_twins_folder_makes_no_sense(
    mirrored: Mirrored, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw, at = make_message(subject="Befund"), datetime(2024, 1, 1, tzinfo=UTC)
    world.create("Labor")
    world.append("Labor", raw, at=at)
    mirrored.sync()
    select = mirrored.connection.select

    def selecting(name: str, **options: Any) -> Selected:
        if name == "Labor":
            raise Nonsense("select")
        return select(name, **options)

    monkeypatch.setattr(mirrored.connection, "select", selecting)
    world.append("INBOX", raw, at=at)
    mirrored.pull("INBOX")
    assert mirrored.subjects() == ["Befund"]
