"""UID sets stay ranges, whatever a server names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.mail import UidSet

uids = st.sets(st.integers(1, 300))


@given(uids)
def test_text_and_back_keeps_the_set(numbers: set[int]) -> None:
    assert set(UidSet.parse(str(UidSet.of(numbers)))) == numbers


@given(uids, st.integers(1, 300))
def test_membership_is_that_of_the_set(numbers: set[int], uid: int) -> None:
    assert (uid in UidSet.of(numbers)) == (uid in numbers)


@given(uids, st.integers(10, 60))
def test_chunks_are_short_and_lose_nothing(numbers: set[int], max_chars: int) -> None:
    pieces = list(UidSet.of(numbers).chunks(max_chars))
    assert all(len(str(piece)) <= max_chars for piece in pieces)
    assert {uid for piece in pieces for uid in piece} == numbers


def test_four_billion_uids_cost_one_range() -> None:
    everything = UidSet.parse("1:4294967295")
    assert everything.ranges == ((1, 4294967295),)
    assert 4294967295 in everything
    assert len(everything) == 4294967295


@pytest.mark.parametrize("text", ["1:*", "a", "1:2:3"])
def test_what_is_no_set_of_uids_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        UidSet.parse(text)
