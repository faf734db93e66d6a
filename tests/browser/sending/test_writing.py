"""Writing mail: what one sends, answers or keeps as a draft is with everybody, once, whatever the network does."""

import re
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from playwright.sync_api import expect

from deploy.embedded.postfix import REFUSED_DOMAIN, Postfix
from tests.browser.conftest import PHONE
from tests.browser.sending.conftest import ANSWER, QUESTION, Desks, NewApp
from tests.support.app import App
from tests.support.composer import Composer
from tests.support.device import Device
from tests.support.stack import Stack
from tests.support.waiting import wait_for
from tests.support.world import World


def _parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.SMTP)
    assert isinstance(message, EmailMessage)
    return message


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def _meanwhile(network: Stack, offline: bool, desks: Desks, deed: Callable[[], object]) -> None:
    """Done in Outlook, with our lines cut around it if asked."""
    if offline:
        network.proxy.refuse()
        for app in desks:
            app.expect_offline()
    deed()
    if offline:
        network.proxy.restore()


def _ledger(app: App) -> None:
    app.page.get_by_role("navigation", name="Main areas").get_by_role("link", name="Activity").click()


def test_a_new_mail_is_delivered_and_its_copy_is_in_sent_everywhere(
    desks: Desks, world: World, user: str, postfix: Postfix
) -> None:
    here, _ = desks
    letter = Composer.new(here).address(f"{user}@praxis.example").write("Guten Tag\n", subject="Termin")
    letter.send().tell_server(postfix.port).expect_closed()
    for app in desks:
        app.folder("Sent").expect_row("Termin")
        app.folder("Inbox").expect_row("Termin", "unread")
    assert (world.subjects("Sent"), world.subjects("INBOX").count("Termin")) == (["Termin"], 1)
    wait_for(lambda: world.subjects("Drafts") == [])


# Reply


@pytest.mark.parametrize("offline", [False, True], ids=["online", "offline"])
def test_an_answer_is_in_sent_once_and_its_original_answered_everywhere(
    sending: Desks, world: World, network: Stack, offline: bool
) -> None:
    here, _ = sending
    here.expect_cached()
    if offline:
        network.proxy.refuse()
        here.expect_offline()
    Composer.answer(here, QUESTION).write("Gerne am Montag.\n").send().expect_closed()
    if offline:
        here.expect_waiting(1)
        network.proxy.restore()
    for app in sending:
        app.folder("Inbox").expect_row(QUESTION, "answered")
        app.folder("Sent").expect_row(ANSWER)
    assert world.subjects("Sent").count(ANSWER) == 1
    assert "\\Answered" in world.flags_of("INBOX", QUESTION)
    sent, question = _parsed(world.raw("Sent", ANSWER)), _parsed(world.raw("INBOX", QUESTION))
    assert sent["In-Reply-To"] == question["Message-ID"]
    assert sent["To"] == "Anna Muster <anna@muster.example>"
    assert _text(sent).startswith("Gerne am Montag.\n")


@pytest.mark.parametrize("offline", [False, True], ids=["online", "offline"])
def test_answered_in_outlook_it_is_answered_everywhere(
    desks: Desks, world: World, network: Stack, offline: bool
) -> None:
    _meanwhile(network, offline, desks, lambda: world.flag("INBOX", QUESTION, "\\Answered"))
    for app in desks:
        app.expect_row(QUESTION, "answered")


def test_who_is_answering_is_seen_on_the_row_and_in_the_message_by_everybody_else(desks: Desks) -> None:
    here, there = desks
    letter = Composer.answer(here, QUESTION)
    expect(there.link(QUESTION)).to_have_accessible_name(re.compile("Empfang 1 is replying"))
    article = there.read(QUESTION)
    expect(article.get_by_text("Empfang 1 is replying")).to_be_visible()
    letter.close()
    expect(article.get_by_text("Empfang 1 is replying")).to_have_count(0)
    expect(there.link(QUESTION)).not_to_have_accessible_name(re.compile("is replying"))


# Drafts


