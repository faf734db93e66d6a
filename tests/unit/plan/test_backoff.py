"""How long to wait between attempts."""

from hypothesis import given
from hypothesis import strategies as st

from sync.plan.backoff import LONGEST_S, backoff_s


def test_the_first_attempt_does_not_wait() -> None:
    assert backoff_s(0, 0.5) == 0


@given(failures=st.integers(1, 10_000), jitter=st.floats(0, 0.999))
def test_it_grows_stays_bounded_and_never_reaches_zero(failures: int, jitter: float) -> None:
    wait_s = backoff_s(failures, jitter)
    assert 0.5 <= wait_s <= LONGEST_S
    assert backoff_s(failures + 1, jitter) >= wait_s
