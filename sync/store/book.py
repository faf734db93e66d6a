"""The address book and the text blocks of an account: entries of their own, sealed, with the feed's `seq`.

Whoever writes an entry last wins; one that somebody removed comes back with the next word on it.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from sync.feed import Contact, TextBlock
from sync.keys import seal_json
from sync.mime.address_syntax import check_address
from sync.mime.refuse import check_line
from sync.models import BookEntry
from sync.store.commit import Change, change
from sync.store.rows import contacts_of

Kind = Literal["contact", "block"]
MAX_ENTRIES: dict[Kind, int] = {"contact": 5000, "block": 500}
MAX_EMAILS = 20


class BookFull(Exception):
    """More entries of this kind than an account may hold."""


class NotYours(Exception):
    """The id names an entry of another account, or of another kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """How many contacts are new, and how many an entry with one of their addresses took in."""

    added: int
    merged: int


def put(account_id: str, entry: Contact | TextBlock) -> None:
    """Store it whole. Raises ValueError for an address or a line that no mail may hold, BookFull, NotYours."""
    if isinstance(entry, Contact):
        _check(entry)
    with change(account_id) as made:
        _write(made, [entry])


def remove(account_id: str, kind: Kind, entry_id: str) -> None:
    """Nothing, where it is gone already."""
    if not BookEntry.objects.filter(pk=entry_id, account_id=account_id, kind=kind, gone=False).exists():
        return
    with change(account_id) as made:
        mine = BookEntry.objects.filter(pk=entry_id, account_id=account_id, kind=kind)
        mine.update(gone=True, sealed=b"", seq=made.seq)
        made.book.add(uuid.UUID(entry_id))


def import_contacts(account_id: str, contacts: Sequence[Contact]) -> Imported:
    """Take these in: one that shares an address with what is there fills that one's gaps and adds its addresses.

    Nothing that somebody wrote is overwritten. Raises ValueError, BookFull, NotYours; then nothing is taken.
    """
    for contact in contacts:
        _check(contact)
    with change(account_id) as made:
        held = contacts_of(BookEntry.objects.filter(account_id=account_id, kind="contact", gone=False))
        before = {contact.id: contact for contact in held}
        after, merged = _merged(held, contacts)
        _write(made, [contact for contact in after.values() if contact != before.get(contact.id)])
    return Imported(added=len(contacts) - merged, merged=merged)


def account_of(entry_id: str, kind: Kind) -> str | None:
    """None: there never was one. An id of another kind is nobody's: ""."""
    found = BookEntry.objects.filter(pk=entry_id).values_list("account_id", "kind").first()
    if found is None:
        return None
    return str(found[0]) if found[1] == kind else ""


def strangers(account_id: str, entry_ids: Sequence[str], kind: Kind) -> bool:
    """Is one of these an entry of another account, or of another kind?"""
    there = BookEntry.objects.filter(pk__in=list(entry_ids))
    return there.exclude(account_id=account_id, kind=kind).exists()


def _merged(held: Iterable[Contact], more: Iterable[Contact]) -> tuple[dict[str, Contact], int]:
    """→ all contacts by id, and how many of `more` went into another. Two people may share an address (info@…): only
    who is not named otherwise is the same."""
    after = {contact.id: contact for contact in held}
    by_address: dict[str, list[str]] = defaultdict(list)
    for contact in after.values():
        _note(by_address, contact)
    merged = 0
    for contact in more:
        sharing = [held_id for email in contact.emails for held_id in by_address[_key(email)]]
        known = next((held_id for held_id in sharing if _may_be_one(after[held_id], contact)), contact.id)
        merged += known in after
        after[known] = _filled(after[known], contact) if known in after else contact
        _note(by_address, after[known])
    return after, merged


def _note(by_address: dict[str, list[str]], contact: Contact) -> None:
    for email in contact.emails:
        by_address[_key(email)].append(contact.id)


def _may_be_one(there: Contact, more: Contact) -> bool:
    names = {there.name.strip().casefold(), more.name.strip().casefold()} - {""}
    return len(names) < 2


def _filled(there: Contact, more: Contact) -> Contact:
    have = {_key(email) for email in there.emails}
    fresh = [email for email in more.emails if _key(email) not in have]
    return replace(
        there,
        name=there.name or more.name,
        emails=[*there.emails, *fresh][:MAX_EMAILS],
        phone=there.phone or more.phone,
        organisation=there.organisation or more.organisation,
        note=there.note or more.note,
    )


def _key(email: str) -> str:
    """Two addresses of one mailbox: without case, which no server tells apart (RFC 5321 2.4 lets it)."""
    return check_address(email, "email").lower()


def _check(contact: Contact) -> None:
    """Raises ValueError."""
    for email in contact.emails:
        check_address(email, "email")
    for name in ("name", "phone", "organisation"):
        check_line(getattr(contact, name), name)


def _write(made: Change, entries: Sequence[Contact | TextBlock]) -> None:
    """Raises BookFull, NotYours."""
    there = {row.pk: row for row in BookEntry.objects.filter(pk__in=[entry.id for entry in entries])}
    fresh: list[BookEntry] = []
    changed: list[BookEntry] = []
    for entry in entries:
        kind: Kind = "contact" if isinstance(entry, Contact) else "block"
        pk = uuid.UUID(entry.id)
        row = there.get(pk)
        if row is None:
            fresh.append(_row(made, pk, kind, _sealed(entry)))
        elif (str(row.account_id), row.kind) != (made.account_id, kind):
            raise NotYours
        else:
            row.sealed, row.seq, row.gone = _sealed(entry), made.seq, False
            changed.append(row)
        made.book.add(pk)
    BookEntry.objects.bulk_create(fresh)
    BookEntry.objects.bulk_update(changed, ["sealed", "seq", "gone"], batch_size=100)
    _check_room(made.account_id)


def _check_room(account_id: str) -> None:
    for kind, most in MAX_ENTRIES.items():
        if BookEntry.objects.filter(account_id=account_id, kind=kind, gone=False).count() > most:
            raise BookFull


def _row(made: Change, pk: uuid.UUID, kind: Kind, sealed: bytes) -> BookEntry:
    return BookEntry(id=pk, account_id=made.account_id, kind=kind, sealed=sealed, seq=made.seq, created_seq=made.seq)


def _sealed(entry: Contact | TextBlock) -> bytes:
    said: dict[str, Any] = asdict(entry)
    del said["id"], said["seq"]
    return seal_json(said, f"book:{entry.id}")
