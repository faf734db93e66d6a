"""A file on its way up over a bad line that is cut five times: what goes over it more often than once.

4 MB instead of 50, over 400 kbit/s; each cut meets a chunk that is half through. One chunk a cut cannot be avoided; the
reference is the whole file once more for each cut, as a form that is sent anew would. What arrived is compared by its
hash.
"""

import hashlib
import random
import time
from collections.abc import Callable
from email import message_from_bytes, policy
from typing import cast

from playwright.sync_api import Page

from bench.chromium import sign_in
from bench.figure import Figure
from bench.progress import say
from bench.setting import USER, setting
from bench.slow_line import SlowLine
from tests.support.composer import Composer
from tests.support.world import World

FILE_BYTES = 4 * 1024 * 1024
CHUNK_BYTES = 256 * 1024
CUTS = 5
SUBJECT = "Bilder"
_BYTES_A_SECOND = 400_000 / 8
_PATIENCE_S = 600


def measure() -> list[Figure]:
    content = random.Random(1).randbytes(FILE_BYTES)  # any bytes will do
    with setting(50) as at, SlowLine(at.stack.web_port, _BYTES_A_SECOND) as line:
        app = at.chromium.new_app()
        sign_in(app, USER)
        app.expect_cached()
        at.stack.proxy.lead_to(line.port)
        at.stack.proxy.cut()
        line.cut_after(*(cut * FILE_BYTES // (CUTS + 1) for cut in range(1, CUTS + 1)))
        Composer.new(app).write("Guten Tag\n", subject=SUBJECT).attach("bilder.bin", content)
        world = World("127.0.0.1", at.imap_port, USER)
        _wait(app.page, lambda: _digest(world) == hashlib.sha256(content).hexdigest())
        world.close()
        if len(line.cuts) < CUTS:
            raise RuntimeError(f"only {len(line.cuts)} cuts met a chunk under way")
        say(f"  cut {CUTS} times, {', '.join(f'{held:,}' for held in line.cuts)} B into a chunk")
    return [Figure("upload.resent-bytes", line.carried - FILE_BYTES, "B", CUTS * FILE_BYTES, CUTS * CHUNK_BYTES)]


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