@pytest.mark.parametrize("offline", [False, True], ids=["online", "offline"])
def test_a_draft_is_with_everybody_and_one_version_of_it(
    desks: Desks, world: World, network: Stack, offline: bool
) -> None:
    here, there = desks
    here.expect_cached()
    if offline:
        network.proxy.refuse()
        here.expect_offline()
    letter = Composer.new(here).address("anna@muster.example").write("Erste Fassung\n", subject="Befund")
    if not offline:
        letter.expect_saved()
        letter.write("Zweite ")
    letter.close()
    if offline:
        network.proxy.restore()
    here.expect_settled()
    there.folder("Drafts").expect_subjects("Befund")
    here.folder("Drafts").expect_subjects("Befund")
    wanted = "Erste Fassung\n" if offline else "Zweite Erste Fassung\n"
    wait_for(lambda: world.subjects("Drafts") == ["Befund"])
    wait_for(lambda: _text(_parsed(world.raw("Drafts", "Befund"))) == wanted)
    assert {"\\Draft", "\\Seen"} <= world.flags_of("Drafts", "Befund")
    expect(Composer.draft(there, "Befund").text).to_have_value(wanted)


@pytest.mark.parametrize("offline", [False, True], ids=["online", "offline"])
def test_a_draft_saved_in_outlook_is_with_everybody(desks: Desks, world: World, network: Stack, offline: bool) -> None:
    _meanwhile(network, offline, desks, lambda: world.append("Drafts", subject="Von Outlook", flags="\\Draft \\Seen"))
    for app in desks:
        app.folder("Drafts").expect_subjects("Von Outlook")


def test_what_outlook_changed_in_a_draft_of_ours_is_what_is_gone_on_with(desks: Desks, world: World) -> None:
    here, _ = desks
    Composer.new(here).write("Erste Fassung\n", subject="Befund").expect_saved().close()
    world.delete("Drafts", "Befund")
    world.append("Drafts", subject="Befund", body="Zweite Fassung", flags="\\Draft \\Seen")
    here.folder("Drafts").expect_subjects("Befund")
    wait_for(lambda: "Zweite" in (here.link("Befund").text_content() or ""))
    expect(Composer.draft(here, "Befund").text).to_have_value("Zweite Fassung\n")


def test_a_draft_of_outlook_is_gone_on_with_here_and_stays_one(desks: Desks, world: World) -> None:
    here, there = desks
    world.append("Drafts", subject="Von Outlook", body="Guten Tag", flags="\\Draft \\Seen")
    letter = Composer.draft(here.folder("Drafts"), "Von Outlook")
    letter.write("Weiter: ").expect_saved().close()
    wait_for(lambda: world.subjects("Drafts") == ["Von Outlook"])
    wait_for(lambda: _text(_parsed(world.raw("Drafts", "Von Outlook"))).startswith("Weiter: Guten Tag"))
    there.folder("Drafts").expect_subjects("Von Outlook")


def test_whoever_comes_second_to_a_draft_looks_first_and_may_take_over(desks: Desks, world: World) -> None:
    here, there = desks
    first = Composer.new(here).write("Von hier\n", subject="Befund").expect_saved()
    second = Composer.draft(there.folder("Drafts"), "Befund")
    expect(second.region.get_by_text("Empfang 1 is writing this now")).to_be_visible()
    expect(second.text).not_to_be_editable()
    expect(first.text).to_be_editable()  # nobody is stopped by somebody who only looks
    first.write("Nicht gespeichert. ")
    second.take_over()
    expect(first.region.get_by_text("Empfang 2 is writing this now")).to_be_visible()
    expect(first.text).not_to_be_editable()
    expect(second.text).to_have_value("Nicht gespeichert. Von hier\n")
    second.write("Von dort. ").expect_saved()
    expect(first.text).to_have_value("Von dort. Nicht gespeichert. Von hier\n")
    first.take_over().write("Und zurück. ").expect_saved()
    expect(second.text).to_have_value("Und zurück. Von dort. Nicht gespeichert. Von hier\n")
    for letter in (first, second):
        letter.close()
    assert world.subjects("Drafts") == ["Befund"]


