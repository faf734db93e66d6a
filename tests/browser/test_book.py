"""The address book, text blocks and suggested domains: what one device keeps is on the other at once, also offline."""

from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Locator, expect

from tests.support.app import App
from tests.support.composer import Composer
from tests.support.stack import Stack
from tests.support.world import World

Desks = tuple[App, App]
CARDS = """BEGIN:VCARD
VERSION:3.0
N:Beispiel;Bea;;Dr.;
ORG:Spital Beispiel
EMAIL;TYPE=INTERNET:bea@spital.example
END:VCARD
BEGIN:VCARD
VERSION:2.1
N:Alt;Albert
EMAIL:albert@alt.example
END:VCARD
BEGIN:VCARD
VERSION:4.0
FN:anna muster
EMAIL:ANNA@muster.example
TEL:+41 31 555 01 01
END:VCARD
"""


@pytest.fixture
def desks(world: World, user: str, new_app: Callable[..., App]) -> Desks:
    world.append(subject="Frage", sender="Anna Muster <anna@muster.example>", to=f"{user}@praxis.example")
    here, there = new_app(), new_app()
    here.sign_in(user)
    there.sign_in(user, device="Empfang 2")
    for app in (here, there):
        app.expect_subjects("Frage")
    return here, there


def page_of(app: App, name: str) -> None:
    app.page.get_by_role("navigation", name="Main areas").get_by_role("link", name=name, exact=True).click()
    expect(app.page.get_by_role("heading", name=name, level=1)).to_be_visible()


def contacts(app: App) -> Locator:
    return app.page.get_by_role("list", name="Contacts")


def expect_contacts(app: App, *names: str) -> None:
    expect(contacts(app).get_by_role("listitem").locator("b")).to_have_text(list(names))


def take_in(app: App, cards: str) -> None:
    with app.page.expect_file_chooser() as chosen:
        app.page.get_by_role("button", name="Import vCard").click()
    chosen.value.set_files([FilePayload(name="buch.vcf", mimeType="text/vcard", buffer=cards.encode())])


def test_a_sender_is_added_a_file_imported_and_both_are_completed_on_the_other_device_offline(
    desks: Desks, network: Stack
) -> None:
    here, there = desks
    there.expect_cached()
    page_of(there, "Contacts")
    expect(there.page.get_by_text("No contacts yet")).to_be_visible()
    article = here.read("Frage")
    article.get_by_role("button", name="Add to contacts").click()
    article.get_by_role("button", name="In contacts").click()
    expect(here.page.get_by_label("Address", exact=True)).to_have_value("anna@muster.example")
    expect_contacts(there, "Anna Muster")
    take_in(here, CARDS)
    expect(here.page.get_by_text("1 new, 1 merged with contacts that were there")).to_be_visible()
    expect(here.page.get_by_text("Line 7: not version 3.0 or 4.0")).to_be_visible()
    for app in desks:
        expect_contacts(app, "Anna Muster", "Dr. Bea Beispiel")
    network.proxy.refuse()
    there.expect_offline()
    there.page.get_by_role("searchbox", name="Search contacts").fill("555 01")
    expect_contacts(there, "Anna Muster")
    letter = Composer.new(there)
    letter.region.get_by_role("combobox", name="To", exact=True).press_sequentially("beisp")
    expect(letter.region.get_by_role("option")).to_have_count(1)
    expect(letter.region.get_by_role("option")).to_contain_text("bea@spital.example")
    there.page.keyboard.press("Enter")
    expect(letter.region.get_by_role("button", name="Change Dr. Bea Beispiel")).to_be_visible()


