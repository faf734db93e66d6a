"""What the screens look like, in three sizes and two themes, and what must hold on each of them.

PRAXISPOST_SCREENSHOTS=1 keeps the pictures in docs/screenshots; look at them before you land.
"""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

from deploy.demo.mailbox import fill, practice_mailbox
from deploy.demo.outlook import Outlook
from tests.support.app import App
from tests.support.composer import Composer
from tests.support.rich import RichText
from tests.support.stack import Stack

KEPT = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
SIZES = {390: 844, 820: 1180, 1440: 900}

# Buttons, links and fields that can be seen, by what a screen reader calls them.
NAMELESS = """() => [...document.querySelectorAll('button, a[href], input, select')].filter((one) =>
  one.checkVisibility() && !(one.ariaLabel || one.textContent.trim() || one.labels?.length || one.title)
).map((one) => one.outerHTML.slice(0, 120))"""
SMALL = """() => [...document.querySelectorAll('nav a, [role=toolbar] button')].filter((one) => {
  const box = one.getBoundingClientRect();
  return one.checkVisibility() && box.width > 0 && (box.height < 43.5 || box.width < 43.5);
}).map((one) => `${one.getAttribute('aria-label') || one.textContent} ${one.clientWidth}x${one.clientHeight}`)"""


@pytest.fixture(scope="module")
def practice(stack: Stack) -> str:
    """The demo's mailbox of invented people."""
    with Outlook(stack.dovecot.port, "screens", "secret") as outlook:
        fill(outlook, practice_mailbox(datetime.now().astimezone()), lambda: None)
    return "screens"


@pytest.fixture
def keep(tmp_path: Path) -> Callable[[App, str], None]:
    folder = KEPT if os.environ.get("PRAXISPOST_SCREENSHOTS") else tmp_path
    folder.mkdir(exist_ok=True)

    def shoot(app: App, name: str) -> None:
        page = app.page
        page.evaluate("document.fonts.ready")
        page.screenshot(path=folder / f"{name}.png", animations="disabled")
        assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0, f"{name} scrolls sideways"
        assert page.evaluate(NAMELESS) == [], name
        if page.viewport_size and page.viewport_size["width"] < 768:
            assert page.evaluate(SMALL) == [], name

    return shoot


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", SIZES)
def test_every_screen_fits_and_can_be_named(
    practice: str,
    network: Stack,
    new_app: Callable[..., App],
    keep: Callable[[App, str], None],
    width: int,
    theme: str,
) -> None:
    app = new_app({"width": width, "height": SIZES[width]}, color_scheme=theme, has_touch=width < 1024)
    app.open()
    app.page.get_by_role("button", name="Sign in").wait_for()
    keep(app, f"sign-in-{width}-{theme}")
    app.sign_in(practice)
    expect(app.messages.get_by_role("listitem").nth(4)).to_be_visible()
    keep(app, f"list-{width}-{theme}")
    app.messages.get_by_role("listitem").nth(1).get_by_role("link").click()
    article = app.page.get_by_role("article", name="Message")
    expect(article).to_have_attribute("aria-busy", "false")
    keep(app, f"message-{width}-{theme}")
    app.page.get_by_role("toolbar", name="Actions").get_by_role("button", name="Reply", exact=True).click()
    expect(app.page.get_by_role("region", name="New message").get_by_label("Message text")).to_be_focused()
    keep(app, f"reply-{width}-{theme}")
    RichText(Composer(app)).begin()
    keep(app, f"formatted-{width}-{theme}")
    app.page.keyboard.press("Escape")
    app.page.keyboard.press("s")  # something to tell in the ledger
    if width == 390:
        app.page.get_by_role("button", name="Back to the list").click()
    app.page.get_by_role("navigation", name="Main areas").get_by_role("link", name="Activity").click()
    expect(app.page.get_by_role("region", name="Activity").get_by_text("Done").first).to_be_visible()
    keep(app, f"activity-{width}-{theme}")
    app.page.get_by_role("navigation", name="Main areas").get_by_role("link", name="Me").click()
    app.page.get_by_role("heading", name="Sign out").wait_for()
    keep(app, f"me-{width}-{theme}")
    app.page.go_back()
    app.page.go_back()
    network.proxy.refuse()
    app.expect_offline()
    keep(app, f"offline-{width}-{theme}")
