"""One selector thread over every idle socket of this worker.

It only drains bytes into hints and passes them on. Renewals and reconnects run on lanes: a server that answers slowly
must not make the others deaf.
"""

import logging
import os
import selectors
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sync.imap.connection import Connection
from sync.imap.errors import ImapError
from sync.imap.idle import Hint

log = logging.getLogger("sync.worker")


@dataclass(frozen=True, slots=True)
class Watched:
    connection: Connection
    on_hints: Callable[[Sequence[Hint]], None]
    on_lost: Callable[[], None]


class Watcher:
    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._wake_in, self._wake_out = os.pipe()
        os.set_blocking(self._wake_out, False)
        self._selector.register(self._wake_in, selectors.EVENT_READ, None)
        self._lock = threading.Lock()
        self._joining: list[Watched] = []
        self._leaving: list[tuple[Connection, threading.Event]] = []
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)
        self._thread.start()

    def watch(self, watched: Watched) -> None:
        with self._lock:
            self._joining.append(watched)
        self._wake()

    def forget(self, connection: Connection) -> None:
        """Take a connection out; when this returns, the thread touches it no more."""
        left = threading.Event()
        with self._lock:
            self._leaving.append((connection, left))
        self._wake()
        if threading.current_thread() is not self._thread:
            left.wait(timeout=5)

    def close(self) -> None:
        self._stopping = True
        self._wake()
        self._thread.join(timeout=5)

    def _wake(self) -> None:
        try:
            os.write(self._wake_out, b"!")
        except BlockingIOError:
            return  # full: it is awake already

    def _run(self) -> None:
        while not self._stopping:
            for key, _ in self._selector.select(timeout=1.0):
                if key.data is None:
                    os.read(self._wake_in, 4096)
                else:
                    self._drain(key.data)
            self._change_members()

    def _drain(self, watched: Watched) -> None:
        try:
            hints = watched.connection.pump()
        except (ImapError, OSError, ValueError) as error:
            log.info("watcher lost=%s", type(error).__name__)
            self._unregister(watched.connection)
            watched.on_lost()
            return
        if hints:
            watched.on_hints(hints)

    def _change_members(self) -> None:
        with self._lock:
            joining, self._joining = self._joining, []
            leaving, self._leaving = self._leaving, []
        for watched in joining:
            self._selector.register(watched.connection.fileno(), selectors.EVENT_READ, watched)
            # Bytes that came before the registration wait in buffers which the selector cannot see.
            self._drain(watched)
        for connection, left in leaving:
            self._unregister(connection)
            left.set()

    def _unregister(self, connection: Connection) -> None:
        # By identity: a closed socket has no file number any more.
        for key in list(self._selector.get_map().values()):
            if key.data is not None and key.data.connection is connection:
                self._selector.unregister(key.fileobj)
