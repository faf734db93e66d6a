"""The submit lane: what a worker does with mail that is ready, and when it looks again."""

import time
from collections.abc import Callable
from contextlib import ExitStack

import pytest
from pytest_django import Settings

from deploy.embedded.dovecot import Dovecot
from deploy.embedded.smtp import SmtpSink
from sync.endpoint import Endpoint
from sync.feed import ActionRow
from sync.push import server as submission_server
from sync.smtp.discover import Resolver
from sync.store import accounts
from sync.store.clock import now_ms
from sync.worker.runtime import Runtime
from tests.support.by_hand import Office
from tests.support.mirrored import Mirrored
from tests.support.scripted_smtp import Behaviour, ScriptedSmtp
from tests.support.waiting import wait_for
from tests.support.world import World
from tests.support.writing import by_number, letter, send, sends_by, time_passes

WRONG_TOKEN = Behaviour(answers={"AUTH": b"535 5.7.8 Bad token\r\n"})


@pytest.fixture
def office(dovecot: Dovecot, user: str, transactional_db: None, stack: ExitStack, server: ScriptedSmtp) -> Office:
    opened = Office(dovecot, user, stack)
    sends_by(opened.mirrored, server)
    opened.start()
    return opened


def work(office: Office) -> None:
    """A poke, and all that command and submit lane make of it."""
    office.hand.work("actions")
    office.hand.run("submit")
    office.hand.settle()
    office.hand.run("submit")


def state(office: Office, row: ActionRow) -> tuple[str, str]:
    now = office.mirrored.ledger()[row.id]
    return now.state, now.detail


def test_what_is_ready_goes_out_in_order(office: Office, server: ScriptedSmtp) -> None:
    rows = [office.mirrored.enqueue("send", composition=letter(subject=f"Befund {n}")) for n in range(3)]
    work(office)
    assert [state(office, row) for row in rows] == [("done", "")] * 3
    assert [b"Subject: Befund %d" % n in mail.content for n, mail in enumerate(server.accepted)] == [True] * 3


def test_it_comes_back_when_the_time_to_take_it_back_is_over(office: Office, server: ScriptedSmtp) -> None:
    row = office.mirrored.enqueue("send", composition=letter(), hold_ms=1000)
    work(office)
    assert state(office, row) == ("waiting", "")
    assert 0 < office.hand.conductor._outgoing._due_at - time.monotonic() < 1.1
    time_passes(row)
    office.hand.conductor.tick(office.hand.conductor._outgoing._due_at + 0.01)
    office.hand.settle()
    office.hand.run("submit")
    office.hand.settle()
    assert (state(office, row), len(server.accepted)) == (("done", ""), 1)


def test_one_that_was_put_off_holds_up_no_other(office: Office, server: ScriptedSmtp) -> None:
    server.faults.append(Behaviour(answers={"MAIL": b"451 4.3.0 Later\r\n"}))
    rows = [office.mirrored.enqueue("send", composition=letter()) for _ in range(2)]
    work(office)
    assert [state(office, row) for row in rows] == [("sending", "busy"), ("done", "")]
    assert office.mirrored.ledger()[rows[0].id].due_at > now_ms()


def test_a_secret_that_the_submission_server_refuses_is_the_accounts_state(
    office: Office, server: ScriptedSmtp
) -> None:
    server.always = WRONG_TOKEN
    row = office.mirrored.enqueue("send", composition=letter())
    work(office)
    account = accounts.account_row(office.mirrored.account_id)
    assert (account.state, account.code) == ("sign_in_refused", "password")
    assert state(office, row) == ("sending", "sign_in")
    work(office)
    assert server.connections == 1  # not asked again with the same one
    server.always = Behaviour()
    accounts.replace_secret(office.mirrored.account_id, "secret")
    office.hand.work("secret")
    work(office)
    assert (state(office, row), len(server.accepted)) == (("done", ""), 1)
    assert accounts.account_row(office.mirrored.account_id).state == "ok"


def test_a_whole_worker_sends_it_by_itself(
    running: Runtime, mirrored: Mirrored, world: World, server: ScriptedSmtp
) -> None:
    wait_for(lambda: accounts.account_row(mirrored.account_id).state == "ok")
    sends_by(mirrored, server)
    row = mirrored.enqueue("send", composition=letter(), hold_ms=300)
    running.poke(mirrored.account_id, "actions")
    wait_for(lambda: mirrored.settled(row, "done"))
    assert (len(server.accepted), world.subjects("Sent")) == (1, ["Befund"])


# Which server


@pytest.fixture
def account(mirrored: Mirrored) -> str:
    return mirrored.account_id


def test_the_installations_own_server_is_taken_when_it_takes_the_secret(
    account: str, server: ScriptedSmtp, settings: Settings
) -> None:
    settings.SMTP_SERVER = by_number(server.endpoint)
    submission_server.find(account)
    row = accounts.account_row(account)
    assert (accounts.smtp_endpoint(account), row.can_send, row.max_bytes) == (settings.SMTP_SERVER, True, 10485760)


def test_the_demos_server_is_one(mirrored: Mirrored, settings: Settings) -> None:
    delivered: list[tuple[str, bytes]] = []
    with SmtpSink(lambda recipient, raw: delivered.append((recipient, raw))) as sink:
        settings.SMTP_SERVER = Endpoint(host="127.0.0.1", port=sink.port, security="plain")
        submission_server.find(mirrored.account_id)
        assert send(mirrored.sync(), letter()).state == "done"
    assert delivered[0][0] == "befunde@labor.example"


def test_one_that_refuses_the_secret_is_not_kept_and_says_nothing_of_the_account(
    account: str, server: ScriptedSmtp, settings: Settings
) -> None:
    server.always = WRONG_TOKEN
    settings.SMTP_SERVER = by_number(server.endpoint)
    submission_server.find(account)
    assert accounts.smtp_endpoint(account) is None
    assert accounts.account_row(account).state != "sign_in_refused"


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def name(*endpoints: Endpoint) -> None:
        def find(domain: str, resolver: Resolver) -> list[Endpoint]:
            assert domain == "praxis.example"
            return list(endpoints)

        monkeypatch.setattr(submission_server, "find_submission", find)

    return name


def test_of_those_the_domain_names_the_first_listed_one_that_answers_is_taken(
    account: str, server: ScriptedSmtp, named: Callable[..., None]
) -> None:
    listed = by_number(server.endpoint)
    stranger = Endpoint(host="smtp.evil.example", port=587, security="starttls")
    dead = Endpoint(host="127.0.0.1", port=9, security="plain")
    named(stranger, dead, listed)
    submission_server.find(account)
    assert accounts.smtp_endpoint(account) == listed


def test_where_the_domain_names_none_nothing_is_known(account: str, named: Callable[..., None]) -> None:
    named()
    submission_server.find(account)
    assert not accounts.account_row(account).can_send


def test_hin_has_its_own(transactional_db: None) -> None:
    account = accounts.open_account(
        endpoint=Endpoint(host="imap.mail.hin.ch", port=993, security="tls"),
        imap_user="mmuster",
        address="m.muster@hin.ch",
        preset="hin",
        secret="token",
    )
    submission_server.find(account)
    assert accounts.smtp_endpoint(account) == submission_server.HIN
