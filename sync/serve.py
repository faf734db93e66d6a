"""Reads that browsers ask of the account's owner: bodies, attachments, the source.

A body costs its text parts and nothing else: BODYSTRUCTURE, kept at arrival, says which to fetch. Attachments are
streamed and never stored. A message that was read and cannot be parsed is shown as its source. One that just left its
place (another program moved it, its folder was made anew) is not answered for at all: the asker tries again, and a pass
has found it by then or it is gone.
"""

import json
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from sync.bus import requests
from sync.bus.requests import Request
from sync.feed import Attachment, BodyRow
from sync.imap.connection import Connection
from sync.imap.errors import CommandRefused, Nonsense, TryAgain
from sync.mail import Part
from sync.mime.body import read_body as join_body
from sync.mime.choose import choose
from sync.mime.decode import decode_part, decode_text
from sync.mime.tnef import read_tnef
from sync.mime.transfer import TransferDecoder
from sync.store import bodies
from sync.store.bodies import Source

log = logging.getLogger("sync.serve")

TEXT_BYTES = 2 * 1024 * 1024
TNEF_BYTES = 30 * 1024 * 1024
CHUNK_BYTES = 64 * 1024
_TNEF_PART = re.compile(r"tnef:([0-9.]{1,20}):([0-9]{1,4})")
# What our own parsers may raise on a mail that they were not made for.
_UNREADABLE = (ValueError, TypeError, AttributeError, ArithmeticError, RecursionError)


class NoSuchPart(Exception):
    """The message has no part of that name."""


def serve(connection: Connection, account_id: str, request: Request) -> None:
    """Answer one request. Whatever goes wrong, the asker is told first; then what broke the line, and what concerns
    more than this request, is raised for the caller's boundary."""
    try:
        if request.kind == "bodies":
            requests.answer(request.id, _bodies(connection, account_id, request.messages))
        else:
            source = _source(account_id, request.messages)
            requests.answer(request.id, _stream(connection, source, request))
    except Exception as error:
        requests.fail(request.id, _code(error, broken=connection.broken))
        of_this_request = isinstance(error, (NoSuchPart, LookupError, CommandRefused, Nonsense))
        if connection.broken or not of_this_request:
            raise


def _code(error: Exception, *, broken: bool) -> str:
    """What the asker is told. "try_again": it left, or we could not look; only what a message never had is gone."""
    if isinstance(error, NoSuchPart):
        return "gone"
    if isinstance(error, (CommandRefused, Nonsense)) and not broken:
        return error.code
    return "reconnecting" if isinstance(error, TryAgain) else "try_again"


def _source(account_id: str, message_ids: Sequence[str]) -> Source:
    found = bodies.sources(account_id, message_ids[:1])
    if not found:
        raise LookupError("message")
    return found[0]


def _bodies(connection: Connection, account_id: str, message_ids: Sequence[str]) -> Iterator[bytes]:
    """A row for each that could be read. Of one that is not where it was nothing is said and nothing is kept."""
    for source in bodies.sources(account_id, message_ids):
        body = _body(connection, account_id, source)
        if body is not None:
            yield json.dumps(asdict(body), ensure_ascii=False).encode()
    bodies.trim_bodies(account_id)


def _body(connection: Connection, account_id: str, source: Source) -> BodyRow | None:
    """Read and keep it; None when it left. Raises the wrapper's errors that broke the line."""
    try:
        body = read_body(connection, source)
    except (CommandRefused, LookupError):
        return None
    except Nonsense:
        if connection.broken:
            raise
    except _UNREADABLE as error:
        log.warning("account=%s message=%s defect=%s", account_id, source.id, type(error).__name__)
    else:
        bodies.keep_body(account_id, body)
        return body
    # It came and no parser can read it: its source can be shown.
    return bodies.body_from(source, text="", html=None, blocked=0, files=[], unparsed=True)


