"""`python -m bench [NAME]`: every figure, or those of one bench. One JSON line a figure; fails when one is not ok."""

import os
import sys
import time

from bench import (
    action,
    complete,
    compose_open,
    first_window,
    offline_start,
    open_message,
    push,
    send,
    start_bytes,
    upload,
)
from bench.progress import say

BENCHES = {
    "start-bytes": start_bytes.measure,
    "action": action.measure,
    "open": open_message.measure,
    "push": push.measure,
    "offline-start": offline_start.measure,
    "first-window": first_window.measure,
    "compose-open": compose_open.measure,
    "complete": complete.measure,
    "send": send.measure,
    "upload": upload.measure,
}


def main(names: list[str]) -> int:
    unknown = set(names) - set(BENCHES)
    if unknown:
        say(f"no bench is called {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}")
        return 2
    good = True
    for name in names or BENCHES:
        began = time.monotonic()
        say(f"{name}: begins, load {os.getloadavg()[0]:.1f}")
        for figure in BENCHES[name]():
            print(figure.line(), flush=True)
            good = good and figure.ok
        say(f"{name}: {time.monotonic() - began:.0f} s, load {os.getloadavg()[0]:.1f}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
