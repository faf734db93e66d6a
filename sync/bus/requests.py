"""Reads that need IMAP, asked of the account's owner and answered in chunks.

    asker                                   owner
    RPUSH req:<account>  (sealed) ──poke──▶ LPOP req:<account>
    BLPOP ans:<id>       ◀────────────────  RPUSH ans:<id>  chunk, chunk, …   at most CREDIT ahead
    RPUSH ack:<id>       ────────────────▶  BLPOP ack:<id>
                          the last one says that nobody listens any more

Every key expires, so that whoever dies leaves nothing; an owner that gets no ack for ACK_WAIT_S gives up, and takes
nothing that was asked longer ago than anybody waits. Chunks are sealed: a body never stands in Redis in clear.
"""

import asyncio
import json
import uuid
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, cast

from redis.exceptions import RedisError

from sync.bus.connection import TIMEOUT_S, asynchronous, patient, quick
from sync.bus.doorbell import ring
from sync.keys import keyring, open_json, seal_json

EXPIRES_S = 60
CREDIT = 8
ACK_WAIT_S = 20
LONGEST_WAIT_S = 20

_DATA, _END, _FAILED = b"D", b"E", b"X"
_TAKEN, _LEFT = b"1", b"0"


class OwnerSilent(Exception):
    """No worker answered in time: the account is being taken over, or Redis is away. Ask again later."""


class RequestFailed(Exception):
    """The owner could not do it; `code` says why ("gone", "reconnecting", "sign_in_refused", "refused")."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """`bodies`: JSON BodyRows, one a chunk. `part`, `source`: a JSON head, then bytes.

    `asked_at` is in seconds by Redis' clock: the two sides may run on hosts whose own clocks differ.
    """

    kind: Literal["bodies", "part", "source"]
    messages: list[str]
    part: str = ""
    asked_at: int = 0
    id: str = field(default_factory=lambda: uuid.uuid4().hex)


async def ask(account_id: str, request: Request, *, timeout_s: float = LONGEST_WAIT_S) -> AsyncGenerator[bytes, None]:
    """Yield the answer's chunks. `timeout_s` bounds the wait for each. Raises OwnerSilent, RequestFailed."""
    async with asynchronous() as client:  # around all: cancelled once more while it says that it left, it closes too
        try:
            key = _requests_key(account_id)
            async with asyncio.timeout(TIMEOUT_S):
                asked_at, _ = await client.time()
            await _push(client, key, seal_json(asdict(replace(request, asked_at=asked_at)), key))
            await asyncio.to_thread(ring, account_id, "requests")
            while (chunk := await _next_chunk(client, request, timeout_s)) is not None:
                await _push(client, _ack_key(request.id), _TAKEN)
                yield chunk
        except (RedisError, TimeoutError) as error:
            raise OwnerSilent(type(error).__name__) from error
        finally:
            with suppress(RedisError, TimeoutError):
                await _push(client, _ack_key(request.id), _LEFT)


async def _next_chunk(client: Any, request: Request, timeout_s: float) -> bytes | None:
    """None: that was all. Raises OwnerSilent, RequestFailed."""
    async with asyncio.timeout(timeout_s + TIMEOUT_S):
        popped = await cast(Any, client.blpop([_answer_key(request.id)], timeout=timeout_s))
    if popped is None:
        raise OwnerSilent(request.kind)
    tag, chunk = _open_chunk(request.id, popped[1])
    if tag == _FAILED:
        raise RequestFailed(chunk.decode())
    return None if tag == _END else chunk


async def _push(client: Any, key: str, value: bytes) -> None:
    """Bounded, also while the asker is being cancelled: a Redis that hangs must not keep its request open."""
    async with asyncio.timeout(TIMEOUT_S):
        await client.rpush(key, value)
        await client.expire(key, EXPIRES_S)


def take(account_id: str) -> Iterator[Request]:
    """The waiting requests of an account that somebody still waits for, oldest first. Owner's side."""
    key = _requests_key(account_id)
    while (sealed := quick().lpop(key)) is not None:
        request = Request(**open_json(cast(bytes, sealed), key))
        if not is_stale(request):
            yield request


def is_stale(request: Request) -> bool:
    """Whoever asked has given up by now."""
    now_s, _ = quick().time()
    return now_s - request.asked_at > LONGEST_WAIT_S


def answer(request_id: str, chunks: Iterable[bytes]) -> bool:
    """Send chunks as the asker takes them. False when it went away; the caller stops fetching then."""
    client, key, outstanding = quick(), _answer_key(request_id), 0
    for chunk in chunks:
        if outstanding >= CREDIT:
            word = patient().blpop([_ack_key(request_id)], timeout=ACK_WAIT_S)
            if word is None or cast(Any, word)[1] == _LEFT:
                client.delete(key)
                return False
            outstanding -= 1
        client.rpush(key, _seal_chunk(request_id, _DATA, chunk))
        client.expire(key, EXPIRES_S)
        outstanding += 1
    client.rpush(key, _seal_chunk(request_id, _END, b""))
    client.expire(key, EXPIRES_S)
    return True


def fail(request_id: str, code: str) -> None:
    """Tell the asker why not."""
    key = _answer_key(request_id)
    quick().rpush(key, _seal_chunk(request_id, _FAILED, code.encode()))
    quick().expire(key, EXPIRES_S)


def head(**fields: Any) -> bytes:
    """The first chunk of a `part` or `source` answer."""
    return json.dumps(fields, ensure_ascii=False).encode()


def _requests_key(account_id: str) -> str:
    return f"praxis:req:{account_id}"


def _answer_key(request_id: str) -> str:
    return f"praxis:ans:{request_id}"


def _ack_key(request_id: str) -> str:
    return f"praxis:ack:{request_id}"


def _seal_chunk(request_id: str, tag: bytes, chunk: bytes) -> bytes:
    return keyring().seal(tag + chunk, _answer_key(request_id))


def _open_chunk(request_id: str, sealed: bytes) -> tuple[bytes, bytes]:
    plain = keyring().open(sealed, _answer_key(request_id))
    return plain[:1], plain[1:]
