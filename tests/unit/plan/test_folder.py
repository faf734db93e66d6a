"""What a folder's news are, from what we hold and what the server says."""

from dataclasses import replace

from sync.mail import Flag, Flags, FlagState, FolderStatus, Selected, UidSet
from sync.plan.folder import (
    LOOK_OPEN_MS,
    LOOK_OTHERS_MS,
    HeldMessage,
    Known,
    below,
    can_resync,
    is_dirty,
    is_look_due,
    is_mass_vanish,
    newest,
    plan_flags,
    plan_missing,
    plan_pass,
    plan_vanished,
    without,
)

KNOWN = Known(uidvalidity=5, uidnext=100, highestmodseq=900, total=42)
PLAIN = Known(uidvalidity=5, uidnext=100, highestmodseq=None, total=42, unseen=7)
SELECTED = Selected(uidvalidity=5, uidnext=100, exists=42, highestmodseq=900)
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


def test_somebody_read_a_mail_is_news_where_no_modseq_tells_it_better() -> None:
    assert is_dirty(PLAIN, FolderStatus(name="A", messages=42, unseen=6))
    assert not is_dirty(PLAIN, FolderStatus(name="A", messages=42, unseen=7))
    assert is_dirty(replace(PLAIN, unseen=None), FolderStatus(name="A", messages=42, unseen=7))  # never asked so far
    assert not is_dirty(replace(KNOWN, unseen=7), FolderStatus(name="A", unseen=6, highestmodseq=900))


def test_a_pass_is_a_resync_where_the_server_can_tell_what_changed() -> None:
    assert plan_pass(KNOWN, replace(SELECTED, resynced=True)) == "resync"
    assert plan_pass(KNOWN, SELECTED) == "scan"
    assert plan_pass(PLAIN, replace(SELECTED, highestmodseq=None)) == "scan"
    assert plan_pass(KNOWN, replace(SELECTED, highestmodseq=None, resynced=True)) == "scan"  # it forgot its modseqs


def test_a_folder_of_another_uidvalidity_or_with_uids_given_a_second_time_starts_over() -> None:
    assert plan_pass(KNOWN, replace(SELECTED, uidvalidity=6, resynced=True)) == "start_over"
    assert plan_pass(KNOWN, replace(SELECTED, uidnext=99, resynced=True)) == "start_over"
    assert plan_pass(KNOWN, replace(SELECTED, uidnext=None, resynced=True)) == "resync"  # not told is not less


def test_a_modseq_that_went_back_makes_us_look_at_every_flag() -> None:
    assert plan_pass(KNOWN, replace(SELECTED, highestmodseq=899, resynced=True)) == "full_scan"


def test_where_status_does_not_tell_of_flags_somebody_looks_now_and_then() -> None:
    def due(known: Known, after_ms: int, *, is_open: bool = False, qresync: bool = False) -> bool:
        return is_look_due(known, offers_qresync=qresync, looked_at=1000, is_open=is_open, now_ms=1000 + after_ms)

    assert not due(PLAIN, LOOK_OTHERS_MS - 1)
    assert due(PLAIN, LOOK_OTHERS_MS)
    assert due(PLAIN, LOOK_OPEN_MS, is_open=True)
    assert due(KNOWN, LOOK_OTHERS_MS)  # CONDSTORE alone: a scan does not reach every flag
    assert not due(KNOWN, LOOK_OTHERS_MS, qresync=True)
    assert not due(replace(PLAIN, uidvalidity=None), LOOK_OTHERS_MS)


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


def test_uids_below_a_bound() -> None:
    assert str(below(UidSet.parse("1:10,20,30:40"), 35)) == "1:10,20,30:34"
    assert str(below(UidSet.parse("1:4294967295"), 4294967295)) == "1:4294967294"
    assert not below(UidSet.parse("5:9"), 5)


def test_uids_without_some_of_them() -> None:
    assert str(without(UidSet.parse("1:10,20"), [1, 5, 10, 20, 30])) == "2:4,6:9"
    assert str(without(UidSet.parse("1:4294967295"), [7])) == "1:6,8:4294967295"
    assert str(without(UidSet.parse("3:4"), [])) == "3:4"
