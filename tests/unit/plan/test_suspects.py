"""A message that makes the server hang up is found in few attempts, and costs nobody else."""

import pytest

from sync.mail import UidSet
from sync.plan.suspects import Suspects, after_failure, portions, unreadable


def attempts(wanted: UidSet, deadly: set[int], *, code: str) -> tuple[int, Suspects]:
    """Ask until all is answered. → how often the server hung up, and what is thought in the end."""
    suspects, hangups = Suspects(), 0
    while True:
        asked = next((piece for piece in portions(wanted, suspects) if deadly & set(piece)), None)
        if asked is None:
            return hangups, suspects
        hangups += 1
        suspects = after_failure(suspects, asked, code)


@pytest.mark.parametrize(("code", "most"), [("bye", 5), ("serverbug", 5), ("closed", 7), ("timeout", 7)])
@pytest.mark.parametrize("deadly", [1, 250, 500])
def test_one_among_five_hundred_is_given_up_after_a_few_attempts(deadly: int, code: str, most: int) -> None:
    wanted = UidSet.from_ranges([(1, 500)])
    hangups, suspects = attempts(wanted, {deadly}, code=code)
    assert hangups <= most
    assert unreadable(wanted, suspects) == [deadly]
    assert sorted(uid for piece in portions(wanted, suspects) for uid in piece) == sorted({*range(1, 501)} - {deadly})


def test_several_are_given_up_one_after_the_other() -> None:
    wanted = UidSet.from_ranges([(1, 200)])
    hangups, suspects = attempts(wanted, {3, 4, 77, 200}, code="bye")
    assert set(unreadable(wanted, suspects)) == {3, 4, 77, 200}
    assert hangups <= 20


def test_a_hangup_of_its_own_accuses_nobody() -> None:
    """A server that is shut down says BYE too, in the middle of whatever it was asked."""
    wanted = UidSet.of([7])
    once = after_failure(Suspects(), wanted, "bye")
    assert unreadable(wanted, once) == []
    assert portions(wanted, once) == [wanted]


def test_without_suspicion_all_is_asked_at_once() -> None:
    wanted = UidSet.from_ranges([(1, 500)])
    assert portions(wanted, Suspects()) == [wanted]
    assert portions(UidSet(), Suspects()) == []
    assert portions(wanted, Suspects(uids=UidSet.of([900]), failures=1)) == [wanted]


@pytest.mark.parametrize("code", ["lease", "refused", "noperm"])
def test_what_has_nothing_to_do_with_a_message_changes_no_suspicion(code: str) -> None:
    """Neither a lease in doubt nor a refusal: the count of the one that is suspected goes on afterwards."""
    before = Suspects(uids=UidSet.of([7]), failures=2)
    assert after_failure(before, UidSet.of([7]), code) == before
    assert after_failure(before, UidSet.from_ranges([(1, 500)]), code) == before


def test_a_line_that_ends_or_falls_silent_is_believed_later_than_a_word_of_the_server() -> None:
    wanted = UidSet.of([7])
    said, _ = attempts(wanted, {7}, code="serverbug")
    silent, _ = attempts(wanted, {7}, code="timeout")
    assert said < silent
