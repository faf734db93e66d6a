"""Messages as fetched → rows to store: header fields read, parts listed, a preview found."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import islice
from typing import Any

from sync.imap.connection import Connection
from sync.imap.errors import CommandRefused, Nonsense
from sync.mail import Address, Envelope, Fetched, Part
from sync.mime.choose import choose, has_attachments
from sync.mime.decode import decode_text
from sync.mime.headers import read_envelope
from sync.mime.html_text import html_to_text
from sync.mime.preview import make_preview
from sync.mime.structure import read_parts
from sync.store.messages import NewMessage

BATCH_ROWS = 200
PREVIEW_BYTES = 2048


def read_arrivals(
    connection: Connection, fetched: Iterable[Fetched], *, fetch_previews: bool
) -> Iterator[list[NewMessage]]:
    """Batches small enough for one transaction. Where the server offers no PREVIEW, `fetch_previews` asks for the
    start of each first text part; without it the preview comes when the body is first opened."""
    stream = iter(fetched)
    while batch := list(islice(stream, BATCH_ROWS)):
        yield [_read(connection, item, fetch_previews=fetch_previews) for item in batch]


def envelope_json(envelope: Envelope, preview: str) -> dict[str, Any]:
    """What is sealed into the row."""
    return {
        "subject": envelope.subject,
        "senders": _pairs(envelope.senders),
        "to": _pairs(envelope.to),
        "cc": _pairs(envelope.cc),
        "reply_to": _pairs(envelope.reply_to),
        "message_id": envelope.message_id,
        "in_reply_to": envelope.in_reply_to,
        "references": list(envelope.references),
        "sent_at": envelope.sent_at,
        "preview": preview,
    }


def _read(connection: Connection, item: Fetched, *, fetch_previews: bool) -> NewMessage:
    # The wrapper yields a message that the parser refused with neither header nor structure: a placeholder row.
    unparsed = not item.header and item.structure is None
    envelope = read_envelope(item.header)
    parts = read_parts(item.structure) if item.structure is not None else ()
    preview = make_preview(item.preview) if item.preview is not None else ""
    if item.preview is None and fetch_previews:
        preview = _fetch_preview(connection, item.uid, parts)
    return NewMessage(
        uid=item.uid,
        flags=item.flags,
        received_at=item.received_at,
        size=item.size,
        has_attachments=has_attachments(parts),
        unparsed=unparsed,
        envelope=envelope_json(envelope, preview),
        parts=[asdict(part) for part in parts],
        message_id=envelope.message_id,
    )


def _fetch_preview(connection: Connection, uid: int, parts: tuple[Part, ...]) -> str:
    choice = choose(parts)
    part = choice.text or choice.html
    if part is None:
        return ""
    try:
        raw = connection.fetch_part(uid, part.path, max_bytes=PREVIEW_BYTES)
    except (CommandRefused, Nonsense):
        return ""  # a preview is a convenience: never a reason to lose the message
    text = decode_text(raw, part)
    return make_preview(html_to_text(text) if part.type == "text/html" else text)


def _pairs(addresses: Iterable[Address]) -> list[list[str]]:
    return [[address.name, address.email] for address in addresses]
