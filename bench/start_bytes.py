"""The scripts that a browser with an empty cache asks for before a signed-in person's first row is on the screen.

The reference is all of the app's scripts: what would stand before that row if nothing came later. (Roundcube 1.6.5 as
it comes from Debian: 233,000 bytes for its list of messages.)
"""

import gzip
from functools import cache

from bench.chromium import Eyes, forget_files
from bench.figure import Figure, p50
from bench.progress import say
from bench.setting import USER, setting
from tests.support.stack import ROOT

MESSAGES = 200
STARTS = 20
_ASKED = """async () => {
  const { frame } = await bench.first;
  return performance.getEntriesByType('resource')
    .filter((one) => one.startTime < frame && new URL(one.name).pathname.endsWith('.js'))
    .map((one) => new URL(one.name).pathname);
}"""


def measure() -> list[Figure]:
    with setting(MESSAGES) as at:
        app = at.chromium.new_app(service_workers="block").sign_in(USER)
        forget_files(app.page)
        took: list[int] = []
        for _ in range(STARTS):
            app.page.reload(wait_until="commit")
            Eyes(app.page).first_row()
            scripts = set(app.page.evaluate(_ASKED))
            took.append(sum(_gzipped(path) for path in scripts))
            say(f"  {took[-1]} B in {len(scripts)} scripts")
            app.expect_live()
    everything = sum(_gzipped(f"/assets/{path.name}") for path in (ROOT / "frontend/dist/assets").glob("*.js"))
    return [Figure("start-bytes.js-gzip", p50(took), "B", everything, 75_000)]


@cache
def _gzipped(path: str) -> int:
    return len(gzip.compress((ROOT / "frontend/dist" / path.lstrip("/")).read_bytes(), 9))
