"""This worker's leases: renewed every second, believed for three.

A worker that could not renew for SURE_S stops issuing IMAP and SMTP commands by itself (`sure`), a second before its
leases run out and another may take them: a server cannot check a fence, so we must.
"""

import logging
import time
from collections.abc import Callable

from django.db import Error as DatabaseError

from sync.store import leases

log = logging.getLogger("sync.worker")

RENEW_EVERY_S = 1.0
SURE_S = 3.0


class Leases:
    """`on_taken(shards)` and `on_lost(shards)` are called from the thread that calls `tick`."""

    def __init__(self, owner: str, on_taken: Callable[[list[int]], None], on_lost: Callable[[list[int]], None]) -> None:
        self.owner = owner
        self._on_taken, self._on_lost = on_taken, on_lost
        self._held: dict[int, int] = {}
        self._renewed_at = 0.0
        self._next_at = 0.0

    @property
    def shards(self) -> list[int]:
        return sorted(self._held)

    def sure(self) -> bool:
        """May a command be sent now?"""
        return time.monotonic() - self._renewed_at < SURE_S

    def tick(self) -> None:
        if time.monotonic() < self._next_at:
            return
        self._next_at = time.monotonic() + RENEW_EVERY_S
        began = time.monotonic()
        try:
            held = leases.renew(self.owner)
            taken = leases.acquire(self.owner)
        except DatabaseError as error:
            log.warning("leases not renewed error=%s", type(error).__name__)
            return
        # From before the UPDATE: the database counts the time to live from then.
        self._renewed_at = began
        lost = [shard for shard in self._held if held.get(shard) != self._held[shard]]
        self._held = {**held, **taken}
        if lost:
            self._on_lost(lost)
        if taken:
            self._on_taken(sorted(taken))

    def release(self) -> None:
        try:
            leases.release(self.owner)
        except DatabaseError as error:
            log.warning("leases not released error=%s", type(error).__name__)
        self._held = {}
