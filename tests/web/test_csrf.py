"""A change needs our own page: its token, its origin, and a browser that says so."""

from typing import Any

import pytest
from django.test import Client

from tests.web.person import HEADERS, Person, code_of

CHANGES = ["/api/sign-in", "/api/sign-out", "/api/device", "/api/secret", "/api/archive", "/api/changes"]
CHANGES += ["/api/actions", "/api/bodies", "/api/actions/00000000-0000-0000-0000-000000000000/retry"]


@pytest.mark.parametrize("path", CHANGES)
def test_a_change_without_our_token_is_refused(alice: Person, path: str) -> None:
    for token in ("", "x" * 64):
        assert code_of(alice.post(path, csrf=token)) == (403, "csrf")


@pytest.mark.parametrize("path", CHANGES)
def test_a_change_from_another_site_is_refused_even_with_the_token(alice: Person, path: str) -> None:
    for site in ("cross-site", "same-site"):
        assert code_of(alice.post(path, Sec_Fetch_Site=site)) == (403, "cross_site")


def test_a_change_from_a_foreign_origin_is_refused(alice: Person) -> None:
    for origin in ("https://evil.example", "null", "https://testserver.evil.example"):
        assert code_of(alice.post("/api/device", {"name": "Empfang"}, Origin=origin)) == (403, "csrf")


def test_a_form_of_another_page_cannot_post(alice: Person) -> None:
    """What a browser sends without asking first: no JSON, no header of ours."""
    client = Client(enforce_csrf_checks=True)
    client.cookies = alice.client.cookies
    answer = client.post("/api/sign-out", {"csrfmiddlewaretoken": "x"}, secure=True)
    assert code_of(answer) == (403, "csrf")
    assert alice.get_session()["signed_in"] is True


def test_the_token_of_another_browser_is_worth_nothing(alice: Person, charlie: Person) -> None:
    assert code_of(alice.post("/api/device", {"name": "Empfang"}, csrf=charlie.csrf)) == (403, "csrf")


def test_a_token_from_before_the_sign_in_is_replaced(stranger: Person) -> None:
    before = stranger.csrf
    stranger.sign_in()
    assert code_of(stranger.post("/api/device", {"name": "Empfang"}, csrf=before)) == (403, "csrf")
    assert stranger.post("/api/device", {"name": "Empfang"}).status_code == 200


def test_reading_needs_no_token(alice: Person) -> None:
    reader = Client(enforce_csrf_checks=True, headers={"X-Praxispost-Api": "1"})
    reader.cookies = alice.client.cookies
    assert reader.get("/api/snapshot", secure=True).status_code == 200


def test_code_of_a_build_that_is_too_old_is_told_to_update(
    alice: Person, stranger: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webmail.api.auth.API_VERSION", 3)
    answers: list[Any] = [alice.get("/api/snapshot"), alice.post("/api/device", {"name": "x"})]
    answers += [stranger.get("/api/session"), alice.post("/api/bodies", {"ids": []})]
    assert {code_of(answer) for answer in answers} == {(426, "update_required")}
    recent = {**HEADERS, "X-Praxispost-Api": "2"}
    assert alice.client.get("/api/snapshot", secure=True, headers=recent).status_code == 200
