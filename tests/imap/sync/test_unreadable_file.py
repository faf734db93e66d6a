"""A mail whose file the server cannot open: Dovecot ends the session over it. All other mail must come all the same."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from deploy.embedded.dovecot import Dovecot
from sync.feed import ActionKind
from sync.mail import Flag
from sync.plan.suspects import Suspects
from sync.store import accounts
from sync.worker import upkeep
from sync.worker.runtime import Runtime
from tests.support.by_hand import ByHand, Office
from tests.support.mirrored import Mirrored
from tests.support.waiting import wait_for
from tests.support.world import World

Spoil = Callable[..., Path]


@pytest.fixture
def spoil(dovecot: Dovecot, user: str) -> Spoil:
    """Deliver a mail that nobody may read, into the Inbox or another folder. → its file, where it was put."""

    def deliver(name: str = "1700000000.M1P1.praxis", *, folder: str = "") -> Path:
        file = dovecot.mail_of(user) / folder / "new" / name
        file.write_bytes(b"Subject: Kaputt\r\n\r\nText")
        file.chmod(0)
        os.chown(file, 0, 0) if os.geteuid() == 0 else None
        return file

    return deliver


def mend(file: Path) -> None:
    """The administrator sees to it. A server that looked into the folder has moved the file on."""
    (there,) = file.parent.parent.glob(f"*/{file.name}*")
    there.chmod(0o644)


def is_ok(mirrored: Mirrored) -> bool:
    return accounts.account_row(mirrored.account_id).state == "ok"


def test_what_came_after_it_is_there(running: Runtime, mirrored: Mirrored, world: World, spoil: Spoil) -> None:
    wait_for(lambda: is_ok(mirrored))
    world.append("INBOX", subject="Vorher")
    wait_for(lambda: mirrored.subjects() == ["Vorher"])
    spoil()
    world.append("INBOX", subject="Nachher")
    wait_for(lambda: "Nachher" in mirrored.subjects())
    wait_for(lambda: is_ok(mirrored))


def test_it_is_a_row_that_says_so(running: Runtime, mirrored: Mirrored, world: World, spoil: Spoil) -> None:
    wait_for(lambda: is_ok(mirrored))
    spoil()
    world.append("INBOX", subject="Nachher")
    wait_for(lambda: len(mirrored.subjects()) == 2)
    assert {(row.subject, row.unparsed) for row in mirrored.rows("INBOX")} == {("", True), ("Nachher", False)}


def test_in_the_history_it_holds_up_nobody(
    mirrored: Mirrored, world: World, spoil: Spoil, request: pytest.FixtureRequest
) -> None:
    for number in range(1, 90):
        world.append("INBOX", subject=f"Alt {number}")
    spoil()
    world.append("INBOX", subject="Neu")
    request.getfixturevalue("running")
    wait_for(lambda: is_ok(mirrored))
    assert len(mirrored.subjects()) == 91


@pytest.fixture
def office(dovecot: Dovecot, user: str, transactional_db: None, stack: ExitStack) -> Office:
    office = Office(dovecot, user, stack)
    office.world.create("Labor")
    office.start()
    return office


def work(office: Office, times: int = 8) -> None:
    """With a line that breaks each time, until it is given up."""
    for _ in range(times):
        office.hand.work()
        office.hand.run("transfer")


@pytest.fixture
def reading_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be opened is read again with every sweep."""
    monkeypatch.setattr(upkeep, "EVERY_S", 0)


def subjects(office: Office, path: str = "INBOX") -> set[tuple[str, bool]]:
    return {(row.subject, row.unparsed) for row in office.mirrored.rows(path)}


# Put away


WISHES: list[tuple[ActionKind, dict[str, Any]]] = [
    ("trash", {}),
    ("destroy", {}),
    ("flag", {"add": int(Flag.SEEN), "remove": 0}),
]


