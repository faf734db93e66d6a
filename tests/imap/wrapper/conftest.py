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
