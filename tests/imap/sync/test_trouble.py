"""Which trouble is told when several lanes of an account meet theirs at once."""

from collections.abc import Iterator

import pytest
from django.db import OperationalError

from deploy.embedded.dovecot import Dovecot
from sync.imap.errors import TryAgain
from sync.store import accounts
from sync.worker.connections import Connections
from sync.worker.trouble import Boundary
from tests.support.mirrored import Mirrored


@pytest.fixture
def lanes(mirrored: Mirrored) -> Iterator[tuple[Connections, Boundary]]:
    connections = Connections(mirrored.account_id, lambda: True)

    def forget(_: str = "") -> None:
        pass

    yield connections, Boundary(mirrored.mirror, connections, forget, forget, forget, forget)
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

    def signed_in_and_cut() -> None:
        connections.get("watch")
        raise TryAgain("closed")

    waits: list[float] = []
    for _ in range(6):
        boundary.run("watch", signed_in_and_cut)
        waits.append(connections.due_in_s("watch"))
        now += waits[-1]
    assert all(0.5 * 2**n <= wait <= 2**n for n, wait in enumerate(waits))
    assert connections.due_in_s("command") == 0, "one lane's trouble does not hold up the others"
    boundary.run("watch", lambda: None)
    boundary.run("watch", signed_in_and_cut)
    assert connections.due_in_s("watch") > 1, "a watcher that was opened has not lasted yet"
    connections.note_success("watch")
    boundary.run("watch", signed_in_and_cut)
    assert connections.due_in_s("watch") <= 1


def test_what_the_database_could_not_store_is_wanted_again(mirrored: Mirrored) -> None:
    wanted: list[str] = []
    connections = Connections(mirrored.account_id, lambda: True)

    def forget(_: str = "") -> None:
        pass

    def away() -> None:
        raise OperationalError

    boundary = Boundary(mirrored.mirror, connections, forget, forget, lambda: wanted.append("all"), forget)
    boundary.run("command", away)
    assert wanted == ["all"]
    assert connections.due_in_s("command") > 0


def _closed() -> None:
    raise TryAgain("closed")


def _state(mirrored: Mirrored) -> str:
    return accounts.account_row(mirrored.account_id).state
