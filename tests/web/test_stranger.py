"""Whoever is not signed in gets nothing, and whoever is signed in to another mailbox gets nothing of this one.

Every operation of the API has a case here; a new one without a case fails.
"""

import re
import uuid
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, NamedTuple

import pytest
from asgiref.sync import async_to_sync

from tests.support.mirrored import Mirrored
from tests.support.writing import letter
from tests.web.person import Person
from webmail.api.urls import api
from webmail.openapi import document

SUBJECT = "Laborbefund Frau Muster"
CONTACT = {"name": "Vera", "emails": ["vera@a.example"]}
# Their ids are made by browsers: one that never was may be written by anybody, as his own.
MADE_HERE = {"/api/contacts", "/api/contacts/{contact_id}", "/api/blocks/{block_id}"}
BLOCK = {"title": "Gruss", "text": "Freundliche Grüsse"}


class Known(NamedTuple):
    """What a stranger might have got hold of."""

    folder: str
    message: str
    action: str
    epoch: str
    upload: str
    draft: str
    contact: str
    block: str


class Case(NamedTuple):
    """How to ask, and what a stranger with a mailbox of his own gets."""

    body: Callable[[Known], Any] | None = None
    expect: int = 404
    open: bool = False  # answers before anybody signed in
    raw: bytes | None = None


def action(known: Known, **fields: Any) -> dict[str, Any]:
    return {
        "v": 1,
        "id": str(uuid.uuid4()),
        "n": 1,
        "kind": "trash",
        "targets": [known.message],
        "args": {},
        "base_seq": 0,
        **fields,
    }


def written(**fields: Any) -> dict[str, Any]:
    return {**asdict(letter()), **fields}


def strange_letters(known: Known) -> list[dict[str, Any]]:
    """A draft, an upload, and a part of a message of another mailbox."""
    file = {"filename": "a.pdf", "type": "application/pdf", "size": 3}
    return [
        {"draft": known.draft},
        {"files": [{**file, "id": known.upload}]},
        {"files": [{**file, "id": str(uuid.uuid4()), "message": known.message, "part": "1"}]},
    ]


CASES: dict[tuple[str, str], Case] = {
    ("GET", "/api/session"): Case(expect=200, open=True),
    ("POST", "/api/sign-in"): Case(body=lambda known: {"address": "x"}, expect=422, open=True),
    ("POST", "/api/sign-out"): Case(expect=200, open=True),
    ("POST", "/api/device"): Case(body=lambda known: {"name": "Laptop"}, expect=200),
    ("POST", "/api/secret"): Case(body=lambda known: {"secret": "anything"}, expect=200),
    ("POST", "/api/archive"): Case(body=lambda known: {"folder": known.folder}),
    ("GET", "/api/snapshot"): Case(expect=200),
    ("POST", "/api/changes"): Case(
        body=lambda known: {"epoch": known.epoch, "since": 0, "windows": [{"folder": known.folder}]}, expect=200
    ),
    ("GET", "/api/folders/{folder_id}/messages"): Case(),
    ("POST", "/api/actions"): Case(
        body=lambda known: {
            "actions": [
                action(known),
                action(known, n=2, kind="move", args={"to": known.folder}, targets=[]),
                action(known, n=3, kind="discard", args={"draft": known.draft}, targets=[]),
                *(
                    action(known, n=4 + number, kind="send", targets=[], composition=written(**fields))
                    for number, fields in enumerate(strange_letters(known))
                ),
            ]
        },
        expect=200,
    ),
    ("PUT", "/api/writing"): Case(
        body=lambda known: {
            "identities": [{"id": known.draft, "name": "Charlie", "email": "charlie@praxis.example"}],
            "protected_domains": [],
        },
        expect=204,
    ),
    ("PUT", "/api/contacts/{contact_id}"): Case(body=lambda known: CONTACT),
    ("DELETE", "/api/contacts/{contact_id}"): Case(),
    ("POST", "/api/contacts"): Case(body=lambda known: {"contacts": [{**CONTACT, "id": known.contact}]}),
    ("PUT", "/api/blocks/{block_id}"): Case(body=lambda known: BLOCK),
    ("DELETE", "/api/blocks/{block_id}"): Case(),
    ("PUT", "/api/domains"): Case(body=lambda known: {"domain": "a.example", "protected": True}, expect=204),
    ("PUT", "/api/smtp"): Case(
        body=lambda known: {"host": "smtp.elsewhere.example", "port": 587, "security": "starttls"}, expect=422
    ),
    ("POST", "/api/uploads"): Case(body=lambda known: {"id": str(uuid.uuid4()), "size": 3}, expect=200),
    ("PUT", "/api/uploads/{upload_id}/{offset}"): Case(raw=b"abc"),
    ("GET", "/api/actions/{action_id}/composition"): Case(),
    ("POST", "/api/actions/{action_id}/retry"): Case(),
    ("POST", "/api/actions/{action_id}/discard"): Case(),
    ("POST", "/api/bodies"): Case(body=lambda known: {"ids": [known.message]}, expect=200),
    ("GET", "/api/messages/{message_id}/parts/{part}"): Case(),
    ("GET", "/api/messages/{message_id}/source"): Case(),
    ("GET", "/api/messages/{message_id}/eml"): Case(),
}


def operations() -> set[tuple[str, str]]:
    """All that the API answers to, in the document or not."""
    described = {(method.upper(), path) for path, methods in document()["paths"].items() for method in methods}
    served = {
        (method, f"/api{path}")
        for _, router in api._routers
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    }
    assert described <= served
    return served


