"""A tap on "Reply" on a phone's processor: until the cursor stands in the text, below which the mail is quoted.

The reference is what it takes to open the mail itself, in the same run.
"""

from bench.chromium import TO_ROW, Eyes, slow_down
from bench.figure import Figure, p50
from bench.mailbox import named
from bench.progress import say
from bench.setting import USER, setting
from tests.support.composer import Composer

MESSAGES = 500
TAPS = 20


def measure() -> list[Figure]:
    with setting(MESSAGES) as at:
        app = at.chromium.signed_in(USER)
        fetched: list[str] = []
        app.page.on("request", lambda request: fetched.append(request.url))
        app.expect_cached()
        # The chunk of the composer comes with the first tap; the service worker has it by then.
        Composer.new(app).close()
        slow_down(app.page, 4)
        eyes = Eyes(app.page)
        opened: list[float] = []
        read: list[float] = []
        reply = app.page.get_by_role("toolbar", name="Actions").get_by_role("button", name="Reply", exact=True)
        for number in range(TAPS):
            subject = named(MESSAGES - 1 - number)
            app.page.evaluate(TO_ROW, number + 1)
            shown = eyes.message(subject)
            app.messages.locator("li").filter(has_text=subject).get_by_role("link").click()
            read.append(shown().drawn - eyes.hand())
            app.page.wait_for_timeout(300)
            typing = eyes.typing()
            reply.click()
            opened.append(typing().drawn - eyes.hand())
            say(f"  {number + 1}/{TAPS}: cursor {opened[-1]:.0f} ms, mail {read[-1]:.0f} ms")
            Composer(app).close()
    editor = [url for url in fetched if "RichText" in url]
    assert not editor, f"a plain answer fetched the editor of formatted text: {editor}"
    return [Figure("compose-open.p50", p50(opened), "ms", p50(read), 150)]
