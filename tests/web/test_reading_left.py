"""Opening a message that is not where it was: another's is never shown for it, and what left is asked for again."""

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connections

from sync.bus import requests
from sync.imap.errors import ImapError, Nonsense
from sync.imap.transport import TooLarge, Transport
from sync.serve import serve
from sync.store import bodies
from tests.support.mirrored import Mirrored
from tests.support.world import World
from tests.web.person import Person, code_of

Bodies = Callable[..., Any]


@pytest.fixture
def raised(mirrored: Mirrored, monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    """An owner that answers when it is rung for, and knows no more than the last `sync()`. → what its boundary got"""
    raised: list[Exception] = []

    def answer(account_id: str, reason: str) -> None:
        for request in requests.take(account_id):
            try:
                serve(mirrored.connection, account_id, request)
            except (ImapError, ValueError) as error:
                raised.append(error)
                mirrored.connection = mirrored.connect()
        connections.close_all()  # this thread gives back what it borrowed, else PostgreSQL cannot drop the database

    monkeypatch.setattr(requests, "ring", answer)
    return raised


@pytest.fixture
def ask_bodies(alice: Person, raised: list[Exception]) -> Bodies:
    def ask_bodies(*ids: str) -> Any:
        return async_to_sync(alice.apost)("/api/bodies", {"ids": list(ids)}).json()

    return ask_bodies


def again(*ids: str) -> Any:
    return {"bodies": [], "missing": [{"id": pk, "code": "try_again"} for pk in ids]}


def test_a_body_that_outlook_just_moved_is_asked_for_again_and_then_comes(
    ask_bodies: Bodies, mirrored: Mirrored, world: World
) -> None:
    world.create("Labor")
    world.append("INBOX", subject="Befund", body="Kalium")
    world.append("INBOX", subject="Rezept", body="Aspirin")
    mirrored.sync()
    befund, rezept = mirrored.row("Befund").id, mirrored.row("Rezept").id
    world.move("INBOX", "Befund", "Labor")
    answer = ask_bodies(befund, rezept)
    assert [body["text"].strip() for body in answer["bodies"]] == ["Aspirin"]
    assert answer["missing"] == again(befund)["missing"]
    # Seen leaving and not yet seen arriving.
    mirrored.pull("INBOX")
    assert ask_bodies(befund) == again(befund)
    mirrored.sync()
    (body,) = ask_bodies(befund)["bodies"]
    assert (body["id"], body["text"].strip(), body["unparsed"]) == (befund, "Kalium", False)


def test_a_body_whose_folder_was_deleted_is_asked_for_again(
    ask_bodies: Bodies, mirrored: Mirrored, world: World
) -> None:
    world.create("Labor")
    world.append("Labor", subject="Befund")
    befund = mirrored.sync().row("Befund", "Labor").id
    world.delete_folder("Labor")
    mirrored.connection = mirrored.connect()
    assert ask_bodies(befund) == again(befund)
    assert bodies.cached_bodies([befund]) == {}


def test_another_patients_mail_is_never_shown_after_a_folder_was_made_anew(
    alice: Person, ask_bodies: Bodies, mirrored: Mirrored, world: World
) -> None:
    """UID 1 of the old folder is not UID 1 of the new one."""
    world.create("Labor")
    world.append("Labor", subject="Patient Meier", body="Diagnose von Meier")
    meier = mirrored.sync().row("Patient Meier", "Labor").id
    world.delete_folder("Labor")
    world.create("Labor")
    world.append("Labor", subject="Patient Huber", body="Diagnose von Huber")
    mirrored.connection = mirrored.connect()
    assert ask_bodies(meier) == again(meier)
    assert bodies.cached_bodies([meier]) == {}
    for path in ("source", "parts/1"):
        assert code_of(alice.get(f"/api/messages/{meier}/{path}")) == (503, "try_again")


def test_a_body_over_which_the_line_breaks_is_asked_for_again_and_the_line_is_given_up(
    ask_bodies: Bodies, raised: list[Exception], mirrored: Mirrored, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.append("INBOX", subject="Befund")
    befund = mirrored.sync().row("Befund").id
    with monkeypatch.context() as patched:
        patched.setattr(Transport, "read", _too_large)
        assert ask_bodies(befund) == again(befund)
    assert [type(error) for error in raised] == [Nonsense]
    assert [body["id"] for body in ask_bodies(befund)["bodies"]] == [befund]


def test_a_body_that_came_and_cannot_be_parsed_shows_that_it_is_one_and_stops_no_other(
    ask_bodies: Bodies, mirrored: Mirrored, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for subject in ("eins", "kaputt"):
        world.append("INBOX", subject=subject, body=subject)
    mirrored.sync()
    one, broken = mirrored.row("eins").id, mirrored.row("kaputt").id

    def decode(raw: bytes, part: object) -> str:
        if raw.startswith(b"kaputt"):
            raise ValueError("a defect of ours")
        return raw.decode()

    monkeypatch.setattr("sync.serve.decode_text", decode)
    answer = ask_bodies(broken, one)
    assert [(body["id"], body["unparsed"]) for body in answer["bodies"]] == [(broken, True), (one, False)]
    assert list(bodies.cached_bodies([broken, one])) == [one]


@pytest.mark.parametrize("part", ["tnef:1", "tnef:1:", "tnef::1", "tnef:1:²", "tnef:1:2:3", "tnef:1:99999", "tnef:"])
def test_a_name_that_no_part_can_have_is_answered_at_once(
    alice: Person, raised: list[Exception], mirrored: Mirrored, world: World, part: str
) -> None:
    world.append("INBOX", subject="Befund")
    befund = mirrored.sync().row("Befund").id
    assert code_of(alice.get(f"/api/messages/{befund}/parts/{part}")) == (404, "gone")
    assert raised == []


def test_a_defect_while_answering_is_told_to_the_asker_before_it_goes_on(
    alice: Person, raised: list[Exception], mirrored: Mirrored, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.append("INBOX", subject="Befund")
    befund = mirrored.sync().row("Befund").id

    def defect(account_id: str, ids: object) -> None:
        raise ValueError("a defect of ours")

    monkeypatch.setattr(bodies, "sources", defect)
    assert code_of(alice.get(f"/api/messages/{befund}/source")) == (503, "try_again")
    assert [type(error) for error in raised] == [ValueError]


def _too_large(transport: Transport, size: int) -> bytes:
    raise TooLarge("literal")
