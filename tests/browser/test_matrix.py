"""The promise's matrix: whatever one does, all others see, online at once and offline when the line is back.

Rows: delete, move, flag, read. Columns: done here, done in Outlook; online, queued without a network."""

from collections.abc import Callable

import pytest

from tests.support.app import App
from tests.support.stack import Stack
from tests.support.world import World

NewApp = Callable[..., App]


@pytest.fixture
def desks(world: World, user: str, new_app: NewApp) -> tuple[App, App]:
    """Two devices on one mailbox with three messages and a folder of its own."""
    world.create("Labor")
    for subject in ("Befund", "Rezept", "Termin"):
        world.append("INBOX", subject=subject)
    here, there = new_app().sign_in(user), new_app().sign_in(user, device="Empfang 2")
    for app in (here, there):
        app.expect_subjects("Befund", "Rezept", "Termin")
    return here, there


def _flags(world: World, subject: str, folder: str = "INBOX") -> set[str]:
    return world.flags_of(folder, subject)


# Done here


@pytest.mark.parametrize("offline", [False, True], ids=["online", "offline"])
def test_deleted_here_it_is_in_the_trash_everywhere(
    desks: tuple[App, App], world: World, network: Stack, offline: bool
) -> None:
    here, there = desks
    _do(here, network, offline, lambda: here.act("Delete", "Befund"))
    here.expect_no_row("Befund")
    there.expect_no_row("Befund")
    there.folder("Trash").expect_row("Befund")
    here.folder("Trash").expect_row("Befund")
    assert (world.subjects("INBOX"), world.subjects("Trash")) == (["Rezept", "Termin"], ["Befund"])


@pytest.mark.parametrize("offline", [False, True], ids=["online", "offline"])
def test_moved_here_it_is_there_everywhere(desks: tuple[App, App], world: World, network: Stack, offline: bool) -> None:
    here, there = desks
    _do(here, network, offline, lambda: here.move("Befund", "Labor"))
    here.expect_no_row("Befund")
    there.expect_no_row("Befund")
    there.folder("Labor").expect_row("Befund")
    here.folder("Labor").expect_row("Befund")
    assert (world.subjects("INBOX"), world.subjects("Labor")) == (["Rezept", "Termin"], ["Befund"])


@pytest.mark.parametrize("offline", [False, True], ids=["online", "offline"])
def test_flagged_here_it_is_flagged_everywhere(
    desks: tuple[App, App], world: World, network: Stack, offline: bool
) -> None:
    here, _ = desks
    _do(here, network, offline, lambda: here.act("Flag", "Befund"))
    for app in desks:
        app.expect_row("Befund", "flagged")
        app.expect_row("Rezept", without=["flagged"])
    assert _flags(world, "Befund") == {"\\Flagged"}


@pytest.mark.parametrize("offline", [False, True], ids=["online", "offline"])
def test_read_here_it_is_read_everywhere(desks: tuple[App, App], world: World, network: Stack, offline: bool) -> None:
    here, _ = desks
    _do(here, network, offline, lambda: here.act("Mark as read", "Befund"))
    for app in desks:
        app.expect_row("Befund", without=["unread"])
        app.expect_row("Rezept", "unread")
    assert _flags(world, "Befund") == {"\\Seen"}


def _do(here: App, network: Stack, offline: bool, deed: Callable[[], None]) -> None:
    """Do it, with the line cut and restored around it if asked."""
    if offline:
        here.expect_cached()
        network.proxy.refuse()
        here.expect_offline()
    deed()
    if offline:
        here.expect_waiting(1)
        network.proxy.restore()
    here.expect_settled()


# Done in Outlook


@pytest.mark.parametrize("offline", [False, True], ids=["online", "offline"])
def test_deleted_in_outlook_it_is_gone_everywhere(
    desks: tuple[App, App], world: World, network: Stack, offline: bool
) -> None:
    _meanwhile(network, offline, desks, lambda: world.delete("INBOX", "Befund"))
    for app in desks:
        app.expect_subjects("Rezept", "Termin")
    assert world.subjects("INBOX") == ["Rezept", "Termin"]


@pytest.mark.parametrize("offline", [False, True], ids=["online", "offline"])
def test_moved_in_outlook_it_is_there_everywhere(
    desks: tuple[App, App], world: World, network: Stack, offline: bool
) -> None:
    _meanwhile(network, offline, desks, lambda: world.move("INBOX", "Befund", "Labor"))
    for app in desks:
        app.expect_subjects("Rezept", "Termin")
        app.folder("Labor").expect_subjects("Befund")
    assert world.subjects("Labor") == ["Befund"]


@pytest.mark.parametrize("offline", [False, True], ids=["online", "offline"])
def test_flagged_in_outlook_it_is_flagged_everywhere(
    desks: tuple[App, App], world: World, network: Stack, offline: bool
) -> None:
    _meanwhile(network, offline, desks, lambda: world.flag("INBOX", "Befund", "\\Flagged"))
    for app in desks:
        app.expect_row("Befund", "flagged")
    _meanwhile(network, offline, desks, lambda: world.unflag("INBOX", "Befund", "\\Flagged"))
    for app in desks:
        app.expect_row("Befund", without=["flagged"])


@pytest.mark.parametrize("offline", [False, True], ids=["online", "offline"])
def test_read_in_outlook_it_is_read_everywhere(
    desks: tuple[App, App], world: World, network: Stack, offline: bool
) -> None:
    _meanwhile(network, offline, desks, lambda: world.flag("INBOX", "Befund", "\\Seen"))
    for app in desks:
        app.expect_row("Befund", without=["unread"])
    _meanwhile(network, offline, desks, lambda: world.unflag("INBOX", "Befund", "\\Seen"))
    for app in desks:
        app.expect_row("Befund", "unread")


def _meanwhile(network: Stack, offline: bool, desks: tuple[App, App], deed: Callable[[], None]) -> None:
    if offline:
        network.proxy.refuse()
        for app in desks:
            app.expect_offline()
    deed()
    if offline:
        network.proxy.restore()


# Both at once


def test_moved_in_outlook_while_deleted_here_without_a_network_it_is_not_deleted_behind_anybodys_back(
    desks: tuple[App, App], world: World, network: Stack
) -> None:
    here, _ = desks
    here.expect_cached()
    network.proxy.refuse()
    here.expect_offline()
    here.act("Delete", "Befund")
    world.move("INBOX", "Befund", "Labor")
    network.proxy.restore()
    here.expect_settled()
    for app in desks:
        app.folder("Labor").expect_subjects("Befund")
    assert (world.subjects("Labor"), world.subjects("Trash")) == (["Befund"], [])
    here.page.get_by_role("link", name="Activity", exact=True).first.click()
    here.page.get_by_role("region", name="Activity").get_by_text("Overtaken").wait_for()
