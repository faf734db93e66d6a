"""The app keeps to its own Content Security Policy: a violation would mean that something does not work somewhere."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.support.app import App
from tests.support.files import pdf, png
from tests.support.world import World

WATCH = """
  window.__refused = [];
  addEventListener('securitypolicyviolation', (event) => window.__refused.push(event.effectiveDirective));
"""


def test_nothing_that_a_person_opens_breaks_the_policy(world: World, user: str, new_app: Callable[..., App]) -> None:
    world.append(subject="Text", body="Guten Tag\n> zitiert\nhttps://labor.example/\n-- \nLabor")
    world.append(
        subject="Bild",
        html='<table bgcolor="#ffeeaa"><tr><td>Befund</td></tr></table><img src="cid:bild" alt="Bild">',
        inline={"bild": ("image/png", png())},
        attachments={"befund.pdf": ("application/pdf", pdf()), "bild.png": ("image/png", png())},
    )
    app = new_app()
    app.context.add_init_script(WATCH)
    app.sign_in(user)
    app.read("Text")
    article = app.read("Bild")
    expect(article.locator("iframe").content_frame.get_by_role("img", name="Bild")).to_be_visible()
    for name in ("befund.pdf", "bild.png"):
        article.get_by_role("button", name=f"Open {name}").click()
        dialog = app.page.get_by_role("dialog", name=name)
        expect(dialog.locator("iframe, img")).to_be_visible()
        dialog.get_by_role("button", name="Close").click()
        expect(dialog).to_have_count(0)
    for view in ("Activity", "Me"):
        app.page.get_by_role("navigation", name="Main areas").get_by_role("link", name=view).click()
        expect(app.page.get_by_role("heading", name=view).first).to_be_visible()
    assert app.page.evaluate("window.__refused") == []


def test_a_coloured_mail_is_coloured_without_breaking_the_policy(
    world: World, user: str, new_app: Callable[..., App]
) -> None:
    """The sanitiser parses where the mail is shown, under the policy of the frame, which allows its styles."""
    world.append(subject="Bunt", html='<p style="color:#cc0000">Guten Tag</p><p style="color:#00aa00">Gruss</p>')
    app = new_app()
    app.context.add_init_script(WATCH)
    complaints: list[str] = []
    app.page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    app.sign_in(user)
    article = app.read("Bunt")
    frame = article.locator("iframe").content_frame
    expect(frame.get_by_text("Guten Tag")).to_have_css("color", "rgb(204, 0, 0)")
    expect(frame.get_by_text("Gruss")).to_have_css("color", "rgb(0, 170, 0)")
    assert app.page.evaluate("window.__refused") == []
    assert [text for text in complaints if "Content Security Policy" in text or "style" in text] == []
