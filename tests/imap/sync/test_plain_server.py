"""A server that neither tells of other folders nor counts changes: the sweep finds what nobody tells."""

from collections.abc import Iterator

import pytest

from deploy.embedded.dovecot import Dovecot
from sync.mail import Flag
from sync.store import accounts
from sync.worker import conductor
from sync.worker.runtime import Runtime
from tests.support.mirrored import Mirrored
from tests.support.waiting import wait_for
from tests.support.world import World

PLAIN = "IMAP4rev1 LITERAL+ IDLE NAMESPACE UIDPLUS MOVE SPECIAL-USE"


@pytest.fixture(scope="module")
def plain() -> Iterator[Dovecot]:
    with Dovecot(capabilities=PLAIN) as server:
        yield server


@pytest.fixture
def world(plain: Dovecot, user: str) -> Iterator[World]:
    outlook = World("127.0.0.1", plain.port, user)
    yield outlook
    outlook.close()


@pytest.fixture
def mirrored(plain: Dovecot, user: str, transactional_db: None) -> Iterator[Mirrored]:
    mailbox = Mirrored("127.0.0.1", plain.port, user)
    yield mailbox
    mailbox.close()


@pytest.fixture
def running(running: Runtime, mirrored: Mirrored) -> Runtime:
    wait_for(lambda: accounts.account_row(mirrored.account_id).state == "ok")
    return running


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """It sweeps more often than usual."""
    monkeypatch.setattr(conductor, "SWEEP_EVERY_S", 0.3)


@pytest.fixture
def swept(often: None, mirrored: Mirrored, running: Runtime) -> Mirrored:
    return mirrored


@pytest.fixture
def seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only its first sweep comes within a test."""
    monkeypatch.setattr(conductor, "SWEEP_EVERY_S", 3600)


def test_a_folder_that_outlook_makes_is_seen_with_the_mail_that_was_moved_into_it(
    swept: Mirrored, world: World
) -> None:
    world.append(subject="Befund")
    wait_for(lambda: swept.subjects() == ["Befund"])
    before = swept.row("Befund").id
    world.create("Spital")
    world.move("INBOX", "Befund", "Spital")
    wait_for(lambda: any(row.path == "Spital" and row.total for row in swept.replica.catch_up().folders.values()))
    assert swept.row("Befund", "Spital").id == before


def test_what_outlook_marks_in_a_folder_nobody_watches_arrives(swept: Mirrored, world: World) -> None:
    world.create("Labor")
    for subject in ("gelesen", "markiert", "weg"):
        world.append("Labor", subject=subject)
    wait_for(lambda: any(row.path == "Labor" and row.total == 3 for row in swept.replica.catch_up().folders.values()))
    world.flag("Labor", "gelesen", "\\Seen")
    world.flag("Labor", "markiert", "\\Flagged")
    world.mark_deleted("Labor", "weg")
    wait_for(lambda: swept.row("gelesen", "Labor").flags & Flag.SEEN)
    wait_for(lambda: swept.row("markiert", "Labor").flags & Flag.FLAGGED)
    wait_for(lambda: swept.subjects("Labor") == ["gelesen", "markiert"])


def test_history_has_previews_like_what_arrives(swept: Mirrored, world: World) -> None:
    world.append(subject="Befund", body="Das Labor meldet normale Werte.")
    wait_for(lambda: [row.preview for row in swept.rows()] == ["Das Labor meldet normale Werte."])


def test_the_folder_that_somebody_looks_at_is_listened_to(
    world: World, seldom: None, mirrored: Mirrored, running: Runtime
) -> None:
    world.append("Junk", subject="Werbung")
    mirrored.replica.catch_up()
    junk = mirrored.folder("Junk")
    running.poke(mirrored.account_id, "looking", junk.id)
    wait_for(lambda: mirrored.subjects("Junk") == ["Werbung"])
    world.flag("Junk", "Werbung", "\\Seen")
    wait_for(lambda: mirrored.row("Werbung", "Junk").flags & Flag.SEEN)
    # It is still there for what it is for, and listens again afterwards.
    world.append("Junk", subject="noch mehr")
    wait_for(lambda: mirrored.subjects("Junk") == ["Werbung", "noch mehr"])