def read_body(connection: Connection, source: Source) -> BodyRow:
    """Fetch and decode the parts that are shown. Raises LookupError when the UID is gone or its folder started over,
    and the wrapper's errors."""
    _select(connection, source)
    choice = choose(tuple(Part(**raw) for raw in source.parts))
    body = join_body(choice, lambda part: _text_of(connection, source, part))
    text, safe = body.text, body.html
    files = [_attachment(part) for part in choice.attachments]
    if choice.tnef is not None:
        text, files = _with_tnef(connection, source, choice.tnef, text, files)
    return bodies.body_from(
        source,
        text=text,
        html=safe.html if safe is not None else None,
        blocked=safe.blocked_images if safe is not None else 0,
        files=files,
        unparsed=source.unparsed or (not source.parts and source.size > 0),
    )


def _text_of(connection: Connection, source: Source, part: Part) -> str:
    return decode_text(connection.fetch_part(source.uid, part.path, max_bytes=TEXT_BYTES), part)


def _with_tnef(
    connection: Connection, source: Source, part: Part, text: str, files: list[Attachment]
) -> tuple[str, list[Attachment]]:
    """What Outlook packed into winmail.dat, listed as if it had been attached."""
    packed = read_tnef(_tnef_bytes(connection, source, part))
    inside = [
        Attachment(
            part=f"tnef:{part.path}:{number}",
            filename=file.filename,
            type=file.type,
            size=len(file.content),
            content_id="",
            inline=False,
        )
        for number, file in enumerate(packed.files)
    ]
    return text or packed.text, [*files, *inside]


def _tnef_bytes(connection: Connection, source: Source, part: Part) -> bytes:
    return decode_part(connection.fetch_part(source.uid, part.path, max_bytes=TNEF_BYTES), part)


def _attachment(part: Part) -> Attachment:
    # Base64 writes four characters for three bytes and a line end every 76.
    decoded = part.size * 73 // 100 if part.encoding == "base64" else part.size
    return Attachment(
        part=part.path,
        filename=part.filename,
        type=part.type,
        size=decoded,
        content_id=part.content_id,
        inline=bool(part.content_id) and part.disposition != "attachment",
    )


def _stream(connection: Connection, source: Source, request: Request) -> Iterator[bytes]:
    _select(connection, source)
    if request.kind == "source":
        yield requests.head(type="message/rfc822", filename="message.eml", size=source.size)
        yield from connection.stream_part(source.uid, "", chunk_bytes=CHUNK_BYTES)
    elif request.part.startswith("tnef:"):
        yield from _stream_tnef(connection, source, request.part)
    else:
        yield from _stream_part(connection, source, request.part)


def _stream_part(connection: Connection, source: Source, path: str) -> Iterator[bytes]:
    part = _part(source, path)
    yield requests.head(type=part.type, filename=part.filename, size=_attachment(part).size)
    decoder = TransferDecoder(part.encoding)
    for chunk in connection.stream_part(source.uid, part.path, chunk_bytes=CHUNK_BYTES):
        if decoded := decoder.feed(chunk):
            yield decoded
    if rest := decoder.finish():
        yield rest


def _stream_tnef(connection: Connection, source: Source, name: str) -> Iterator[bytes]:
    asked = _TNEF_PART.fullmatch(name)
    if asked is None:
        raise NoSuchPart
    files = read_tnef(_tnef_bytes(connection, source, _part(source, asked[1]))).files
    number = int(asked[2])
    if number >= len(files):
        raise NoSuchPart
    file = files[number]
    yield requests.head(type=file.type, filename=file.filename, size=len(file.content))
    for start in range(0, len(file.content), CHUNK_BYTES):
        yield file.content[start : start + CHUNK_BYTES]


def _part(source: Source, path: str) -> Part:
    raw: dict[str, Any] | None = next((raw for raw in source.parts if raw["path"] == path), None)
    if raw is None:
        raise NoSuchPart
    return Part(**raw)


def _select(connection: Connection, source: Source) -> None:
    if not connection.reselect(source.path, source.uidvalidity):
        raise LookupError("started over")
