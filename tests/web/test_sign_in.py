"""Signing in: the mail server decides, and every refusal has a code that the screen has words for."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from pytest_django import Settings

from deploy.embedded.dovecot import Dovecot
from deploy.embedded.ports import free_port
from sync.endpoint import HostPolicy
from tests.web.person import Person, code_of
from webmail.accounts.models import Device

DAYS_90 = 90 * 24 * 3600
TOKEN = "t" * 40


def test_the_right_password_makes_a_signed_in_device(stranger: Person) -> None:
    answer = stranger.try_sign_in(device_name="Empfang 1")
    session = answer.json()
    assert answer.status_code == 200
    assert session["signed_in"] is True
    assert session["device"]["name"] == "Empfang 1"
    assert session["account"]["address"] == stranger.address
    assert session["seq"] >= 1
    assert stranger.get_session()["device"] == session["device"]


def test_a_wrong_password_is_refused_and_leaves_no_session(stranger: Person, refuse: Callable[[str], None]) -> None:
    refuse(stranger.user)
    assert code_of(stranger.try_sign_in()) == (403, "refused")
    assert stranger.get_session()["signed_in"] is False
    assert not Device.objects.exists()


def test_the_user_name_defaults_to_the_address(stranger: Person) -> None:
    assert stranger.try_sign_in(imap_user="").status_code == 200


def test_a_hin_user_name_must_not_be_the_address(stranger: Person) -> None:
    for imap_user in ("praxis@hin.ch", ""):
        answer = stranger.try_sign_in(preset="hin", imap_user=imap_user, secret=TOKEN)
        assert code_of(answer) == (422, "hin_user_is_address")


def test_a_hin_secret_must_be_a_token_and_not_the_password(stranger: Person) -> None:
    answer = stranger.try_sign_in(preset="hin", imap_user="mmuster1", secret="MeinPasswort1")
    assert code_of(answer) == (422, "hin_password_not_token")


def test_hin_is_listed_or_not_like_any_other_server(stranger: Person, settings: Settings) -> None:
    settings.IMAP_HOST_POLICY = HostPolicy.parse("mail.praxis.example")
    answer = stranger.try_sign_in(preset="hin", imap_user="mmuster1", secret=TOKEN)
    assert code_of(answer) == (422, "host_not_listed")


@pytest.mark.parametrize("host", ["mail.example.org", "127.0.0.2", "0x7f.1", "[::1]", "127.0.0.1\x00", ""])
def test_a_server_that_is_not_listed_is_not_asked(stranger: Person, host: str) -> None:
    assert code_of(stranger.try_sign_in(host=host)) == (422, "host_not_listed")


def test_a_listed_name_that_leads_to_a_private_address_is_not_asked(stranger: Person, settings: Settings) -> None:
    settings.IMAP_HOST_POLICY = HostPolicy.parse("localhost:*, 127.0.0.1:*")
    for host in ("localhost", "LOCALHOST.", "127.0.0.1"):
        assert code_of(stranger.try_sign_in(host=host)) == (422, "host_not_listed")


def test_a_port_that_is_not_listed_is_not_asked(stranger: Person, settings: Settings) -> None:
    settings.IMAP_HOST_POLICY = HostPolicy.parse("127.0.0.1:993 private")
    assert code_of(stranger.try_sign_in()) == (422, "host_not_listed")


def test_nobody_listening_is_unreachable_and_not_a_wrong_password(stranger: Person) -> None:
    port = free_port()
    for _ in range(settings.AXES_FAILURE_LIMIT + 1):
        assert code_of(stranger.try_sign_in(port=port)) == (502, "unreachable")
    stranger.sign_in()


def test_a_name_that_does_not_resolve_is_unreachable(stranger: Person, settings: Settings) -> None:
    settings.IMAP_HOST_POLICY = HostPolicy.parse("nowhere.invalid:*")
    assert code_of(stranger.try_sign_in(host="nowhere.invalid")) == (502, "unreachable")


def test_a_server_without_tls_is_unreachable_when_tls_is_asked_for(stranger: Person) -> None:
    for security in ("tls", "starttls"):
        assert code_of(stranger.try_sign_in(security=security)) == (502, "unreachable")


def test_after_ten_wrong_passwords_even_the_right_one_has_to_wait(
    stranger: Person, refuse: Callable[[str], None], allow: Callable[[str], None]
) -> None:
    refuse(stranger.user)
    codes = [code_of(stranger.try_sign_in()) for _ in range(settings.AXES_FAILURE_LIMIT)]
    assert set(codes) == {(403, "refused")}
    allow(stranger.user)
    assert code_of(stranger.try_sign_in()) == (429, "locked_out")
    assert stranger.get_session()["signed_in"] is False


def test_a_lockout_concerns_one_mailbox_only(stranger: Person, charlie: Person, refuse: Callable[[str], None]) -> None:
    refuse(stranger.user)
    for _ in range(settings.AXES_FAILURE_LIMIT + 1):
        stranger.try_sign_in()
    charlie.sign_in()


def test_a_right_password_forgets_the_wrong_ones(
    stranger: Person, refuse: Callable[[str], None], allow: Callable[[str], None], settings: Settings
) -> None:
    settings.AXES_FAILURE_LIMIT = 3
    for _ in range(2):
        refuse(stranger.user)
        for _ in range(2):
            assert code_of(stranger.try_sign_in()) == (403, "refused")
        allow(stranger.user)
        stranger.sign_in()


@pytest.mark.parametrize(
    "fields",
    [
        {"address": "praxis"},
        {"address": "praxis@praxis.example\r\nBcc: x@y.example"},
        {"secret": "   "},
        {"secret": "geheim\r\nA1 LOGOUT"},
        {"imap_user": "praxis\x00"},
        {"device_name": "Empfang\n1"},
        {"port": 70000},
        {"port": "imap"},
        {"security": "none"},
        {"preset": "gmail"},
        {"secret": "x" * 4001},
        {"nobody_knows": "this"},
    ],
)
def test_what_makes_no_sense_is_bad_input(stranger: Person, fields: dict[str, Any]) -> None:
    assert code_of(stranger.try_sign_in(**fields)) == (422, "bad_input")


def test_a_bad_form_names_the_field_and_never_what_was_in_it(stranger: Person) -> None:
    answer = stranger.try_sign_in(secret={"geheim": "Sonnenblume"})
    assert "secret" in answer.content.decode()
    assert "onnenblume" not in answer.content.decode()


def test_a_password_may_hold_any_letters(stranger: Person) -> None:
    stranger.sign_in(secret='Zürich "grüezi" \\ 東京')


def test_the_same_server_and_user_are_one_account_however_they_are_spelled(
    stranger: Person, dovecot: Dovecot, settings: Settings
) -> None:
    settings.IMAP_HOST_POLICY = HostPolicy.parse("localhost:* private")
    account = stranger.sign_in(host="localhost").account_id
    for host in ("LocalHost", " localhost ", "localhost."):
        assert Person(stranger.user, dovecot.port).sign_in(host=host).account_id == account


def test_two_devices_share_one_account(alice: Person, bob: Person, charlie: Person) -> None:
    assert alice.account_id == bob.account_id != charlie.account_id
    assert alice.get_session()["device"]["id"] != bob.get_session()["device"]["id"]


def test_a_browser_that_signs_in_again_stays_the_same_device(alice: Person) -> None:
    before = alice.get_session()
    alice.sign_in(device_name="")
    assert alice.get_session()["device"] == before["device"]
    assert Device.objects.count() == 1


def test_a_session_put_under_a_browser_before_the_sign_in_is_worth_nothing_after_it(stranger: Person) -> None:
    planted = SessionStore()
    planted["planted"] = True
    planted.save()
    key = str(planted.session_key)
    stranger.client.cookies[settings.SESSION_COOKIE_NAME] = key
    stranger.sign_in()
    assert stranger.cookie != key
    assert not planted.exists(key)


def test_a_browser_that_changes_the_mailbox_becomes_another_device(alice: Person, charlie: Person) -> None:
    mine = alice.get_session()["device"]["id"]
    alice.sign_in(imap_user=charlie.user, address=charlie.address)
    assert alice.account_id == charlie.account_id
    assert alice.get_session()["device"]["id"] != mine


def test_cookies_are_for_this_host_and_https_and_out_of_reach_of_scripts(alice: Person) -> None:
    session, csrf = (alice.client.cookies[name] for name in ("__Host-session", "__Host-csrf"))
    for cookie in (session, csrf):
        assert (cookie["secure"], cookie["httponly"], cookie["path"], cookie["domain"]) == (True, True, "/", "")
    assert (session["samesite"], csrf["samesite"]) == ("Lax", "Strict")


def test_a_session_lasts_ninety_days_from_its_last_use(alice: Person) -> None:
    assert alice.client.cookies["__Host-session"]["max-age"] == DAYS_90
    assert "__Host-session" not in alice.get("/api/snapshot").cookies
    Device.objects.update(last_seen_at=timezone.now() - timedelta(days=89))
    answer = alice.get("/api/snapshot")
    assert answer.cookies["__Host-session"]["max-age"] == DAYS_90
    assert timezone.now() - Device.objects.get().last_seen_at < timedelta(minutes=1)


def test_a_session_ends_after_ninety_days_without_use(alice: Person) -> None:
    session = alice.client.session
    session.set_expiry(-1)
    session.save()
    answer = alice.get("/api/snapshot")
    assert code_of(answer) == (401, "signed_out")
