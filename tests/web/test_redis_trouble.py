"""A Redis that hangs or is away costs seconds of freshness, never a write, and never another mailbox's time."""

import asyncio
import os
import signal
import threading
import time
import uuid
from collections.abc import Callable, Iterator

import pytest
from django.db import connections

from deploy.embedded.redis import Redis
from sync.bus import requests
from sync.bus.connection import quick
from sync.bus.requests import Request
from sync.store.commit import change
from tests.support.mirrored import Mirrored
from webmail.live.hub import LOST, Hub

DEADLINE_S = 30


@pytest.fixture
def hanging(redis: Redis) -> Iterator[Callable[[], None]]:
    """From when it is called, Redis takes connections and says nothing."""
    yield lambda: os.kill(redis.pid, signal.SIGSTOP)
    os.kill(redis.pid, signal.SIGCONT)


def test_a_hanging_redis_holds_up_no_other_writer(mirrored: Mirrored, hanging: Callable[[], None]) -> None:
    written, told = threading.Event(), threading.Event()
    hanging()

    def first_writer() -> None:
        with change(mirrored.account_id) as made:
            made.account = True
            written.set()
        told.set()
        connections.close_all()

    first = threading.Thread(target=first_writer)
    first.start()
    assert written.wait(DEADLINE_S)
    with change(mirrored.account_id) as made:
        made.account = True
        assert not told.is_set(), "the first one is still trying to tell"
    assert told.wait(DEADLINE_S)
    first.join(DEADLINE_S)


def test_a_tap_is_accepted_within_seconds_while_redis_hangs(mirrored: Mirrored, hanging: Callable[[], None]) -> None:
    hanging()
    began = time.monotonic()
    row = mirrored.enqueue("flag", add=1, remove=0)
    assert time.monotonic() - began < 15
    assert mirrored.ledger()[row.id].state == "waiting"


async def test_whoever_asks_a_hanging_redis_is_told_and_whoever_leaves_can(hanging: Callable[[], None]) -> None:
    hanging()

    async def ask() -> list[bytes]:
        return [chunk async for chunk in requests.ask(str(uuid.uuid4()), Request(kind="source", messages=["x"]))]

    staying, leaving = asyncio.create_task(ask()), asyncio.create_task(ask())
    await asyncio.sleep(0)  # both have begun
    leaving.cancel()
    async with asyncio.timeout(DEADLINE_S):
        with pytest.raises(requests.OwnerSilent):
            await staying
        with pytest.raises(asyncio.CancelledError):
            await leaving


def test_nobody_is_answered_who_has_left(mirrored: Mirrored, redis: Redis) -> None:
    asked = Request(kind="source", messages=["x"])
    quick().rpush(f"praxis:ack:{asked.id}", b"0")
    taken: list[int] = []

    def chunks() -> Iterator[bytes]:
        for number in range(100):
            taken.append(number)
            yield b"chunk"

    assert not requests.answer(asked.id, chunks())
    assert len(taken) == requests.CREDIT + 1


def test_what_was_asked_too_long_ago_is_not_even_looked_at(redis: Redis) -> None:
    now_s, _ = quick().time()  # the same clock on both sides, whatever the hosts say
    assert not requests.is_stale(Request(kind="source", messages=["x"], asked_at=now_s))
    assert requests.is_stale(Request(kind="source", messages=["x"], asked_at=now_s - 3600))


async def test_a_browser_is_let_in_while_redis_hangs(mirrored: Mirrored, hanging: Callable[[], None]) -> None:
    hanging()
    hub = Hub()
    async with asyncio.timeout(DEADLINE_S):
        await hub.subscribe(mirrored.account_id, str(uuid.uuid4()))


async def test_who_is_connected_is_sent_to_the_database_when_redis_hangs(
    mirrored: Mirrored, hanging: Callable[[], None]
) -> None:
    hub = Hub()
    subscription = await hub.subscribe(mirrored.account_id, str(uuid.uuid4()))
    hanging()
    async with asyncio.timeout(DEADLINE_S):
        assert await subscription.queue.get() is LOST
