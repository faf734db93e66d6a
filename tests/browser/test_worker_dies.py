"""The worker is killed, or its line to the mail server is cut, at any moment: what was accepted is carried out once."""

import random
import signal
import time
from collections.abc import Callable, Iterator

import pytest

from tests.support.app import App
from tests.support.fault_proxy import FaultProxy
from tests.support.stack import Stack
from tests.support.world import World

DEADLINE_S = 30
NewApp = Callable[..., App]


@pytest.fixture
def mortal(stack: Stack) -> Iterator[Stack]:
    """For tests that kill the worker: whatever they did, the next one has one."""
    yield stack
    stack.stop("worker")
    stack.start_worker()


@pytest.fixture
def line(stack: Stack) -> Iterator[FaultProxy]:
    """Between the worker and the mail server."""
    with FaultProxy("127.0.0.1", stack.dovecot.port) as proxy:
        yield proxy


def _once(world: World, subject: str) -> None:
    """In the archive, once, and nowhere else. The server has no event for this: look until it is so."""
    deadline = time.monotonic() + DEADLINE_S
    while (found := (world.subjects("Archive"), world.subjects("INBOX"))) != ([subject], []):
        assert time.monotonic() < deadline, found


def test_what_was_accepted_while_no_worker_lived_is_done_by_the_next(
    mortal: Stack, world: World, user: str, new_app: NewApp
) -> None:
    world.append(subject="Befund")
    app = new_app().sign_in(user)
    app.expect_row("Befund")
    mortal.stop("worker", by=signal.SIGKILL)
    app.act("Archive", "Befund")
    app.expect_waiting(1)
    assert world.subjects("INBOX") == ["Befund"]
    mortal.start_worker()
    app.expect_settled()
    _once(world, "Befund")
    app.folder("Archive").expect_subjects("Befund")


@pytest.mark.parametrize("seed", range(5))
def test_a_worker_killed_in_the_middle_of_an_action_leaves_it_to_the_next(
    mortal: Stack, world: World, user: str, new_app: NewApp, seed: int
) -> None:
    world.append(subject="Befund")
    app = new_app().sign_in(user)
    app.expect_row("Befund")
    app.act("Archive", "Befund")
    at = time.monotonic() + random.Random(seed).uniform(0, 0.06)
    while time.monotonic() < at:
        pass  # a moment of the seed's, finer than a sleep
    mortal.stop("worker", by=signal.SIGKILL)
    mortal.start_worker()
    app.expect_settled()
    _once(world, "Befund")


@pytest.mark.parametrize("answered_bytes", [0, 20, 60, 120, 250])
def test_a_line_cut_while_the_mail_server_answers_a_move_loses_and_doubles_nothing(
    line: FaultProxy, world: World, user: str, new_app: NewApp, answered_bytes: int
) -> None:
    world.append(subject="Befund")
    app = new_app().sign_in(user, port=line.port)
    app.expect_row("Befund")
    taken = line.accepted
    line.cut_after(answered_bytes)
    app.act("Archive", "Befund")
    deadline = time.monotonic() + DEADLINE_S
    while line.accepted == taken:  # it noticed, and comes back
        assert time.monotonic() < deadline
    line.restore()
    app.expect_settled()
    _once(world, "Befund")
