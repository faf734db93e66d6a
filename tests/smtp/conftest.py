"""A real submission server with a certificate of our own, and a user of one's own behind it."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.embedded.dovecot import Dovecot
from deploy.embedded.postfix import Postfix
from tests.support.authority import Authority


@pytest.fixture
def user() -> str:
    return f"u{uuid.uuid4().hex[:12]}"


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def postal_dovecot() -> Iterator[Dovecot]:
    """One that takes mail by LMTP and answers Postfix who may sign in."""
    with Dovecot(for_smtp=True) as server:
        yield server


@pytest.fixture(scope="session")
def certificate(authority: Authority) -> tuple[Path, Path]:
    return authority.certificate, authority.key


@pytest.fixture(scope="session")
def postfix(postal_dovecot: Dovecot, certificate: tuple[Path, Path]) -> Iterator[Postfix]:
    with Postfix(postal_dovecot, certificate=certificate) as server:
        yield server


@pytest.fixture(scope="session")
def postfix_in_the_clear(postal_dovecot: Dovecot) -> Iterator[Postfix]:
    """As the browser tests use it: without TLS, on loopback."""
    with Postfix(postal_dovecot, size_bytes=100_000) as server:
        yield server
