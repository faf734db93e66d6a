"""Completion of a recipient over twenty thousand people: from the typed letters to who is offered.

The reference looks at everybody, which is what one would write first.
"""

import json
import subprocess

from bench.figure import Figure, p95
from tests.support.stack import ROOT


def measure() -> list[Figure]:
    run = subprocess.run(["node", ROOT / "bench" / "complete.mjs"], stdout=subprocess.PIPE, check=True)
    told = json.loads(run.stdout)
    return [Figure("complete.p95", p95(told["took"]), "ms", p95(told["scanned"]), 30)]
