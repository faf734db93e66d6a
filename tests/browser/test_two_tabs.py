"""Two tabs of one browser: one of them speaks with the server, both show everything."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, WebSocket

from tests.support.app import App
from tests.support.stack import Stack
from tests.support.world import World


class Sockets:
    """The websockets of a page that are open."""

    def __init__(self, page: Page) -> None:
        self.open: set[WebSocket] = set()
        page.on("websocket", self._opened)

    def _opened(self, socket: WebSocket) -> None:
        self.open.add(socket)
        socket.on("close", lambda _: self.open.discard(socket))


@pytest.fixture
def tabs(
    stack: Stack, world: World, user: str, contexts: Callable[..., BrowserContext]
) -> tuple[tuple[App, Sockets], tuple[App, Sockets]]:
    for subject in ("Befund", "Rezept", "Termin"):
        world.append(subject=subject)
    context = contexts()
    first = App(stack, context)
    first_sockets = Sockets(first.page)
    first.sign_in(user).expect_subjects("Befund", "Rezept", "Termin")
    second = App(stack, context)
    second_sockets = Sockets(second.page)
    second.open().expect_live()
    second.expect_subjects("Befund", "Rezept", "Termin")
    return (first, first_sockets), (second, second_sockets)


Tabs = tuple[tuple[App, Sockets], tuple[App, Sockets]]


def test_one_socket_serves_both_tabs_and_goes_on_when_its_tab_is_closed(tabs: Tabs, world: World) -> None:
    (first, first_sockets), (second, second_sockets) = tabs
    world.append(subject="Neu")
    for app in (first, second):
        app.expect_row("Neu", "unread")
    assert (len(first_sockets.open), len(second_sockets.open)) == (1, 0)
    with second.page.expect_websocket():
        first.page.close()
    world.append(subject="Neuer")
    second.expect_row("Neuer", "unread")
    second.act("Flag", "Neuer")
    second.expect_row("Neuer", "flagged", without=["change waiting"])
    second.expect_settled()
    assert world.flags_of("INBOX", "Neuer") == {"\\Flagged"}
    assert len(second_sockets.open) == 1
    assert first.problems == second.problems == []


def test_what_one_tab_does_without_a_network_the_other_shows_and_sends(
    tabs: Tabs, world: World, network: Stack
) -> None:
    (first, _), (second, _) = tabs
    first.expect_cached()
    network.proxy.refuse()
    for app in (first, second):
        app.expect_offline()
    second.act("Delete", "Befund")
    second.act("Flag", "Rezept")
    first.act("Mark as read", "Termin")
    for app in (first, second):
        app.expect_waiting(3)
        app.expect_subjects("Rezept", "Termin")
        app.expect_row("Rezept", "flagged", "change waiting")
        app.expect_row("Termin", without=["unread"])
    network.proxy.restore()
    for app in (first, second):
        app.expect_settled()
        app.expect_subjects("Rezept", "Termin")
    assert (world.subjects("INBOX"), world.subjects("Trash")) == (["Rezept", "Termin"], ["Befund"])
    assert world.flags_of("INBOX", "Rezept") == {"\\Flagged"}
    assert world.flags_of("INBOX", "Termin") == {"\\Seen"}
    assert first.problems == second.problems == []
