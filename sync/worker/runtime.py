"""What one worker process runs: leases, conductors, and a clock that looks by itself when pokes are lost."""

import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable
from functools import partial

from django.db import Error as DatabaseError
from django.db import close_old_connections, connections

from sync.pull import Mirror
from sync.store import actions, keycheck, leases
from sync.worker.conductor import Conductor
from sync.worker.connections import LANES
from sync.worker.lanes import Lanes
from sync.worker.leases import Leases
from sync.worker.watcher import Watcher

log = logging.getLogger("sync.worker")

LANE_THREADS = 16
TICK_S = 0.25
LOOK_EVERY_S = 5.0


class Runtime:
    """`on_shards`: told which shards' queues to listen to."""

    def __init__(self) -> None:
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self.on_shards: Callable[[list[int]], None] = lambda shards: None
        self._lanes = Lanes(LANE_THREADS)
        self._watcher = Watcher()
        self._leases = Leases(self.owner, self._taken, self._lost)
        self._conductors: dict[str, Conductor] = {}
        self._lock = threading.RLock()
        self._look_at = 0.0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="leases", daemon=True)

    @property
    def shards(self) -> list[int]:
        return self._leases.shards

    def start(self) -> None:
        """Raises WrongKey when the database was written under another key."""
        keycheck.verify_key()
        leases.prepare_shards()
        self._thread.start()

    def stop(self) -> None:
        """Finish the running jobs, close the connections, give the leases back."""
        self._stopping.set()
        self._thread.join(timeout=10)
        with self._lock:
            conductors, self._conductors = list(self._conductors.values()), {}
        for conductor in conductors:
            conductor.closed = True
        self._lanes.close()
        for conductor in conductors:
            conductor.close()
        self._watcher.close()
        self._leases.release()

    def poke(self, account_id: str, reason: str, folder_id: str = "") -> None:
        """A wake-up from anywhere. One for an account that is not ours is ignored: its owner looks by itself."""
        conductor = self._conductor(account_id)
        if conductor is not None:
            conductor.poke(reason, folder_id)

    def _conductor(self, account_id: str) -> Conductor | None:
        with self._lock:
            held = self._conductors.get(account_id)
            if held is not None or self._stopping.is_set():
                return held
            fence = leases.adopt(account_id, self.owner)
            if fence is None:
                return None
            mirror = Mirror(account_id=account_id, fence=fence, may_go_on=self._leases.sure, stopping=self._stopping)
            made = Conductor(mirror, self._lanes, self._watcher, self._forget)
            self._conductors[account_id] = made
            return made

    def _forget(self, account_id: str) -> None:
        with self._lock:
            lost = self._conductors.pop(account_id, None)
        if lost is not None:
            log.warning("account=%s fence lost", account_id)
            lost.closed = True
            # Each connection is closed behind whatever still runs on its lane.
            for lane in LANES:
                self._lanes.submit(f"{account_id}/{lane}", "close", partial(lost.close_lane, lane))

    def _forget_stale(self, account_id: str) -> None:
        """A poke may have been faster than this news: who already conducts under the new fence goes on, with whatever
        request it has in its hands."""
        with self._lock:
            held = self._conductors.get(account_id)
        if held is not None and held.fence != leases.adopt(account_id, self.owner):
            self._forget(account_id)

    def _taken(self, shards: list[int]) -> None:
        log.info("shards taken=%d", len(shards))
        self.on_shards(shards)
        for account_id in leases.accounts_of(shards):
            self._forget_stale(account_id)
            self.poke(account_id, "look")

    def _lost(self, shards: list[int]) -> None:
        log.warning("shards lost=%d", len(shards))
        for account_id in leases.accounts_of(shards):
            self._forget(account_id)

    def _run(self) -> None:
        while not self._stopping.wait(TICK_S):
            close_old_connections()
            try:
                self._tick()
            except DatabaseError as error:
                log.warning("tick database=%s", type(error).__name__)
        connections.close_all()

    def _tick(self) -> None:
        self._leases.tick()
        now = time.monotonic()
        with self._lock:
            conductors = list(self._conductors.values())
        for conductor in conductors:
            conductor.tick(now)
        if now >= self._look_at:
            self._look_at = now + LOOK_EVERY_S
            self._look()

    def _look(self) -> None:
        """The safety net under lost pokes: accounts we do not conduct yet, actions nobody rang for."""
        mine = leases.accounts_of(self._leases.shards)
        for account_id in mine:
            if account_id not in self._conductors:
                self.poke(account_id, "look")
        for account_id in actions.accounts_with_open_actions(mine):
            self.poke(account_id, "actions")


_current: Runtime | None = None


def start() -> Runtime:
    """The runtime of this process; begun by the worker's bootstep."""
    global _current
    _current = Runtime()
    _current.start()
    return _current


def current() -> Runtime | None:
    return _current


def stop() -> None:
    global _current
    if _current is not None:
        _current.stop()
        _current = None
