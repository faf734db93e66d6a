"""Redis connections of this process."""

from functools import cache
from typing import Any

import redis
import redis.asyncio
from django.conf import settings

# redis-py's default socket time-out (5 s) would cut every blocking read that waits longer.
_OPTIONS: dict[str, Any] = {
    "socket_timeout": None,
    "socket_connect_timeout": 3,
    "health_check_interval": 30,
}


@cache
def blocking() -> "redis.Redis":
    """The pool for workers and other threads."""
    return redis.Redis.from_url(settings.REDIS_URL, **_OPTIONS)


def asynchronous() -> "redis.asyncio.Redis":
    """A new client for the running event loop; the caller closes it with `aclose()`."""
    return redis.asyncio.Redis.from_url(settings.REDIS_URL, **_OPTIONS)
