"""A mail server that is restored from yesterday's copy: it knows less than we do, and says so by its numbers alone."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.embedded.dovecot import Dovecot
from sync.mail import Flag
from sync.store import messages
from tests.support.mirrored import Mirrored
from tests.support.world import World


class Restorable:
    """A server of one's own, whose copy of a mailbox can be put back."""

    def __init__(self, server: Dovecot, user: str, copies: Path) -> None:
        self.server, self.mail, self.copy = server, server.mail_of(user), copies / user
        self.world = World("127.0.0.1", server.port, user)
        for number in range(3):
            self.world.append("INBOX", subject=f"mail {number}")
        self.mirrored = Mirrored("127.0.0.1", server.port, user)

    def back_up(self) -> None:
        shutil.copytree(self.mail, self.copy)

    def restore(self) -> None:
        owner = self.mail.stat()
        self.server.stop()
        shutil.rmtree(self.mail)
        shutil.copytree(self.copy, self.mail)
        for path in [self.mail, *self.mail.rglob("*")]:
            os.chown(path, owner.st_uid, owner.st_gid)
        self.server.start()
        self.world.reconnect()
        self.mirrored.connection = self.mirrored.connect()


@pytest.fixture
def restorable(user: str, tmp_path: Path, transactional_db: None) -> Iterator[Restorable]:
    with Dovecot() as server:
        mailbox = Restorable(server, user, tmp_path)
        yield mailbox
        mailbox.mirrored.check_laws()
        mailbox.mirrored.close()
        mailbox.world.close()


def test_uids_that_are_given_a_second_time_name_the_mail_that_is_there_now(restorable: Restorable) -> None:
    mirrored, world = restorable.mirrored, restorable.world
    mirrored.sync()
    before = {row.subject: row.id for row in mirrored.rows()}
    restorable.back_up()
    world.append("INBOX", subject="von gestern Abend")
    world.append("INBOX", subject="von gestern Nacht")
    mirrored.sync()
    restorable.restore()
    world.append("INBOX", subject="von heute")
    mirrored.sync()
    assert mirrored.subjects() == ["mail 0", "mail 1", "mail 2", "von heute"]
    after = {row.subject: row.id for row in mirrored.rows()}
    assert {subject: after[subject] for subject in before} == before


def test_flags_of_before_the_restoration_come_back(restorable: Restorable) -> None:
    """No UID went back, only the modseq: what the server says of changes since ours is nothing."""
    mirrored, world = restorable.mirrored, restorable.world
    world.flag("INBOX", "mail 0", "\\Flagged")
    mirrored.sync()
    restorable.back_up()
    for _ in range(3):
        world.unflag("INBOX", "mail 0", "\\Flagged")
        world.flag("INBOX", "mail 1", "\\Seen")
        world.unflag("INBOX", "mail 1", "\\Seen")
    world.flag("INBOX", "mail 1", "\\Seen")
    mirrored.sync()
    restorable.restore()
    mirrored.sync()
    assert {row.subject: Flag(row.flags) for row in mirrored.rows()} == {
        "mail 0": Flag.FLAGGED,
        "mail 1": Flag(0),
        "mail 2": Flag(0),
    }


class Died(Exception):
    pass


def test_a_worker_that_dies_while_the_folder_starts_over_leaves_that_to_the_next(
    restorable: Restorable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until then the server may give as many new UIDs as it took back."""
    mirrored, world = restorable.mirrored, restorable.world
    mirrored.sync()
    restorable.back_up()
    for when in ("Abend", "Nacht"):
        world.append("INBOX", subject=f"von gestern {when}")
    mirrored.sync()
    restorable.restore()

    def die(*_: object) -> None:
        raise Died

    with monkeypatch.context() as patched, pytest.raises(Died):
        patched.setattr(messages, "unlink", die)
        mirrored.pull("INBOX")
    mirrored.connection = mirrored.connect()
    for number in range(2):
        world.append("INBOX", subject=f"von heute {number}")
    mirrored.sync()
    assert mirrored.subjects() == world.subjects("INBOX")
