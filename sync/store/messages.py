"""Messages of folders: added, linked again, flagged, unlinked, buried.

A message that vanishes from a folder is only *unlinked*: other mail programs move mail, and the same message may turn
up elsewhere a moment later, where its twin fingerprint links it again under its old id. What did not turn up is buried.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Min, QuerySet

from sync.keys import keyring, seal_json
from sync.mail import Flag, Flags, UidSet
from sync.models import Account, Body, BookEntry, Folder, Message, new_id
from sync.plan.folder import HeldMessage
from sync.store.clock import now_ms
from sync.store.commit import Change, change
from sync.store.folders import LAST_UID, Counts, Cursor, count, still_at

OWN_MOVE_MS = 60_000
TOMBSTONES_MS = 30 * 24 * 3_600_000
_FLAG_FIELDS = ["flags", "keywords", "unread", "flagged", "deleted", "answered_seq", "answered_by", "seq"]
_LINK_FIELDS = ["folder", "uid", "unlinked_at", "moved_seq", "moved_by", "move_told_seq", *_FLAG_FIELDS]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """A message as fetched and read, ready to be stored. `envelope` and `parts` are JSON values."""

    uid: int
    flags: Flags
    received_at: int
    size: int
    has_attachments: bool
    unparsed: bool
    envelope: dict[str, Any]
    parts: list[dict[str, Any]]
    message_id: str

    @property
    def twin_text(self) -> str:
        return twin_text(self.message_id, self.received_at, self.size)


def twin_text(message_id: str, received_at: int, size: int) -> str:
    """What stays the same when another program moves it. Without a Message-ID the size and time must do."""
    return f"{message_id}\n{received_at // 1000}\n{size}"


def held(folder_id: str, uids: UidSet) -> list[HeldMessage]:
    """The messages held within these ranges, which are never expanded: a server may name four billion UIDs."""
    found: list[HeldMessage] = []
    for low, high in uids.ranges:
        rows = Message.objects.filter(folder_id=folder_id, uid__gte=low, uid__lte=high)
        for pk, uid, bits, keywords in rows.values_list("pk", "uid", "flags", "keywords"):
            found.append(HeldMessage(id=str(pk), uid=uid or 0, flags=flags_of(bits, keywords)))
    return found


def newest_held(folder_id: str, limit: int, *, below: int = LAST_UID + 1) -> list[HeldMessage]:
    """The `limit` messages with the highest UIDs under `below`, highest first."""
    rows = Message.objects.filter(folder_id=folder_id, uid__lt=below).order_by("-uid")[:limit]
    return [
        HeldMessage(id=str(pk), uid=uid or 0, flags=flags_of(bits, keywords))
        for pk, uid, bits, keywords in rows.values_list("pk", "uid", "flags", "keywords")
    ]


def unseen_count(folder_id: str) -> int:
    """As STATUS counts: messages marked \\Deleted too."""
    return Message.objects.filter(folder_id=folder_id, unread=True).count()


def flags_of(bits: int, keywords: str) -> Flags:
    return Flags(Flag(bits), frozenset(keywords.split()))


def add(account_id: str, fence: int, folder_id: str, batch: Sequence[NewMessage], *, at: Cursor | None = None) -> int:
    """Store a batch; UIDs held already are passed over, unlinked twins get their old id back. → how many were new.

    `at`: the cursor under which a window of history was fetched: when the folder started over since, its UIDs name
    other messages now and nothing is stored.
    """
    if not _fresh(folder_id, batch):
        return 0
    with change(account_id, fence) as made:
        if at is not None and not still_at(at):
            return 0
        fresh = _fresh(folder_id, batch)  # once more: two lanes may bring the same message at once
        counts = Counts()
        twins = _unlinked_twins(account_id, fresh)
        created = []
        for new in fresh:
            twin = next((t for t in twins.get(new.twin_text, ()) if t.folder_id is None), None)
            if twin is None:
                created.append(_created(account_id, folder_id, new, made, answers=at is None))
                counts.add(created[-1], +1)
            else:
                # Our own move may come back this way, where a server does not tell where it put what.
                own = bool(twin.moved_by) and made.at_ms - twin.unlinked_at < OWN_MOVE_MS
                by, told_seq = (twin.moved_by, twin.shown_since) if own else ("", made.seq)
                _link(twin, uuid.UUID(folder_id), new.uid, new.flags, made, by=by, told_seq=told_seq)
                twin.save(update_fields=_LINK_FIELDS)
                counts.add(twin, +1)
        Message.objects.bulk_create(created)
        made.messages.update(row.id for row in created)
        count(made, {uuid.UUID(folder_id): counts})
    return len(fresh)


def twin_folders(account_id: str, folder_id: str, batch: Sequence[NewMessage]) -> set[str]:
    """Other folders that hold a twin of one of these: if it was moved, that folder's news must be read first."""
    digests = [digest for new in batch for digest in keyring().digests(new.twin_text)]
    rows = Message.objects.filter(account_id=account_id, twin__in=digests, folder__isnull=False)
    return {str(pk) for pk in rows.exclude(folder_id=folder_id).values_list("folder_id", flat=True)}


