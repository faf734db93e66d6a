"""The address book and the text blocks: everybody on the mailbox has them at once, nobody else ever."""

import uuid
from typing import Any

import pytest

from sync.models import Account, BookEntry
from sync.store import book, messages
from tests.support.mirrored import Mirrored
from tests.support.replica import Replica, check_replay
from tests.web.person import Person, code_of

VERA = {
    "name": "Vera Muster",
    "emails": ["vera@labor.example", "vera.muster@spital.example"],
    "phone": "+41 31 555 01 01",
    "organisation": "Labor Muster",
    "note": "Nur am Vormittag.",
}
HOURS = {"title": "Öffnungszeiten", "text": "Wir sind von 8 bis 12 Uhr für Sie da.\n"}


def new_id() -> str:
    return str(uuid.uuid4())


def contact(person: Person, **fields: Any) -> str:
    pk = new_id()
    answer = person.put(f"/api/contacts/{pk}", {**VERA, **fields})
    assert answer.status_code == 204, answer.content
    return pk


def book_of(person: Person) -> tuple[Any, Any]:
    snapshot = person.snapshot()
    return snapshot["contacts"], snapshot["blocks"]


# Who sees it


def test_a_contact_is_on_every_device_of_the_mailbox_at_once_and_nowhere_else(
    alice: Person, bob: Person, charlie: Person, mirrored: Mirrored
) -> None:
    cursor, strange = bob.snapshot(), charlie.snapshot()
    pk = contact(alice)
    (told,) = bob.changes(cursor)["contacts"]
    assert {**VERA, "id": pk, "seq": told["seq"]} == told
    assert book_of(bob)[0] == [told]
    delta = charlie.changes(strange)
    assert (delta["contacts"], delta["lost_entries"], book_of(charlie)) == ([], [], ([], []))


def test_a_text_block_is_on_every_device_of_the_mailbox_at_once_and_nowhere_else(
    alice: Person, bob: Person, charlie: Person
) -> None:
    cursor, strange = bob.snapshot(), charlie.snapshot()
    pk = new_id()
    assert alice.put(f"/api/blocks/{pk}", HOURS).status_code == 204
    (told,) = bob.changes(cursor)["blocks"]
    assert told == {**HOURS, "id": pk, "seq": told["seq"]}
    assert (charlie.changes(strange)["blocks"], book_of(charlie)) == ([], ([], []))


def test_whoever_writes_last_wins_one_entry_and_no_other(alice: Person, bob: Person) -> None:
    first, second = contact(alice), contact(alice, emails=["arzt@spital.example"], name="Arzt")
    assert bob.put(f"/api/contacts/{second}", {**VERA, "name": "Dr. Arzt"}).status_code == 204
    assert alice.put(f"/api/contacts/{first}", {**VERA, "phone": ""}).status_code == 204
    names = {row["id"]: (row["name"], row["phone"]) for row in book_of(bob)[0]}
    assert names == {first: ("Vera Muster", ""), second: ("Dr. Arzt", VERA["phone"])}


def test_what_one_removes_is_gone_everywhere_and_comes_back_with_the_next_word_on_it(
    alice: Person, bob: Person
) -> None:
    pk, block = contact(alice), new_id()
    alice.put(f"/api/blocks/{block}", HOURS)
    cursor = bob.snapshot()
    for path in (f"/api/contacts/{pk}", f"/api/blocks/{block}", f"/api/contacts/{pk}"):
        assert alice.delete(path).status_code == 204
    assert sorted(bob.changes(cursor)["lost_entries"]) == sorted([pk, block])
    assert book_of(bob) == ([], [])
    assert bytes(BookEntry.objects.get(pk=pk).sealed) == b""
    bob.put(f"/api/contacts/{pk}", VERA)
    assert [row["id"] for row in book_of(alice)[0]] == [pk]


def test_what_came_and_went_since_is_told_as_gone(alice: Person, bob: Person) -> None:
    """Who owes pages asks from behind what the frames have brought already."""
    cursor = bob.snapshot()
    pk = contact(alice)
    alice.delete(f"/api/contacts/{pk}")
    assert bob.changes(cursor)["lost_entries"] == [pk]


