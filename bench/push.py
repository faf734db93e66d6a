"""From somebody's act until it is on another screen.

foreign: another client's APPEND or STORE, less what a bare IDLE line needs to hear of it (the mail server's part).
own: an act in one app until the row shows it in another app, without waiting for the mail server's echo.
"""

import random
import time
from collections.abc import Callable
from functools import partial

from bench.chromium import Eyes
from bench.figure import Figure, p50, p95
from bench.line import Idle
from bench.progress import say
from bench.setting import USER, Setting, setting
from tests.support.app import App
from tests.support.world import World

MESSAGES = 10_000
FOREIGN = 25
OWN = 25
_QUIET_S = (0.5, 0.9)


def measure() -> list[Figure]:
    with setting(MESSAGES) as at:
        watching = at.chromium.signed_in(USER, "Empfang 1")
        world, idle = World("127.0.0.1", at.imap_port, USER), Idle(at.imap_port, USER)
        waited, over = _foreign(watching, world, idle)
        own = _own(at, watching)
        idle.close()
        world.close()
    bare = p50(waited)
    return [
        Figure("push.foreign.over.p50", p50(over), "ms", bare, 120),
        Figure("push.foreign.over.p95", p95(over), "ms", p95(waited), 300),
        Figure("push.own.p50", p50(own), "ms", bare, 120),
    ]


def _foreign(app: App, world: World, idle: Idle) -> tuple[list[float], list[float]]:
    """→ what the bare line waited, and what the screen needed beyond that."""
    eyes = Eyes(app.page)
    waited: list[float] = []
    over: list[float] = []

    def measure(act: Callable[[], int | None], *words: str) -> int | None:
        _rest()
        idle.watch()
        shown = eyes.row(*words)
        acted = act()
        done = time.time() * 1000
        waited.append(idle.heard() - done)
        over.append(shown().drawn - idle.heard())
        return acted

    for number in range(FOREIGN):
        subject = f"Notfall {number:03}"
        uid = measure(partial(world.append, subject=subject), subject) or 0
        measure(partial(world.flag, "INBOX", uid, "\\Flagged"), subject, "flagged")
        say(f"  foreign {number + 1}/{FOREIGN}: arrived {over[-2]:.0f} ms, flagged {over[-1]:.0f} ms over IDLE")
    return waited, over


def _own(at: Setting, watching: App) -> list[float]:
    acting = at.chromium.signed_in(USER, "Empfang 2")
    subject = f"Notfall {FOREIGN - 1:03}"
    acting.link(subject).focus()
    there, here = Eyes(watching.page), Eyes(acting.page)
    took: list[float] = []
    flagged = True
    for number in range(OWN):
        _rest()
        flagged = not flagged
        shown = there.row(subject, "flagged") if flagged else there.row(subject, without=("flagged",))
        acting.page.keyboard.press("s")
        took.append(shown().drawn - here.hand())
        say(f"  own {number + 1}/{OWN}: {took[-1]:.0f} ms")
        acting.expect_settled()
    return took


def _rest() -> None:
    """Nobody acts to the beat of a clock."""
    time.sleep(random.uniform(*_QUIET_S))
