"""Files on their way up, to be attached: sealed chunks, until the mail is sent or nobody used them for a week."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.models import Sum

from sync.keys import keyring
from sync.models import Account, Upload, UploadChunk
from sync.store.clock import now_ms
from sync.store.commit import one_writer

KEEP_MS = 7 * 24 * 3_600_000
DEFAULT_MAX_BYTES = 25 * 1024 * 1024
MOST_AT_ONCE = 500
MOST_MAILS_AT_ONCE = 20  # as many bytes as so many of the largest mails


class TooLarge(Exception):
    """Larger than a whole mail may be, or more than an account may have on its way."""


class NotYours(Exception):
    """The id is taken by another account."""


def begin(account_id: str, upload_id: str, size: int, sha256: str = "") -> int:
    """Expect `size` bytes with this hash (hexadecimal; "" is not looked at). → how many of them are here; a repeat
    begins nothing anew. Raises TooLarge, NotYours."""
    with _writing():
        known = Upload.objects.filter(pk=upload_id).first()
        if known is not None:
            if str(known.account_id) != account_id:
                raise NotYours
            return known.received
        if size > most_bytes(account_id) or not _has_room(account_id, size):
            raise TooLarge
        Upload.objects.create(pk=upload_id, account_id=account_id, size=size, sha256=sha256, used_at=now_ms())
        return 0


def append(upload_id: str, offset: int, chunk: bytes) -> int:
    """Store the bytes at `offset`. → how many are here; a chunk that is not the next one changes nothing, and of a file
    that is whole and another than was told nothing is kept."""
    with _writing():
        row = Upload.objects.select_for_update().get(pk=upload_id)
        if offset != row.received or offset + len(chunk) > row.size:
            return row.received
        sealed = keyring().seal(chunk, _place(upload_id, offset))
        UploadChunk.objects.create(upload=row, offset=offset, sealed=sealed)
        row.received += len(chunk)
        row.used_at = now_ms()
        if row.received == row.size and row.sha256 and hashlib.sha256(_read(row)).hexdigest() != row.sha256:
            UploadChunk.objects.filter(upload=row).delete()
            row.received = 0
        row.save(update_fields=["received", "used_at"])
        return row.received


def keep(account_id: str, upload_id: str, content: bytes) -> None:
    """Store a file whole: a part of a draft, before the draft that holds it is replaced."""
    with _writing():
        row, made = Upload.objects.get_or_create(
            pk=upload_id, defaults={"account_id": account_id, "size": len(content), "used_at": now_ms()}
        )
        if made and content:
            sealed = keyring().seal(content, _place(upload_id, 0))
            UploadChunk.objects.create(upload=row, offset=0, sealed=sealed)
            Upload.objects.filter(pk=upload_id).update(received=len(content))


def content_of(account_id: str, upload_id: str) -> bytes | None:
    """The whole file, or None when it is not all here."""
    row = Upload.objects.filter(pk=upload_id, account_id=account_id).first()
    if row is None or row.received < row.size:
        return None
    Upload.objects.filter(pk=upload_id).update(used_at=now_ms())
    return _read(row)


def account_of(upload_id: str) -> str | None:
    found = Upload.objects.filter(pk=upload_id).values_list("account_id", flat=True).first()
    return str(found) if found else None


def forget(account_id: str, upload_ids: Iterable[str]) -> None:
    Upload.objects.filter(account_id=account_id, pk__in=list(upload_ids)).delete()


def expire(account_id: str) -> int:
    """Remove what nobody used for a week. → how many went."""
    old = Upload.objects.filter(account_id=account_id, used_at__lt=now_ms() - KEEP_MS)
    return old.delete()[1].get("sync.Upload", 0)


def most_bytes(account_id: str) -> int:
    """The largest mail that the SMTP server takes, else a usual bound."""
    told = Account.objects.values_list("max_bytes", flat=True).get(pk=account_id)
    return told or DEFAULT_MAX_BYTES


def _has_room(account_id: str, size: int) -> bool:
    here = Upload.objects.filter(account_id=account_id)
    held = here.aggregate(size=Sum("size"))["size"] or 0
    return here.count() < MOST_AT_ONCE and held + size <= MOST_MAILS_AT_ONCE * most_bytes(account_id)


def _read(row: Upload) -> bytes:
    chunks = UploadChunk.objects.filter(upload=row).order_by("offset").values_list("offset", "sealed")
    return b"".join(keyring().open(bytes(sealed), _place(str(row.id), offset)) for offset, sealed in chunks)


@contextmanager
def _writing() -> Iterator[None]:
    with one_writer(), transaction.atomic():
        yield


def _place(upload_id: str, offset: int) -> str:
    return f"upload:{upload_id}:{offset}"
