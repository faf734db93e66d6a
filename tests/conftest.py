"""What every test may ask for. alice owns a mailbox, bob shares it, charlie must see nothing."""

from collections.abc import Iterator

import pytest

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