def set_flags(account_id: str, fence: int, changes: Mapping[str, Flags]) -> None:
    """Store flags as the server reported them. Message id → flags."""
    if changes:
        with change(account_id, fence) as made:
            write_flags(made, changes)


def write_flags(made: Change, changes: Mapping[str, Flags], *, by: str = "") -> None:
    """The same inside a change; `by`: the device whose action did it."""
    counts: dict[uuid.UUID, Counts] = defaultdict(Counts)
    rows = list(Message.objects.filter(pk__in=changes, folder__isnull=False))
    for row in rows:
        tally = counts[row.folder_id]  # type: ignore[index]  # filtered above
        tally.add(row, -1)
        _set(row, changes[str(row.id)], made, by=by)
        tally.add(row, +1)
    Message.objects.bulk_update(rows, _FLAG_FIELDS, batch_size=100)
    count(made, counts)


def correct(
    account_id: str, fence: int, changes: Mapping[str, Flags], vanished: Sequence[str], *, as_of_seq: int
) -> None:
    """Flags and absences as another lane saw them at `as_of_seq`: a row that changed later knows better."""
    if not changes and not vanished:
        return
    with change(account_id, fence) as made:
        rows = Message.objects.filter(pk__in=[*changes, *vanished], seq__lte=as_of_seq)
        unchanged = {str(pk) for pk in rows.values_list("pk", flat=True)}
        write_flags(made, {pk: flags for pk, flags in changes.items() if pk in unchanged})
        write_unlinked(made, [pk for pk in vanished if pk in unchanged])


def has_unopened(account_id: str) -> bool:
    return _unopened(account_id).exists()


def unopened(account_id: str) -> list[tuple[str, int]]:
    """(folder id, UID) of those that the server could not open: nothing is known of them, not even a size."""
    return [(str(folder), uid or 0) for folder, uid in _unopened(account_id).values_list("folder_id", "uid")]


def fill_in(account_id: str, fence: int, folder_id: str, batch: Sequence[NewMessage]) -> None:
    """What could be read of them in the end."""
    read = {new.uid: new for new in batch if not new.unparsed or new.size}
    if not read:
        return
    with change(account_id, fence) as made:
        for row in _unopened(account_id).filter(folder_id=folder_id, uid__in=read):
            _fill(row, read[row.uid or 0])
            row.seq = made.seq
            row.save()
            Body.objects.filter(message=row).delete()
            made.messages.add(row.id)


def may_turn_up(account_id: str, ids: Sequence[str], *, but: Collection[str]) -> bool:
    """Did one of these leave before a folder was begun whose history is still to come? Whoever left later went to where
    news are, not history. `but`: folders of which nothing comes."""
    unlinked = Message.objects.filter(account_id=account_id, pk__in=ids, gone=False, folder__isnull=True)
    left_at: int | None = unlinked.aggregate(at=Min("unlinked_at"))["at"]
    filling = Folder.objects.filter(account_id=account_id, gone=False, complete=False, uidvalidity__isnull=False)
    return left_at is not None and filling.filter(scanned_at__gte=left_at).exclude(pk__in=but).exists()


def unlink(account_id: str, fence: int, ids: Iterable[str]) -> None:
    """They vanished from their folder. Whether moved or expunged will show."""
    with change(account_id, fence) as made:
        write_unlinked(made, ids)