@pytest.mark.parametrize(("kind", "args"), WISHES)
def test_a_wish_for_it_ends(office: Office, spoil: Spoil, kind: ActionKind, args: dict[str, Any]) -> None:
    spoil()
    work(office)
    (row,) = office.mirrored.rows()
    wish = office.mirrored.enqueue(kind, row.id, **args)
    for _ in range(6):
        office.hand.work("actions")
    assert office.mirrored.ledger()[wish.id].state not in ("waiting", "sending")


# Suspicion


def test_one_that_arrives_and_one_of_the_history_are_both_found(mirrored: Mirrored, world: World, spoil: Spoil) -> None:
    """Each on its lane, by turns: what one lane suspects must not acquit what the other does."""
    world.append("INBOX", subject="Erste")
    spoil()
    world.flag("INBOX", 1, "\\Seen")  # the server looks at the folder, and gives it the next UID
    for number in range(60):
        world.append("INBOX", subject=f"Alt {number}")
    with ByHand(mirrored.mirror) as hand:
        hand.work()
        spoil("1700000001.M2P2.praxis")
        for _ in range(12):
            hand.work()
            hand.run("transfer")
    assert len(mirrored.rows()) == 63
    assert [row.unparsed for row in mirrored.rows()].count(True) == 2


def test_what_was_given_up_is_forgotten_when_the_folder_starts_over(office: Office, spoil: Spoil) -> None:
    spoil(folder=".Labor")
    work(office)
    assert subjects(office, "Labor") == {("", True)}
    office.world.delete_folder("Labor")
    office.world.create("Labor")
    assert office.world.append("Labor", subject="gesund") == 1
    work(office, 2)
    assert subjects(office, "Labor") == {("gesund", False)}


# Read again


@pytest.mark.usefixtures("reading_often")
def test_it_is_read_once_it_can_be(office: Office, spoil: Spoil) -> None:
    file = spoil()
    work(office)
    assert subjects(office) == {("", True)}
    before = office.mirrored.rows()[0].id
    mend(file)
    work(office, 2)
    assert subjects(office) == {("Kaputt", False)}
    (row,) = office.mirrored.rows()
    assert (row.id, row.received_at > 0) == (before, True)
    assert office.mirrored.folder("INBOX").total == 1


@pytest.mark.usefixtures("reading_often")
def test_that_it_still_cannot_be_opened_says_nothing_of_the_account(office: Office, spoil: Spoil) -> None:
    spoil()
    work(office)
    before = accounts.account_row(office.mirrored.account_id)
    assert before.state == "ok"
    work(office, 3)
    office.hand.run("transfer")
    assert accounts.account_row(office.mirrored.account_id) == before, "told to every browser, and taken back"
    assert subjects(office) == {("", True)}


def test_another_worker_reads_it_at_once(office: Office, spoil: Spoil) -> None:
    file = spoil()
    work(office)
    mend(file)
    with ByHand(office.mirrored.expire_and_take_over()) as hand:
        hand.work()
        hand.run("transfer")
    assert subjects(office) == {("Kaputt", False)}


def test_a_healthy_one_over_which_the_server_was_stopped_is_read_later(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid = office.world.append("INBOX", subject="gesund")
    inbox = office.mirrored.cursor("INBOX")
    accused = Suspects(given_up=frozenset({uid}))
    office.hand.conductor._mirror.suspects[inbox.id, inbox.known.uidvalidity] = accused
    office.hand.work()
    assert subjects(office) == {("", True)}
    monkeypatch.setattr(upkeep, "EVERY_S", 0)
    office.hand.conductor._upkeep._read_at = 0.0
    work(office, 2)
    assert subjects(office) == {("gesund", False)}


@pytest.mark.usefixtures("reading_often")
def test_one_that_still_cannot_be_opened_keeps_no_other_from_being_read(office: Office, spoil: Spoil) -> None:
    spoil()
    mended = spoil("1700000001.M2P2.praxis")
    work(office, 12)
    assert len(office.mirrored.rows()) == 2
    mend(mended)
    for _ in range(30):  # in any order: for a while the bad one may be the first each time
        if subjects(office) == {("", True), ("Kaputt", False)}:
            return
        work(office, 1)
    raise AssertionError(subjects(office))
