"""The replay law itself: it holds for what was done here, and it notices when something is kept back."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from sync.feed import Delta, Window
from sync.store import reading
from tests.support.mirrored import Mirrored
from tests.support.replica import Replica, check_replay
from tests.support.world import World


def _without(monkeypatch: pytest.MonkeyPatch, **kept_back: Any) -> None:
    whole = reading.changes

    def changes(account_id: str, epoch: str, since: int, windows: Sequence[Window], *, limit: int = 500) -> Any:
        delta = whole(account_id, epoch, since, windows, limit=limit)
        return replace(delta, **kept_back) if isinstance(delta, Delta) else delta

    monkeypatch.setattr(reading, "changes", changes)


@pytest.mark.parametrize("kept_back", ["messages", "lost", "folders"])
def test_a_change_that_is_not_told_breaks_the_law(
    mirrored: Mirrored, world: World, monkeypatch: pytest.MonkeyPatch, kept_back: str
) -> None:
    for subject in ("eins", "zwei", "drei"):
        world.append(subject=subject)
    mirrored.sync()
    browser = Replica(mirrored.account_id).open_all()
    world.append(subject="vier")
    world.delete("INBOX", "zwei")
    mirrored.sync()
    with monkeypatch.context() as cut:
        _without(cut, **{kept_back: []})
        with pytest.raises(AssertionError):
            check_replay(browser)
