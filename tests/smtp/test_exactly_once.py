"""A mail to a real Postfix, its line cut anywhere and the worker killed anywhere: it arrives once, or there is a reason
to see why nobody knows, or why not."""

import os
import random
import uuid
from collections.abc import Iterator

import pytest

import webmail.celery  # noqa: F401  # the broker that pokes go to
from deploy.embedded.dovecot import Dovecot
from deploy.embedded.postfix import Postfix
from deploy.embedded.redis import Redis
from sync.endpoint import Endpoint
from sync.feed import Mailbox
from sync.push import sending
from sync.store import accounts
from tests.smtp.sending import hand_over
from tests.support.fault_proxy import FaultProxy
from tests.support.mirrored import Mirrored
from tests.support.waiting import wait_for
from tests.support.world import World
from tests.support.writing import deliver, deliver_or_die, letter, save, send, time_passes

LOCAL = "127.0.0.1"
SEEDS = int(os.environ.get("SEEDS", "20"))
MOST_ANSWERS = 700  # bytes of a whole dialogue


@pytest.fixture(scope="session", autouse=True)
def _with_redis(redis: Redis) -> None:
    """Started once, before the first of these tests."""


@pytest.fixture
def line(postfix_in_the_clear: Postfix) -> Iterator[FaultProxy]:
    with FaultProxy(LOCAL, postfix_in_the_clear.port) as proxy:
        yield proxy


@pytest.fixture
def ready(postal_dovecot: Dovecot, line: FaultProxy, user: str, transactional_db: None) -> Iterator[Mirrored]:
    mirrored = Mirrored(LOCAL, postal_dovecot.port, user).sync()
    accounts.set_smtp(mirrored.account_id, Endpoint(host=LOCAL, port=line.port, security="plain"), 0)
    yield mirrored
    mirrored.close()


@pytest.fixture
def other() -> str:
    return f"o{uuid.uuid4().hex[:12]}"


@pytest.fixture
def theirs(postal_dovecot: Dovecot, other: str) -> Iterator[World]:
    world = World(LOCAL, postal_dovecot.port, other)
    yield world
    world.close()


@pytest.fixture
def ours(postal_dovecot: Dovecot, user: str) -> Iterator[World]:
    world = World(LOCAL, postal_dovecot.port, user)
    yield world
    world.close()


def address(user: str) -> str:
    return f"{user}@praxis.example"


def arrived(theirs: World, server: Postfix, user: str, other: str) -> list[str]:
    """What is in their mailbox, once something that was sent later is."""
    hand_over(
        Endpoint(host="localhost", port=server.port, security="plain"),
        user=user,
        sender=address(user),
        recipients=[address(other)],
        message=b"Subject: Ende\r\n\r\n",
    )
    wait_for(lambda: "Ende" in theirs.subjects("INBOX"))
    return [subject for subject in theirs.subjects("INBOX") if subject != "Ende"]


def test_an_answer_arrives_and_the_mailbox_shows_it_as_answered(
    ready: Mirrored, ours: World, theirs: World, other: str
) -> None:
    ours.append(subject="Anfrage", sender=address(other), message_id="<anfrage@praxis.example>")
    ready.sync()
    written = letter(kind="reply", original=ready.row("Anfrage").id, to=[Mailbox(name="", email=address(other))])
    save(ready, written)
    assert send(ready, written).state == "done"
    wait_for(lambda: theirs.subjects("INBOX") == ["Befund"])
    assert b"In-Reply-To: <anfrage@praxis.example>" in theirs.raw("INBOX", "Befund")
    assert (ours.subjects("Sent"), ours.subjects("Drafts")) == (["Befund"], [])
    assert "\\Answered" in ours.flags_of("INBOX", "Anfrage")


@pytest.mark.parametrize("seed", range(SEEDS))
def test_it_arrives_once_or_there_is_a_reason_to_see(
    ready: Mirrored,
    ours: World,
    theirs: World,
    other: str,
    user: str,
    line: FaultProxy,
    postfix_in_the_clear: Postfix,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
) -> None:
    chance = random.Random(seed)
    row = ready.enqueue("send", composition=letter(to=[Mailbox(name="", email=address(other))]))
    for _ in range(chance.randint(1, 4)):
        line.cut_after(chance.randrange(MOST_ANSWERS))
        deliver_or_die(ready, chance, monkeypatch)
        time_passes(row, chance.choice([0, sending.LOOK_UP_MS + 1]))
    line.restore()
    for _ in range(3):
        deliver(ready)
        time_passes(row, sending.LOOK_UP_MS + 1)
    ended = ready.ledger()[row.id]
    copies = arrived(theirs, postfix_in_the_clear, user, other)
    if ended.state == "done":
        assert (copies, ours.subjects("Sent")) == (["Befund"], ["Befund"])
    else:
        assert (ended.state, ended.detail) == ("unknown", "answer_lost")
        assert len(copies) <= 1
        assert ours.subjects("Sent") == []
