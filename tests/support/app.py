"""The app as a person uses it: a real Chromium page, spoken to in the words of the screen."""

import json
import re
from collections.abc import Iterable, Mapping

from playwright.sync_api import BrowserContext, Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from tests.support.stack import Stack

DEADLINE_MS = 30_000
expect.set_options(timeout=DEADLINE_MS)

# Looks into the mirror of this browser, beside the app's own code, until there is enough in it.
_HELD = """async ({ bodies, blobs, deadline }) => {
  const open = (name) => new Promise((resolve, reject) => {
    const opening = indexedDB.open(name);
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  const count = (db, store) => new Promise((resolve) => {
    db.transaction(store).objectStore(store).count().onsuccess = (event) => resolve(event.target.result);
  });
  const names = (await indexedDB.databases()).map((one) => one.name).filter((name) => name.startsWith('praxispost-'));
  const db = await open(names[0]);
  const end = performance.now() + deadline;
  let held = [0, 0];
  while ((held[0] < bodies || held[1] < blobs) && performance.now() < end) {
    await new Promise(requestAnimationFrame);
    held = [await count(db, 'bodies'), await count(db, 'blobs')];
  }
  db.close();
  return held;
}"""
# What the rows say: [subject, unread, flagged], sorted as Python sorts.
_STATES = """() => [...document.querySelectorAll('li[data-id] a')]
  .map((link) => link.getAttribute('aria-label').split(', '))
  .map((words) => [words[1], words.includes('unread'), words.includes('flagged')])
  .sort((one, other) => (one[0] < other[0] ? -1 : one[0] > other[0] ? 1 : 0))"""


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


class App:
    """One tab. `page` is there for what has no word here."""

    def __init__(self, stack: Stack, context: BrowserContext) -> None:
        self.stack = stack
        self.context = context
        self.page: Page = context.new_page()
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.set_default_timeout(DEADLINE_MS)

    def open(self, path: str = "/") -> "App":
        self.page.goto(f"{self.stack.origin}{path}?lang=en", wait_until="commit")
        return self

    def sign_in(
        self, user: str, *, password: str = "secret", device: str = "Empfang 1", port: int | None = None
    ) -> "App":
        """`port`: another way to the same mail server."""
        self.open()
        page = self.page
        page.get_by_role("radio", name="Other server").check(force=True)
        page.get_by_label("Email address").fill(f"{user}@praxis.example")
        page.get_by_label("User name").fill(user)
        page.get_by_label("Password or token").fill(password)
        page.get_by_label("Mail server").fill("127.0.0.1")
        page.get_by_label("Port").fill(str(port or self.stack.dovecot.port))
        page.get_by_label("Security").select_option("plain")
        name = page.get_by_label("Name of this device")
        if name.is_visible():  # asked once
            name.fill(device)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("list", name="Messages").or_(page.get_by_text("The inbox is empty"))).to_be_visible()
        self.expect_live()
        return self

    # Where we stand

    @property
    def status(self) -> Locator:
        return self.page.get_by_role("status", name="Connection")

    def expect_live(self) -> None:
        expect(self.status).to_contain_text("Live")

    def expect_offline(self) -> None:
        expect(self.status).to_contain_text("Offline")

    def expect_waiting(self, changes: int) -> None:
        expect(self.status).to_contain_text(re.compile(rf"{changes} changes? waiting"))

    def expect_settled(self) -> None:
        """Nothing waits any more: what was done here is known to the server."""
        self.expect_live()
        expect(self.status).not_to_contain_text("waiting")

    def expect_cached(self) -> None:
        """The offline window is filled, and the service worker has the shell."""
        self.page.evaluate("navigator.serviceWorker.ready")
        self.page.wait_for_function("navigator.serviceWorker.controller !== null")
        expect(self.messages).not_to_contain_text("not available offline")

    def expect_held(self, *, bodies: int = 0, blobs: int = 0) -> None:
        """Stored in this browser: so many texts and so many files."""
        held = self.page.evaluate(_HELD, {"bodies": bodies, "blobs": blobs, "deadline": DEADLINE_MS})
        assert held[0] >= bodies and held[1] >= blobs, held

    # The list

    @property
    def messages(self) -> Locator:
        return self.page.get_by_role("list", name="Messages")

    def link(self, subject: str) -> Locator:
        return self.messages.get_by_role("link", name=re.compile(rf", {re.escape(subject)}, "))

    def expect_row(self, subject: str, *states: str, without: Iterable[str] = ()) -> None:
        row = self.link(subject)
        expect(row).to_be_visible()
        for state in states:
            expect(row).to_have_accessible_name(re.compile(rf", {state}(,|$)"))
        for state in without:
            expect(row).not_to_have_accessible_name(re.compile(rf", {state}(,|$)"))

    def expect_no_row(self, subject: str) -> None:
        expect(self.link(subject)).to_have_count(0)

    def expect_subjects(self, *subjects: str) -> None:
        """Exactly these, in any order."""
        expect(self.messages.get_by_role("listitem")).to_have_count(len(subjects))
        for subject in subjects:
            self.expect_row(subject)

    def folder(self, name: str) -> "App":
        self.page.get_by_role("navigation", name="Folders").get_by_role("link", name=re.compile(rf"^{name}")).click()
        expect(self.page.get_by_role("heading", name=name, level=1)).to_be_visible()
        return self

    def expect_states(self, expected: Mapping[str, tuple[bool, bool]]) -> None:
        """Exactly these subjects of one word, each (unread, flagged). The list must fit on the screen."""
        wanted = sorted([subject, unread, flagged] for subject, (unread, flagged) in expected.items())
        try:
            self.page.wait_for_function(f"wanted => JSON.stringify(({_STATES})()) === wanted", arg=_json(wanted))
        except PlaywrightTimeoutError:
            assert self.page.evaluate(f"({_STATES})()") == wanted

    # Acts

    def press(self, key: str, subject: str) -> None:
        """A key on a row: "e" archives, "#" deletes, "u" reads, "s" flags; this row, however the list moves."""
        self.link(subject).focus()
        self.page.keyboard.press(key)

    def select(self, *subjects: str) -> "App":
        """These and no others: marking and flagging keep what was selected."""
        clear = self.page.get_by_role("button", name="Clear selection")
        if clear.is_visible():
            clear.click()
        for subject in subjects:
            self.link(subject).hover()
            self.page.get_by_role("checkbox", name=f"Select {subject}", exact=True).check(force=True)
        return self

    def act(self, action: str, *subjects: str) -> None:
        """On a selection: "Archive", "Delete", "Mark as read", "Flag" …"""
        self.select(*subjects)
        self.page.get_by_role("toolbar", name="Selection").get_by_role("button", name=action, exact=True).click()

    def move(self, subject: str, to: str) -> None:
        self.act("Move to…", subject)
        self.page.get_by_role("dialog").get_by_role("button", name=re.compile(rf"^{to}")).click()

    def read(self, subject: str) -> Locator:
        """Open it. → the article."""
        self.link(subject).click()
        article = self.page.get_by_role("article", name="Message")
        expect(article.get_by_role("heading", name=subject)).to_be_visible()
        return article
