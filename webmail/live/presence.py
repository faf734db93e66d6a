"""What one browser knows of who else is writing. Pure: words in, a frame out when something changed."""

from collections.abc import Iterable

from sync.bus.presence import FORGET_MS
from sync.feed import Present


class Others:
    """Everybody in the account but this device."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._heard: dict[str, tuple[Present, int]] = {}
        self._told: list[Present] = []

    def hear(self, words: Iterable[tuple[Present, int]]) -> None:
        """`at` is ms since 1970; an older word than the one known is dropped."""
        for present, at in words:
            known = self._heard.get(present.device)
            if present.device != self._device and (known is None or at >= known[1]):
                self._heard[present.device] = (present, at)

    def news(self, now_ms: int) -> list[Present] | None:
        """Everybody who is writing now, or None when that was told already."""
        self._heard = {key: (who, at) for key, (who, at) in self._heard.items() if at > now_ms - FORGET_MS}
        now = [who for who, _ in self._heard.values() if who.replying or who.drafts]
        if now == self._told:
            return None
        self._told = now
        return now
