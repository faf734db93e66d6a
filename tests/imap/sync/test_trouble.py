"""Which trouble is told when several lanes of an account meet theirs at once."""

import pytest

from deploy.embedded.dovecot import Dovecot
from sync.imap.errors import TryAgain
from sync.store import accounts
from sync.worker.connections import Connections
from sync.worker.trouble import Boundary
from tests.support.mirrored import Mirrored


@pytest.fixture
def lanes(mirrored: Mirrored) -> tuple[Connections, Boundary]:
    connections = Connections(mirrored.account_id, lambda: True)

    def forget(_: str = "") -> None:
        pass

    return connections, Boundary(mirrored.mirror, connections, forget, forget, forget)


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


def _closed() -> None:
    raise TryAgain("closed")


def _state(mirrored: Mirrored) -> str:
    return accounts.account_row(mirrored.account_id).state
