"""A server that does not tell where it moved what (no UIDPLUS): the mail is found again by its twin, and who moved it,
and since when browsers show it there, is not forgotten on the way."""

import re
from collections.abc import Iterator

import pytest

from deploy.embedded.dovecot import Dovecot
from sync.feed import ActionRow
from sync.imap.changes import ChangeCommands
from sync.mail import Copied
from sync.plan.actions import plan_action
from sync.push import drain
from sync.store import actions
from sync.store.actions import JournalStep
from tests.support.messages import make_message
from tests.support.mirrored import Mirrored
from tests.support.world import World


@pytest.fixture(scope="module")
def silent() -> Iterator[Dovecot]:
    with Dovecot(capabilities="IMAP4rev1 IDLE MOVE") as server:
        yield server


@pytest.fixture(autouse=True)
def _nothing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dovecot answers with COPYUID even where it does not offer UIDPLUS."""
    monkeypatch.setattr(ChangeCommands, "_copyuid", lambda self, untagged: Copied())


@pytest.fixture
def world(silent: Dovecot, user: str) -> Iterator[World]:
    outlook = World("127.0.0.1", silent.port, user)
    for folder in ("Labor", "Spital"):
        outlook.create(folder)
    yield outlook
    outlook.close()


@pytest.fixture
def mirrored(silent: Dovecot, user: str, world: World, transactional_db: None) -> Iterator[Mirrored]:
    mailbox = Mirrored("127.0.0.1", silent.port, user)
    yield mailbox
    mailbox.check_laws()
    mailbox.close()


@pytest.fixture
def befund(mirrored: Mirrored, world: World) -> str:
    world.append("INBOX", subject="Befund")
    return mirrored.sync().row("Befund").id


def begin_move(mirrored: Mirrored, target: str, to: str) -> tuple[ActionRow, JournalStep]:
    """A wish of the desk that a worker has journaled; then it died."""
    into = mirrored.folder(to).id
    wish = mirrored.enqueue("move", target, to=into, device="desk")
    (action,) = actions.due(mirrored.account_id)
    plan = plan_action(action, actions.placements(mirrored.account_id, action.targets), into)
    (step,) = actions.begin(mirrored.account_id, mirrored.fence, action, plan.commands)
    return wish, step


def test_our_own_move_keeps_the_id(mirrored: Mirrored, world: World, befund: str) -> None:
    assert mirrored.act("move", befund, to=mirrored.folder("Labor").id).state == "done"
    mirrored.sync()
    assert mirrored.row("Befund", "Labor").id == befund


def test_whoever_saw_that_a_colleague_wished_a_move_goes_on_from_there(
    mirrored: Mirrored, world: World, befund: str
) -> None:
    first = mirrored.enqueue("move", befund, to=mirrored.folder("Labor").id, device="desk")
    assert mirrored.act("trash", befund, device="phone", base_seq=first.seq).state == "done"
    assert mirrored.ledger()[first.id].state == "done"
    assert (world.subjects("Labor"), world.subjects("Trash")) == ([], ["Befund"])


def test_whoever_had_not_seen_it_is_overtaken(mirrored: Mirrored, world: World, befund: str) -> None:
    first = mirrored.enqueue("move", befund, to=mirrored.folder("Labor").id, device="desk")
    late = mirrored.act("trash", befund, device="phone", base_seq=first.seq - 1)
    assert (late.state, late.where) == ("conflict", mirrored.folder("Labor").id)
    assert world.subjects("Labor") == ["Befund"]


def test_what_outlook_moves_on_after_our_move_is_outlooks(mirrored: Mirrored, world: World, befund: str) -> None:
    first = mirrored.act("move", befund, to=mirrored.folder("Labor").id, device="desk")
    mirrored.sync()
    world.move("Labor", "Befund", "Spital")
    mirrored.sync()
    late = mirrored.act("trash", befund, device="desk", base_seq=first.seq)
    assert (late.state, late.where) == ("conflict", mirrored.folder("Spital").id)


def test_a_worker_that_died_over_a_mail_without_a_message_id_leaves_it_where_browsers_show_it(
    mirrored: Mirrored, world: World
) -> None:
    raw = re.sub(rb"Message-ID: .*\n", b"", make_message(subject="ohne"))
    world.append("INBOX", raw)
    target = mirrored.sync().row("ohne").id
    wish, _ = begin_move(mirrored, target, "Labor")
    world.move("INBOX", "ohne", "Labor")  # by the worker's own command
    drain(mirrored.connect(), mirrored.mirror)
    assert mirrored.ledger()[wish.id].state == "unknown"
    assert mirrored.act("trash", target, device="phone", base_seq=wish.seq).state == "done"
    assert (world.subjects("Labor"), world.subjects("Trash")) == ([], ["ohne"])


def test_a_mail_that_somebody_else_took_from_a_worker_that_died_is_theirs(
    mirrored: Mirrored, world: World, befund: str
) -> None:
    wish, _ = begin_move(mirrored, befund, "Labor")
    world.move("INBOX", "Befund", "Spital")
    drain(mirrored.connect(), mirrored.mirror)
    assert mirrored.ledger()[wish.id].state == "unknown"
    for device in ("phone", "desk"):
        late = mirrored.act("trash", befund, device=device, base_seq=wish.seq)
        assert (late.state, late.where) == ("conflict", mirrored.folder("Spital").id)
    assert world.subjects("Spital") == ["Befund"]
