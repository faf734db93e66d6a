"""Who is writing what now: said by browsers every few seconds, forgotten 15 s after the last word.

Each word goes to a stream that wakes the readers, and into a hash for whoever comes later; both are sealed and expire.
"""

import asyncio
from contextlib import suppress
from dataclasses import asdict
from typing import Any, cast

from redis.exceptions import RedisError

from sync.bus.connection import TIMEOUT_S, asynchronous
from sync.feed import Present
from sync.keys import open_json, seal_json
from sync.seal import WrongKey

FORGET_MS = 15_000
KEEP_WORDS = 100


def words_key(account_id: str) -> str:
    """The stream's."""
    return f"praxis:words:{account_id}"


async def say(account_id: str, present: Present, at_ms: int) -> None:
    """Tell the others. A Redis that hangs or is away costs a mark in a list, so nothing is raised."""
    key, hash_key = words_key(account_id), _hash_key(account_id)
    sealed = seal_json({"at": at_ms, "present": asdict(present)}, key)
    with suppress(RedisError, TimeoutError):
        async with asynchronous() as client, asyncio.timeout(TIMEOUT_S):
            pipe = client.pipeline(transaction=False)
            pipe.hset(hash_key, present.device, sealed)
            pipe.pexpire(hash_key, FORGET_MS)
            pipe.xadd(key, {"d": sealed}, maxlen=KEEP_WORDS, approximate=True)
            pipe.pexpire(key, FORGET_MS)
            await pipe.execute()


async def heard(account_id: str, now_ms: int) -> list[tuple[Present, int]]:
    """What was said in the last 15 s, and when."""
    try:
        async with asynchronous() as client, asyncio.timeout(TIMEOUT_S):
            found = cast(Any, await client.hgetall(_hash_key(account_id)))
    except (RedisError, TimeoutError):
        return []
    words = [open_word(account_id, sealed) for sealed in found.values()]
    return [(present, at) for present, at in words if present is not None and at > now_ms - FORGET_MS]


def open_word(account_id: str, sealed: bytes) -> tuple[Present | None, int]:
    """(None, 0) for what we did not write."""
    try:
        raw = open_json(sealed, words_key(account_id))
        return Present(**raw["present"]), int(raw["at"])
    except (WrongKey, KeyError, TypeError, ValueError):
        return None, 0


def _hash_key(account_id: str) -> str:
    return f"praxis:present:{account_id}"
