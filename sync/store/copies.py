"""Copies in Sent that we appended, looked after for a while: a server may file one of its own later, and then ours is
one too many."""

from dataclasses import dataclass

from django.db.models import F, Q

from sync.keys import keyring
from sync.models import Account, Message, SentCopy
from sync.store.clock import now_ms
from sync.store.commit import unseen

WATCH_MS = 3_600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What has a UID smaller than `looked_below` was looked at; what has one smaller than `known_below` has arrived, as
    far as we know. `removing`: the EXPUNGE of exactly this UID was about to be sent, or was."""

    pk: int
    folder: str
    path: str
    uidvalidity: int
    uid: int
    message_id: str
    looked_below: int
    known_below: int
    removing: bool


def watch(
    account_id: str, fence: int, folder_id: str, *, uidvalidity: int, uid: int, message_id: str, looked_below: int
) -> None:
    """Ours, by the UID that the server told for our APPEND. Raises FenceLost."""
    with unseen(account_id, fence):
        SentCopy.objects.create(
            account_id=account_id,
            folder_id=folder_id,
            uidvalidity=uidvalidity,
            uid=uid,
            message_id=keyring().seal(message_id.encode(), _place(folder_id, uid)),
            looked_below=looked_below,
            filed_at=now_ms(),
        )


def due(account_id: str) -> list[Copy]:
    """Those in whose folder something arrived since it was looked at, or that are being removed."""
    rows = SentCopy.objects.select_related("folder").filter(account_id=account_id)
    arrived = Q(folder__uidnext__gt=F("looked_below"))
    return [_copy(row) for row in rows.filter(arrived | Q(removing=True)).order_by("pk")]


def note_looked(account_id: str, fence: int, copy: Copy) -> None:
    """It is still the only one, as far as the folder is known. Raises FenceLost."""
    with unseen(account_id, fence):
        # Not what is known by now: it may have come after the look.
        SentCopy.objects.filter(pk=copy.pk).update(looked_below=copy.known_below, removing=False)


def note_removing(account_id: str, fence: int, copy: Copy) -> None:
    """The journal: before the EXPUNGE is sent. The server files by itself; that is remembered. Raises FenceLost."""
    with unseen(account_id, fence):
        SentCopy.objects.filter(pk=copy.pk).update(removing=True)
        Account.objects.filter(pk=account_id).update(files_sent=True)


def forget(account_id: str, fence: int, copy: Copy) -> None:
    """Raises FenceLost."""
    with unseen(account_id, fence):
        SentCopy.objects.filter(pk=copy.pk).delete()


def expire(account_id: str, fence: int) -> None:
    """Beside what is older than an hour the server filed nothing: it does not, or does no more. Raises FenceLost."""
    old = SentCopy.objects.filter(account_id=account_id, removing=False, filed_at__lt=now_ms() - WATCH_MS)
    if old.exists():
        with unseen(account_id, fence):
            old.delete()
            Account.objects.filter(pk=account_id).update(files_sent=False)


def server_files(account_id: str) -> bool:
    """Did the server file a copy of its own the last time?"""
    return Account.objects.filter(pk=account_id, files_sent=True).exists()


def note_server_files(account_id: str, fence: int) -> None:
    """Raises FenceLost."""
    if not server_files(account_id):
        with unseen(account_id, fence):
            Account.objects.filter(pk=account_id).update(files_sent=True)


def row_of(copy: Copy) -> str:
    """The id of our row for it, or ""."""
    found = Message.objects.filter(folder_id=copy.folder, uid=copy.uid).values_list("pk", flat=True).first()
    return str(found) if found else ""


def _copy(row: SentCopy) -> Copy:
    folder_id = str(row.folder_id)
    return Copy(
        pk=row.pk,
        folder=folder_id,
        path=row.folder.path,
        uidvalidity=row.uidvalidity,
        uid=row.uid,
        message_id=keyring().open(bytes(row.message_id), _place(folder_id, row.uid)).decode(),
        looked_below=row.looked_below,
        known_below=row.folder.uidnext,
        removing=row.removing,
    )


def _place(folder_id: str, uid: int) -> str:
    return f"copy:{folder_id}:{uid}"
