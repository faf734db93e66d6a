"""Started without a network on a phone's processor: until the first row, with 10,000 messages held in this browser."""

from bench.chromium import Eyes, slow_down
from bench.figure import Figure, p50
from bench.progress import say
from bench.setting import USER, setting
from tests.support.app import App

MESSAGES = 10_000
STARTS = 20
_HOLDS_S = 120
_TO_THE_END = """async (messages) => {
  const row = () => document.querySelector('li[data-id]');
  const list = row().closest('[role=list]').parentElement;
  // Between two pages no row may be there.
  while (Number(row()?.ariaSetSize ?? 0) < messages) {
    list.scrollTop = list.scrollHeight;
    await new Promise((later) => setTimeout(later, 50));
  }
  list.scrollTop = 0;
}"""


def measure() -> list[Figure]:
    with setting(MESSAGES) as at:
        app = at.chromium.signed_in(USER)
        say("  scrolling to the end")
        app.page.evaluate(_TO_THE_END, MESSAGES)
        app.expect_cached()
        slow_down(app.page, 4)
        online = _starts(app, "with a network")
        at.stack.proxy.refuse()
        offline = _starts(app, "without")
        app.expect_offline()
    return [Figure("offline-start.first-row.p50", p50(offline), "ms", p50(online), 800)]


def _starts(app: App, how: str) -> list[float]:
    took: list[float] = []
    for number in range(STARTS):
        app.page.reload(wait_until="commit")
        eyes = Eyes(app.page)
        took.append(eyes.first_row())
        say(f"  {how} {number + 1}/{STARTS}: {took[-1]:.0f} ms")
        # The next start begins when this one is through: all of them are there.
        eyes.watch("rows", shown=1, known=MESSAGES)()
    return took
