"""What is to be done for one account. Any thread may add; the lanes take."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Wants:
    """`paths`: folders with news, by path."""

    actions: bool = False
    requests: bool = False
    listing: bool = False
    sweep: bool = False
    paths: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(
        self,
        *,
        actions: bool = False,
        requests: bool = False,
        listing: bool = False,
        sweep: bool = False,
        paths: Iterable[str] = (),
    ) -> None:
        with self._lock:
            self.actions |= actions
            self.requests |= requests
            self.listing |= listing
            self.sweep |= sweep
            self.paths.update(paths)

    def take(self, name: str) -> bool:
        """Read and clear one of the flags."""
        with self._lock:
            wanted: bool = getattr(self, name)
            setattr(self, name, False)
            return wanted

    def take_path(self) -> str | None:
        """One folder with news, the Inbox before others."""
        with self._lock:
            if not self.paths:
                return None
            path = "INBOX" if "INBOX" in self.paths else min(self.paths)
            self.paths.discard(path)
            return path
