"""One XREAD over the streams of all accounts that have a browser here, fanned out to bounded queues.

Opened by the first consumer (Channels has no lifespan). A control stream in the same XREAD wakes it when an account
joins. When Redis goes away and comes back, every subscriber is told to ask the database; nothing needs to be replayed.
"""

import asyncio
import logging
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, cast

from redis.exceptions import RedisError

from sync.bus import presence, stream
from sync.bus.connection import TIMEOUT_S, asynchronous
from sync.feed import Entry, Present
from sync.seal import WrongKey
from sync.store.stream import open_entry

log = logging.getLogger("webmail.live")

QUEUE_ENTRIES = 256
BLOCK_MS = 5000


class Lost:
    """In place of an entry: something may have been missed, ask the database."""


LOST: Final = Lost()


@dataclass(frozen=True, slots=True)
class Word:
    """Somebody said what they are writing."""

    present: Present
    at_ms: int


Item = Entry | Lost | Word


class Subscription:
    """One consumer's queue. `overflowed` once it could not keep up."""

    def __init__(self, account_id: str, epoch: str) -> None:
        self.account_id, self.epoch = account_id, epoch
        self.queue: asyncio.Queue[Item] = asyncio.Queue(QUEUE_ENTRIES)
        self.overflowed = asyncio.Event()

    def offer(self, item: Item) -> None:
        try:
            self.queue.put_nowait(item)
        except asyncio.QueueFull:
            self.overflowed.set()


class Hub:
    """Lives in one event loop."""

    def __init__(self) -> None:
        self._subscriptions: dict[str, set[Subscription]] = defaultdict(set)
        self._last: dict[str, str] = {}
        self._words: dict[str, str] = {}  # the stream of words → the account's own stream
        self._accounts: dict[str, tuple[str, str]] = {}
        self._reader: asyncio.Task[None] | None = None

    async def subscribe(self, account_id: str, epoch: str) -> Subscription:
        """From here on every entry is queued; read the database afterwards, so that nothing falls in between."""
        subscription = Subscription(account_id, epoch)
        key = stream.stream_key(account_id, epoch)
        self._accounts[key] = (account_id, epoch)
        self._subscriptions[key].add(subscription)
        if key not in self._last:
            words = presence.words_key(account_id)
            self._last[key] = await self._newest_id(key)
            self._last[words] = await self._newest_id(words)
            self._words[words] = key
            await self._wake()
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read_forever())
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        key = stream.stream_key(subscription.account_id, subscription.epoch)
        self._subscriptions[key].discard(subscription)
        if not self._subscriptions[key]:
            del self._subscriptions[key]
            self._last.pop(key, None)
            self._accounts.pop(key, None)
            words = presence.words_key(subscription.account_id)
            if self._words.get(words) == key:
                self._last.pop(words, None)
                del self._words[words]

    async def _newest_id(self, key: str) -> str:
        try:
            async with asynchronous() as client, asyncio.timeout(TIMEOUT_S):
                newest = cast(Any, await client.xrevrange(key, count=1))
            return newest[0][0].decode() if newest else "0-0"
        except (RedisError, OSError):
            return "0-0"  # everything that the stream still holds: told twice is better than not

    async def _wake(self) -> None:
        with suppress(RedisError, OSError):
            async with asynchronous() as client, asyncio.timeout(TIMEOUT_S):
                await client.xadd(stream.CONTROL_KEY, {"w": 1}, maxlen=10)

    async def _read_forever(self) -> None:
        wait_s = 0.1
        while True:
            try:
                async with asynchronous() as client:
                    await self._read(client)
            except (RedisError, OSError) as error:
                log.warning("redis away error=%s", type(error).__name__)
                await asyncio.sleep(wait_s)
                wait_s = min(5.0, wait_s * 2)
                self._tell_all_lost()

    async def _read(self, client: Any) -> None:
        control = "$"
        while True:
            keys = {**self._last, stream.CONTROL_KEY: control}
            async with asyncio.timeout(BLOCK_MS / 1000 + TIMEOUT_S):
                news = await client.xread(keys, count=100, block=BLOCK_MS)
            for raw_key, entries in news or ():
                key = raw_key.decode()
                if key == stream.CONTROL_KEY:
                    control = entries[-1][0].decode()
                    continue
                for entry_id, fields in entries:
                    self._deliver(key, entry_id.decode(), fields)

    def _deliver(self, key: str, entry_id: str, fields: dict[bytes, bytes]) -> None:
        if key not in self._last:
            return
        self._last[key] = entry_id
        if key in self._words:
            self._deliver_word(self._words[key], fields)
            return
        account_id, epoch = self._accounts[key]
        item: Item
        try:
            item = open_entry(account_id, epoch, fields[b"d"])
        except (WrongKey, KeyError, TypeError, ValueError):
            # Not ours, or damaged: never trusted, and the database knows.
            log.error("stream account=%s unreadable entry", account_id)
            item = LOST
        for subscription in tuple(self._subscriptions.get(key, ())):
            subscription.offer(item)

    def _deliver_word(self, key: str, fields: dict[bytes, bytes]) -> None:
        present, at_ms = presence.open_word(self._accounts[key][0], fields.get(b"d", b""))
        for subscription in tuple(self._subscriptions.get(key, ())) if present is not None else ():
            subscription.offer(Word(present, at_ms))  # type: ignore[arg-type]  # looked at above

    def _tell_all_lost(self) -> None:
        for subscriptions in self._subscriptions.values():
            for subscription in subscriptions:
                subscription.offer(LOST)


_hubs: dict[int, Hub] = {}


def hub() -> Hub:
    """The hub of the running event loop."""
    return _hubs.setdefault(id(asyncio.get_running_loop()), Hub())
