"""What others do to the mail that somebody has on the screen, and what another window does to the session."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.support.app import App
from tests.support.world import World

NewApp = Callable[..., App]


def test_a_mail_that_outlook_takes_away_stays_readable_and_says_so(world: World, user: str, new_app: NewApp) -> None:
    world.create("Labor")
    world.append(subject="Befund", body="Guten Tag Frau Muster")
    app = new_app().sign_in(user)
    article = app.read("Befund")
    expect(article).to_contain_text("Guten Tag Frau Muster")
    world.move("INBOX", "Befund", "Labor")
    expect(article).to_contain_text("This message is no longer here")
    expect(article).to_contain_text("Guten Tag Frau Muster")
    expect(app.page.get_by_role("button", name="Delete", exact=True)).to_have_count(0)
    app.page.keyboard.press("#")
    app.expect_settled()
    assert (world.subjects("Labor"), world.subjects("Trash")) == (["Befund"], [])


def test_a_mail_that_went_to_a_folder_one_holds_can_be_followed(world: World, user: str, new_app: NewApp) -> None:
    world.create("Labor")
    world.append("Labor", subject="Alt")
    world.append(subject="Befund")
    app = new_app().sign_in(user)
    app.folder("Labor").expect_subjects("Alt")
    app.folder("Inbox")
    article = app.read("Befund")
    expect(article).to_contain_text("Guten Tag")  # its text is here before anybody takes it away
    world.move("INBOX", "Befund", "Labor")
    expect(article).to_contain_text("Somebody moved this message to Labor")
    app.page.get_by_role("button", name="Show there").click()
    app.expect_subjects("Alt", "Befund")


def test_what_is_done_to_a_mail_that_went_elsewhere_while_it_was_read_is_overtaken(
    world: World, user: str, new_app: NewApp
) -> None:
    world.create("Labor")
    world.append("Labor", subject="Alt")
    world.append(subject="Befund")
    app = new_app().sign_in(user)
    app.folder("Labor").expect_subjects("Alt")
    app.folder("Inbox")
    article = app.read("Befund")
    expect(article).to_contain_text("Guten Tag")
    world.move("INBOX", "Befund", "Labor")
    expect(article).to_contain_text("Somebody moved this message to Labor")
    app.page.keyboard.press("#")
    expect(app.page.get_by_text(re.compile("Somebody else (moved it first|was faster)"))).to_be_visible()
    app.expect_settled()
    assert (world.subjects("Labor"), world.subjects("Trash")) == (["Alt", "Befund"], [])
    # Whoever deletes it where it is now means it.
    app.folder("Labor")
    app.act("Delete", "Befund")
    app.expect_no_row("Befund")  # the wish is there; before, nothing waits either
    app.expect_settled()
    assert (world.subjects("Labor"), world.subjects("Trash")) == (["Alt"], ["Befund"])


def test_an_archive_that_is_there_is_used_without_a_question(world: World, user: str, new_app: NewApp) -> None:
    for subject in ("Befund", "Rezept"):
        world.append(subject=subject)
    app = new_app().sign_in(user)
    app.act("Archive", "Befund")
    app.press("e", "Rezept")
    expect(app.page.get_by_text("The inbox is empty")).to_be_visible()
    expect(app.page.get_by_role("dialog")).to_have_count(0)
    app.expect_settled()
    assert world.subjects("Archive") == ["Befund", "Rezept"]


def test_the_ledger_names_the_mail_also_when_it_is_the_first_thing_to_be_opened(
    world: World, user: str, new_app: NewApp
) -> None:
    world.append(subject="Befund")
    app = new_app().sign_in(user)
    app.act("Flag", "Befund")
    app.expect_row("Befund", "flagged")
    app.expect_settled()
    app.open("/activity")
    ledger = app.page.get_by_role("region", name="Activity")
    expect(ledger).to_contain_text("Flagged 1 message")
    ledger.get_by_role("link", name="Befund").click()
    expect(app.page.get_by_role("article", name="Message").get_by_role("heading", name="Befund")).to_be_visible()


def test_the_ledger_names_a_mail_that_this_browser_no_longer_holds(world: World, user: str, new_app: NewApp) -> None:
    world.append(subject="Befund")
    app = new_app().sign_in(user)
    app.act("Delete", "Befund")
    app.expect_no_row("Befund")
    app.expect_settled()
    app.open("/activity")
    expect(app.page.get_by_role("region", name="Activity").get_by_role("listitem")).to_contain_text("Befund")


def test_a_window_whose_browser_signed_in_elsewhere_shows_no_mail_and_sends_nothing(
    world: World, user: str, new_app: NewApp
) -> None:
    world.append(subject="Befund")
    first = new_app().sign_in(user)
    first.expect_row("Befund")
    second = App(first.stack, first.context)
    second.open()
    second.page.get_by_role("navigation", name="Main areas").get_by_role("link", name="Me").click()
    second.page.get_by_role("button", name="Sign out").first.click()
    expect(first.page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(first.link("Befund")).to_have_count(0)


def test_what_was_done_is_taken_back_from_the_ledger_on_another_device(
    world: World, user: str, new_app: NewApp
) -> None:
    world.append(subject="Befund")
    first, second = new_app().sign_in(user), new_app().sign_in(user, device="Sprechzimmer 2")
    first.act("Archive", "Befund")
    first.expect_settled()
    second.page.get_by_role("navigation", name="Main areas").get_by_role("link", name="Activity").click()
    second.page.get_by_role("region", name="Activity").get_by_role("button", name="Undo").click()
    first.expect_row("Befund")
    second.expect_settled()
    assert world.subjects("INBOX") == ["Befund"]
    # Nobody is offered to take it back once more.
    first.page.get_by_role("navigation", name="Main areas").get_by_role("link", name="Activity").click()
    for app in (first, second):
        ledger = app.page.get_by_role("region", name="Activity")
        expect(ledger).to_contain_text("Moved 1 message to Inbox")
        expect(ledger.get_by_role("button", name="Undo")).to_have_count(0)


def test_what_was_archived_without_a_network_is_not_said_to_be_when_a_colleague_deleted_it(
    world: World, user: str, new_app: NewApp
) -> None:
    world.append(subject="Befund")
    first, second = new_app().sign_in(user), new_app().sign_in(user, device="Sprechzimmer 2")
    first.expect_row("Befund")
    first.context.set_offline(True)
    first.press("e", "Befund")
    first.expect_offline()
    toast = first.page.get_by_role("status").filter(has=first.page.get_by_label("Dismiss"))
    expect(toast).to_contain_text("Archived")
    second.act("Delete", "Befund")
    second.expect_settled()
    toast.hover()  # it stays as long as somebody looks at it
    first.context.set_offline(False)
    expect(toast).to_contain_text("Sprechzimmer 2 was faster: now in Trash")
    expect(toast.get_by_role("button", name="Undo")).to_have_count(0)
    assert (world.subjects("Archive"), world.subjects("Trash")) == ([], ["Befund"])
