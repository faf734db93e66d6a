"""Waiting for what a server, a worker or a socket does in its own time."""

import time
from collections.abc import Callable

DEADLINE_S = 30


def wait_for(what: Callable[[], object], within_s: float = DEADLINE_S) -> None:
    """Look until it is so."""
    deadline = time.monotonic() + within_s
    while not what():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
