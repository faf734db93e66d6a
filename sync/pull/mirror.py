"""Whose tables a pass writes, and with which right."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event

from sync.plan.suspects import Suspects


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirror:
    """`fence` guards every write. Between batches a pass asks:

    may_go_on    False once the lease is in doubt: stop, store nothing more
    must_pause   True when a person waits for this lane: stop where the work can be taken up again

    `stopping` is set when the worker is told to stop: who waits for something to come back gives up.

    `suspects`, by folder id and UIDVALIDITY: over which messages the server fails. `unreadable`: ids of folders that
    could not be read at the last attempt. Both in memory alone: a successor finds out again.
    """

    account_id: str
    fence: int
    may_go_on: Callable[[], bool] = lambda: True
    must_pause: Callable[[], bool] = lambda: False
    stopping: Event = field(default_factory=Event)
    suspects: dict[tuple[str, int | None], Suspects] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