@pytest.mark.parametrize("kind", ["contacts", "blocks"])
def test_a_stranger_neither_writes_nor_removes_what_is_not_his(alice: Person, charlie: Person, kind: str) -> None:
    pk = new_id()
    body = VERA if kind == "contacts" else HOURS
    alice.put(f"/api/{kind}/{pk}", body)
    before = book_of(alice)
    assert code_of(charlie.put(f"/api/{kind}/{pk}", body)) == (404, "missing")
    assert code_of(charlie.delete(f"/api/{kind}/{pk}")) == (404, "missing")
    imported = charlie.post("/api/contacts", {"contacts": [{**VERA, "id": pk}]})
    assert code_of(imported) == (404, "missing")
    assert (book_of(alice), book_of(charlie)) == (before, ([], []))


def test_a_contact_is_no_text_block(alice: Person) -> None:
    pk = contact(alice)
    assert code_of(alice.put(f"/api/blocks/{pk}", HOURS)) == (404, "missing")
    assert code_of(alice.delete(f"/api/blocks/{pk}")) == (404, "missing")


def test_nothing_of_it_stands_in_clear(alice: Person) -> None:
    pk = contact(alice)
    sealed = bytes(BookEntry.objects.get(pk=pk).sealed)
    assert not any(word in sealed for word in (b"Muster", b"labor", b"555", b"Vormittag"))


# What is taken


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"emails": []}, (422, "bad_input")),
        ({"emails": ["a@b.example"] * 21}, (422, "bad_input")),
        ({"emails": ["nobody"]}, (422, "bad_address")),
        ({"emails": ["a@b.example\r\nBcc: c@d.example"]}, (422, "bad_address")),
        ({"name": "Vera\nMuster"}, (422, "bad_address")),
        ({"name": "x" * 501}, (422, "bad_input")),
        ({"note": "x" * 5001}, (422, "bad_input")),
        ({"photo": "x"}, (422, "bad_input")),
    ],
)
def test_a_contact_that_no_mail_could_use_is_not_taken(
    alice: Person, fields: dict[str, Any], refused: tuple[int, str]
) -> None:
    assert code_of(alice.put(f"/api/contacts/{new_id()}", {**VERA, **fields})) == refused
    assert book_of(alice) == ([], [])


@pytest.mark.parametrize("fields", [{"title": ""}, {"title": "x" * 201}, {"text": ""}, {"text": "x" * 20_001}])
def test_a_text_block_has_bounds(alice: Person, fields: dict[str, str]) -> None:
    assert code_of(alice.put(f"/api/blocks/{new_id()}", {**HOURS, **fields})) == (422, "bad_input")


def test_an_account_holds_so_many_and_no_more(alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "MAX_ENTRIES", {"contact": 2, "block": 1})
    pk = contact(alice)
    two = [{**VERA, "id": new_id(), "emails": [f"{n}@a.example"]} for n in range(2)]
    assert code_of(alice.post("/api/contacts", {"contacts": two})) == (422, "full")
    assert [row["id"] for row in book_of(alice)[0]] == [pk]
    assert alice.put(f"/api/contacts/{pk}", {**VERA, "phone": ""}).status_code == 204
    contact(alice)
    assert code_of(alice.put(f"/api/contacts/{new_id()}", VERA)) == (422, "full")


# Many at once


def test_an_import_fills_gaps_and_doubles_nobody(alice: Person, bob: Person) -> None:
    pk = contact(alice, phone="", note="Meine Notiz", emails=["Vera@Labor.example"])
    cursor = bob.snapshot()
    fresh = new_id()
    answer = alice.post(
        "/api/contacts",
        {
            "contacts": [
                {**VERA, "id": new_id(), "name": "V. M.", "emails": ["vera@labor.EXAMPLE", "vera@privat.example"]},
                {**VERA, "id": new_id(), "name": "Vera privat", "emails": ["VERA@privat.example"]},
                {"id": fresh, "name": "Urs", "emails": ["urs@a.example"]},
                {"id": new_id(), "emails": ["URS@a.example", "urs@b.example"]},
            ]
        },
    )
    assert answer.json() == {"added": 1, "merged": 3}
    rows = {row["id"]: row for row in bob.changes(cursor)["contacts"]}
    assert set(rows) == {pk, fresh}
    assert rows[pk]["emails"] == ["Vera@Labor.example", "vera@privat.example"]
    assert (rows[pk]["name"], rows[pk]["phone"], rows[pk]["note"]) == ("Vera Muster", VERA["phone"], "Meine Notiz")
    assert rows[fresh]["emails"] == ["urs@a.example", "urs@b.example"]


