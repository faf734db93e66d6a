"""What every test may ask for. alice owns a mailbox, bob shares it, charlie must see nothing."""

from collections.abc import Iterator

import pytest
from django.contrib.contenttypes.management import create_contenttypes
from django.db import connection
from django.db.models.signals import post_migrate
from pytest_django import DjangoDbBlocker

from deploy.embedded.dovecot import Dovecot
from deploy.embedded.redis import Redis
from tests.support.environment import REDIS
from webmail.preflight import unfit_because


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if unfit := unfit_because():
        terminalreporter.write_line(f"Warning: {unfit} Production would not start on it.")


@pytest.fixture(scope="session")
def redis() -> Iterator[Redis]:
    with REDIS:
        yield REDIS


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """One for the session; each test brings its own user."""
    with Dovecot() as server:
        yield server


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A thread of some test may keep what it borrowed; PostgreSQL removes no database that somebody is connected to."""
    # Written anew after each test, read by nobody: it was a tenth of a test's time.
    post_migrate.disconnect(create_contenttypes)
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            others = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            cursor.execute(f"SELECT pg_terminate_backend(pid) FROM ({others}) AS others")
