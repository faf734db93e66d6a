"""Redis connections of this process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import redis
import redis.asyncio
from django.conf import settings

TIMEOUT_S = 3
PATIENCE_S = 30  # above the longest wait that is asked for: a Redis that hangs must not hold a lane for ever
_OPTIONS: dict[str, Any] = {"socket_connect_timeout": TIMEOUT_S, "health_check_interval": 30}


@cache
def quick() -> "redis.Redis":
    """The pool of threads, for commands that answer at once: a Redis that hangs must not hold up a writer."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=TIMEOUT_S, **_OPTIONS)


@cache
def patient() -> "redis.Redis":
    """The pool of threads, for reads that wait; redis-py's own time-out (5 s) would cut those that wait longer."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=PATIENCE_S, **_OPTIONS)


@asynccontextmanager
async def asynchronous() -> "AsyncIterator[redis.asyncio.Redis]":
    """A client of its own for the running event loop. It waits for ever: the caller bounds what it asks."""
    client = redis.asyncio.Redis.from_url(settings.REDIS_URL, socket_timeout=None, **_OPTIONS)
    try:
        yield client
    finally:
        closing = asyncio.ensure_future(client.aclose())
        try:
            await asyncio.shield(closing)
        except asyncio.CancelledError:
            # redis-py's own end of an `async with` leaves here with the line still open, and the end of the loop
            # may come before it is closed.
            await closing
            raise
