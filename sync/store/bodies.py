"""Text bodies as shown, sealed; bounded by bytes an account, the least recently used out first."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Sum

from sync.feed import Attachment, BodyRow, DraftHead, Mailbox
from sync.keys import open_json, seal_json
from sync.models import Body, Message
from sync.store.clock import now_ms
from sync.store.rows import envelope_of, mailboxes

BOUND_BYTES = 256 * 1024 * 1024
_TOUCH_MS = 3_600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where to fetch a message from, and what we know of it without asking. The UID means something only under
    `uidvalidity`."""

    id: str
    folder: str
    path: str
    uidvalidity: int
    uid: int
    size: int
    parts: list[dict[str, Any]]
    envelope: dict[str, Any]
    unparsed: bool


def sources(account_id: str, message_ids: Iterable[str], *, unlinked: bool = False) -> list[Source]:
    """Only messages of this account that are in a folder, or have just left theirs (`unlinked`)."""
    rows = Message.objects.select_related("folder").filter(account_id=account_id, pk__in=list(message_ids), gone=False)
    if not unlinked:
        rows = rows.filter(folder__isnull=False)
    return [
        Source(
            id=str(row.id),
            folder=str(row.folder_id),
            path=row.folder.path if row.folder else "",
            uidvalidity=(row.folder.uidvalidity or 0) if row.folder else 0,
            uid=row.uid or 0,
            size=row.size,
            parts=open_json(row.parts, f"parts:{row.id}") if row.parts else [],
            envelope=envelope_of(row),
            unparsed=row.unparsed,
        )
        for row in rows
    ]


def cached_bodies(message_ids: Sequence[str]) -> dict[str, BodyRow]:
    """What is in the cache of these; the others must be asked of the owner."""
    now, found, stale = now_ms(), {}, []
    for row in Body.objects.filter(message_id__in=list(message_ids), message__gone=False):
        key = str(row.message_id)
        found[key] = _opened(open_json(row.sealed, f"body:{key}"))
        if row.used_at < now - _TOUCH_MS:
            stale.append(row.message_id)
    if stale:
        Body.objects.filter(message__in=stale).update(used_at=now)
    return found


def keep_body(account_id: str, body: BodyRow) -> None:
    """Cache one, and let the oldest go when the account is over its bound."""
    sealed = seal_json(asdict(body), f"body:{body.id}")
    if len(sealed) > BOUND_BYTES // 8:
        return
    Body.objects.update_or_create(
        message_id=body.id,
        defaults={"account_id": account_id, "sealed": sealed, "size": len(sealed), "used_at": now_ms()},
    )


def trim_bodies(account_id: str, bound_bytes: int = BOUND_BYTES) -> int:
    """Delete the least recently used beyond the bound. → how many went."""
    rows = Body.objects.filter(account_id=account_id)
    over = (rows.aggregate(size=Sum("size"))["size"] or 0) - bound_bytes
    if over <= 0:
        return 0
    going = []
    for pk, size in rows.order_by("used_at").values_list("pk", "size").iterator():
        going.append(pk)
        over -= size
        if over <= 0:
            break
    return rows.filter(pk__in=going).delete()[0]


def body_from(
    source: Source, *, text: str, html: str | None, blocked: int, files: list[Attachment], unparsed: bool
) -> BodyRow:
    """Put a body together with the header fields that were kept at arrival."""
    envelope = source.envelope
    return BodyRow(
        id=source.id,
        text=text,
        html=html,
        blocked_images=blocked,
        attachments=files,
        to=mailboxes(envelope.get("to", ())),
        cc=mailboxes(envelope.get("cc", ())),
        bcc=mailboxes(envelope.get("bcc", ())),
        reply_to=mailboxes(envelope.get("reply_to", ())),
        list_post=envelope.get("list_post", ""),
        draft=None,
        sent_at=envelope.get("sent_at"),
        unparsed=unparsed,
    )


def read_row(chunk: bytes) -> BodyRow:
    """A row as the owner sent it."""
    return _opened(json.loads(chunk))


def _opened(raw: dict[str, Any]) -> BodyRow:
    boxes = {name: [Mailbox(**item) for item in raw.pop(name)] for name in ("to", "cc", "bcc", "reply_to")}
    files = [Attachment(**item) for item in raw.pop("attachments")]
    draft = raw.pop("draft")
    return BodyRow(
        attachments=files,
        draft=DraftHead(**draft) if draft else None,
        to=boxes["to"],
        cc=boxes["cc"],
        bcc=boxes["bcc"],
        reply_to=boxes["reply_to"],
        **raw,
    )
