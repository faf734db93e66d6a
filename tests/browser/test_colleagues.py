"""What a colleague decided is on the screen before the mail server has heard of it, and goes again if it comes to nothing."""

import signal
from collections.abc import Callable, Iterator

import pytest
from tests.support.app import App
from tests.support.stack import Stack
from tests.support.world import World

NewApp = Callable[..., App]


@pytest.fixture
def nobody_works(stack: Stack) -> Iterator[Callable[[], None]]:
    """The worker stands still from when this is called; the next test has one again."""
    yield lambda: stack.stop("worker", by=signal.SIGKILL)
    stack.stop("worker")
    stack.start_worker()


def test_a_colleagues_wish_shows_before_it_is_carried_out_and_one_goes_on_from_there(
    stack: Stack, nobody_works: Callable[[], None], world: World, user: str, new_app: NewApp
) -> None:
    world.append("Archive", subject="Alt")
    world.append(subject="Befund")
    alice, bob = new_app().sign_in(user), new_app().sign_in(user, device="Empfang 2")
    bob.folder("Archive").expect_subjects("Alt")
    bob.folder("Inbox").expect_subjects("Befund")
    nobody_works()
    alice.act("Archive", "Befund")
    bob.expect_subjects()
    bob.folder("Archive").expect_subjects("Alt", "Befund")
    assert world.subjects("INBOX") == ["Befund"]
    bob.act("Delete", "Befund")
    stack.start_worker()
    bob.expect_settled()
    assert (world.subjects("INBOX"), world.subjects("Archive"), world.subjects("Trash")) == ([], ["Alt"], ["Befund"])


def test_what_came_to_nothing_is_where_it_was(
    stack: Stack, nobody_works: Callable[[], None], world: World, user: str, new_app: NewApp
) -> None:
    world.append(subject="Befund")
    alice, bob = new_app().sign_in(user), new_app().sign_in(user, device="Empfang 2")
    bob.expect_subjects("Befund")
    nobody_works()
    alice.act("Archive", "Befund")
    bob.expect_subjects()
    bob.page.reload()
    bob.expect_live()
    bob.expect_subjects()
    alice.page.get_by_role("link", name="Activity", exact=True).first.click()
    alice.page.get_by_role("region", name="Activity").get_by_role("button", name="Discard").click()
    bob.expect_subjects("Befund")
    assert world.subjects("INBOX") == ["Befund"]
