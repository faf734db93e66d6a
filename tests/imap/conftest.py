"""Flows publish what they store, so a Redis is always there."""

from collections.abc import Iterator

import pytest

import webmail.celery  # noqa: F401  # the broker that pokes go to
from deploy.embedded.dovecot import Dovecot
from deploy.embedded.redis import Redis


@pytest.fixture(scope="session", autouse=True)
def _with_redis(redis: Redis) -> None:
    """Started once, before the first of these tests."""


@pytest.fixture(scope="session")
def dovecot_without_special_folders() -> Iterator[Dovecot]:
    with Dovecot(special_use=False) as server:
        yield server


@pytest.fixture(scope="session")
def plain_dovecot() -> Iterator[Dovecot]:
    """A server without CONDSTORE, QRESYNC, MOVE, ESEARCH, LIST-STATUS and NOTIFY, as Microsoft's."""
    with Dovecot(capabilities="IMAP4rev1 IDLE UIDPLUS") as server:
        yield server


@pytest.fixture(scope="session")
def plainest_dovecot() -> Iterator[Dovecot]:
    with Dovecot(capabilities="IMAP4rev1") as server:
        yield server
