"""Two bootsteps: the worker's owns sockets and leases, the consumer's only subscribes queues.

A consumer bootstep is restarted at every broker hiccup: IMAP connections there would all drop with it. This module is
read before Django is set up, so it must not import what imports models.
"""

from importlib import import_module
from typing import Any

from celery import Celery, bootsteps


def _runtime() -> Any:
    return import_module("sync.worker.runtime")


class RuntimeStep(bootsteps.StartStopStep):
    """Begins with the worker, ends with it."""

    requires = ("celery.worker.components:Pool",)

    def start(self, parent: Any) -> None:
        _runtime().start()

    def stop(self, parent: Any) -> None:
        _runtime().stop()

    def terminate(self, parent: Any) -> None:
        _runtime().stop()


class ShardQueues(bootsteps.StartStopStep):
    """Listens to `shard.N` for the shards this worker holds."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def start(self, parent: Any) -> None:
        running = _runtime().current()
        if running is None:
            return

        def subscribe(shards: list[int]) -> None:
            for shard in shards:
                parent.call_soon(parent.add_task_queue, f"shard.{shard}")

        running.on_shards = subscribe
        subscribe(running.shards)

    def stop(self, parent: Any) -> None:
        running = _runtime().current()
        if running is not None:
            running.on_shards = lambda shards: None


def install(app: Celery) -> None:
    """Add both to an app; called where the Celery app is made."""
    app.steps["worker"].add(RuntimeStep)
    app.steps["consumer"].add(ShardQueues)