def test_what_was_typed_is_still_there_after_a_reload(desks: Desks, network: Stack) -> None:
    here, _ = desks
    here.expect_cached()
    network.proxy.refuse()
    here.expect_offline()
    letter = Composer.new(here).address("anna@muster.example").write("Ein langer Text\n", subject="Befund")
    expect(letter.region.get_by_text("Waiting for a network")).to_be_visible()
    here.page.reload()
    letter.expect_open()
    expect(letter.text).to_have_value("Ein langer Text\n")
    expect(letter.subject).to_have_value("Befund")
    expect(letter.region.get_by_role("button", name="Remove anna@muster.example")).to_be_visible()


def test_what_was_typed_a_second_ago_survives_a_crash_of_the_browser(
    device: Device, world: World, user: str, network: Stack
) -> None:
    world.append(subject=QUESTION)
    app = device.start().sign_in(user)
    app.expect_cached()
    device.close()  # the cookies of a session are on the disk from here on
    app = device.start().open()
    app.expect_live()
    network.proxy.refuse()
    app.expect_offline()
    letter = Composer.new(app).address("anna@muster.example").write("Ein langer Text\n", subject="Befund")
    letter.page.wait_for_timeout(1000)  # the promise itself: within a second
    device.kill()
    app = device.start().open()
    app.folder("Drafts").page.get_by_role("button", name="1 draft on this device only").click()
    letter = Composer(app).expect_open()
    expect(letter.text).to_have_value("Ein langer Text\n")
    expect(letter.subject).to_have_value("Befund")


# Sending


def test_an_attachment_arrives_as_it_was(sending: Desks, world: World, user: str) -> None:
    here, _ = sending
    content = bytes(range(256)) * 4096  # four chunks
    letter = Composer.new(here).address(f"{user}@praxis.example").write("Im Anhang", subject="Bild")
    letter.attach("Befund.pdf", content).send().expect_closed()
    here.folder("Inbox").expect_row("Bild", "with attachment")
    (file,) = _parsed(world.raw("INBOX", "Bild")).iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("Befund.pdf", content)


def test_a_file_that_was_attached_without_a_network_goes_along(
    sending: Desks, world: World, user: str, network: Stack
) -> None:
    here, _ = sending
    here.expect_cached()
    network.proxy.refuse()
    here.expect_offline()
    letter = Composer.new(here).address(f"{user}@praxis.example").write("Im Anhang", subject="Bild")
    letter.attach("Befund.pdf", b"%PDF-1.4 " + b"x" * 300_000).send()
    here.page.get_by_role("dialog").get_by_role("button", name="Send when connected").click()
    letter.expect_closed()
    network.proxy.restore()
    here.expect_row("Bild", "with attachment")
    assert world.subjects("Sent").count("Bild") == 1


def test_sending_is_taken_back_and_the_mail_is_on_the_screen_again(sending: Desks, world: World, user: str) -> None:
    here, _ = sending
    here.page.evaluate("localStorage.setItem('praxispost-settings', '{\"undoSeconds\":30}')")
    here.page.reload()
    here.expect_live()
    letter = Composer.new(here).address(f"{user}@praxis.example").write("Zu früh", subject="Zurück")
    letter.send().expect_closed()
    here.page.get_by_role("button", name="Undo").click()
    letter.expect_open()
    expect(letter.text).to_have_value("Zu früh")
    letter.write("Nicht mehr ").expect_saved().close()
    assert "Zurück" not in world.subjects("INBOX") + world.subjects("Sent")


def test_an_answer_that_somebody_else_gave_meanwhile_is_held_and_its_writer_decides(
    sending: Desks, world: World, network: Stack
) -> None:
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
    _ledger(here)
    ledger = here.page.get_by_role("region", name="Activity")
    expect(ledger.get_by_text("Held")).to_be_visible()
    ledger.get_by_role("button", name="Show both texts").click()
    both = here.page.get_by_role("dialog", name="Held")
    expect(both.get_by_text("Empfang 2 answered")).to_be_visible()
    expect(both.get_by_text("Am Montag.")).to_be_visible()
    expect(both.get_by_text("Am Dienstag.")).to_be_visible()
    assert world.subjects("Sent").count(ANSWER) == 1
    both.get_by_role("button", name="Send anyway").click()
    wait_for(lambda: world.subjects("Sent").count(ANSWER) == 2)


