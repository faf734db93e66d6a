"""One Redis Stream an account: the tail of what was committed, sealed.

An entry's id is `<seq>-0`, so Redis itself refuses repeats and disorder; `prev` lets a reader see a gap. The key holds
the epoch: a new or restored database starts a new stream. A control stream names accounts that just got a reader.
"""

import logging

from redis.exceptions import RedisError, ResponseError

from sync.bus.connection import quick

log = logging.getLogger("sync.bus")

KEEP_ENTRIES = 2000
KEEP_MS = 3_600_000
CONTROL_KEY = "praxis:control"


def stream_key(account_id: str, epoch: str) -> str:
    return f"praxis:ev:{epoch}:{account_id}"


def append(account_id: str, epoch: str, *, prev: int, seq: int, sealed: bytes) -> None:
    """Tell the browsers. A lost or refused entry is harmless, so nothing is raised."""
    key = stream_key(account_id, epoch)
    try:
        pipe = quick().pipeline(transaction=False)
        pipe.xadd(key, {"prev": prev, "d": sealed}, id=f"{seq}-0", maxlen=KEEP_ENTRIES, approximate=True)
        pipe.pexpire(key, KEEP_MS)
        pipe.execute()
    except ResponseError:
        # A later seq went out first: its readers saw the gap and asked the database.
        log.debug("stream account=%s seq=%d refused", account_id, seq)
    except RedisError as error:
        log.warning("stream account=%s seq=%d lost=%s", account_id, seq, type(error).__name__)
