"""Opening a message: what counts as read, what came with it, and what was only marked as deleted."""

import time
from collections.abc import Callable

from playwright.sync_api import expect

from tests.support.app import App
from tests.support.files import pdf, png
from tests.support.stack import Stack
from tests.support.world import World

NewApp = Callable[..., App]
DEADLINE_S = 30


def _until(what: Callable[[], bool]) -> None:
    """The server has no event for this: look until it is so."""
    deadline = time.monotonic() + DEADLINE_S
    while not what():
        assert time.monotonic() < deadline, "it did not happen in time"


def test_a_message_counts_as_read_after_two_seconds_and_not_by_passing(
    world: World, user: str, new_app: NewApp
) -> None:
    for subject in ("eins", "zwei", "drei"):
        world.append(subject=subject)
    app = new_app().sign_in(user)
    app.expect_subjects("eins", "zwei", "drei")
    first = app.messages.get_by_role("listitem").first.get_by_role("link")
    tapped = str(first.get_attribute("aria-label")).split(", ")[1]
    app.read(tapped)
    app.expect_row(tapped, without=["unread"])
    _until(lambda: world.flags_of("INBOX", tapped) == {"\\Seen"})
    app.page.keyboard.press("j")
    app.page.keyboard.press("j")
    # Longer than the two seconds: another message is tapped after them and becomes read, those passed did not.
    others = [subject for subject in ("eins", "zwei", "drei") if subject != tapped]
    app.page.keyboard.press("Escape")
    app.read(others[0])
    _until(lambda: world.flags_of("INBOX", others[0]) == {"\\Seen"})
    assert world.flags_of("INBOX", others[1]) == set()


def test_attachments_are_listed_previewed_and_downloaded_under_their_names(
    world: World, user: str, new_app: NewApp
) -> None:
    world.append(
        subject="Befund",
        attachments={"Röntgen.png": ("image/png", png()), "Bericht.pdf": ("application/pdf", pdf())},
    )
    app = new_app().sign_in(user)
    app.expect_row("Befund", "with attachment")
    article = app.read("Befund")
    article.get_by_role("button", name="Open Röntgen.png").click()
    picture = app.page.get_by_role("dialog").get_by_role("img")
    expect(picture).to_be_visible()
    assert picture.evaluate("async (one) => { await one.decode(); return one.naturalWidth }") == 24
    app.page.keyboard.press("Escape")
    article.get_by_role("button", name="Open Bericht.pdf").click()
    inside = app.page.get_by_role("dialog").locator("iframe, embed, object")
    expect(inside).to_be_visible()
    assert str(inside.get_attribute("src") or inside.get_attribute("data")).startswith("blob:")
    expect(app.page.get_by_role("dialog").get_by_role("button", name="Download")).to_be_visible()
    app.page.keyboard.press("Escape")
    with app.page.expect_download() as waiting:
        article.get_by_role("button", name="Download Bericht.pdf").click()
    assert waiting.value.suggested_filename == "Bericht.pdf"
    assert waiting.value.path().read_bytes() == pdf()


def test_the_source_is_shown_as_it_came(world: World, user: str, new_app: NewApp) -> None:
    world.append(subject="Quelle", body="Guten Morgen")
    app = new_app().sign_in(user)
    app.read("Quelle")
    app.page.get_by_role("button", name="More").click()
    app.page.get_by_role("menuitem", name="Show source").click()
    dialog = app.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Subject: Quelle")
    expect(dialog).to_contain_text("Guten Morgen")


def test_what_outlook_marked_as_deleted_leaves_the_list_and_can_be_restored(
    world: World, user: str, new_app: NewApp
) -> None:
    for subject in ("bleibt", "weg"):
        world.append(subject=subject)
    app = new_app().sign_in(user)
    app.expect_subjects("bleibt", "weg")
    world.mark_deleted("INBOX", "weg")
    app.expect_subjects("bleibt")
    app.page.get_by_role("group", name="Filter").get_by_role("button", name="Marked as deleted").click()
    app.expect_subjects("weg")
    app.act("Restore", "weg")
    app.page.get_by_role("group", name="Filter").get_by_role("button", name="All").click()
    app.expect_subjects("bleibt", "weg")
    _until(lambda: "\\Deleted" not in world.flags_of("INBOX", "weg"))


def test_undo_brings_back_what_was_deleted_also_when_it_had_arrived(world: World, user: str, new_app: NewApp) -> None:
    for subject in ("bleibt", "doch nicht"):
        world.append(subject=subject)
    app = new_app().sign_in(user)
    app.act("Delete", "doch nicht")
    app.expect_no_row("doch nicht")
    _until(lambda: world.subjects("Trash") == ["doch nicht"])
    app.page.get_by_role("button", name="Undo").click()
    app.expect_row("doch nicht")
    _until(lambda: world.subjects("INBOX") == ["bleibt", "doch nicht"])


def test_what_is_not_kept_says_so_without_a_network(world: World, user: str, new_app: NewApp, network: Stack) -> None:
    world.create("Labor")
    world.append("INBOX", subject="hier")
    app = new_app().sign_in(user)
    app.expect_cached()
    network.proxy.refuse()
    app.expect_offline()
    app.folder("Labor")
    expect(app.page.get_by_text("Not available offline")).to_be_visible()
