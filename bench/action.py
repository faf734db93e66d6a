"""A tap on "Flag" on a phone's processor: until the row says so. Beside it, until the web server has answered."""

from bench.chromium import TO_ROW, Eyes, slow_down
from bench.figure import Figure, p50
from bench.mailbox import named
from bench.progress import say
from bench.setting import USER, setting

MESSAGES = 1_000
TAPS = 20
_ANSWERED = """() => performance.timeOrigin
  + performance.getEntriesByName(`${location.origin}/api/actions`).at(-1).responseEnd"""


def measure() -> list[Figure]:
    with setting(MESSAGES) as at:
        app = at.chromium.signed_in(USER)
        app.expect_cached()
        slow_down(app.page, 4)
        eyes = Eyes(app.page)
        changed: list[float] = []
        answered: list[float] = []
        flag = app.page.get_by_role("toolbar", name="Selection").get_by_role("button", name="Flag", exact=True)
        for number in range(TAPS):
            subject = named(MESSAGES - 1 - number)
            app.page.evaluate(TO_ROW, number + 1)
            box = app.messages.get_by_role("checkbox", name=subject)
            box.check(force=True)
            row = eyes.row(subject, "flagged")
            app.page.evaluate("performance.clearResourceTimings()")
            flag.click()
            changed.append(row().changed - eyes.hand())
            hand = eyes.hand()
            app.expect_settled()
            answered.append(app.page.evaluate(_ANSWERED) - hand)
            say(f"  {number + 1}/{TAPS}: row {changed[-1]:.0f} ms, server {answered[-1]:.0f} ms")
            box.uncheck(force=True)
    return [Figure("action.row-changed.p50", p50(changed), "ms", p50(answered), 50)]
