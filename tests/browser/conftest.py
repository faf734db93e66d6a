"""A real Chromium, the whole stack behind a fault proxy, and the world beside it."""

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from tests.support.app import App
from tests.support.device import Device
from tests.support.stack import Stack
from tests.support.world import World

ARGUMENTS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


def chromium_arguments() -> list[str]:
    # Chromium refuses its sandbox to root.
    return [*ARGUMENTS, "--no-sandbox"] if os.getuid() == 0 else ARGUMENTS


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=chromium_arguments())
    yield chromium
    chromium.close()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture
def user() -> str:
    return f"u{uuid.uuid4().hex[:12]}"


@pytest.fixture
def world(stack: Stack, user: str) -> Iterator[World]:
    outlook = World("127.0.0.1", stack.dovecot.port, user)
    yield outlook
    outlook.close()


@pytest.fixture
def network(stack: Stack) -> Iterator[Stack]:
    """For tests that cut it: whatever they did, the next one has it again."""
    yield stack
    stack.proxy.restore()


@pytest.fixture
def contexts(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    opened: list[BrowserContext] = []

    def new(viewport: dict[str, int] = DESKTOP, **options: object) -> BrowserContext:
        made = browser.new_context(viewport=viewport, locale="en-GB", **options)  # type: ignore[arg-type]
        opened.append(made)
        return made

    yield new
    for context in opened:
        context.close()


@pytest.fixture
def new_app(stack: Stack, contexts: Callable[..., BrowserContext]) -> Iterator[Callable[..., App]]:
    """Another browser, as another device has one. At the end no page may have raised an error."""
    apps: list[App] = []

    def new(viewport: dict[str, int] = DESKTOP, **options: object) -> App:
        apps.append(App(stack, contexts(viewport, **options)))
        return apps[-1]

    yield new
    for app in apps:
        assert app.problems == []


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """A browser's own folder, for tests that kill it and start it again."""
    return tmp_path / "profile"


@pytest.fixture
def device(playwright: Playwright, stack: Stack, profile: Path) -> Iterator[Device]:
    made = Device(playwright, stack, profile, chromium_arguments(), DESKTOP)
    yield made
    made.close()
