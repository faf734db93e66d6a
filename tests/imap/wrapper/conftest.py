"""A user of one's own on the real server, and a plain client beside ours."""

import uuid
from collections.abc import Iterator

import pytest

from deploy.embedded.dovecot import Dovecot
from sync.endpoint import Endpoint
from sync.imap.connection import Connection, connect
from tests.support.world import World


@pytest.fixture
def user() -> str:
    return f"u{uuid.uuid4().hex[:12]}"


@pytest.fixture
def world(dovecot: Dovecot, user: str) -> Iterator[World]:
    outlook = World("127.0.0.1", dovecot.port, user)
    yield outlook
    outlook.close()


def open_line(server: Dovecot, user: str) -> Connection:
    connection = connect(Endpoint(host="127.0.0.1", port=server.port, security="plain"), "127.0.0.1")
    connection.sign_in(user, "secret")
    return connection


@pytest.fixture
def connection(dovecot: Dovecot, user: str) -> Iterator[Connection]:
    with open_line(dovecot, user) as opened:
        yield opened
