"""How long to wait after the n-th failure in a row."""

FIRST_S = 1.0
LONGEST_S = 60.0


def backoff_s(failures: int, jitter: float) -> float:
    """Doubling from 1 s to 60 s, spread by `jitter` in [0, 1): a restarted server must not meet all at once."""
    if failures <= 0:
        return 0.0
    ceiling = min(LONGEST_S, FIRST_S * 2.0 ** min(failures - 1, 16))
    return ceiling * (0.5 + 0.5 * jitter)