def ask(person: Person, method: str, path: str, known: Known) -> Any:
    case = CASES[method, path]
    places = {
        "folder_id": known.folder,
        "message_id": known.message,
        "action_id": known.action,
        "upload_id": known.upload,
        "contact_id": known.contact,
        "block_id": known.block,
        "offset": "0",
        "part": "1",
    }
    url = re.sub(r"\{(\w+)\}", lambda found: places[found[1]], path)
    if method == "GET":
        return person.get(url)
    if method == "DELETE":
        return person.delete(url)
    if method == "PUT":
        return person.put(url, case.body(known) if case.body else None, raw=case.raw)
    return person.post(url, case.body(known) if case.body else None)


@pytest.fixture
def known(alice: Person, filled: Callable[..., Mirrored]) -> Known:
    mirrored = filled(SUBJECT)
    row = mirrored.row(SUBJECT)
    saved = letter()
    waiting = mirrored.act("draft", composition=saved)
    upload = str(uuid.uuid4())
    assert alice.post("/api/uploads", {"id": upload, "size": 3}).json() == {"id": upload, "received": 0}
    contact, block = str(uuid.uuid4()), str(uuid.uuid4())
    alice.put(f"/api/contacts/{contact}", {"name": "Labor", "emails": ["info@labor.example"]})
    alice.put(f"/api/blocks/{block}", {"title": "Labor", "text": "labor.example"})
    return Known(row.folder, row.id, waiting.id, alice.get_session()["epoch"], upload, saved.draft, contact, block)


def test_every_operation_has_a_case() -> None:
    assert operations() == set(CASES)


@pytest.mark.parametrize(("method", "path"), sorted(CASES))
def test_nobody_gets_anything_without_signing_in(
    stranger: Person, known: Known, alice: Person, method: str, path: str
) -> None:
    before = alice.snapshot()
    answer = ask(stranger, method, path, known)
    if CASES[method, path].open:
        assert answer.status_code == CASES[method, path].expect
    else:
        assert (answer.status_code, answer.json()) == (401, {"code": "signed_out"})
    assert_nothing_of_alice(answer, alice, known)
    assert alice.snapshot() == before


@pytest.mark.parametrize(("method", "path"), sorted(CASES))
def test_another_mailbox_gets_nothing_of_this_one(
    charlie: Person, known: Known, alice: Person, method: str, path: str
) -> None:
    before = alice.snapshot()
    answer = ask(charlie, method, path, known)
    assert answer.status_code == CASES[method, path].expect, answer.content
    if answer.status_code == 404:
        assert answer.json() == {"code": "missing"}
    assert_nothing_of_alice(answer, alice, known)
    assert alice.snapshot() == before


def assert_nothing_of_alice(answer: Any, alice: Person, known: Known) -> None:
    """Ids that were asked about may come back as missing; nothing that belongs to them may."""
    said = answer.content.decode()
    for secret in (SUBJECT, alice.address, alice.account_id, "INBOX", "labor.example"):
        assert secret not in said


def test_what_never_was_and_what_is_not_yours_are_the_same_answer(charlie: Person, known: Known) -> None:
    never = Known(*(str(uuid.uuid4()) for _ in Known._fields))
    for method, path in sorted(CASES):
        if CASES[method, path].expect == 404 and path not in MADE_HERE:
            strange, absent = ask(charlie, method, path, known), ask(charlie, method, path, never)
            assert (strange.status_code, strange.content) == (absent.status_code, absent.content)


def test_a_stranger_cannot_act_on_foreign_messages(charlie: Person, known: Known) -> None:
    answer = ask(charlie, "POST", "/api/actions", known).json()
    (trash,) = answer["accepted"]
    assert trash["targets"] == []
    assert [refusal["code"] for refusal in answer["refused"]] == ["no_folder", *["missing"] * 4]


def test_a_stranger_cannot_go_on_with_a_foreign_upload(charlie: Person, known: Known) -> None:
    answer = charlie.post("/api/uploads", {"id": known.upload, "size": 3})
    assert (answer.status_code, answer.json()) == (404, {"code": "missing"})


def test_a_stranger_answers_no_foreign_message(charlie: Person, known: Known) -> None:
    """What is answered may be gone meanwhile: a foreign one is nothing but that."""
    composition = written(kind="reply", original=known.message, replaces=known.message)
    (row,) = charlie.act(action(known, kind="draft", targets=[], composition=composition))["accepted"]
    told = charlie.get(f"/api/actions/{row['id']}/composition").json()
    assert (told["original"], told["replaces"]) == ("", "")


def test_foreign_messages_are_gone_for_a_stranger(charlie: Person, known: Known) -> None:
    answer = ask(charlie, "POST", "/api/bodies", known).json()
    assert answer == {"bodies": [], "missing": [{"id": known.message, "code": "gone"}]}


def test_a_foreign_cursor_starts_over_and_shows_nothing(charlie: Person, known: Known) -> None:
    assert ask(charlie, "POST", "/api/changes", known).json() == {"reset": True}


def test_a_foreign_window_with_an_own_cursor_is_empty(charlie: Person, known: Known) -> None:
    mine = charlie.snapshot()
    delta = charlie.changes({**mine, "seq": 0}, {"folder": known.folder})
    assert (delta["messages"], delta["lost"]) == ([], [])


def test_the_async_views_know_a_stranger_too(charlie: Person, known: Known) -> None:
    """As the server runs them: in an event loop, where the session is read another way."""

    async def statuses(person: Person) -> list[int]:
        posted = await person.apost("/api/bodies", {"ids": [known.message]})
        got = await person.aget(f"/api/messages/{known.message}/source")
        return [posted.status_code, got.status_code]

    assert async_to_sync(statuses)(charlie) == [200, 404]
    charlie.post("/api/sign-out")
    assert async_to_sync(statuses)(charlie) == [401, 401]
