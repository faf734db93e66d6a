"""A folder that the server lists and cannot open, or does not let us read: everything else goes on without it."""

import os
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from deploy.embedded.dovecot import Dovecot
from sync.imap.errors import Nonsense
from sync.mail import Selected
from sync.pull import begin
from sync.store import accounts
from tests.support.by_hand import Office
from tests.support.messages import make_message
from tests.support.mirrored import Mirrored
from tests.support.world import World

Spoil = Callable[[Path], None]


def break_it(folder: Path) -> None:
    """Dovecot answers STATUS and SELECT with NO [SERVERBUG]."""
    shutil.rmtree(folder / "cur")
    (folder / "cur").write_text("")


def lock_it(folder: Path) -> None:
    """Dovecot answers NO [NOPERM]."""
    folder.chmod(0)
    if os.geteuid() == 0:
        os.chown(folder, 0, 0)


@pytest.fixture(params=["qresync", "plain"])
def server(request: pytest.FixtureRequest, dovecot: Dovecot, plain_dovecot: Dovecot) -> Dovecot:
    return dovecot if request.param == "qresync" else plain_dovecot


@pytest.fixture(params=[break_it, lock_it], ids=["serverbug", "noperm"])
def spoil(request: pytest.FixtureRequest, server: Dovecot, user: str) -> Callable[[str], None]:
    """By the folder's name."""

    def spoil_it(name: str) -> None:
        request.param(server.mail_of(user) / f".{name}")

    return spoil_it


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
    practice: Office, spoil: Callable[[str], None], from_the_first_day: bool
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
    practice.world.append("Beta", subject="in Beta")
    aside = folder.with_name("aside")
    shutil.move(folder / "cur", aside)
    (folder / "cur").write_text("")
    work(practice)
    assert practice.mirrored.subjects("Beta") == []
    (folder / "cur").unlink()
    shutil.move(aside, folder / "cur")
    work(practice)
    assert practice.mirrored.subjects("Beta") == ["in Beta"]
    assert practice.mirrored.folder("Beta").complete


def test_a_wish_does_not_wait_for_history_that_cannot_be_read(practice: Office, spoil: Callable[[str], None]) -> None:
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
    assert world.subjects("Trash") == ["Rezept"]


def test_an_arrival_whose_twin_it_holds_is_shown_all_the_same(practice: Office, spoil: Callable[[str], None]) -> None:
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
