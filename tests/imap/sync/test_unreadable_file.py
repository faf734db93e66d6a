"""A mail whose file the server cannot open: Dovecot ends the session over it. All other mail must come all the same."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.embedded.dovecot import Dovecot
from sync.store import accounts
from sync.worker.runtime import Runtime
from tests.support.mirrored import Mirrored
from tests.support.waiting import wait_for
from tests.support.world import World

Spoil = Callable[[], Path]


@pytest.fixture
def spoil(dovecot: Dovecot, user: str) -> Spoil:
    """Deliver a mail that nobody may read."""

    def deliver() -> Path:
        file = Path(dovecot.mail_of(user)) / "new" / "1700000000.M1P1.praxis"
        file.write_bytes(b"Subject: Kaputt\r\n\r\nText")
        file.chmod(0)
        os.chown(file, 0, 0) if os.geteuid() == 0 else None
        return file

    return deliver


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
