"""A conductor whose lanes move only when the test says so: every order of their jobs can be had."""

import threading
import time
from collections import defaultdict, deque
from contextlib import ExitStack

from deploy.embedded.dovecot import Dovecot
from sync.pull import Mirror
from sync.store import accounts
from sync.worker.conductor import Conductor
from sync.worker.connections import Lane
from sync.worker.lanes import Job, Lanes
from sync.worker.watcher import Watcher
from tests.support.mirrored import Mirrored
from tests.support.world import World


class HandLanes(Lanes):
    """Jobs wait; `run` does those of one lane, here and now. As in life, one name waits once in its lane."""

    def __init__(self) -> None:
        super().__init__(threads=1)
        self._jobs: dict[str, deque[tuple[str, Job]]] = defaultdict(deque)
        self._arrived = threading.Condition()

    def submit(self, lane: str, name: str, job: Job) -> None:
        with self._arrived:
            if all(waiting != name for waiting, _ in self._jobs[lane]):
                self._jobs[lane].append((name, job))
            self._arrived.notify_all()

    def waiting(self, lane: str) -> list[str]:
        with self._arrived:
            return [name for name, _ in self._jobs[lane]]

    def run(self, lane: str, *, most: int = 100) -> None:
        """Until nothing waits in it."""
        while most and self.waiting(lane):
            with self._arrived:
                _, job = self._jobs[lane].popleft()
            job()
            most -= 1

    def wait_for(self, lane: str, timeout_s: float) -> bool:
        """Until another thread has put something into the lane."""
        with self._arrived:
            return self._arrived.wait_for(lambda: bool(self._jobs[lane]), timeout_s)


class ByHand:
    """Context manager: one account's conductor with a real watcher and its real connections."""

    def __init__(self, mirror: Mirror) -> None:
        self.account_id = mirror.account_id
        self.lanes, self.watcher = HandLanes(), Watcher()
        self.lost: list[str] = []
        self.conductor = Conductor(mirror, self.lanes, self.watcher, self.lost.append)

    def __enter__(self) -> "ByHand":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        assert self.lost == []

    def close(self) -> None:
        self.conductor.close()
        self.watcher.close()
        self.lanes.close()

    def work(self, reason: str = "look") -> None:
        """One poke, and all that the command lane makes of it. After a broken line nobody waits here."""
        self.conductor._connections.hurry()
        self.conductor.poke(reason)
        self.run("command")

    def pull(self, path: str) -> None:
        """What a hint about one folder brings."""
        self.conductor._wants.add(paths=[path])
        self.conductor._submit("command", "work", self.conductor._work)
        self.run("command")

    def watch(self) -> None:
        """The clock ticks: the watcher listens, and what that brings is done."""
        self.conductor.tick(time.monotonic())
        self.run("watch")
        self.settle()

    def run(self, lane: Lane, *, most: int = 100) -> None:
        self.lanes.run(f"{self.account_id}/{lane}", most=most)

    def waiting(self, lane: Lane) -> list[str]:
        return self.lanes.waiting(f"{self.account_id}/{lane}")

    def run_when_told(self, lane: Lane, timeout_s: float = 5) -> None:
        """Wait for what the watcher's thread puts into the lane, and do it."""
        assert self.lanes.wait_for(f"{self.account_id}/{lane}", timeout_s), "nobody told"
        self.run(lane)

    def settle(self) -> None:
        """Until no lane but the watcher's has anything to do."""
        while self.waiting("command") or self.waiting("transfer"):
            self.run("command")
            self.run("transfer")


class Office:
    """A mailbox, its mirror, the conductor and the world."""

    def __init__(self, server: Dovecot, user: str, stack: ExitStack) -> None:
        self.world = World("127.0.0.1", server.port, user)
        stack.callback(self.world.close)
        self.mirrored = Mirrored("127.0.0.1", server.port, user)
        stack.callback(self.mirrored.close)
        self.hand = stack.enter_context(ByHand(self.mirrored.mirror))

    def start(self) -> None:
        """The first sync is through."""
        self.hand.work()
        self.hand.settle()
        assert accounts.account_row(self.mirrored.account_id).state == "ok"