def test_a_refused_recipient_is_named_and_the_mail_can_be_mended(sending: Desks, world: World, user: str) -> None:
    here, _ = sending
    addresses = (f"{user}@praxis.example", f"niemand@{REFUSED_DOMAIN}")
    Composer.new(here).address(*addresses).write("An beide", subject="Zwei").send().expect_closed()
    _ledger(here)
    ledger = here.page.get_by_role("region", name="Activity")
    expect(ledger.get_by_text(re.compile(rf"niemand@{REFUSED_DOMAIN}: .*Nobody lives here"))).to_be_visible()
    assert "Zwei" not in world.subjects("INBOX")
    ledger.get_by_role("button", name="Edit").click()
    letter = Composer(here).expect_open()
    letter.region.get_by_role("button", name=f"Remove niemand@{REFUSED_DOMAIN}").click()
    letter.send().expect_closed()
    here.folder("Inbox").expect_row("Zwei", "unread")
    assert world.subjects("INBOX").count("Zwei") == world.subjects("Sent").count("Zwei") == 1


def test_two_devices_that_send_one_draft_send_it_once(sending: Desks, world: World, user: str) -> None:
    here, there = sending
    first = Composer.new(here).address(f"{user}@praxis.example").write("Einmal", subject="Doppelt").expect_saved()
    here.context.set_offline(True)
    first.send()
    here.expect_offline()
    Composer.draft(there.folder("Drafts"), "Doppelt").send().expect_closed()
    there.expect_settled()
    here.context.set_offline(False)
    for app in sending:
        app.expect_settled()
        app.folder("Inbox").expect_row("Doppelt")
    assert world.subjects("INBOX").count("Doppelt") == world.subjects("Sent").count("Doppelt") == 1


def test_a_forwarded_mail_takes_its_files_along_and_is_marked(sending: Desks, world: World, user: str) -> None:
    here, _ = sending
    content = b"%PDF-1.4 Befund"
    world.append(subject="Labor", attachments={"Befund.pdf": ("application/pdf", content)})
    here.expect_row("Labor", "unread")
    letter = Composer.answer(here, "Labor", "Forward")
    expect(letter.region.get_by_text("Befund.pdf")).to_be_visible()
    letter.address(f"{user}@praxis.example").write("Zur Kenntnis\n").send().expect_closed()
    here.folder("Inbox").expect_row("Labor", "forwarded")
    here.expect_row("Fwd: Labor", "with attachment")
    (file,) = _parsed(world.raw("INBOX", "Fwd: Labor")).iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("Befund.pdf", content)
    assert "$Forwarded" in world.flags_of("INBOX", "Labor")


def test_an_address_in_a_mail_begins_a_mail_to_it(desks: Desks, world: World) -> None:
    here, _ = desks
    link = "mailto:anna@muster.example?subject=Termin"
    world.append(subject="Seite", html=f'<p><a href="{link}">Schreiben Sie uns</a></p>')
    article = here.read("Seite")
    article.frame_locator("iframe").get_by_role("link", name="Schreiben Sie uns").click()
    letter = Composer(here).expect_open()
    expect(letter.region.get_by_role("button", name="Remove anna@muster.example")).to_be_visible()
    expect(letter.subject).to_have_value("Termin")


def test_on_a_phone_it_is_written_and_sent_with_one_thumb(
    sending: Desks, world: World, user: str, new_app: NewApp
) -> None:
    phone = new_app(PHONE, has_touch=True)
    phone.sign_in(user, device="Handy")
    phone.expect_subjects(QUESTION)
    letter = Composer.answer(phone, QUESTION).write("Ich komme.\n")
    letter.send().expect_closed()
    phone.page.get_by_role("button", name="Dismiss").click()
    wait_for(lambda: world.subjects("Sent").count(ANSWER) == 1)
    assert _text(_parsed(world.raw("Sent", ANSWER))).startswith("Ich komme.\n")
