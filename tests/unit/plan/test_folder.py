"""What a folder's news are, from what we hold and what the server says."""

from dataclasses import dataclass

import pytest

from sync.mail import Flag, Flags, FlagState, FolderStatus, Selected, UidSet
from sync.plan.folder import (
    HeldMessage,
    Known,
    can_resync,
    has_started_over,
    is_dirty,
    is_mass_vanish,
    newest,
    plan_flags,
    plan_missing,
    plan_vanished,
    stalest,
)

KNOWN = Known(uidvalidity=5, uidnext=100, highestmodseq=900, total=42)
SEEN, NONE = Flags(Flag.SEEN), Flags()


def held(uid: int, flags: Flags = NONE) -> HeldMessage:
    return HeldMessage(id=f"m{uid}", uid=uid, flags=flags)


def test_a_status_like_the_last_pass_means_no_news() -> None:
    same = FolderStatus(name="A", uidvalidity=5, uidnext=100, messages=42, highestmodseq=900)
    assert not is_dirty(KNOWN, same)
    assert not is_dirty(KNOWN, FolderStatus(name="A", messages=42))  # a server that tells little


def test_each_number_that_moved_means_news() -> None:
    assert is_dirty(KNOWN, FolderStatus(name="A", uidvalidity=6))
    assert is_dirty(KNOWN, FolderStatus(name="A", uidnext=101))
    assert is_dirty(KNOWN, FolderStatus(name="A", messages=41))
    assert is_dirty(KNOWN, FolderStatus(name="A", highestmodseq=901))


def test_resync_needs_a_modseq_of_this_folder() -> None:
    assert can_resync(KNOWN, offers_qresync=True)
    assert not can_resync(KNOWN, offers_qresync=False)
    no_modseq = Known(uidvalidity=5, uidnext=100, highestmodseq=None, total=42)
    assert not can_resync(no_modseq, offers_qresync=True)


def test_only_flags_that_differ_are_written() -> None:
    reported = {1: FlagState(flags=SEEN), 2: FlagState(flags=SEEN), 9: FlagState(flags=SEEN)}
    assert plan_flags([held(1), held(2, SEEN)], reported) == {"m1": SEEN}


def test_vanished_uids_that_we_never_held_change_nothing() -> None:
    assert plan_vanished([held(3), held(9)], UidSet.parse("1:5,4000000000")) == ["m3"]


def test_what_a_scan_does_not_find_is_missing() -> None:
    assert plan_missing([held(3), held(9)], UidSet.parse("9:20")) == ["m3"]


def test_half_a_mailbox_gone_at_once_is_asked_about_again() -> None:
    assert is_mass_vanish(600, 1000)
    assert not is_mass_vanish(40, 41)  # emptying a small folder is ordinary
    assert not is_mass_vanish(60, 10_000)


def test_the_newest_uids_are_taken_from_the_top_of_the_ranges() -> None:
    assert str(newest(UidSet.parse("1:10,20,30:40"), 12)) == "20,30:40"
    assert str(newest(UidSet.parse("1:4294967295"), 2)) == "4294967294:4294967295"
    assert not newest(UidSet(), 5)


def test_the_inbox_is_looked_through_each_time_and_the_others_in_turn() -> None:
    @dataclass(frozen=True)
    class At:
        path: str

    places = [At(path) for path in ("INBOX", "A", "B", "C")]
    scanned: dict[str, float] = {}
    for now, expected in ((1.0, ["INBOX", "A"]), (2.0, ["INBOX", "B"]), (3.0, ["INBOX", "C"]), (4.0, ["INBOX", "A"])):
        taken = stalest(places, scanned, limit=2)
        assert [place.path for place in taken] == expected
        scanned.update({place.path: now for place in taken})


def test_a_number_of_unread_that_moved_is_news_where_no_modseq_tells() -> None:
    known = Known(uidvalidity=1, uidnext=10, highestmodseq=None, total=3)
    status = FolderStatus(name="Labor", uidvalidity=1, uidnext=10, messages=3, unseen=1)
    assert not is_dirty(known, status)
    assert not is_dirty(known, status, 1)
    assert is_dirty(known, status, 2)


@pytest.mark.parametrize(
    ("uidvalidity", "uidnext", "expected"),
    [(1, 10, False), (1, 11, False), (1, None, False), (2, 10, True), (1, 9, True)],
)
def test_a_folder_started_over_when_its_uids_mean_something_else(
    uidvalidity: int, uidnext: int | None, expected: bool
) -> None:
    known = Known(uidvalidity=1, uidnext=10, highestmodseq=None, total=3)
    selected = Selected(uidvalidity=uidvalidity, uidnext=uidnext, exists=3, highestmodseq=None)
    assert has_started_over(known, selected) is expected
