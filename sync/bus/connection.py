"""Redis connections of this process."""

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


def asynchronous() -> "redis.asyncio.Redis":
    """A new client for the running event loop, to be entered with `async with`. It waits for ever: the caller bounds
    what it asks."""
    return redis.asyncio.Redis.from_url(settings.REDIS_URL, socket_timeout=None, **_OPTIONS)
