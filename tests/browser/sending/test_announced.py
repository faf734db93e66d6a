"""What became of a mail is told where its writer is: nobody believes that it was sent when it was not."""

import re

from playwright.sync_api import Locator, expect

from deploy.embedded.postfix import REFUSED_DOMAIN
from tests.browser.sending.conftest import ANSWER, QUESTION, Desks
from tests.support.app import App
from tests.support.composer import Composer
from tests.support.stack import Stack
from tests.support.waiting import wait_for
from tests.support.world import World

HELD = re.compile(r"Not sent: Empfang 2 answered at \d\d:\d\d")


def _activity(app: App) -> Locator:
    return app.page.get_by_role("navigation", name="Main areas").get_by_role("link", name="Activity")


def _toast(app: App) -> Locator:
    return app.page.get_by_role("status").filter(has=app.page.get_by_label("Dismiss"))


def _overtaken(sending: Desks) -> Desks:
    """The first desk answers without a network; meanwhile the second does, with one."""
    here, there = sending
    here.expect_cached()
    here.read(QUESTION)  # its text must be here
    here.context.set_offline(True)
    here.expect_offline()
    Composer.answer(here, QUESTION).write("Am Dienstag.\n").send().expect_closed()
    Composer.answer(there, QUESTION).write("Am Montag.\n").send().expect_closed()
    there.folder("Sent").expect_row(ANSWER)
    there.folder("Inbox").expect_row(QUESTION, "answered")
    here.context.set_offline(False)
    here.expect_live()
    return sending


def test_a_held_reply_is_announced_to_its_writer_wherever_that_is_until_it_is_decided(
    sending: Desks, world: World
) -> None:
    here, there = _overtaken(sending)
    expect(_toast(here).get_by_text(HELD)).to_be_visible()
    expect(here.status).to_contain_text("1 mail not sent")
    expect(_activity(here)).to_have_accessible_description("1 mail not sent")
    here.page.reload()
    article = here.page.get_by_role("article", name="Message")
    expect(article.get_by_text(HELD)).to_be_visible()
    expect(here.status).to_contain_text("1 mail not sent")
    expect(_toast(here)).to_have_count(0)
    article.get_by_role("button", name="Look").click()
    both = here.page.get_by_role("dialog", name="Held")
    expect(both.get_by_text("Am Montag.")).to_be_visible()
    expect(both.get_by_text("Am Dienstag.")).to_be_visible()
    # Others see it, and are not asked to decide.
    expect(there.status).not_to_contain_text("not sent")
    _activity(there).click()
    expect(there.page.get_by_role("region", name="Activity").get_by_text("Held")).to_be_visible()
    both.get_by_role("button", name="Send anyway").click()
    expect(article.get_by_text(HELD)).to_have_count(0)
    expect(here.status).not_to_contain_text("not sent")
    wait_for(lambda: world.subjects("Sent").count(ANSWER) == 2)


def test_whoever_edits_a_held_reply_is_told_that_it_was_not_sent_and_discarding_it_decides(sending: Desks) -> None:
    here, _ = _overtaken(sending)
    _toast(here).get_by_role("button", name="Look").click()
    here.page.get_by_role("dialog", name="Held").get_by_role("button", name="Edit").click()
    letter = Composer(here).expect_open()
    expect(letter.region.get_by_text(HELD)).to_be_visible()
    letter.region.get_by_role("button", name="Discard").click()
    letter.expect_closed()
    expect(here.status).not_to_contain_text("not sent")


def test_a_refused_mail_says_why_and_the_way_leads_to_its_line(sending: Desks) -> None:
    here, _ = sending
    Composer.new(here).address(f"niemand@{REFUSED_DOMAIN}").write("Guten Tag", subject="Zwei").send().expect_closed()
    expect(_toast(here).get_by_text(re.compile("^Zwei. Not sent. .*Nobody lives here"))).to_be_visible()
    _toast(here).get_by_role("button", name="Look").click()
    line = here.page.get_by_role("region", name="Activity").get_by_role("listitem").filter(has_text="Failed")
    expect(line).to_be_focused()
    line.get_by_role("button", name="Discard").click()
    expect(here.status).not_to_contain_text("not sent")


def test_that_a_mail_has_left_is_told_also_after_a_time_without_a_network(
    sending: Desks, network: Stack, user: str
) -> None:
    here, _ = sending
    Composer.new(here).address(f"{user}@praxis.example").write("Guten Tag", subject="Eins").send().expect_closed()
    expect(_toast(here).get_by_text("Sent", exact=True)).to_be_visible()
    here.page.get_by_role("button", name="Dismiss").click()
    network.proxy.refuse()
    here.expect_offline()
    Composer.new(here).address(f"{user}@praxis.example").write("Guten Tag", subject="Zwei").send().expect_closed()
    expect(_toast(here).get_by_text("Leaves as soon as there is a network")).to_be_visible()
    _activity(here).click()
    ledger = here.page.get_by_role("region", name="Activity")
    expect(ledger.get_by_text("Waits for a connection.")).to_be_visible()
    expect(ledger.get_by_text("Leaves at")).to_have_count(0)
    network.proxy.restore()
    expect(_toast(here).get_by_text("Sent", exact=True)).to_be_visible()
