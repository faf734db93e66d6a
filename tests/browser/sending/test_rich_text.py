"""Formatted text: written, kept and sent as it stands, and plain wherever nothing is formatted."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from playwright.sync_api import expect

from deploy.embedded.postfix import Postfix
from tests.browser.sending.conftest import NO_UNDO, NewApp
from tests.support.app import App
from tests.support.composer import Composer
from tests.support.device import Device
from tests.support.files import png
from tests.support.rich import RichText
from tests.support.stack import Stack
from tests.support.waiting import wait_for
from tests.support.world import World

WATCH = """
  window.__refused = [];
  addEventListener('securitypolicyviolation', (event) =>
    window.__refused.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`));
"""
HOSTILE = """<meta charset="utf-8"><style>* { position: fixed; background: url(https://evil.example/a) }</style>
<script>top.hacked = 1</script><img src="x" onerror="top.hacked = 1"><img src="https://evil.example/pixel.gif">
<div style="position:fixed;inset:0;z-index:9999;background-image:url(https://evil.example/b);color:rgb(0, 0, 200)"
 onclick="top.hacked = 1" class="btn" id="app">Befund</div>
<svg onload="top.hacked = 1"><a href="javascript:1">x</a></svg>
<a href="javascript:top.hacked=1">drücken</a><iframe srcdoc="<script>top.hacked = 1</script>"></iframe>
<form action="https://evil.example"><input autofocus onfocus="top.hacked = 1"><button>Los</button></form>
<math><mtext><table><mglyph><style><img src=x onerror=top.hacked=1></style></mglyph></table></mtext></math>"""


@pytest.fixture
def desk(world: World, user: str, new_app: NewApp) -> Iterator[App]:
    """One device. What is sent leaves at once; nothing of it breaks the app's own policy."""
    world.append(subject="Erste Nachricht")
    app = new_app()
    app.context.add_init_script(f"localStorage['praxispost-settings'] ??= {NO_UNDO!r}")
    app.context.add_init_script(WATCH)
    app.sign_in(user)
    app.expect_row("Erste Nachricht")
    yield app
    assert app.page.evaluate("window.__refused") == []
    assert app.page.evaluate("typeof window.hacked") == "undefined"


def _parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.SMTP)
    assert isinstance(message, EmailMessage)
    return message


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def _kinds(message: EmailMessage) -> list[str]:
    return [part.get_content_type() for part in message.walk()]


def test_formatted_with_a_picture_it_arrives_as_it_was_written(
    desk: App, world: World, user: str, postfix: Postfix
) -> None:
    letter = Composer.new(desk).address(f"{user}@praxis.example")
    letter.subject.fill("Befund")
    rich = RichText(letter).begin()
    rich.text.click()
    rich.press("Bold").type("Guten Tag").press("Bold").type(" Frau Muster").page.keyboard.press("Enter")
    rich.press("Bulleted list").type("Natrium").page.keyboard.press("Enter")
    rich.type("Kalium").page.keyboard.press("Enter")
    rich.page.keyboard.press("Enter")
    rich.paste(picture=("Kurve.png", png())).expect_picture("Kurve.png")
    letter.send().tell_server(postfix.port).expect_closed()
    desk.expect_row("Befund", "unread")
    mail = _parsed(world.raw("INBOX", "Befund"))
    assert _kinds(mail) == ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"]
    assert _part(mail, "plain") == "Guten Tag Frau Muster\n- Natrium\n- Kalium\n[Kurve.png]\n"
    html = _part(mail, "html")
    assert "<b>Guten Tag</b> Frau Muster" in html
    picture = next(part for part in mail.walk() if part.get_content_type() == "image/png")
    assert picture.get_content() == png()
    assert f'src="cid:{picture["Content-ID"].strip("<>")}"' in html
    article = desk.read("Befund")
    frame = article.locator("iframe").content_frame
    expect(frame.get_by_text("Guten Tag")).to_have_css("font-weight", "700")
    expect(frame.get_by_role("listitem")).to_have_text(["Natrium", "Kalium"])
    expect(frame.get_by_role("img", name="Kurve.png")).to_be_visible()


def test_where_nothing_is_formatted_it_is_sent_as_plain_text(
    desk: App, world: World, user: str, postfix: Postfix
) -> None:
    letter = Composer.new(desk).address(f"{user}@praxis.example")
    letter.subject.fill("Kurz")
    rich = RichText(letter).begin()
    rich.text.click()
    rich.type("Ja, gerne.")
    letter.send().tell_server(postfix.port).expect_closed()
    desk.expect_row("Kurz", "unread")
    mail = _parsed(world.raw("INBOX", "Kurz"))
    assert (_kinds(mail), mail.get_content()) == (["text/plain"], "Ja, gerne.\r\n")


def test_of_hostile_markup_that_is_pasted_nothing_is_left(desk: App, world: World) -> None:
    left: list[str] = []
    desk.context.on("request", lambda request: left.append(request.url) if "evil" in request.url else None)
    letter = Composer.new(desk)
    letter.subject.fill("Kopiert")
    rich = RichText(letter).begin()
    rich.text.click()
    rich.paste(html=HOSTILE)
    expect(rich.text).to_contain_text("Befund")
    expect(rich.text.get_by_text("Befund")).to_have_css("position", "static")
    expect(rich.text.get_by_text("Befund")).to_have_css("color", "rgb(0, 0, 200)")
    assert rich.text.locator("script, style, svg, iframe, form, input, button, math, img, [onclick], [id]").count() == 0
    letter.expect_saved()
    html = _part(_parsed(world.raw("Drafts", "Kopiert")), "html")
    assert re.findall(r"evil|hacked|javascript|script|onerror|onclick|position|url\(|<svg|<form|<iframe", html) == []
    assert left == []


def test_another_programs_formatted_draft_stays_formatted(desk: App, world: World) -> None:
    html = '<p style="color:#0000c8">Guten <b>Tag</b></p><img src="cid:logo@outlook" alt="Logo">'
    inline = {"logo@outlook": ("image/png", png())}
    world.append("Drafts", subject="Von Outlook", html=html, inline=inline, flags="\\Draft \\Seen")
    letter = Composer.draft(desk.folder("Drafts"), "Von Outlook")
    rich = RichText(letter).expect_open().expect_picture("Logo")
    expect(rich.text.get_by_text("Guten Tag")).to_have_css("color", "rgb(0, 0, 200)")
    rich.text.focus()
    rich.page.keyboard.press("Control+Home")
    rich.type("Weiter: ")
    letter.expect_saved().close()
    wait_for(lambda: world.subjects("Drafts") == ["Von Outlook"])
    wait_for(lambda: "Weiter: Guten Tag" in _part(_parsed(world.raw("Drafts", "Von Outlook")), "plain"))
    mail = _parsed(world.raw("Drafts", "Von Outlook"))
    assert re.search(r'<p style="color:[^"]+">Weiter: Guten <b>Tag</b></p>', _part(mail, "html"))
    assert [part.get_content() for part in mail.walk() if part.get_content_type() == "image/png"] == [png()]


def test_an_answer_quotes_the_formatting_and_the_pictures_of_its_original(desk: App, world: World) -> None:
    html = '<table><tr><td><b>Natrium</b></td><td>140</td></tr></table><img src="cid:kurve" alt="Kurve">'
    world.append(subject="Labor", html=html, inline={"kurve": ("image/png", png())})
    letter = Composer.answer(desk, "Labor")
    rich = RichText(letter).begin()
    quote = rich.text.locator("blockquote")
    expect(quote.get_by_role("table")).to_contain_text("Natrium")
    rich.expect_picture("Kurve")
    rich.type("Danke.")
    expect(rich.text).to_contain_text(re.compile("^Danke"))
    letter.expect_saved()
    mail = _parsed(world.raw("Drafts", "Re: Labor"))
    assert _part(mail, "plain").startswith("Danke.\n")
    assert re.search(
        r"<blockquote>.*<b>Natrium</b>.*<img[^>]* src=\"cid:kurve\".*</blockquote>", _part(mail, "html"), re.S
    )
    assert "\n> Natrium 140\n" in _part(mail, "plain")


def test_a_picture_dropped_without_a_network_is_there_after_a_reload_and_goes_along(
    desk: App, world: World, network: Stack
) -> None:
    desk.expect_cached()
    network.proxy.refuse()
    desk.expect_offline()
    letter = Composer.new(desk)
    letter.subject.fill("Offline")
    rich = RichText(letter).begin()
    rich.text.click()
    rich.press("Italic").type("Siehe Bild ").drop("Foto.png", png(1200, 300)).expect_picture("Foto.png")
    expect(letter.region.get_by_text("1 picture in the text")).to_be_visible()
    expect(letter.region.get_by_text("Waiting for a network")).to_be_visible()
    desk.page.reload()
    letter.expect_open()
    rich.expect_open().expect_picture("Foto.png")
    expect(rich.text.locator("i")).to_have_text(re.compile("Siehe Bild"))
    network.proxy.restore()
    letter.expect_saved()
    wait_for(lambda: "image/png" in _kinds(_parsed(world.raw("Drafts", "Offline"))))


def test_what_was_done_is_undone_and_done_again(desk: App) -> None:
    rich = RichText(Composer.new(desk)).begin()
    rich.text.click()
    rich.type("Guten Tag")
    rich.page.keyboard.press("Control+a")
    rich.press("Underline")
    expect(rich.text.locator("u")).to_have_text("Guten Tag")
    expect(rich.tools.get_by_role("button", name="Underline")).to_have_attribute("aria-pressed", "true")
    rich.page.keyboard.press("Control+z")
    expect(rich.text.locator("u")).to_have_count(0)
    expect(rich.text).to_have_text("Guten Tag")
    rich.page.keyboard.press("Control+y")
    expect(rich.text.locator("u")).to_have_text("Guten Tag")
    rich.page.keyboard.press("Control+a")
    rich.page.keyboard.press("Control+k")
    rich.page.keyboard.press("Escape")  # the question, not the mail
    expect(rich.page.get_by_role("dialog", name="Link")).to_have_count(0)
    expect(rich.text).to_be_focused()
    rich.page.keyboard.press("Control+k")
    asked = rich.page.get_by_role("dialog", name="Link")
    asked.get_by_label("Address").fill("praxis.example")
    asked.get_by_role("button", name="Set link").click()
    expect(rich.text.get_by_role("link", name="Guten Tag")).to_have_attribute("href", "https://praxis.example/")
    rich.press("Quote more")
    expect(rich.text.locator("blockquote")).to_have_text("Guten Tag")
    rich.press("Quote less")
    expect(rich.text.locator("blockquote")).to_have_count(0)


def test_back_to_plain_text_it_is_asked_only_where_formatting_is_lost(desk: App) -> None:
    letter = Composer.new(desk)
    rich = RichText(letter).begin()
    switch = letter.region.get_by_role("button", name="Formatting", exact=True)
    rich.text.click()
    rich.type("Guten Tag")
    switch.click()
    expect(letter.region.get_by_role("textbox", name="Message text")).to_have_value("Guten Tag\n")
    rich.begin()
    rich.page.keyboard.press("Control+a")
    rich.press("Bold")
    switch.click()
    asked = rich.page.get_by_role("dialog", name="Make it plain text?")
    asked.get_by_role("button", name="Keep formatting").click()
    expect(rich.text.locator("b")).to_have_text("Guten Tag")
    switch.click()
    asked.get_by_role("button", name="Make plain text").click()
    expect(letter.region.get_by_role("textbox", name="Message text")).to_have_value("Guten Tag\n")


def test_a_formatted_mail_is_signed_with_the_formatted_signature(desk: App, world: World) -> None:
    desk.page.get_by_role("navigation", name="Main areas").get_by_role("link", name="Me").click()
    desk.page.get_by_role("button", name=re.compile("praxis.example")).click()
    desk.page.get_by_label("Signature", exact=True).fill("Praxis Muster")
    desk.page.get_by_role("button", name="Format it").click()
    signature = desk.page.get_by_role("textbox", name="Formatted signature")
    expect(signature).to_have_text("Praxis Muster")
    signature.click()
    desk.page.keyboard.press("Control+a")
    desk.page.keyboard.press("Control+b")
    expect(signature.locator("b")).to_have_text("Praxis Muster")
    desk.page.locator("form").filter(has=signature).get_by_role("button", name="Save").click()
    expect(signature).to_have_count(0)
    desk.page.go_back()
    letter = Composer.new(desk)
    letter.subject.fill("Gezeichnet")
    expect(letter.text).to_have_value("\n\n-- \nPraxis Muster\n")
    rich = RichText(letter).begin()
    expect(rich.text.locator("b")).to_have_text("Praxis Muster")
    rich.press("Italic").type("Guten Tag")
    letter.expect_saved()
    mail = _parsed(world.raw("Drafts", "Gezeichnet"))
    assert "<b>Praxis Muster</b>" in _part(mail, "html")
    assert _part(mail, "plain").endswith("\n-- \nPraxis Muster\n")


def test_a_formatted_text_typed_a_second_ago_survives_a_crash_of_the_browser(
    device: Device, world: World, user: str, network: Stack
) -> None:
    world.append(subject="Erste Nachricht")
    app = device.start().sign_in(user)
    app.expect_cached()
    device.close()  # the cookies of a session are on the disk from here on
    app = device.start().open()
    app.expect_live()
    network.proxy.refuse()
    app.expect_offline()
    letter = Composer.new(app)
    letter.subject.fill("Befund")
    rich = RichText(letter).begin()
    rich.text.click()
    rich.press("Bold").type("Ein langer Text")
    letter.page.wait_for_timeout(1000)  # the promise itself: within a second
    device.kill()
    app = device.start().open()
    app.folder("Drafts").page.get_by_role("button", name="1 draft on this device only").click()
    letter = Composer(app).expect_open()
    expect(RichText(letter).expect_open().text.locator("b")).to_have_text("Ein langer Text")


def test_whoever_writes_plain_text_does_not_fetch_the_editor(desk: App) -> None:
    fetched: list[str] = []
    desk.page.on("request", lambda request: fetched.append(request.url))
    letter = Composer.answer(desk, "Erste Nachricht").write("Ja.\n")
    letter.expect_saved()
    assert [url for url in fetched if "RichText" in url] == []
    RichText(letter).begin()
    assert [url for url in fetched if "RichText" in url] != []
