"""Which trouble is told when several lanes of an account meet theirs at once."""

from collections.abc import Iterator

import pytest
from django.db import OperationalError
from redis.exceptions import RedisError

from deploy.embedded.dovecot import Dovecot
from sync.imap.errors import TryAgain
from sync.store import accounts
from sync.worker.connections import Connections
from sync.worker.trouble import Boundary
from tests.support.mirrored import Mirrored


@pytest.fixture
def wanted() -> list[str]:
    """Grows when all work is wanted again."""
    return []


@pytest.fixture
def lanes(mirrored: Mirrored, wanted: list[str]) -> Iterator[tuple[Connections, Boundary]]:
    connections = Connections(mirrored.account_id, lambda: True)

    def forget(_: str = "") -> None:
        pass

    yield connections, Boundary(mirrored.mirror, connections, forget, forget, lambda: wanted.append("all"), forget)
    connections.close()


def test_a_refused_sign_in_is_not_hidden_by_a_connection_that_was_found_closed_after_it(
    lanes: tuple[Connections, Boundary], mirrored: Mirrored, dovecot: Dovecot, user: str
) -> None:
    connections, boundary = lanes
    dovecot.refuse(user)

    def watched() -> None:
        connections.get("watch")

    boundary.run("watch", watched)
    assert _state(mirrored) == "sign_in_refused"
    boundary.run("command", _closed)
    assert _state(mirrored) == "sign_in_refused"
    # A new secret is a new chance: from now on trouble is told as it is.
    dovecot.allow(user)
    accounts.replace_secret(mirrored.account_id, "new secret")
    boundary.run("command", _closed)
    assert _state(mirrored) == "reconnecting"


def test_a_refusal_of_the_old_secret_that_comes_late_says_nothing_about_the_new_one(
    lanes: tuple[Connections, Boundary], mirrored: Mirrored, dovecot: Dovecot, user: str
) -> None:
    connections, boundary = lanes
    dovecot.refuse(user)

    def refused_after_a_new_secret_was_given() -> None:
        try:
            connections.get("watch")
        finally:
            accounts.replace_secret(mirrored.account_id, "new secret")

    before = _state(mirrored)
    boundary.run("watch", refused_after_a_new_secret_was_given)
    assert _state(mirrored) == before


def test_a_server_that_fails_right_after_the_sign_in_is_left_alone_for_longer_each_time(
    lanes: tuple[Connections, Boundary], monkeypatch: pytest.MonkeyPatch
) -> None:
    connections, boundary = lanes
    now = 1000.0
    monkeypatch.setattr("sync.worker.connections.time.monotonic", lambda: now)

    def signed_in() -> None:
        connections.get("command")

    def signed_in_and_cut() -> None:
        signed_in()
        raise TryAgain("closed")

    waits: list[float] = []
    for _ in range(6):
        boundary.run("command", signed_in_and_cut)
        boundary.run("command", lambda: None)  # found nothing to do, which says nothing of the line
        waits.append(connections.due_in_s("command"))
        now += waits[-1]
    assert all(0.5 * 2**n <= wait <= 2**n for n, wait in enumerate(waits))
    assert connections.due_in_s("watch") == 0, "one lane's trouble does not hold up the others"
    boundary.run("command", signed_in)
    boundary.run("command", signed_in_and_cut)
    assert connections.due_in_s("command") <= 1
    for job in (_closed, lambda: None, _closed):
        boundary.run("watch", job)
    assert connections.due_in_s("watch") >= 1, "a watcher that was opened has not lasted yet"


def test_a_watcher_that_never_lives_long_is_told_once_while_the_command_line_works(
    lanes: tuple[Connections, Boundary], mirrored: Mirrored
) -> None:
    _, boundary = lanes
    boundary.run("watch", _closed)
    assert _state(mirrored) == "reconnecting"
    boundary.report("ok")
    boundary.run("watch", _closed)
    assert _state(mirrored) == "ok"
    boundary.run("command", _closed)
    assert _state(mirrored) == "reconnecting"


def test_nothing_is_reported_while_the_sign_in_is_refused(
    lanes: tuple[Connections, Boundary], mirrored: Mirrored, dovecot: Dovecot, user: str
) -> None:
    connections, boundary = lanes
    connections.get("command")
    dovecot.refuse(user)

    def watch() -> None:
        connections.get("watch")

    boundary.run("watch", watch)
    boundary.report("ok")
    assert _state(mirrored) == "sign_in_refused"


def test_a_refusal_that_could_not_be_stored_is_told_at_the_next_occasion(
    lanes: tuple[Connections, Boundary],
    mirrored: Mirrored,
    dovecot: Dovecot,
    user: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connections, boundary = lanes
    dovecot.refuse(user)

    def away(*_: object, **__: object) -> None:
        raise OperationalError("away")

    def sign_in() -> None:
        connections.get("command")

    with monkeypatch.context() as patched:
        patched.setattr(accounts, "set_state", away)
        boundary.run("command", sign_in)
    assert _state(mirrored) != "sign_in_refused"
    boundary.run("command", sign_in)
    assert _state(mirrored) == "sign_in_refused"


@pytest.mark.parametrize("away", [OperationalError("away"), RedisError("away")])
def test_what_could_not_be_stored_or_told_is_wanted_again(
    lanes: tuple[Connections, Boundary], wanted: list[str], away: Exception
) -> None:
    connections, boundary = lanes
    held = connections.get("command")

    def job() -> None:
        raise away

    boundary.run("command", job)
    assert wanted == ["all"]
    assert connections.due_in_s("command") > 0
    assert connections.peek("command") is held


def test_what_a_defect_left_undone_is_wanted_again_over_another_connection(
    lanes: tuple[Connections, Boundary], wanted: list[str]
) -> None:
    connections, boundary = lanes
    connections.get("command")

    def job() -> None:
        raise KeyError("a defect of ours")

    with pytest.raises(KeyError):
        boundary.run("command", job)
    assert wanted == ["all"]
    assert connections.due_in_s("command") > 0
    assert connections.peek("command") is None


def _closed() -> None:
    raise TryAgain("closed")


def _state(mirrored: Mirrored) -> str:
    return accounts.account_row(mirrored.account_id).state