def write_unlinked(
    made: Change, ids: Iterable[str], *, by: str = "", gone: bool = False, told_seq: int | None = None
) -> None:
    """The same inside a change; `gone`: for good, by our own hand. `told_seq`: of our own move to where the server did
    not tell: when browsers heard that it was wished."""
    counts: dict[uuid.UUID, Counts] = defaultdict(Counts)
    rows = list(Message.objects.filter(pk__in=list(ids), folder__isnull=False))
    for row in rows:
        counts[row.folder_id].add(row, -1)  # type: ignore[index]
        row.folder, row.uid, row.unlinked_at = None, None, 0 if gone else made.at_ms
        row.seq = row.moved_seq = made.seq
        row.move_told_seq = made.seq if told_seq is None else told_seq
        row.moved_by = by
        made.gone.add(row.id)
        if gone:
            row.gone_at = made.at_ms
            _erase(row)
    Message.objects.bulk_update(
        rows,
        [
            "folder",
            "uid",
            "unlinked_at",
            "seq",
            "moved_seq",
            "moved_by",
            "move_told_seq",
            "gone",
            "gone_at",
            "envelope",
            "parts",
        ],
        batch_size=100,
    )
    Body.objects.filter(message__in=[row.id for row in rows if row.gone]).delete()
    count(made, counts)


def write_moved(made: Change, placed: Mapping[str, int], folder_id: str, *, by: str, told_seq: int) -> None:
    """Our own move, from COPYUID: message id → UID in `folder_id`. The id stays. `told_seq`: when browsers heard that
    it was wished; from then on they show it there."""
    target = uuid.UUID(folder_id)
    # The destination's own pass may have been faster and stored it as a new message: that row gives way.
    doubles = Message.objects.filter(folder=target, uid__in=placed.values()).exclude(pk__in=placed)
    write_unlinked(made, [str(pk) for pk in doubles.values_list("pk", flat=True)], gone=True)
    counts: dict[uuid.UUID, Counts] = defaultdict(Counts)
    rows = list(Message.objects.filter(pk__in=placed, gone=False))
    for row in rows:
        if row.folder_id is not None:
            counts[row.folder_id].add(row, -1)
        flags = flags_of(row.flags, row.keywords)
        _link(row, target, placed[str(row.id)], flags, made, by=by, told_seq=told_seq)
        counts[target].add(row, +1)
    Message.objects.bulk_update(rows, _LINK_FIELDS, batch_size=100)
    count(made, counts)


def bury(account_id: str, fence: int, *, unlinked_before: int) -> int:
    """Erase what was unlinked before that time and did not turn up elsewhere. No browser holds it any more."""
    rows = Message.objects.filter(account_id=account_id, unlinked_at__gt=0, unlinked_at__lt=unlinked_before)
    ids = list(rows.values_list("pk", flat=True)[:200])
    if not ids:
        return 0
    with change(account_id, fence):
        Message.objects.filter(pk__in=ids, folder__isnull=True).update(
            gone=True, gone_at=now_ms(), unlinked_at=0, envelope=b"", parts=b"", twin=b""
        )
        Body.objects.filter(message__in=ids).delete()
    return len(ids)


def prune(account_id: str, fence: int, *, gone_before: int) -> int:
    """Remove tombstones older than that, and those of folders and of the address book that are older than these;
    `floor` says below which seq a browser has to start over. → how many messages."""
    rows = Message.objects.filter(account_id=account_id, gone=True, gone_at__lt=gone_before)
    ids = list(rows.values_list("pk", flat=True)[:1000])
    if not ids:
        return 0
    with change(account_id, fence):
        newest = Message.objects.filter(pk__in=ids).aggregate(seq=Max("seq"))["seq"]
        Account.objects.filter(pk=account_id, floor__lt=newest).update(floor=newest)
        Message.objects.filter(pk__in=ids).delete()
        for others in (Folder, BookEntry):
            others._default_manager.filter(account_id=account_id, gone=True, seq__lte=newest).delete()
    return len(ids)


def _unopened(account_id: str) -> QuerySet[Message]:
    return Message.objects.filter(account_id=account_id, folder__isnull=False, unparsed=True, size=0)


