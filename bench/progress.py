"""Words for whoever waits; the figures alone go to stdout."""

import sys


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
