"""A mirrored mailbox on a real server, and the world beside it. After each test the replay law is checked."""

import uuid
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from deploy.embedded.dovecot import Dovecot
from sync.store import leases
from sync.worker.runtime import Runtime
from tests.support.by_hand import Office
from tests.support.mirrored import Mirrored
from tests.support.scripted_smtp import ScriptedSmtp
from tests.support.world import World
from tests.support.writing import sends_by


@pytest.fixture
def user() -> str:
    return f"u{uuid.uuid4().hex[:12]}"


@pytest.fixture
def world(dovecot: Dovecot, user: str) -> Iterator[World]:
    outlook = World("127.0.0.1", dovecot.port, user)
    yield outlook
    outlook.close()


@pytest.fixture
def mirrored(dovecot: Dovecot, user: str, transactional_db: None) -> Iterator[Mirrored]:
    mailbox = Mirrored("127.0.0.1", dovecot.port, user)
    yield mailbox
    try:
        mailbox.check_laws()
    finally:
        mailbox.close()


@pytest.fixture
def running(mirrored: Mirrored) -> Iterator[Runtime]:
    """A whole worker that owns the mailbox."""
    leases.release(mirrored.owner)
    runtime = Runtime()
    runtime.start()
    yield runtime
    runtime.stop()
    mirrored.fence = mirrored.take_over()


@pytest.fixture
def server() -> Iterator[ScriptedSmtp]:
    """The submission server, as a test has it answer."""
    with ScriptedSmtp() as smtp:
        yield smtp


@pytest.fixture
def ready(mirrored: Mirrored, server: ScriptedSmtp) -> Mirrored:
    """A mirrored mailbox that knows where its mail is sent."""
    sends_by(mirrored, server)
    return mirrored.sync()


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


@pytest.fixture
def plain_office(plain_dovecot: Dovecot, user: str, transactional_db: None, stack: ExitStack) -> Office:
    return Office(plain_dovecot, user, stack)
