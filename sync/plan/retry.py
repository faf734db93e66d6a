"""When a mail that was not taken is tried again (RFC 5321 4.5.4.1), and when one gives up."""

FIRST_MS = 2_000
LONGEST_MS = 3_600_000
GIVE_UP_MS = 24 * 3_600_000


def retry_in_ms(attempts: int, waited_ms: int) -> int | None:
    """Doubling from 2 s to an hour; None once it has waited for a day. `attempts` counts those that failed."""
    if waited_ms >= GIVE_UP_MS:
        return None
    return int(min(LONGEST_MS, FIRST_MS * 2 ** min(max(attempts - 1, 0), 12)))
