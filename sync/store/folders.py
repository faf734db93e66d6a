"""Folders: which there are, and each one's sync cursor and counters."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import F

from sync.mail import FolderListing, Role
from sync.models import Folder, Message
from sync.plan.folder import Known
from sync.store.commit import Change, change

_SELECTABLE_NOT = {"\\noselect", "\\nonexistent"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where the last finished pass over a folder stood, and what a pass needs to know."""

    id: str
    path: str
    role: Role
    known: Known
    backfill_low: int
    complete: bool
    scanned_at: int
    held: int


@dataclass(slots=True)
class Counts:
    """How a change moves a folder's counters."""

    total: int = 0
    unread: int = 0
    marked_deleted: int = 0

    def add(self, message: Message, sign: int) -> None:
        if message.deleted:
            self.marked_deleted += sign
            return
        self.total += sign
        self.unread += sign if message.unread else 0


def cursors(account_id: str) -> list[Cursor]:
    """Every folder that can be selected, Inbox first, then those with a role, then the others by path."""
    order = list(Role)
    rows = Folder.objects.filter(account_id=account_id, gone=False, selectable=True)
    return sorted(
        (_cursor(row) for row in rows),
        key=lambda cursor: (cursor.role is Role.NONE, order.index(cursor.role), cursor.path),
    )


def cursor(folder_id: str) -> Cursor | None:
    row = Folder.objects.filter(pk=folder_id, gone=False).first()
    return _cursor(row) if row else None


def by_path(account_id: str) -> dict[str, str]:
    """Path → folder id."""
    rows = Folder.objects.filter(account_id=account_id, gone=False)
    return {path: str(pk) for path, pk in rows.values_list("path", "pk")}


def with_role(account_id: str, role: Role) -> Cursor | None:
    row = Folder.objects.filter(account_id=account_id, gone=False, role=role).order_by("path").first()
    return _cursor(row) if row else None


def store_listing(account_id: str, fence: int, listings: Sequence[FolderListing], roles: Mapping[str, Role]) -> bool:
    """Make our folders those of a LIST. True when something changed."""
    held = {row.path: row for row in Folder.objects.filter(account_id=account_id, gone=False)}
    listed = {listing.name: listing for listing in listings}
    missing = [row for path, row in held.items() if path not in listed]
    new = [listing for name, listing in listed.items() if name not in held]
    altered = [row for path, row in held.items() if path in listed and _differs(row, listed[path], roles[path])]
    if not (missing or new or altered):
        return False
    with change(account_id, fence) as made:
        for row in missing:
            _bury_folder(row, made)
        for listing in new:
            row = Folder(account_id=account_id, path=listing.name, created_seq=made.seq, **_fields(listing, roles))
            _stamp(row, made)
            row.save()
        for row in altered:
            for name, value in _fields(listed[row.path], roles).items():
                setattr(row, name, value)
            _stamp(row, made)
            row.save(update_fields=["delimiter", "role", "selectable", "seq"])
    return True


def save_cursor(fence: int, folder_id: str, known: Known, *, scanned_at: int | None = None) -> None:
    """End of a pass. The values are those of the SELECT that began it. Tells nobody: no browser sees a cursor."""
    row = Folder.objects.filter(pk=folder_id, account__fence=fence)
    row.update(
        uidvalidity=known.uidvalidity,
        uidnext=known.uidnext,
        highestmodseq=known.highestmodseq,
        server_total=known.total,
    )
    if scanned_at is not None:
        row.update(scanned_at=scanned_at)


def begin_backfill(account_id: str, fence: int, folder_id: str, *, low: int, complete: bool) -> None:
    """Note how far down the mirror reaches; `complete` is what a browser sees of it."""
    row = Folder.objects.get(pk=folder_id)
    if row.complete == complete:
        Folder.objects.filter(pk=folder_id, account__fence=fence).update(backfill_low=low)
        return
    with change(account_id, fence) as made:
        Folder.objects.filter(pk=folder_id).update(backfill_low=low, complete=complete, seq=made.seq)
        made.folders.add(row.id)


def count(made: Change, counts: Mapping[uuid.UUID, Counts]) -> None:
    """Move counters inside a change; every folder touched is told, also when only its rows changed."""
    for folder_id, moved in counts.items():
        Folder.objects.filter(pk=folder_id).update(
            total=F("total") + moved.total,
            unread=F("unread") + moved.unread,
            marked_deleted=F("marked_deleted") + moved.marked_deleted,
            seq=made.seq,
        )
        made.folders.add(folder_id)


def _bury_folder(row: Folder, made: Change) -> None:
    # Its messages may have gone along to a renamed folder: unlinked, they are matched there by their twin.
    lost = Message.objects.filter(folder=row)
    made.gone.update(lost.values_list("pk", flat=True))
    lost.update(folder=None, uid=None, seq=made.seq, moved_seq=made.seq, moved_by="", unlinked_at=made.at_ms)
    row.gone = True
    _stamp(row, made)
    row.save(update_fields=["gone", "seq"])


def _stamp(row: Folder, made: Change) -> None:
    row.seq = made.seq
    made.folders.add(row.id)


def _fields(listing: FolderListing, roles: Mapping[str, Role]) -> dict[str, str | bool]:
    return {
        "delimiter": listing.delimiter,
        "role": roles[listing.name].value,
        "selectable": not (listing.attributes & _SELECTABLE_NOT),
    }


def _differs(row: Folder, listing: FolderListing, role: Role) -> bool:
    selectable = not (listing.attributes & _SELECTABLE_NOT)
    return (row.delimiter, row.role, row.selectable) != (listing.delimiter, role.value, selectable)


def _cursor(row: Folder) -> Cursor:
    return Cursor(
        id=str(row.id),
        path=row.path,
        role=Role(row.role),
        known=Known(
            uidvalidity=row.uidvalidity,
            uidnext=row.uidnext,
            highestmodseq=row.highestmodseq,
            total=row.server_total,
        ),
        backfill_low=row.backfill_low,
        complete=row.complete,
        scanned_at=row.scanned_at,
        held=row.total + row.marked_deleted,
    )
