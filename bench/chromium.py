"""Chromium for measuring: windows that are alone with their clock, a slower processor, and eyes inside the page."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from playwright.sync_api import Browser, Page, expect, sync_playwright

from bench.mailbox import CLOSING
from tests.browser.conftest import DESKTOP, chromium_arguments
from tests.support.app import App
from tests.support.stack import Stack

_MIRRORED_MS = 180_000
FIRST_WINDOW = 50
"""A list that knows of so many rows, and shows those that the screen has room for."""

TO_ROW = """async (number) => {
  const rows = () => [...document.querySelectorAll('li[data-id]')];
  const list = rows()[0].closest('[role=list]').parentElement;
  const height = rows()[0].offsetHeight;
  const wanted = () => rows().some((row) => row.ariaPosInSet === String(number) && row.querySelector('a'));
  while (!wanted()) {
    list.scrollTop = (number - 3) * height;
    await new Promise((later) => setTimeout(later, 50));
  }
}"""
"""Scrolls until the row of this number is there, as far down as it takes."""

# Runs before the page's own scripts. A moment is ms since 1970, taken when the frame that shows the thing was drawn.
_EYES = """(() => {
  if (location.protocol === 'about:' || window !== top) return;
  const drawn = (then) => requestAnimationFrame((frame) => {
    const after = new MessageChannel();
    after.port1.onmessage = () => then(frame);
    after.port2.postMessage(0);
  });
  const now = () => performance.timeOrigin + performance.now();
  const bench = (window.bench = { began: 0, coming: {} });
  /** → when `holds` was true of the page (`changed`), and when that was on the screen (`drawn`). */
  const seen = (holds) => new Promise((resolve) => {
    const look = () => {
      if (!holds()) return;
      observer.disconnect();
      const changed = now();
      drawn((frame) => resolve({ changed, frame, drawn: now() }));
    };
    const observer = new MutationObserver(look);
    observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    look();
  });
  const links = () => [...document.querySelectorAll('li[data-id] a')];
  const said = (link) => link.getAttribute('aria-label') ?? '';
  bench.expect = {
    row: ({ words, without }) => seen(() => links().some((link) =>
      words.every((word) => said(link).includes(word)) && !without.some((word) => said(link).includes(word)))),
    rows: ({ shown, known }) => seen(() =>
      links().length >= shown && Number(links()[0].closest('li').ariaSetSize) >= known),
    typing: () => new Promise((resolve) => {
      const look = () => {
        if (!document.activeElement?.matches('textarea')) return void requestAnimationFrame(look);
        const changed = now();
        drawn((frame) => resolve({ changed, frame, drawn: now() }));
      };
      look();
    }),
    message: ({ subject, closing }) => seen(() => {
      const article = document.querySelector('article');
      if (!article?.querySelector('h2')?.textContent.includes(subject)) return false;
      const text = article.querySelector('iframe')?.contentDocument?.body ?? article;
      return text.textContent.includes(closing);
    }),
  };
  /** Keys, taps and clicks: when the person's hand did it, as the browser says. */
  for (const name of ['keydown', 'pointerdown', 'click'])
    addEventListener(name, (event) => (bench.began = performance.timeOrigin + event.timeStamp), true);
  bench.first = seen(() => links().length > 0).then((at) => ({ ...at, drawn: at.drawn - performance.timeOrigin }));
  bench.window = bench.expect.rows({ shown: 8, known: %d });
})()""".replace("%d", str(FIRST_WINDOW))


class Chromium:
    """One browser; each `new_app` is another device."""

    def __init__(self, browser: Browser, stack: Stack) -> None:
        self._browser, self._stack = browser, stack

    def signed_in(self, user: str, device: str = "Empfang 1") -> App:
        """Another device, once the server has mirrored the whole mailbox."""
        app = self.new_app()
        sign_in(app, user, device)
        expect(app.status).to_contain_text("Live", timeout=_MIRRORED_MS)
        return app

    def new_app(self, **options: Any) -> App:
        context = self._browser.new_context(viewport=DESKTOP, locale="en-GB", **options)  # type: ignore[arg-type]
        context.add_init_script(_EYES)
        return App(self._stack, context)


@contextmanager
def chromium(stack: Stack) -> Iterator[Chromium]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=chromium_arguments())
        try:
            yield Chromium(browser, stack)
        finally:
            browser.close()


def slow_down(page: Page, times: int) -> None:
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": times})


def sign_in(app: App, user: str, device: str = "Empfang 1") -> None:
    """Up to the click; nothing is waited for."""
    page = app.open().page
    # A person types for longer than the service worker needs.
    page.evaluate("navigator.serviceWorker.ready")
    page.get_by_role("radio", name="Other server").check(force=True)
    page.get_by_label("Email address").fill(f"{user}@praxis.example")
    page.get_by_label("User name").fill(user)
    page.get_by_label("Password or token").fill("secret")
    page.get_by_label("Mail server").fill("127.0.0.1")
    page.get_by_label("Port").fill(str(app.stack.dovecot.port))
    page.get_by_label("Security").select_option("plain")
    page.get_by_label("Name of this device").fill(device)
    page.get_by_role("button", name="Sign in").click()


def forget_files(page: Page) -> None:
    """Every file comes from the server again, as on the first day."""
    browser = page.context.new_cdp_session(page)
    browser.send("Network.enable")
    browser.send("Network.setCacheDisabled", {"cacheDisabled": True})


class Seen(NamedTuple):
    """In the page, in the frame that is about to be drawn, and drawn. `frame` is in ms of the page's own clock."""

    changed: float
    frame: float
    drawn: float


class Eyes:
    """What a page shows, and when: moments are ms since 1970."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._watches = 0

    def watch(self, what: str, **given: object) -> Callable[[], Seen]:
        """Open them for `what`. → waits until it is on the screen, and says when."""
        self._watches += 1
        slot = self._watches
        self._page.evaluate(
            "([slot, what, given]) => { bench.coming[slot] = bench.expect[what](given); }", [slot, what, given]
        )
        return lambda: Seen(**self._page.evaluate("slot => bench.coming[slot]", slot))

    def row(self, *words: str, without: tuple[str, ...] = ()) -> Callable[[], Seen]:
        """A row whose link says all these words, and none of those."""
        return self.watch("row", words=words, without=without)

    def message(self, subject: str) -> Callable[[], Seen]:
        return self.watch("message", subject=subject, closing=CLOSING)

    def typing(self) -> Callable[[], Seen]:
        """The cursor in a text of several lines."""
        return self.watch("typing")

    def hand(self) -> float:
        """When the person's last key, tap or click was."""
        return float(self._page.evaluate("bench.began"))

    def first_row(self) -> float:
        """ms from the start of the navigation."""
        return float(self._page.evaluate("async () => (await bench.first).drawn"))

    def first_window(self) -> float:
        return float(self._page.evaluate("async () => (await bench.window).drawn"))
