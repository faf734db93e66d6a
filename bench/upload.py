"""A file on its way up over a bad line that is cut five times: what is sent more often than once.

8 MB instead of 50, over 400 kbit/s. One chunk a cut cannot be avoided; the reference is the whole file once more for
each cut, as a form that is sent anew would. What arrived is compared by its hash.
"""

import hashlib
import random
import time
from collections.abc import Callable
from email import message_from_bytes, policy
from functools import partial
from typing import cast

from playwright.sync_api import Page

from bench.chromium import sign_in
from bench.figure import Figure
from bench.progress import say
from bench.setting import USER, setting
from tests.support.composer import Composer
from tests.support.world import World

FILE_BYTES = 8 * 1024 * 1024
CHUNK_BYTES = 256 * 1024
CUTS = 5
SUBJECT = "Bilder"
_BYTES_A_SECOND = 400_000 / 8
_PATIENCE_S = 600
# Sizes of the chunks as they are handed to the network, those that get nowhere too.
_COUNT = r"""(() => {
  const bare = window.fetch;
  window.sent = [];
  window.fetch = (to, how) => {
    if (/\/api\/uploads\/[^/]+\/\d+$/.test(String(to.url ?? to))) sent.push(how.body.byteLength ?? how.body.size);
    return bare(to, how);
  };
})()"""


def measure() -> list[Figure]:
    content = random.Random(1).randbytes(FILE_BYTES)  # any bytes will do
    with setting(50) as at:
        app = at.chromium.new_app()
        app.context.add_init_script(_COUNT)
        sign_in(app, USER)
        app.expect_cached()
        _slow_line(app.page)
        Composer.new(app).write("Guten Tag\n", subject=SUBJECT).attach("bilder.bin", content)
        for cut in range(1, CUTS + 1):
            _wait(app.page, partial(_has_sent, app.page, cut * FILE_BYTES // (CUTS + 1)))
            app.page.wait_for_timeout(1000)  # into the chunk that is under way
            at.stack.proxy.cut()
            say(f"  cut {cut}/{CUTS} after {_sent(app.page):,} B")
        world = World("127.0.0.1", at.imap_port, USER)
        _wait(app.page, lambda: _digest(world) == hashlib.sha256(content).hexdigest())
        world.close()
        resent = _sent(app.page) - FILE_BYTES
    return [Figure("upload.resent-bytes", resent, "B", CUTS * FILE_BYTES, CUTS * CHUNK_BYTES)]


def _sent(page: Page) -> int:
    return int(page.evaluate("sent.reduce((sum, one) => sum + one, 0)"))


def _has_sent(page: Page, size_bytes: int) -> bool:
    return _sent(page) > size_bytes


def _slow_line(page: Page) -> None:
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    conditions = {"offline": False, "latency": 100, "downloadThroughput": -1, "uploadThroughput": _BYTES_A_SECOND}
    line.send("Network.emulateNetworkConditions", conditions)


def _wait(page: Page, what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not what():
        if time.monotonic() > deadline:
            raise TimeoutError("the upload gets no further")
        page.wait_for_timeout(250)


def _digest(world: World) -> str:
    """Of the file that the draft on the mail server carries."""
    if SUBJECT not in world.subjects("Drafts"):
        return ""
    draft = message_from_bytes(world.raw("Drafts", SUBJECT), policy=policy.default)
    files = [part.get_payload(decode=True) for part in draft.walk() if part.get_filename() == "bilder.bin"]
    return hashlib.sha256(cast(bytes, files[0])).hexdigest() if files else ""
