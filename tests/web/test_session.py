"""The session of a browser: its device's name, the way out, a new secret, the archive."""

from collections.abc import Callable

import pytest

from sync.store import accounts
from tests.support.mirrored import Mirrored
from tests.web.person import Person, code_of

TOKEN = "t" * 40


def test_a_browser_that_is_not_signed_in_learns_how_to_ask_and_nothing_else(stranger: Person) -> None:
    session = stranger.get_session()
    known = {name: session[name] for name in ("signed_in", "device", "account", "epoch", "seq", "demo", "demo_hint")}
    assert known == {
        "signed_in": False,
        "device": None,
        "account": None,
        "epoch": "",
        "seq": 0,
        "demo": False,
        "demo_hint": None,
    }
    assert (session["api"], len(session["csrf"])) == (1, 64)


def test_a_device_is_renamed_for_itself_only(alice: Person, bob: Person) -> None:
    assert alice.post("/api/device", {"name": "  Empfang 2 "}).json()["device"]["name"] == "Empfang 2"
    assert alice.get_session()["device"]["name"] == "Empfang 2"
    assert bob.get_session()["device"]["name"] == "Sprechzimmer 2"


def test_a_device_keeps_its_name_rather_than_having_none(alice: Person) -> None:
    assert alice.post("/api/device", {"name": "   "}).json()["device"]["name"] == "Empfang 1"


@pytest.mark.parametrize("name", ["", "x" * 61, "Empfang\x00", "Empfang\n1", "\x7f"])
def test_a_device_name_is_one_short_line(alice: Person, name: str) -> None:
    assert code_of(alice.post("/api/device", {"name": name})) == (422, "bad_input")


def test_signing_out_ends_this_session_and_no_other(alice: Person, bob: Person) -> None:
    cookie = alice.cookie
    assert alice.post("/api/sign-out").json()["signed_in"] is False
    alice.client.cookies["__Host-session"] = cookie
    assert code_of(alice.get("/api/snapshot")) == (401, "signed_out")
    assert bob.get("/api/snapshot").status_code == 200


def test_signing_out_twice_is_no_error(alice: Person) -> None:
    for _ in range(2):
        assert alice.post("/api/sign-out").status_code == 200


def test_a_new_secret_is_proven_before_it_is_stored(
    alice: Person, refuse: Callable[[str], None], allow: Callable[[str], None]
) -> None:
    account = alice.account_id
    before = accounts.credentials(account)
    refuse(alice.user)
    assert code_of(alice.post("/api/secret", {"secret": "wrong"})) == (403, "refused")
    assert accounts.credentials(account) == before
    allow(alice.user)
    assert alice.post("/api/secret", {"secret": "the new one"}).status_code == 200
    after = accounts.credentials(account)
    assert (after.secret, after.version) == ("the new one", before.version + 1)


def test_a_new_secret_ends_the_refusal_on_every_screen(alice: Person, bob: Person, mirrored: Mirrored) -> None:
    accounts.set_state(mirrored.account_id, mirrored.fence, "sign_in_refused", code="password")
    assert bob.get_session()["account"]["state"] == "sign_in_refused"
    cursor = bob.snapshot()
    assert alice.post("/api/secret", {"secret": "the new one"}).json()["account"]["state"] == "reconnecting"
    assert bob.changes(cursor)["account"]["state"] == "reconnecting"


def test_signing_in_anew_ends_the_refusal_too(alice: Person, mirrored: Mirrored) -> None:
    accounts.set_state(mirrored.account_id, mirrored.fence, "sign_in_refused", code="password")
    alice.sign_in(secret="the new one")
    assert alice.get_session()["account"]["state"] == "reconnecting"


@pytest.mark.parametrize("secret", ["", "  ", "new\r\nA1 LOGOUT", "new\x00", "x" * 4001])
def test_a_secret_that_makes_no_sense_is_bad_input(alice: Person, secret: str) -> None:
    assert code_of(alice.post("/api/secret", {"secret": secret})) == (422, "bad_input")


def test_a_chosen_archive_is_told_to_every_screen(alice: Person, bob: Person, filled: Callable[..., Mirrored]) -> None:
    folder, cursor = filled("Befund").folder("Trash").id, bob.snapshot()
    assert alice.post("/api/archive", {"folder": folder}).json()["account"]["archive"] == folder
    assert bob.changes(cursor)["account"]["archive"] == folder


def test_an_archive_can_be_made(alice: Person, filled: Callable[..., Mirrored]) -> None:
    filled("Befund")
    assert alice.post("/api/archive", {"folder": None}).status_code == 200
    (wish,) = alice.snapshot()["actions"]
    assert (wish["kind"], wish["targets"], wish["args"]) == ("archive", [], {"create": True})


def test_an_archive_that_is_not_there_is_missing(alice: Person) -> None:
    answer = alice.post("/api/archive", {"folder": "00000000-0000-4000-8000-000000000000"})
    assert code_of(answer) == (404, "missing")


def test_a_window_that_speaks_for_another_mailbox_is_signed_out(alice: Person, charlie: Person) -> None:
    """Another window of its browser has signed in to another mailbox, and the cookie is that one's now."""
    mine = {"X-Praxispost-Account": alice.account_id}
    theirs = {"X-Praxispost-Account": charlie.account_id}
    assert alice.client.get("/api/snapshot", secure=True, headers=mine).status_code == 200
    assert code_of(alice.client.get("/api/snapshot", secure=True, headers=theirs)) == (401, "signed_out")
    assert code_of(alice.post("/api/changes", {}, X_Praxispost_Account=charlie.account_id)) == (401, "signed_out")
