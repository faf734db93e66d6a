"""Whatever a mail contains: no script runs, no request leaves, nothing is painted outside its frame."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Frame, Locator, expect

from tests.support.app import App
from tests.support.messages import make_message
from tests.support.world import World

HOSTILE = Path(__file__).resolve().parents[1] / "messages" / "hostile"

# Each would set `hacked`, call out to evil.example, or cover the page.
OWN = """
<html><head><base href="https://evil.example/"><meta http-equiv="refresh" content="0;url=https://evil.example/meta">
<link rel="stylesheet" href="https://evil.example/link.css"><style>@import url(https://evil.example/import.css);
body { background: url(https://evil.example/css.png) } * { position: fixed !important; inset: 0; z-index: 9999 }
</style>
</head><body onload="top.hacked = 1"><script>top.hacked = 1; parent.document.title = 'hacked'</script>
<img src="https://evil.example/pixel.gif" onerror="top.hacked = 1"><img src=x onerror=top.hacked=1>
<svg onload="top.hacked = 1"><script>top.hacked = 1</script><use href="https://evil.example/u.svg#a"/></svg>
<div style="position:fixed;top:-900px;left:-900px;width:9000px;height:9000px;background:red;z-index:99999">cover</div>
<div style="background-image:url('https://evil.example/style.png');color:rgb(0, 128, 0)" id="green">green text</div>
<form action="https://evil.example/form"><input name="q" autofocus><button id="go">Send</button></form>
<a href="javascript:top.hacked=1" id="js">press</a> <a href="data:text/html,<script>top.hacked=1</script>">data</a>
<form id="body"><input name="childNodes"><input name="parentNode"></form><img name="getElementById">
<iframe src="https://evil.example/frame"></iframe><object data="https://evil.example/o"></object>
<video src="https://evil.example/v" autoplay></video><math><mtext><table><mglyph><style><img src=x onerror=top.hacked=1>
</style></mglyph></table></mtext></math><p>the end of the mail</p></body></html>
"""


@pytest.fixture
def guarded(world: World, user: str, new_app: Callable[..., App]) -> tuple[App, list[str]]:
    """An app, and every request of its browser that did not go to our own server."""
    app = new_app()
    left: list[str] = []

    def note(url: str) -> None:
        if not url.startswith((app.stack.origin, "blob:", "data:image/")):
            left.append(url)

    app.context.on("request", lambda request: note(request.url))
    app.context.on("page", lambda page: left.append(f"page {page.url}"))
    app.page.on("dialog", lambda dialog: left.append(f"dialog {dialog.message}"))
    left.clear()
    return app, left


def _mail_frame(app: App) -> Frame:
    frame = app.page.get_by_title("Text of the message").element_handle().content_frame()
    assert frame is not None
    return frame


def _assert_harmless(app: App, left: list[str], article: Locator) -> None:
    assert left == []
    assert app.page.evaluate("typeof window.hacked") == "undefined"
    assert app.page.title() == "Praxispost"
    assert app.page.url.startswith(app.stack.origin)
    frame = app.page.get_by_title("Text of the message")
    assert frame.count() == 1
    assert _mail_frame(app).url == f"{app.stack.origin}/frame.html"
    assert _mail_frame(app).evaluate("document.scripts.length") == 0
    inner, outer = frame.bounding_box(), article.bounding_box()
    assert inner and outer
    assert inner["x"] >= outer["x"] - 1
    assert inner["x"] + inner["width"] <= outer["x"] + outer["width"] + 1
    assert frame.get_attribute("sandbox") == "allow-same-origin allow-popups allow-popups-to-escape-sandbox"


def test_a_mail_with_everything_bad_shows_its_text_and_does_nothing(
    guarded: tuple[App, list[str]], world: World, user: str
) -> None:
    app, left = guarded
    world.append(subject="Rechnung", html=OWN)
    app.sign_in(user)
    article = app.read("Rechnung")
    expect(article).to_have_attribute("aria-busy", "false")
    frame = app.page.frame_locator("iframe[title='Text of the message']")
    expect(frame.get_by_text("the end of the mail")).to_be_visible()
    expect(article).to_contain_text("blocked")
    if (link := frame.locator("#js, a:has-text('press')")).count():
        assert "javascript" not in (link.first.get_attribute("href") or "")
    assert frame.locator("body :is(form, input, iframe, object, svg, script, base, meta, link, style)").count() == 0
    _assert_harmless(app, left, article)


def test_every_hostile_file_opens_without_doing_anything(
    guarded: tuple[App, list[str]], world: World, user: str
) -> None:
    app, left = guarded
    names = sorted(path.stem for path in HOSTILE.glob("*.html"))
    assert len(names) >= 30
    for name in names:
        html = (HOSTILE / f"{name}.html").read_bytes().decode("utf-8", "replace")
        world.append(message=_raw(name, html), flags="\\Seen")
    app.sign_in(user)
    app.messages.get_by_role("listitem").first.get_by_role("link").click()
    article = app.page.get_by_role("article", name="Message")
    heading = article.get_by_role("heading").first
    seen: set[str] = set()
    for _ in names:
        # Not busy: this mail's own frame is filled, so there is something that could do harm.
        expect(article).to_have_attribute("aria-busy", "false")
        subject = heading.inner_text()
        seen.add(subject)
        _assert_harmless(app, left, article)
        app.page.keyboard.press("j")
        if len(seen) < len(names):
            expect(heading).not_to_have_text(subject)
    assert seen == set(names)


def test_a_coloured_mail_stays_coloured_and_remote_images_are_counted(
    guarded: tuple[App, list[str]], world: World, user: str
) -> None:
    app, left = guarded
    world.append(
        subject="Rundbrief",
        html='<table bgcolor="#ffcc00"><tr><td style="color: rgb(0, 0, 200); font-weight: bold">Neue Richtwerte</td>'
        '</tr></table><img src="https://tracker.example/a.png"><img src="https://tracker.example/b.png">',
    )
    app.sign_in(user)
    article = app.read("Rundbrief")
    cell = app.page.frame_locator("iframe[title='Text of the message']").get_by_text("Neue Richtwerte")
    expect(cell).to_have_css("color", "rgb(0, 0, 200)")
    expect(cell).to_have_css("font-weight", "700")
    expect(article).to_contain_text("2 images from the internet blocked")
    _assert_harmless(app, left, article)


def _raw(subject: str, html: str) -> bytes:
    """Bytes as they are: an HTML file may hold what a message library would refuse."""
    head = make_message(subject=subject).split(b"\nContent-Type")[0]
    return head + b"\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n" + html.encode("utf-8", "replace")
