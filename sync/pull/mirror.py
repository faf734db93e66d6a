"""Whose tables a pass writes, and with which right."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirror:
    """`fence` guards every write. `may_go_on` is asked between batches: False once the lease is in doubt."""

    account_id: str
    fence: int
    may_go_on: Callable[[], bool] = lambda: True
