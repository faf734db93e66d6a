"""Connections that break at every moment, and browsers that die at every moment: nothing lost, nothing done twice.

One signed-in device and one mailbox serve all seeds of a test, in any order. The test knows what must be there: the
app alone reads, flags and moves the messages "a…"; Outlook alone answers and removes those called "w…"."""

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Playwright

from tests.browser.conftest import chromium_arguments
from tests.support.app import App
from tests.support.device import Device
from tests.support.fault_proxy import FaultProxy
from tests.support.stack import Stack
from tests.support.world import World

SEEDS = range(int(os.environ.get("SEEDS", "20")))
# The whole list is on the screen.
TALL = {"width": 1100, "height": 1300}
MOST = 14


@dataclass
class Truth:
    """What everybody must end up with: subject → (unread, flagged) for the Inbox, and what lies in the Trash."""

    world: World
    inbox: dict[str, tuple[bool, bool]] = field(default_factory=dict)
    trash: set[str] = field(default_factory=set)
    made: int = 0

    def append(self, of: str) -> str:
        self.made += 1
        subject = f"{of}{self.made:03}"
        self.world.append(subject=subject)
        self.inbox[subject] = (True, False)
        return subject

    def of(self, owner: str) -> list[str]:
        return sorted(subject for subject in self.inbox if subject.startswith(owner))

    def act_in_outlook(self, chance: random.Random) -> None:
        mine = self.of("w")
        if not mine or (len(self.inbox) < MOST and chance.random() < 0.5):
            self.append(chance.choice("aw"))
            return
        subject = chance.choice(mine)
        if chance.random() < 0.4:
            self.world.delete("INBOX", subject)
            del self.inbox[subject]
            return
        unread, flagged = self.inbox[subject]
        (self.world.unflag if flagged else self.world.flag)("INBOX", subject, "\\Flagged")
        self.inbox[subject] = (unread, not flagged)

    def act_here(self, app: App, chance: random.Random, kind: str | None = None) -> str:
        """→ the subject; seen on the screen when this comes back."""
        subject = chance.choice(self.of("a")) if self.of("a") else self.append("a")
        unread, flagged = self.inbox[subject]
        kind = kind or chance.choice(["read", "flag", "delete"] if len(self.of("a")) > 3 else ["read", "flag"])
        if kind == "delete":
            app.press("#", subject)
            app.expect_no_row(subject)
            del self.inbox[subject]
            self.trash.add(subject)
        elif kind == "read":
            app.press("u", subject)
            self.inbox[subject] = (not unread, flagged)
            self._seen(app, subject)
        else:
            app.press("s", subject)
            self.inbox[subject] = (unread, not flagged)
            self._seen(app, subject)
        return subject

    def _seen(self, app: App, subject: str) -> None:
        unread, flagged = self.inbox[subject]
        app.expect_row(
            subject,
            *(["unread"] if unread else []),
            *(["flagged"] if flagged else []),
            without=[*([] if unread else ["unread"]), *([] if flagged else ["flagged"])],
        )

    def expect_everywhere(self, app: App) -> None:
        app.expect_settled()
        app.expect_states(self.inbox)
        on_server = self.world.dump()
        inbox = sorted(
            (name, "\\Seen" not in flags, "\\Flagged" in flags) for name, flags in on_server["INBOX"].values()
        )
        assert inbox == sorted((subject, *state) for subject, state in self.inbox.items())
        assert sorted(name for name, _ in on_server["Trash"].values()) == sorted(self.trash)


def _mailbox(stack: Stack, user: str) -> Truth:
    truth = Truth(World("127.0.0.1", stack.dovecot.port, user))
    for owner in "aaaaww":
        truth.append(owner)
    return truth


# The flapping socket


@pytest.fixture(scope="module")
def flapping(stack: Stack, browser: Browser) -> Iterator[tuple[App, Truth]]:
    truth = _mailbox(stack, "flapping")
    context = browser.new_context(viewport=TALL, locale="en-GB")  # type: ignore[arg-type]
    app = App(stack, context).sign_in("flapping")
    app.expect_states(truth.inbox)
    yield app, truth
    context.close()
    truth.world.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_flapping_connection_loses_nothing_and_does_nothing_twice(
    flapping: tuple[App, Truth], network: Stack, seed: int
) -> None:
    app, truth = flapping
    chance = random.Random(seed)
    proxy = network.proxy
    for _ in range(4):
        _break(proxy, chance)
        for _ in range(chance.randrange(3)):
            truth.act_in_outlook(chance)
        if chance.random() < 0.7:
            _wait_for_rows(app, truth)
            truth.act_here(app, chance)
        if chance.random() < 0.5:
            proxy.cut()
        proxy.restore()
    # As the device says that it has a network again; else the longest pause of the backoff is part of the test.
    app.page.evaluate("dispatchEvent(new Event('online'))")
    truth.expect_everywhere(app)
    assert app.problems == []


def _break(proxy: FaultProxy, chance: random.Random) -> None:
    match chance.randrange(4):
        case 0:
            proxy.cut()
        case 1:
            proxy.refuse()
        case 2:
            proxy.silence()
        case _:
            proxy.cut_after(chance.randrange(4000))


def _wait_for_rows(app: App, truth: Truth) -> None:
    """The app acts on what it shows; what arrived while it was cut off is not there yet."""
    shown = set(app.page.evaluate(SHOWN))
    for subject in truth.of("a"):
        if subject not in shown:
            app.stack.proxy.restore()
            app.page.evaluate("dispatchEvent(new Event('online'))")
            app.expect_row(subject)


SHOWN = "() => [...document.querySelectorAll('li[data-id] a')].map((a) => a.getAttribute('aria-label').split(', ')[1])"


# The killed browser


@pytest.fixture(scope="module")
def mortal(
    stack: Stack, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Device, Truth]]:
    truth = _mailbox(stack, "mortal")
    device = Device(playwright, stack, tmp_path_factory.mktemp("mortal"), chromium_arguments(), TALL)
    app = device.start().sign_in("mortal")
    app.expect_states(truth.inbox)
    app.expect_cached()
    device.close()  # so that the session's cookie is on the disk
    yield device, truth
    device.close()
    truth.world.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_browser_killed_at_any_moment_keeps_what_it_showed_and_does_it_once(
    mortal: tuple[Device, Truth], network: Stack, seed: int
) -> None:
    device, truth = mortal
    chance = random.Random(seed)
    if device.app is None:
        truth.expect_everywhere(device.start().open())
    app = device.app
    assert app is not None
    if offline := chance.random() < 0.4:
        network.proxy.refuse()
    for _ in range(chance.randint(1, 3)):
        truth.act_here(app, chance)
    if not offline:
        # Pages of the mailbox are being taken in while it dies.
        for _ in range(chance.randrange(4)):
            truth.act_in_outlook(chance)
    # One more, whose end is not awaited: it may have happened or not.
    doubtful = chance.choice(truth.of("a"))
    app.press("s", doubtful)
    for _ in range(chance.randrange(12)):
        app.page.evaluate("0")
    device.kill()
    network.proxy.restore()
    app = device.start().open()
    app.expect_settled()
    unread, _ = truth.inbox[doubtful]
    truth.inbox[doubtful] = (unread, "\\Flagged" in truth.world.flags_of("INBOX", doubtful))
    truth.expect_everywhere(app)
    assert app.problems == []
