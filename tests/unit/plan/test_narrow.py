"""What one browser's windows see of a change."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from sync.feed import Entry, EntryRow, MessageRow, Position, Window
from sync.mail import Flag
from sync.plan.narrow import in_window, narrow

ROW = MessageRow(
    id="b", folder="inbox", received_at=100, size=1, flags=0, keywords=[], has_attachments=False,
    subject="", senders=[], recipients=[], preview="", unparsed=False, seq=7,
)  # fmt: skip
DOWN_TO_100 = Window(folder="inbox", down_to=Position(received_at=100, id="b"))


def entry(row: MessageRow, *, created: bool = False, moved: bool = False) -> Entry:
    return Entry(epoch="e", prev=6, seq=7, rows=[EntryRow(row=row, created=created, moved=moved)])


def test_the_last_row_of_a_window_belongs_to_it() -> None:
    assert in_window(ROW, DOWN_TO_100)
    assert not in_window(replace(ROW, id="a"), DOWN_TO_100)
    assert not in_window(replace(ROW, received_at=99), DOWN_TO_100)


def test_history_below_the_window_sends_nothing() -> None:
    delta = narrow(entry(replace(ROW, received_at=5), created=True), [DOWN_TO_100])
    assert (delta.messages, delta.lost) == ([], [])


def test_a_row_that_left_for_a_folder_not_held_is_lost() -> None:
    delta = narrow(entry(replace(ROW, folder="archive"), moved=True), [DOWN_TO_100])
    assert delta.lost == ["b"]


def test_a_message_that_was_read_leaves_the_window_of_unread_ones() -> None:
    unread = Window(folder="inbox", kind="unread")
    assert narrow(entry(ROW), [unread]).messages == [ROW]
    assert narrow(entry(replace(ROW, flags=int(Flag.SEEN))), [unread]).lost == ["b"]


def test_a_change_in_a_folder_nobody_opened_travels_as_counters_only() -> None:
    delta = narrow(entry(replace(ROW, folder="other")), [DOWN_TO_100])
    assert (delta.messages, delta.lost) == ([], [])


@given(
    folder=st.sampled_from(["inbox", "archive"]),
    received_at=st.integers(90, 110),
    flags=st.integers(0, 3),
    created=st.booleans(),
)
def test_a_row_the_browser_may_hold_is_never_left_out(folder: str, received_at: int, flags: int, created: bool) -> None:
    row = replace(ROW, folder=folder, received_at=received_at, flags=flags)
    delta = narrow(entry(row, created=created, moved=not created), [DOWN_TO_100])
    told = {message.id for message in delta.messages} | set(delta.lost)
    assert row.id in told or (created and not in_window(row, DOWN_TO_100))
