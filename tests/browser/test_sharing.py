"""What other apps share with this one, as Chromium posts it; and the camera where fingers are."""

import urllib.error
import urllib.request
from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Locator, expect

from tests.browser.conftest import PHONE
from tests.support.app import App
from tests.support.composer import Composer
from tests.support.stack import Stack
from tests.support.world import World

NewApp = Callable[..., App]
# A page elsewhere whose form is what the share sheet sends: the manifest's method, encoding and names.
_SHEET = """<form method=post enctype=multipart/form-data action="{origin}/share">
<input name=title value="Befund"><input name=text value="Siehe Bild"><input name=url value="https://labor.example/7">
<input type=file name=files multiple><button>Share</button></form>"""
IMAGE = FilePayload(name="Röntgen.png", mimeType="image/png", buffer=bytes(range(256)) * 5000)

_NOTHING_WAITS = "indexedDB.databases().then(all => all.every(one => one.name !== 'shared-with-praxispost'))"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def _share(app: App) -> None:
    page = app.page
    page.goto("about:blank")
    page.set_content(_SHEET.format(origin=app.stack.origin))
    page.locator("[type=file]").set_input_files([IMAGE])
    page.get_by_role("button", name="Share").click()


def _in_a_mail(app: App) -> Locator:
    letter = Composer(app).expect_open()
    expect(letter.subject).to_have_value("Befund")
    expect(letter.text).to_have_value("Siehe Bild\nhttps://labor.example/7")
    expect(letter.region.get_by_text("Röntgen.png")).to_be_visible()
    return letter.region


@pytest.mark.parametrize("offline", [False, True], ids=["online", "offline"])
def test_what_is_shared_is_in_a_new_mail(
    new_app: NewApp, world: World, user: str, network: Stack, offline: bool
) -> None:
    world.append(subject="Termin")
    app = new_app(PHONE, has_touch=True).sign_in(user)
    app.expect_subjects("Termin")
    app.expect_cached()
    if offline:
        network.proxy.refuse()
        app.expect_offline()
    _share(app)
    letter = _in_a_mail(app)
    if offline:
        expect(letter.get_by_text("waits for a network")).to_be_visible()
        network.proxy.restore()
    expect(letter.get_by_role("listitem").get_by_text("1.3 MB", exact=True)).to_be_visible()
    app.page.reload()
    _in_a_mail(app)
    expect(letter.get_by_text("Röntgen.png")).to_have_count(1)


def test_what_is_shared_when_nobody_is_signed_in_waits_and_is_told(new_app: NewApp, world: World, user: str) -> None:
    world.append(subject="Termin")
    app = new_app().open()
    app.page.evaluate("navigator.serviceWorker.ready")
    app.page.wait_for_function("navigator.serviceWorker.controller !== null")
    _share(app)
    expect(app.page.get_by_text("kept on this device")).to_be_visible()
    app.open()  # closed, and begun another day
    expect(app.page.get_by_text("kept on this device")).to_be_visible()
    _sign_in(app, user)
    _in_a_mail(app)
    app.page.wait_for_function(_NOTHING_WAITS)


def _sign_in(app: App, user: str) -> None:
    """A mail is in the way of the list."""
    page = app.page
    page.get_by_role("radio", name="Other server").check(force=True)
    page.get_by_label("Email address").fill(f"{user}@praxis.example")
    page.get_by_label("User name").fill(user)
    page.get_by_label("Password or token").fill("secret")
    page.get_by_label("Mail server").fill("127.0.0.1")
    page.get_by_label("Port").fill(str(app.stack.dovecot.port))
    page.get_by_label("Security").select_option("plain")
    page.get_by_label("Name of this device").fill("Handy")
    page.get_by_role("button", name="Sign in").click()


def test_without_a_service_worker_it_is_said_that_it_was_lost_and_nothing_is_read(
    stack: Stack, new_app: NewApp, world: World, user: str
) -> None:
    asked = urllib.request.Request(f"{stack.origin}/share", data=b"x" * 1000, method="POST")
    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.build_opener(_NoRedirect).open(asked, timeout=10)
    assert (answer.value.code, answer.value.headers["Location"]) == (303, "/?shared=lost")
    world.append(subject="Termin")
    app = new_app().sign_in(user)
    app.expect_subjects("Termin")
    app.page.goto(f"{stack.origin}/?shared=lost&lang=en")
    expect(app.page.get_by_text("Share it once more")).to_be_visible()


def test_a_phone_has_its_camera_beside_the_files_and_a_desk_has_not(new_app: NewApp, world: World, user: str) -> None:
    world.append(subject="Termin")
    desk = new_app().sign_in(user)
    desk.expect_subjects("Termin")
    expect(Composer.new(desk).region.get_by_role("button", name="Take a photo")).to_have_count(0)
    phone = new_app(PHONE, has_touch=True, is_mobile=True).sign_in(user, device="Handy")
    phone.expect_subjects("Termin")
    letter = Composer.new(phone)
    with phone.page.expect_file_chooser() as chosen:
        letter.region.get_by_role("button", name="Take a photo").tap()
    assert not chosen.value.is_multiple()
    assert chosen.value.element.get_attribute("capture") == "environment"
    chosen.value.set_files([FilePayload(name="IMG_1.jpg", mimeType="image/jpeg", buffer=b"\xff\xd8" * 100)])
    expect(letter.region.get_by_text("IMG_1.jpg")).to_be_visible()
