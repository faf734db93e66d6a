"""The browser is killed and started without a network: what was kept is there, and what waits still waits."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.support.app import App
from tests.support.device import Device
from tests.support.files import pdf, png
from tests.support.stack import Stack
from tests.support.world import World


@pytest.fixture
def used(device: Device, world: World, user: str) -> Device:
    """A device that was signed in yesterday and has kept everything."""
    world.create("Labor")
    world.append("Labor", subject="Vitamin-D")
    world.append(subject="Termin")
    world.append(subject="Rezept")
    world.append(
        subject="Befund",
        html='<h3>Befund</h3><img src="cid:bild" alt="Bild">',
        inline={"bild": ("image/png", png())},
        attachments={"Befund Müller.pdf": ("application/pdf", pdf())},
    )
    app = device.start().sign_in(user)
    app.expect_subjects("Befund", "Rezept", "Termin")
    app.folder("Labor").expect_subjects("Vitamin-D")
    app.expect_cached()
    app.expect_held(bodies=4, blobs=2)
    device.close()
    return device


def test_killed_and_started_without_a_network_everything_kept_is_there(used: Device, network: Stack) -> None:
    used.start().open().expect_live()
    used.kill()
    network.proxy.refuse()
    app = used.start().open()
    app.expect_subjects("Befund", "Rezept", "Termin")
    app.expect_offline()
    app.folder("Labor").expect_subjects("Vitamin-D")
    app.folder("Inbox").expect_subjects("Befund", "Rezept", "Termin")
    _read_everything(app)
    # The message has an address of its own, which works without a network too.
    assert re.search(r"/mail/[^/]+/[^/]+$", urlsplit(app.page.url).path)
    app.page.reload(wait_until="commit")
    _see_picture_and_file(app)
    assert app.problems == []


def _read_everything(app: App) -> None:
    app.read("Befund")
    _see_picture_and_file(app)
    app.page.get_by_role("button", name="Open Befund Müller.pdf").click()
    dialog = app.page.get_by_role("dialog", name="Befund Müller.pdf")
    with app.page.expect_download() as download:
        dialog.get_by_role("button", name="Download Befund Müller.pdf").click()
    assert download.value.path().read_bytes() == pdf()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)


def _see_picture_and_file(app: App) -> None:
    article = app.page.get_by_role("article", name="Message")
    picture = article.locator("iframe").content_frame.get_by_role("img", name="Bild")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("naturalWidth", 24)
    expect(article.get_by_text("Befund Müller.pdf")).to_be_visible()


def test_what_was_done_without_a_network_survives_two_kills_and_is_done_once(
    used: Device, world: World, network: Stack
) -> None:
    network.proxy.refuse()
    app = used.start().open()
    app.expect_offline()
    app.act("Flag", "Befund")
    app.move("Rezept", "Labor")
    app.act("Delete", "Termin")
    app.expect_waiting(3)
    used.kill()
    app = used.start().open()
    app.expect_subjects("Befund")
    app.expect_row("Befund", "flagged", "change waiting")
    app.expect_waiting(3)
    used.kill()
    network.proxy.restore()
    app = used.start().open()
    app.expect_settled()
    app.expect_subjects("Befund")
    app.folder("Labor").expect_subjects("Rezept", "Vitamin-D")
    app.folder("Trash").expect_subjects("Termin")
    assert {folder: world.subjects(folder) for folder in ("INBOX", "Labor", "Trash")} == {
        "INBOX": ["Befund"],
        "Labor": ["Rezept", "Vitamin-D"],
        "Trash": ["Termin"],
    }
    assert world.flags_of("INBOX", "Befund") == {"\\Flagged"}
    app.page.get_by_role("link", name="Activity", exact=True).first.click()
    ledger = app.page.get_by_role("region", name="Activity")
    expect(ledger.get_by_role("listitem")).to_have_count(3)
    assert app.problems == []
