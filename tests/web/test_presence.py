"""Who is writing what now: everybody else in the account sees it in a moment, and it goes when no more is said."""

import os
import signal
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from deploy.embedded.redis import Redis
from sync.bus import presence
from sync.bus.connection import quick
from sync.feed import Present
from sync.store.clock import now_ms
from tests.web.person import Person
from tests.web.test_live import Socket, away
from webmail.live import consumer
from webmail.live.presence import Others

MAIL, DRAFT = str(uuid.uuid4()), str(uuid.uuid4())


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer, "LOOK_AROUND_S", 0.05)


async def greet(socket: Socket, person: Person) -> None:
    await socket.hello(await away(person.snapshot))
    await socket.receive_until("heartbeat")


async def say(socket: Socket, *, replying: tuple[str, ...] = (), drafts: tuple[str, ...] = ()) -> None:
    await socket.say(type="presence", replying=list(replying), drafts=list(drafts))


async def present(socket: Socket) -> list[Any]:
    """Who is there by the next frame that says so."""
    frames = await socket.receive_until("present")
    return list(frames[-1]["present"])


async def settle(socket: Socket) -> None:
    """What was said before is done."""
    await socket.say(type="windows", windows=[])
    await socket.receive_until("heartbeat")


@pytest.fixture
def hanging(redis: Redis) -> Iterator[Callable[[], None]]:
    yield lambda: os.kill(redis.pid, signal.SIGSTOP)
    os.kill(redis.pid, signal.SIGCONT)


async def test_an_open_reply_shows_to_others_in_the_account_and_not_to_its_writer(alice: Person, bob: Person) -> None:
    async with Socket(alice) as hers, Socket(bob) as his:
        await greet(hers, alice)
        await greet(his, bob)
        await say(hers, replying=(MAIL,), drafts=(DRAFT,))
        (other,) = await present(his)
        assert (other["device_name"], other["replying"], other["drafts"]) == ("Empfang 1", [MAIL], [DRAFT])
        await say(his, drafts=(DRAFT,))
        (other,) = await present(hers)
        assert (other["device_name"], other["drafts"]) == ("Sprechzimmer 2", [DRAFT])


async def test_another_mailbox_hears_nothing(alice: Person, charlie: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Socket(alice) as hers, Socket(charlie) as foreign:
        await greet(hers, alice)
        await greet(foreign, charlie)
        await say(hers, replying=(MAIL,))
        await settle(hers)
        account = await away(lambda: alice.account_id)
        assert len(await presence.heard(account, now_ms())) == 1
        assert await presence.heard(await away(lambda: charlie.account_id), now_ms()) == []
        await foreign.say(type="windows", windows=[])
        assert (await foreign.receive())["type"] == "heartbeat"


async def test_who_comes_later_hears_it_too(alice: Person, bob: Person) -> None:
    async with Socket(alice) as hers:
        await greet(hers, alice)
        await say(hers, replying=(MAIL,))
        await settle(hers)
        async with Socket(bob) as his:
            await his.hello(await away(bob.snapshot))
            (other,) = await present(his)
            assert other["replying"] == [MAIL]


async def test_it_goes_when_the_writer_stops_and_when_the_window_closes(alice: Person, bob: Person) -> None:
    async with Socket(bob) as his:
        await greet(his, bob)
        async with Socket(alice) as hers:
            await greet(hers, alice)
            await say(hers, replying=(MAIL,))
            assert len(await present(his)) == 1
            await say(hers)
            assert await present(his) == []
            await say(hers, replying=(MAIL,))
            assert len(await present(his)) == 1
        assert await present(his) == []


async def test_it_goes_when_nothing_more_is_heard(alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webmail.live.presence.FORGET_MS", 300)
    async with Socket(alice) as hers, Socket(bob) as his:
        await greet(hers, alice)
        await greet(his, bob)
        await say(hers, replying=(MAIL,))
        assert len(await present(his)) == 1
        assert await present(his) == []


async def test_before_a_window_says_whose_it_is_it_says_nothing(alice: Person) -> None:
    async with Socket(alice) as hers:
        await say(hers, replying=(MAIL,))
        await greet(hers, alice)
        assert await presence.heard(await away(lambda: alice.account_id), now_ms()) == []


async def test_which_draft_a_person_has_taken_over_is_told_to_the_account_and_to_nobody_else(
    alice: Person, bob: Person, charlie: Person
) -> None:
    async with Socket(alice) as hers, Socket(bob) as his, Socket(charlie) as strangers:
        for socket, person in ((hers, alice), (his, bob), (strangers, charlie)):
            await greet(socket, person)
        await hers.say(type="presence", replying=[], drafts=[DRAFT], taken=[DRAFT])
        (word,) = await present(his)
        assert (word["drafts"], word["taken"]) == ([DRAFT], [DRAFT])
        await say(hers, drafts=(DRAFT,))  # as a browser of an older version says it
        (word,) = await present(his)
        assert (word["drafts"], word["taken"]) == ([DRAFT], [])
        await strangers.say(type="windows", windows=[])
        assert (await strangers.receive())["type"] == "heartbeat"


@pytest.mark.parametrize(
    "frame",
    [
        {"replying": ["x"], "drafts": []},
        {"replying": [], "drafts": [], "taken": ["x"]},
        {"replying": [MAIL] * 21, "drafts": []},
        {"replying": [], "drafts": [], "device": "another"},
        {"replying": []},
    ],
)
async def test_a_word_that_makes_no_sense_closes_the_socket(alice: Person, frame: dict[str, Any]) -> None:
    async with Socket(alice) as hers:
        await greet(hers, alice)
        await hers.say(type="presence", **frame)
        await hers.expect_closed(4400)


async def test_words_are_sealed_and_expire(alice: Person) -> None:
    async with Socket(alice) as hers:
        await greet(hers, alice)
        await say(hers, replying=(MAIL,))
        await settle(hers)
        account = await away(lambda: alice.account_id)
        words, last = presence.words_key(account), f"praxis:present:{account}"
        assert all(0 < int(quick().pttl(key)) <= presence.FORGET_MS for key in (words, last))
        said = str([quick().hgetall(last), quick().xrange(words)])
        assert "Empfang" not in said
        assert MAIL not in said


async def test_a_redis_that_hangs_holds_up_no_socket(
    alice: Person, hanging: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "TIMEOUT_S", 0.2)
    async with Socket(alice) as hers:
        await greet(hers, alice)
        hanging()
        began = time.monotonic()
        await say(hers, replying=(MAIL,))
        await settle(hers)
        assert time.monotonic() - began < 10


# Pure


def word(device: str, *replying: str) -> Present:
    return Present(device=device, device_name=device, replying=list(replying), drafts=[])


def test_the_same_is_told_once() -> None:
    others = Others("me")
    others.hear([(word("desk", MAIL), 1000), (word("me", MAIL), 1000)])
    assert others.news(1001) == [word("desk", MAIL)]
    others.hear([(word("desk", MAIL), 6000)])
    assert others.news(6001) is None
    assert others.news(6000 + presence.FORGET_MS) == []


def test_an_older_word_that_comes_late_changes_nothing() -> None:
    others = Others("me")
    others.hear([(word("desk"), 2000), (word("desk", MAIL), 1000)])
    assert others.news(2001) is None
