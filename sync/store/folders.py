"""Folders: which there are, and each one's sync cursor and counters."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import F, QuerySet

from sync.mail import FolderListing, Role
from sync.models import Account, Folder, Message
from sync.plan.folder import Known
from sync.store.clock import now_ms
from sync.store.commit import Change, change

LAST_UID = 2**32 - 1
TOTAL_UNKNOWN = -1  # differs from whatever a server tells
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
    looked_at: int
    scanned_at: int
    scan_below: int
    held: int
    refused: bool

    @property
    def place(self) -> tuple[int | None, int]:
        """What a window of history continues: the mailbox, and how far down it is mirrored."""
        return self.known.uidvalidity, self.backfill_low


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


def begin_mirror(account_id: str, fence: int, folder_id: str, known: Known, *, complete: bool) -> None:
    """Start to mirror: the cursor of the SELECT and "nothing of it is here yet" in one transaction, because each alone
    is a lie: a cursor without `backfill_low` says that the history is here."""
    with change(account_id, fence) as made:
        Folder.objects.filter(pk=folder_id).update(
            **_known_fields(known),
            backfill_low=1 if complete else known.uidnext,
            complete=complete,
            looked_at=made.at_ms,
            scanned_at=made.at_ms,
            scan_below=0,
            seq=made.seq,
        )
        made.folders.add(uuid.UUID(folder_id))


def halt_backfill(account_id: str, fence: int, folder_id: str) -> None:
    """Before a folder starts over: nothing of it is held from here on, and what the transfer lane is fetching for what
    it was is not stored any more (`still_at`). No server tells a UIDNEXT above ours now: whoever goes on after a crash
    begins again."""
    with change(account_id, fence) as made:
        Folder.objects.filter(pk=folder_id).update(
            backfill_low=LAST_UID, uidnext=LAST_UID, complete=False, seq=made.seq
        )
        made.folders.add(uuid.UUID(folder_id))


def save_cursor(fence: int, at: Cursor, known: Known, *, scan_below: int = 0) -> None:
    """End of a pass that began at `at`. Tells nobody: no browser sees a cursor.

    When the history moved down since, the pass knew nothing of that window and its modseq would close the book on what
    changed there: then only its arrivals count, and the next pass asks for the rest once more.
    """
    mine = Folder.objects.filter(pk=at.id, account__in=Account.objects.filter(fence=fence))
    whole = {**_known_fields(known), "scan_below": scan_below, "looked_at": now_ms()}
    if not mine.filter(backfill_low=at.backfill_low).update(**whole):
        mine.update(uidnext=known.uidnext, server_total=TOTAL_UNKNOWN)


def note_scan(fence: int, folder_id: str, below: int) -> None:
    """How far down a full scan has come; 0: it is through."""
    mine = Folder.objects.filter(pk=folder_id, account__in=Account.objects.filter(fence=fence))
    mine.update(scan_below=below, **({} if below else {"scanned_at": now_ms()}))


def note_refused(account_id: str, fence: int, folder_id: str, *, refused: bool) -> None:
    """Does the server let us open it? Browsers hear of it."""
    with change(account_id, fence) as made:
        Folder.objects.filter(pk=folder_id).update(refused=refused, seq=made.seq)
        made.folders.add(uuid.UUID(folder_id))


def lower_backfill(account_id: str, fence: int, at: Cursor, *, low: int, complete: bool) -> bool:
    """Note that the mirror reaches down to `low` now. False when a pass ended since `at` was read, or the folder
    started over: the caller looks again at what it stored."""
    mine = _at(at).filter(
        looked_at=at.looked_at,
        highestmodseq=at.known.highestmodseq,
        account__in=Account.objects.filter(fence=fence),
    )
    if not complete:
        return bool(mine.update(backfill_low=low))
    with change(account_id, fence) as made:
        lowered = mine.update(backfill_low=low, complete=True, seq=made.seq)
        if lowered:
            made.folders.add(uuid.UUID(at.id))
    return bool(lowered)


def still_at(at: Cursor) -> bool:
    """Does the folder stand where it stood when `at` was read? To be asked inside a change, which nobody overtakes."""
    return _at(at).exists()


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


def _at(at: Cursor) -> QuerySet[Folder]:
    # All of it in one row's WHERE: whoever waited for that row's lock looks again at what it has become.
    return Folder.objects.filter(pk=at.id, gone=False, uidvalidity=at.known.uidvalidity, backfill_low=at.backfill_low)


def _bury_folder(row: Folder, made: Change) -> None:
    # Its messages may have gone along to a renamed folder: unlinked, they are matched there by their twin.
    lost = Message.objects.filter(folder=row)
    made.gone.update(lost.values_list("pk", flat=True))
    lost.update(
        folder=None,
        uid=None,
        seq=made.seq,
        moved_seq=made.seq,
        move_told_seq=made.seq,
        moved_by="",
        unlinked_at=made.at_ms,
    )
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


def _known_fields(known: Known) -> dict[str, int | None]:
    return {
        "uidvalidity": known.uidvalidity,
        "uidnext": known.uidnext,
        "highestmodseq": known.highestmodseq,
        "server_total": known.total,
        "server_unseen": known.unseen,
    }


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
            unseen=row.server_unseen,
        ),
        backfill_low=row.backfill_low,
        complete=row.complete,
        looked_at=row.looked_at,
        scanned_at=row.scanned_at,
        scan_below=row.scan_below,
        held=row.total + row.marked_deleted,
        refused=row.refused,
    )
