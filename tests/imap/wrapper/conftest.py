"""A user of one's own on the real server, and a plain client beside ours."""

import uuid
from collections.abc import Iterator

import pytest

from deploy.embedded.dovecot import Dovecot
from tests.support.world import World


@pytest.fixture
def user() -> str:
    return f"u{uuid.uuid4().hex[:12]}"


@pytest.fixture
def world(dovecot: Dovecot, user: str) -> Iterator[World]:
    outlook = World("127.0.0.1", dovecot.port, user)
    yield outlook
    outlook.close()


@pytest.fixture(scope="session")
def plain_dovecot() -> Iterator[Dovecot]:
    """A server without CONDSTORE, QRESYNC, MOVE, ESEARCH, LIST-STATUS and NOTIFY, as Microsoft's."""
    with Dovecot(capabilities="IMAP4rev1 IDLE UIDPLUS") as server:
        yield server


@pytest.fixture(scope="session")
def plainest_dovecot() -> Iterator[Dovecot]:
    with Dovecot(capabilities="IMAP4rev1") as server:
        yield server
