"""Wake-ups to the worker that owns an account. Never the record of anything: the database is."""

import logging
import zlib
from typing import Literal

from celery import current_app
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

log = logging.getLogger("sync.bus")

Reason = Literal["actions", "requests", "secret", "look", "looking"]
EXPIRES_S = 30
SHARDS = 64


def shard_of(account_id: str) -> int:
    """Which of the 64 shards an account belongs to, for good."""
    return zlib.crc32(account_id.encode()) % SHARDS


def ring(account_id: str, reason: Reason, folder_id: str = "") -> None:
    """Poke the owner. Lost pokes cost seconds, not mail: owners also look by themselves. `looking`: somebody has this
    folder on the screen."""
    try:
        current_app.send_task(
            "sync.poke",
            args=[account_id, reason, folder_id],
            queue=f"shard.{shard_of(account_id)}",
            expires=EXPIRES_S,
            retry=False,
            ignore_result=True,
        )
    except (OperationalError, RedisError, OSError) as error:
        log.warning("poke account=%s reason=%s lost=%s", account_id, reason, type(error).__name__)
