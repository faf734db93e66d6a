"""alice signs in to a mailbox of a real server, bob to the same one from another device, charlie to his own."""

import uuid
from collections.abc import Callable, Iterator

import pytest

import webmail.celery  # noqa: F401  # the broker that pokes go to
from deploy.embedded.dovecot import Dovecot
from deploy.embedded.redis import Redis
from tests.support.mirrored import Mirrored
from tests.support.world import World
from tests.web.person import Person


@pytest.fixture(scope="session", autouse=True)
def _with_redis(redis: Redis) -> None:
    """Started once, before the first of these tests."""


@pytest.fixture
def refuse(dovecot: Dovecot) -> Callable[[str], None]:
    """From when this returns the user's sign-ins fail."""
    return dovecot.refuse


@pytest.fixture
def allow(dovecot: Dovecot) -> Callable[[str], None]:
    return dovecot.allow


@pytest.fixture
def user() -> str:
    """alice's name on the mail server; every test has a mailbox of its own."""
    return f"alice{uuid.uuid4().hex[:12]}"


@pytest.fixture
def stranger(dovecot: Dovecot, user: str, transactional_db: None) -> Person:
    """A browser that nobody signed in with; its form is alice's."""
    return Person(user, dovecot.port)


@pytest.fixture
def alice(dovecot: Dovecot, user: str, transactional_db: None) -> Person:
    return Person(user, dovecot.port).sign_in()


@pytest.fixture
def bob(dovecot: Dovecot, user: str, alice: Person) -> Person:
    return Person(user, dovecot.port, device_name="Sprechzimmer 2").sign_in()


@pytest.fixture
def charlie(dovecot: Dovecot, transactional_db: None) -> Person:
    return Person(f"charlie{uuid.uuid4().hex[:12]}", dovecot.port, device_name="Laptop").sign_in()


@pytest.fixture
def world(dovecot: Dovecot, user: str) -> Iterator[World]:
    """Outlook on alice's mailbox."""
    outlook = World("127.0.0.1", dovecot.port, user)
    yield outlook
    outlook.close()


@pytest.fixture
def mirrored(dovecot: Dovecot, user: str, transactional_db: None) -> Iterator[Mirrored]:
    """alice's mailbox, brought into the tables by `sync()`. After each test the replay law is checked."""
    mailbox = Mirrored("127.0.0.1", dovecot.port, user)
    yield mailbox
    try:
        mailbox.check_laws()
    finally:
        mailbox.close()


@pytest.fixture
def filled(mirrored: Mirrored, world: World) -> Callable[..., Mirrored]:
    """Put mails with these subjects into a folder and mirror them."""

    def fill(*subjects: str, folder: str = "INBOX") -> Mirrored:
        for subject in subjects:
            world.append(folder, subject=subject)
        return mirrored.sync()

    return fill
