"""Whoever is cancelled while it speaks to Redis leaves no line open behind it."""

import asyncio
from contextlib import suppress
from typing import Any

from sync.bus.connection import asynchronous

STEPS = 80  # of the event loop: more than a greeting, one command and the end take


async def test_cancelled_at_any_step_it_ends_with_the_line_closed() -> None:
    ended = 0
    for step in range(STEPS):
        clients: list[Any] = []

        async def ask(clients: list[Any] = clients) -> None:
            async with asynchronous() as client:
                clients.append(client)
                await client.ping()

        task = asyncio.create_task(ask())
        for _ in range(step):
            await asyncio.sleep(0)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
            ended += 1
        assert not any(line.is_connected for client in clients for line in lines(client)), f"at step {step}"
    assert 0 < ended < STEPS


def lines(client: Any) -> list[Any]:
    pool = client.connection_pool
    return [*pool._available_connections, *pool._in_use_connections]
