"""Messages → rows to store: fetched, header fields read, parts listed, a preview found.

One that the server cannot read and hangs up over is found out (`sync/plan/suspects.py`) and becomes a row that says so:
it must not stop what came after it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from itertools import islice
from typing import Any

from sync.imap.connection import Connection
from sync.imap.errors import CommandRefused, Nonsense, NotNow, TryAgain
from sync.mail import Address, Envelope, Fetched, Flags, Part, UidSet
from sync.mime.choose import choose, has_attachments
from sync.mime.decode import decode_text
from sync.mime.headers import read_envelope
from sync.mime.html_text import html_to_text
from sync.mime.preview import make_preview
from sync.mime.structure import read_parts
from sync.plan.suspects import Suspects, after_failure, portions, unreadable
from sync.pull.mirror import Mirror
from sync.store.messages import NewMessage

BATCH_ROWS = 200
PREVIEW_BYTES = 2048


def fetch_arrivals(connection: Connection, mirror: Mirror, folder_id: str, uids: UidSet) -> Iterator[list[NewMessage]]:
    """These messages of the selected folder, newest first as far as nothing is wrong. Raises the wrapper's errors."""
    mailbox = (folder_id, connection.uidvalidity)
    suspects = mirror.suspects.get(mailbox, Suspects())
    for uid in unreadable(uids, suspects):
        yield [_read(item, (), "") for item in _unopened(connection, uid)]
    for asked in portions(uids, suspects):
        try:
            yield from _read_batches(connection, connection.fetch_messages(asked))
        except TryAgain as error:
            mirror.suspects[mailbox] = after_failure(suspects, asked, error.code)
            raise


def _unopened(connection: Connection, uid: int) -> list[Fetched]:
    try:
        return list(connection.fetch_placeholder(uid, unopened=True))
    except (CommandRefused, Nonsense, NotNow):
        if connection.broken:
            raise
        return [Fetched(uid=uid, flags=Flags(), received_at=0, size=0)]


def _read_batches(connection: Connection, fetched: Iterable[Fetched]) -> Iterator[list[NewMessage]]:
    """Batches small enough for one transaction. Where the server offers no PREVIEW, the start of the first text part
    makes one: asked for of all messages of a batch whose text is the same section, since most mail has it at "1"."""
    stream = iter(fetched)
    while batch := list(islice(stream, BATCH_ROWS)):
        parts = {item.uid: read_parts(item.structure) if item.structure is not None else () for item in batch}
        previews = _fetch_previews(connection, {item.uid: parts[item.uid] for item in batch if item.preview is None})
        yield [_read(item, parts[item.uid], previews.get(item.uid, "")) for item in batch]


def envelope_json(envelope: Envelope, preview: str) -> dict[str, Any]:
    """What is sealed into the row."""
    return {
        "subject": envelope.subject,
        "senders": _pairs(envelope.senders),
        "to": _pairs(envelope.to),
        "cc": _pairs(envelope.cc),
        "bcc": _pairs(envelope.bcc),
        "reply_to": _pairs(envelope.reply_to),
        "message_id": envelope.message_id,
        "in_reply_to": envelope.in_reply_to,
        "references": list(envelope.references),
        "list_post": envelope.list_post,
        "sent_at": envelope.sent_at,
        "preview": preview,
    }


def _read(item: Fetched, parts: tuple[Part, ...], preview: str) -> NewMessage:
    # The wrapper yields a message that the parser refused with neither header nor structure: a placeholder row.
    unparsed = not item.header and item.structure is None
    envelope = read_envelope(item.header)
    return NewMessage(
        uid=item.uid,
        flags=item.flags,
        received_at=item.received_at,
        size=item.size,
        has_attachments=has_attachments(parts),
        unparsed=unparsed,
        envelope=envelope_json(envelope, make_preview(item.preview) if item.preview is not None else preview),
        parts=[asdict(part) for part in parts],
        message_id=envelope.message_id,
    )


def _fetch_previews(connection: Connection, parts: Mapping[int, tuple[Part, ...]]) -> dict[int, str]:
    """By UID. A preview is a convenience: what has none, or whose text cannot be fetched, is left out."""
    first = {uid: part for uid, leaves in parts.items() if (part := _first_text(leaves)) is not None}
    sections: dict[str, list[int]] = defaultdict(list)
    for uid, part in first.items():
        sections[part.path].append(uid)
    previews: dict[int, str] = {}
    for path, uids in sections.items():
        for uid, raw in connection.fetch_starts(UidSet.of(uids), path, PREVIEW_BYTES).items():
            previews[uid] = _preview_of(raw, first[uid])
    return previews


def _first_text(parts: tuple[Part, ...]) -> Part | None:
    choice = choose(parts)
    return choice.text or choice.html


def _preview_of(raw: bytes, part: Part) -> str:
    text = decode_text(raw, part)
    return make_preview(html_to_text(text) if part.type == "text/html" else text)


def _pairs(addresses: Iterable[Address]) -> list[list[str]]:
    return [[address.name, address.email] for address in addresses]
