"""A browser in a process of its own on a profile folder of its own: it can be killed, and started again."""

import contextlib
import os
import signal
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Error, Playwright

from tests.support.app import App
from tests.support.stack import Stack


class Device:
    """`start` → a tab; `kill` is the crash, `close` the ordinary end, after which cookies are on the disk."""

    def __init__(
        self, playwright: Playwright, stack: Stack, profile: Path, arguments: list[str], viewport: dict[str, int]
    ) -> None:
        self._playwright, self._stack, self._profile = playwright, stack, profile
        self._arguments, self._viewport = arguments, viewport
        self._context: BrowserContext | None = None
        self.app: App | None = None

    def start(self) -> App:
        self._context = self._playwright.chromium.launch_persistent_context(
            self._profile,
            executable_path="/usr/bin/chromium",
            args=self._arguments,
            viewport=self._viewport,  # type: ignore[arg-type]
            locale="en-GB",
        )
        self.app = App(self._stack, self._context)
        return self.app

    def close(self) -> None:
        context, self._context, self.app = self._context, None, None
        if context is not None:
            context.close()

    def kill(self) -> None:
        """SIGKILL to the browser's own process; its children end by themselves."""
        context, self._context, self.app = self._context, None, None
        assert context is not None
        assert context.browser is not None
        os.kill(_pid(context.browser), signal.SIGKILL)
        with contextlib.suppress(Error):
            context.close()


def _pid(browser: Browser) -> int:
    session = browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    return next(int(one["id"]) for one in processes if one["type"] == "browser")
