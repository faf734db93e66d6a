"""What one browser sees of a change: rows inside the windows it holds, and the ids of those that left them.

A row below every held window travels only as its folder's counters. `lost` may name an id the browser never had,
which it ignores; it never leaves one out that the browser might hold.
"""

from collections.abc import Sequence

from sync.feed import Delta, Entry, MessageRow, Window
from sync.mail import Flag


def in_window(row: MessageRow, window: Window) -> bool:
    if row.folder != window.folder:
        return False
    if window.kind == "unread" and row.flags & Flag.SEEN:
        return False
    if window.kind == "flagged" and not row.flags & Flag.FLAGGED:
        return False
    bound = window.down_to
    return bound is None or (row.received_at, row.id) >= (bound.received_at, bound.id)


def narrow_row(
    row: MessageRow, *, created: bool, moved: bool, windows: Sequence[Window], held_folders: frozenset[str]
) -> MessageRow | str | None:
    """The row itself, its id when it was lost, or None when it does not concern this browser."""
    if any(in_window(row, window) for window in windows):
        return row
    if not created and (moved or row.folder in held_folders):
        return row.id
    return None


def narrow(entry: Entry, windows: Sequence[Window]) -> Delta:
    """Cut the delta of one browser out of a stream entry that is not `big`."""
    held_folders = frozenset(window.folder for window in windows)
    messages: list[MessageRow] = []
    lost = list(entry.gone)
    for item in entry.rows:
        seen = narrow_row(item.row, created=item.created, moved=item.moved, windows=windows, held_folders=held_folders)
        if isinstance(seen, str):
            lost.append(seen)
        elif seen is not None:
            messages.append(seen)
    return Delta(
        epoch=entry.epoch,
        prev=entry.prev,
        seq=entry.seq,
        messages=messages,
        lost=lost,
        folders=entry.folders,
        lost_folders=entry.lost_folders,
        actions=entry.actions,
        contacts=entry.contacts,
        blocks=entry.blocks,
        lost_entries=entry.lost_entries,
        account=entry.account,
    )