def test_a_contact_is_changed_deleted_and_brought_back_but_not_without_a_connection(
    desks: Desks, network: Stack
) -> None:
    here, there = desks
    for app in desks:
        page_of(app, "Contacts")
    here.page.get_by_role("button", name="Add contact").click()
    here.page.get_by_label("Name", exact=True).fill("Vera")
    here.page.get_by_label("Address", exact=True).fill("vera@")
    here.page.get_by_role("button", name="Save").click()
    expect(here.page.get_by_text("That is not an email address.")).to_be_visible()
    here.page.get_by_label("Address", exact=True).fill("vera@labor.example")
    here.page.get_by_role("button", name="Save").click()
    expect_contacts(there, "Vera")
    contacts(there).get_by_role("button", name="Vera").click()
    there.page.get_by_label("Name", exact=True).fill("Vera Labor")
    there.page.get_by_role("button", name="Save").click()
    expect_contacts(here, "Vera Labor")
    contacts(here).get_by_role("button", name="Vera Labor").click()
    here.page.get_by_role("button", name="Delete", exact=True).click()
    expect(contacts(there)).to_have_count(0)
    here.page.get_by_role("button", name="Undo").click()
    expect_contacts(there, "Vera Labor")
    network.proxy.refuse()
    here.expect_offline()
    contacts(here).get_by_role("button", name="Vera Labor").click()
    here.page.get_by_role("button", name="Delete", exact=True).click()
    expect(here.page.get_by_role("alert").filter(has_text="only with a connection")).to_be_visible()
    expect_contacts(here, "Vera Labor")


def test_a_text_block_of_one_device_is_typed_with_a_slash_on_the_other_offline(desks: Desks, network: Stack) -> None:
    here, there = desks
    there.expect_cached()
    page_of(here, "Me")
    here.page.get_by_role("button", name="Add text block").click()
    here.page.get_by_label("Title").fill("Öffnungszeiten")
    here.page.get_by_label("Text", exact=True).fill("Wir sind von 8 bis 12 Uhr da.")
    here.page.get_by_role("button", name="Save").last.click()
    expect(here.page.get_by_role("button", name="Öffnungszeiten")).to_be_visible()
    page_of(there, "Me")
    expect(there.page.get_by_role("button", name="Öffnungszeiten")).to_be_visible()
    network.proxy.refuse()
    there.expect_offline()
    letter = Composer.new(there)
    letter.text.focus()
    there.page.keyboard.type("Guten Tag\n/off")
    expect(letter.region.get_by_role("option", name="Öffnungszeiten")).to_be_visible()
    there.page.keyboard.press("Enter")
    expect(letter.text).to_have_value("Guten Tag\nWir sind von 8 bis 12 Uhr da.")
    there.page.keyboard.type(" Gern. ")
    letter.region.get_by_role("button", name="Insert text block").click()
    letter.region.get_by_role("option", name="Öffnungszeiten").click()
    expect(letter.text).to_have_value("Guten Tag\nWir sind von 8 bis 12 Uhr da. Gern. Wir sind von 8 bis 12 Uhr da.")


def test_a_domain_is_suggested_with_its_reason_and_never_again_once_somebody_has_said_so(
    desks: Desks, world: World, user: str
) -> None:
    here, there = desks
    for domain in ("spital.example", "labor.example"):
        world.append(subject=f"Bericht (Vertraulich) {domain}", sender=f"a@{domain}", to=f"{user}@praxis.example")
    for app in desks:
        app.expect_row("Bericht (Vertraulich) labor.example", "unread")
    page_of(here, "Me")
    expect(here.page.get_by_text("One mail that was begun there carried the marker").first).to_be_visible()
    here.page.get_by_role("button", name="Protected: spital.example", exact=True).click()
    expect(here.page.get_by_role("button", name="Remove spital.example")).to_be_visible()
    here.page.get_by_role("button", name="Not protected: labor.example").click()
    expect(here.page.get_by_text("HIN may protect these as well")).to_have_count(0)
    page_of(there, "Me")
    expect(there.page.get_by_role("button", name="Remove spital.example")).to_be_visible()
    expect(there.page.get_by_role("heading", name="Sign out")).to_be_visible()
    expect(there.page.get_by_text("HIN may protect these as well")).to_have_count(0)