def test_the_same_file_twice_changes_nothing_the_second_time(alice: Person) -> None:
    for _ in range(2):
        alice.post("/api/contacts", {"contacts": [{**VERA, "id": new_id()}]})
        seqs = [row["seq"] for row in book_of(alice)[0]]
    assert len(seqs) == 1
    alice.post("/api/contacts", {"contacts": [{**VERA, "id": new_id()}]})
    assert [row["seq"] for row in book_of(alice)[0]] == seqs


def test_an_import_with_one_bad_contact_takes_none(alice: Person) -> None:
    good, bad = {**VERA, "id": new_id()}, {**VERA, "id": new_id(), "emails": ["nobody"]}
    assert code_of(alice.post("/api/contacts", {"contacts": [good, bad]})) == (422, "bad_address")
    assert book_of(alice) == ([], [])


def test_a_large_import_reaches_everybody_though_no_stream_carries_it(alice: Person, bob: Person) -> None:
    cursor = bob.snapshot()
    many = [{"id": new_id(), "name": f"Nr. {n}", "emails": [f"nr{n}@a.example"]} for n in range(250)]
    assert alice.post("/api/contacts", {"contacts": many}).json() == {"added": 250, "merged": 0}
    assert {row["name"] for row in bob.changes(cursor)["contacts"]} == {f"Nr. {n}" for n in range(250)}


# The laws


def test_an_old_browser_that_catches_up_knows_what_a_fresh_one_knows(alice: Person, mirrored: Mirrored) -> None:
    kept, removed, block = contact(alice), contact(alice, emails=["b@c.example"]), new_id()
    old = Replica(mirrored.account_id)
    alice.put(f"/api/blocks/{block}", HOURS)
    alice.delete(f"/api/contacts/{removed}")
    alice.put(f"/api/contacts/{kept}", {**VERA, "name": "Neu"})
    gone_before_it_was_seen = contact(alice, emails=["x@y.example"])
    alice.delete(f"/api/contacts/{gone_before_it_was_seen}")
    check_replay(old)
    assert set(old.contacts) == {kept} and set(old.blocks) == {block}


def test_what_was_removed_is_forgotten_with_the_tombstones_of_its_time(
    alice: Person, mirrored: Mirrored, world: Any
) -> None:
    world.append(subject="Alt")
    mirrored.sync()
    pk = contact(alice)
    alice.delete(f"/api/contacts/{pk}")
    world.delete("INBOX", "Alt")
    mirrored.sync()
    mirrored.bury()
    assert messages.prune(mirrored.account_id, mirrored.fence, gone_before=2**53) == 1
    assert not BookEntry.objects.filter(pk=pk).exists()
    assert Account.objects.get(pk=mirrored.account_id).floor > 0


# Domains


def test_a_word_on_a_domain_is_kept_for_everybody_and_alone(alice: Person, bob: Person, charlie: Person) -> None:
    for domain, protected in (("Spital.example", True), ("labor.example", False), ("praxis.example", True)):
        assert alice.put("/api/domains", {"domain": domain, "protected": protected}).status_code == 204
    account = bob.snapshot()["account"]
    assert account["protected_domains"] == ["praxis.example", "spital.example"]
    assert account["declined_domains"] == ["labor.example"]
    bob.put("/api/domains", {"domain": "labor.example", "protected": True})
    bob.put("/api/domains", {"domain": "praxis.example", "protected": False})
    account = alice.snapshot()["account"]
    assert account["protected_domains"] == ["labor.example", "spital.example"]
    assert account["declined_domains"] == ["praxis.example"]
    assert charlie.snapshot()["account"]["declined_domains"] == []


def test_whoever_changes_an_identity_leaves_the_domains_as_they_are(alice: Person, bob: Person) -> None:
    own = {"id": new_id(), "name": "Praxis", "email": "praxis@praxis.example"}
    alice.put("/api/domains", {"domain": "spital.example", "protected": True})
    assert bob.put("/api/writing", {"identities": [own]}).status_code == 204
    account = alice.snapshot()["account"]
    assert ([one["name"] for one in account["identities"]], account["protected_domains"]) == (
        ["Praxis"],
        ["spital.example"],
    )


@pytest.mark.parametrize("domain", ["", "a b.example", "a\r\nb.example", "a@b@c", "x" * 300])
def test_what_is_no_domain_is_not_kept(alice: Person, domain: str) -> None:
    assert code_of(alice.put("/api/domains", {"domain": domain, "protected": True})) == (422, "bad_domain")
    assert alice.snapshot()["account"]["protected_domains"] == []
