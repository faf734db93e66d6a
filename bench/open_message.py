"""A tap on a row on a phone's processor: until the text of the message is on the screen.

cached: held in this browser. fetched: below the offline window, so it comes from the mail server.
"""

import time

from bench.chromium import TO_ROW, Eyes, slow_down
from bench.figure import Figure, p50
from bench.line import Line
from bench.mailbox import named
from bench.progress import say
from bench.setting import USER, setting
from tests.support.app import App

MESSAGES = 2_000
OFFLINE_ROWS = 500
TAPS = 20


def measure() -> list[Figure]:
    with setting(MESSAGES) as at:
        app = at.chromium.signed_in(USER)
        app.expect_held(bodies=OFFLINE_ROWS)
        app.expect_cached()
        slow_down(app.page, 4)
        cached = _taps(app, 1, "cached")
        fetched = _taps(app, OFFLINE_ROWS * 2, "fetched")
        bare = _fetches(at.imap_port)
    return [
        Figure("open.cached.p50", p50(cached), "ms", p50(fetched), 100),
        Figure("open.fetched.p50", p50(fetched), "ms", p50(bare), 300),
    ]


def _taps(app: App, first: int, what: str) -> list[float]:
    eyes = Eyes(app.page)
    took: list[float] = []
    for number in range(first, first + TAPS):
        app.page.evaluate(TO_ROW, number)
        subject = named(MESSAGES - number)
        row = app.messages.locator("li").filter(has_text=subject).get_by_role("link")
        shown = eyes.message(subject)
        row.click()
        took.append(shown().drawn - eyes.hand())
        say(f"  {what} {number - first + 1}/{TAPS}: {took[-1]:.0f} ms")
        app.page.wait_for_timeout(300)
    return took


def _fetches(port: int) -> list[float]:
    """What the mail server itself needs for a whole message."""
    took: list[float] = []
    with Line(port, USER) as line:
        for number in range(OFFLINE_ROWS * 3, OFFLINE_ROWS * 3 + TAPS):
            began = time.perf_counter()
            line.ask(f"FETCH {MESSAGES - number} (BODY.PEEK[])")
            took.append((time.perf_counter() - began) * 1000)
    return took