def _fresh(folder_id: str, batch: Sequence[NewMessage]) -> list[NewMessage]:
    uids = [new.uid for new in batch]
    known = set(Message.objects.filter(folder_id=folder_id, uid__in=uids).values_list("uid", flat=True))
    return [new for new in batch if new.uid not in known]


def _unlinked_twins(account_id: str, batch: Sequence[NewMessage]) -> dict[str, list[Message]]:
    texts = {digest: new.twin_text for new in batch for digest in keyring().digests(new.twin_text)}
    found: dict[str, list[Message]] = defaultdict(list)
    rows = Message.objects.filter(account_id=account_id, folder__isnull=True, gone=False, twin__in=list(texts))
    for row in rows:
        found[texts[bytes(row.twin)]].append(row)
    return found


def _created(account_id: str, folder_id: str, new: NewMessage, made: Change, *, answers: bool = False) -> Message:
    """`answers`: it is news, also to whoever is about to answer the same mail. History is not."""
    row = Message(
        id=new_id(),
        account_id=account_id,
        folder_id=uuid.UUID(folder_id),
        uid=new.uid,
        created_seq=made.seq,
        moved_seq=made.seq,
        move_told_seq=made.seq,
    )
    _fill(row, new)
    parent = new.envelope.get("in_reply_to", "")
    if answers and parent:
        row.answers = keyring().digest(answers_text(parent))
    _set(row, new.flags, made)
    return row


def answers_text(message_id: str) -> str:
    return f"answers\n{message_id}"


def _fill(row: Message, new: NewMessage) -> None:
    """What the message says, sealed, and the fingerprint of its twins."""
    row.received_at, row.size = new.received_at, new.size
    row.has_attachments, row.unparsed = new.has_attachments, new.unparsed
    row.twin = keyring().digest(new.twin_text)
    row.envelope = seal_json(new.envelope, f"envelope:{row.id}")
    row.parts = seal_json(new.parts, f"parts:{row.id}")


def _link(row: Message, folder: uuid.UUID, uid: int, flags: Flags, made: Change, *, by: str, told_seq: int) -> None:
    row.folder_id, row.uid, row.unlinked_at = folder, uid, 0
    row.moved_seq, row.move_told_seq = made.seq, told_seq
    row.moved_by = by
    _set(row, flags, made, by=by)
    made.messages.add(row.id)


def _set(row: Message, flags: Flags, made: Change, *, by: str = "") -> None:
    if flags.bits & Flag.ANSWERED and not row.flags & Flag.ANSWERED:
        row.answered_seq, row.answered_by = made.seq, by
    row.flags = int(flags.bits)
    row.keywords = " ".join(sorted(flags.keywords))
    row.unread = not flags.bits & Flag.SEEN
    row.flagged = bool(flags.bits & Flag.FLAGGED)
    row.deleted = bool(flags.bits & Flag.DELETED)
    row.seq = made.seq
    made.messages.add(row.id)


def _erase(row: Message) -> None:
    row.gone, row.envelope, row.parts = True, b"", b""


def write_version(made: Change, held: str, new: NewMessage, folder_id: str, *, by: str) -> uuid.UUID:
    """A draft's next version, inside a change: `held` says something else from now on, under a new UID; where it is
    gone a new message does. → the message's id. What was opened of it is forgotten."""
    folder = uuid.UUID(folder_id)
    # The folder's own pass may have been faster and stored the version as a message of its own: that row gives way.
    doubles = Message.objects.filter(folder=folder, uid=new.uid).values_list("pk", flat=True)
    write_unlinked(made, [str(pk) for pk in doubles if str(pk) != held], by=by, gone=True)
    row = Message.objects.filter(account_id=made.account_id, pk=held, folder=folder).first() if held else None
    counts = Counts()
    if row is None:
        row = _created(made.account_id, folder_id, new, made)
        row.save(force_insert=True)
    else:
        counts.add(row, -1)
        row.uid, row.moved_by = new.uid, by
        _fill(row, new)
        _set(row, new.flags, made, by=by)
        row.save()
        Body.objects.filter(message=row).delete()
    counts.add(row, +1)
    made.messages.add(row.id)
    count(made, {folder: counts})
    return row.id
