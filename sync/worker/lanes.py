"""Serial lanes on a bounded pool: jobs of one lane run one after the other, lanes run side by side."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import close_old_connections, connections

log = logging.getLogger("sync.worker")

Job = Callable[[], None]


class Lanes:
    """`submit` never blocks. A job whose name already waits in its lane is not queued twice."""

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="lane")
        self._lock = threading.Lock()
        self._waiting: dict[str, deque[tuple[str, Job]]] = {}
        self._closed = False

    def submit(self, lane: str, name: str, job: Job) -> None:
        with self._lock:
            if self._closed:
                return
            queue = self._waiting.get(lane)
            if queue is None:
                self._waiting[lane] = deque([(name, job)])
                self._pool.submit(self._run, lane)
            elif all(waiting != name for waiting, _ in queue):
                queue.append((name, job))

    def close(self, *, wait: bool = True) -> None:
        with self._lock:
            self._closed = True
            for queue in self._waiting.values():
                queue.clear()
        self._pool.shutdown(wait=wait, cancel_futures=True)

    def _run(self, lane: str) -> None:
        while (job := self._next(lane)) is not None:
            close_old_connections()
            try:
                job()
            except Exception as error:
                # The lane's owner has its own boundary; what comes here is a defect. Its text may quote mail.
                where = error.__traceback__
                while where is not None and where.tb_next is not None:
                    where = where.tb_next
                line = f"{where.tb_frame.f_code.co_filename}:{where.tb_lineno}" if where else "?"
                log.error("lane=%s defect=%s at=%s", lane, type(error).__name__, line)
        connections.close_all()

    def _next(self, lane: str) -> Job | None:
        with self._lock:
            queue = self._waiting[lane]
            if not queue:
                # Removing it under the lock is what makes the next submit start a new runner.
                del self._waiting[lane]
                return None
            return queue.popleft()[1]
