"""Without MOVE a move is a copy and a removal: die between the two, and there is still one message at the end."""

from collections.abc import Iterator

import pytest

from deploy.embedded.dovecot import Dovecot
from sync.imap.connection import Connection
from sync.mail import UidSet
from sync.plan.actions import plan_action
from sync.push import drain
from sync.push.commands import run_step
from sync.store import actions
from sync.store.actions import Effect
from tests.support.messages import make_message
from tests.support.mirrored import Mirrored
from tests.support.world import World


class Died(Exception):
    """As kill -9 would do."""


@pytest.fixture(scope="session")
def dovecot_without_move() -> Iterator[Dovecot]:
    with Dovecot(capabilities="IMAP4rev1 IDLE UIDPLUS") as server:
        yield server


@pytest.fixture(scope="session")
def dovecot_without_uidplus() -> Iterator[Dovecot]:
    with Dovecot(capabilities="IMAP4rev1 IDLE") as server:
        yield server


@pytest.fixture(params=["dovecot_without_move", "dovecot_without_uidplus"])
def plain(request: pytest.FixtureRequest) -> Dovecot:
    server: Dovecot = request.getfixturevalue(request.param)
    return server


@pytest.fixture
def world(plain: Dovecot, user: str) -> Iterator[World]:
    outlook = World("127.0.0.1", plain.port, user)
    outlook.create("Labor")
    yield outlook
    outlook.close()


@pytest.fixture
def mirrored(plain: Dovecot, user: str, world: World, transactional_db: None) -> Iterator[Mirrored]:
    mailbox = Mirrored("127.0.0.1", plain.port, user)
    yield mailbox
    mailbox.check_laws()
    mailbox.close()


def begin_and_die(mirrored: Mirrored, *targets: str, before: str) -> None:
    """A move, up to the death of its worker `before` "STORE" or "EXPUNGE", with whatever the server did by then."""
    labor = mirrored.folder("Labor").id
    mirrored.enqueue("move", *targets, to=labor)
    (action,) = actions.due(mirrored.account_id)
    plan = plan_action(action, actions.placements(mirrored.account_id, action.targets), labor)
    (step,) = actions.begin(mirrored.account_id, mirrored.fence, action, plan.commands)
    connection = mirrored.connect()
    _die(connection, before)
    with pytest.raises(Died):
        run_step(connection, step, Effect())


def _die(connection: Connection, before: str) -> None:
    run = connection.run

    def dying(name: str, *words: str | bytes, literal: bytes | None = None) -> object:
        if before.encode() in words:
            raise Died
        return run(name, *words, literal=literal)

    connection.run = dying  # type: ignore[method-assign, assignment]


def listed(world: World, folder: str) -> list[str]:
    """What a list shows there: not what is marked as deleted."""
    return sorted(subject for subject, flags in world.dump()[folder].values() if "\\Deleted" not in flags)


@pytest.mark.parametrize("before", ["COPY", "STORE"])
def test_a_copy_that_was_made_is_not_made_again(mirrored: Mirrored, world: World, before: str) -> None:
    for subject in ("Befund", "Rezept"):
        world.append("INBOX", subject=subject)
    mirrored.sync()
    begin_and_die(mirrored, mirrored.row("Befund").id, mirrored.row("Rezept").id, before=before)
    drain(mirrored.connect(), mirrored.mirror)
    assert mirrored.ledger().popitem()[1].state == "done"
    assert (listed(world, "INBOX"), listed(world, "Labor")) == ([], ["Befund", "Rezept"])
    mirrored.sync()
    assert (mirrored.subjects("INBOX"), mirrored.subjects("Labor")) == ([], ["Befund", "Rezept"])


def test_a_mail_of_the_same_message_id_that_is_no_copy_does_not_cost_the_original(
    mirrored: Mirrored, world: World
) -> None:
    """What one sent to oneself: a colleague moves the one from Sent, and it looks like ours."""
    ours = make_message(subject="an mich", message_id="<same@x.example>", body="Guten Tag, mit Kopfzeilen des Servers")
    theirs = make_message(subject="an mich", message_id="<same@x.example>", body="Guten Tag")
    world.append("INBOX", ours)
    mirrored.sync()
    begin_and_die(mirrored, mirrored.row("an mich").id, before="COPY")
    world.append("Labor", theirs)
    drain(mirrored.connect(), mirrored.mirror)
    assert mirrored.ledger().popitem()[1].state == "done"
    assert listed(world, "Labor") == ["an mich", "an mich"]


def test_two_mails_of_one_message_id_are_both_found(mirrored: Mirrored, world: World) -> None:
    raw = make_message(subject="doppelt", message_id="<same@x.example>")
    for _ in range(2):
        world.append("INBOX", raw)
    mirrored.sync()
    begin_and_die(mirrored, *(row.id for row in mirrored.rows()), before="STORE")
    drain(mirrored.connect(), mirrored.mirror)
    assert mirrored.ledger().popitem()[1].state == "done"
    assert (listed(world, "INBOX"), listed(world, "Labor")) == ([], ["doppelt", "doppelt"])


def test_what_a_pass_has_found_elsewhere_by_then_stays_where_it_is(mirrored: Mirrored, world: World) -> None:
    world.create("Spital")
    world.append("INBOX", subject="Befund")
    befund = mirrored.sync().row("Befund").id
    begin_and_die(mirrored, befund, before="COPY")
    connection = mirrored.connect()
    connection.select("INBOX")
    connection.move(UidSet.of([1]), "Spital")
    mirrored.sync()
    found = {row.subject for row in mirrored.rows("Spital")}
    drain(mirrored.connect(), mirrored.mirror)
    mirrored.sync()
    assert {row.subject for row in mirrored.rows("Spital")} == found == {"Befund"}
