"""kill -9 between two steps, as far as this process can tell."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest


class Killed(BaseException):
    pass


@contextmanager
def dying_in(
    monkeypatch: pytest.MonkeyPatch,
    where: Any,
    name: str,
    *,
    after: bool = False,
    when: Callable[..., bool] = lambda *given, **named: True,
) -> Iterator[None]:
    """In the first call of that function for which `when` says so, before it did anything, or when it was done."""
    honest = getattr(where, name)

    def die(*given: Any, **named: Any) -> Any:
        if not when(*given, **named):
            return honest(*given, **named)
        if after:
            honest(*given, **named)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(where, name, die)
        with pytest.raises(Killed):
            yield
