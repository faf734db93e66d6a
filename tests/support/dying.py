"""kill -9 between two steps, as far as this process can tell."""

import random
from collections.abc import Callable, Iterator, Sequence
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


@contextmanager
def dying_somewhere(
    monkeypatch: pytest.MonkeyPatch, chance: random.Random, places: Sequence[tuple[Any, str]]
) -> Iterator[None]:
    """Raises Killed before or after one of the first calls of one of these functions, or lets all go well."""
    where, name = chance.choice(list(places))
    honest, left, after = getattr(where, name), chance.randrange(6), chance.random() < 0.5

    def maybe_die(*given: Any, **named: Any) -> Any:
        nonlocal left
        left -= 1
        if left == 0 and not after:
            raise Killed
        result = honest(*given, **named)
        if left == 0:
            raise Killed
        return result

    with monkeypatch.context() as patch:
        patch.setattr(where, name, maybe_die)
        yield
