"""A composition → the bytes that are stored as a draft or sent.

Files come from what was uploaded, else from parts of messages here. A file of the draft itself is kept as an upload
before the draft is replaced: the next version may number its parts otherwise.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sync.feed import ComposedFile, Composition, Identity, Mailbox
from sync.imap.connection import Connection
from sync.mail import Address, Outgoing, OutgoingFile, Part
from sync.mime.address_syntax import check_address
from sync.mime.compose import compose
from sync.mime.message_ids import reply_ids
from sync.mime.recipients import recipients_of
from sync.mime.refuse import BadField, check_line
from sync.mime.tnef import read_tnef
from sync.mime.transfer import TransferDecoder
from sync.plan.writing import REPLIES
from sync.store import accounts, bodies, uploads
from sync.store.bodies import Source
from sync.store.clock import now_ms

CHUNK_BYTES = 256 * 1024
MOST_RECIPIENTS = 200
MARK_HEADER = "X-Praxispost-Draft"
_ADDRESSES = frozenset({"sender", "reply_to", "to", "cc", "bcc"})
_TNEF_PART = re.compile(r"tnef:([\d.]{1,40}):(\d{1,4})")


class Unwritable(Exception):
    """It cannot be put together. `code`: file_gone, too_large, bad_address, bad_field, no_recipients or too_many."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """`recipients` is the envelope: all of them, Bcc too. `content` names those; `sent` does not."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    sent: bytes


def write_version(
    connection: Connection, account_id: str, composition: Composition, *, message_id: str, held: str, mark: str
) -> Written:
    """As it is stored in Drafts, with `mark` in a header of its own. `held`: the message of the version before.

    An address that is not typed to its end is left out: it must not keep the text from being saved. Raises Unwritable,
    the wrapper's errors.
    """
    finished = replace(
        composition,
        to=[box for box in composition.to if _is_finished(box)],
        cc=[box for box in composition.cc if _is_finished(box)],
        bcc=[box for box in composition.bcc if _is_finished(box)],
    )
    return _write(connection, account_id, finished, message_id, held, own=((MARK_HEADER, mark),))


def write_letter(
    connection: Connection, account_id: str, composition: Composition, *, message_id: str, held: str
) -> Written:
    """As it is sent, and as it stays in Sent. Raises Unwritable, the wrapper's errors."""
    written = _write(connection, account_id, composition, message_id, held, own=())
    if not written.recipients:
        raise Unwritable("no_recipients")
    if len(written.recipients) > MOST_RECIPIENTS:
        raise Unwritable("too_many")
    return written


def identity_of(account_id: str, composition: Composition) -> Identity:
    """One of the account's own, whatever was asked for: nobody sends as somebody else."""
    identities = accounts.account_row(account_id).identities
    return next((item for item in identities if item.id == composition.identity), identities[0])


def _write(
    connection: Connection,
    account_id: str,
    composition: Composition,
    message_id: str,
    held: str,
    *,
    own: tuple[tuple[str, str], ...],
) -> Written:
    identity = identity_of(account_id, composition)
    in_reply_to, references = _ids(account_id, composition, held)
    outgoing = Outgoing(
        sender=Address(identity.name, identity.email),
        reply_to=(Address("", identity.reply_to),) if identity.reply_to else (),
        to=_addresses(composition.to),
        cc=_addresses(composition.cc),
        bcc=_addresses(composition.bcc),
        subject=composition.subject,
        text=composition.text,
        html=composition.html,
        files=tuple(_file(connection, account_id, composition, file) for file in composition.files),
        message_id=message_id,
        in_reply_to=in_reply_to,
        references=references,
        sent_at=now_ms(),
        own=own,
    )
    return _composed(account_id, outgoing)


def _composed(account_id: str, outgoing: Outgoing) -> Written:
    try:
        content = compose(outgoing, with_bcc=True)
        sent = compose(outgoing, with_bcc=False) if outgoing.bcc else content
        recipients = recipients_of(outgoing)
    except BadField as error:
        raise Unwritable("bad_address" if error.field in _ADDRESSES else "bad_field") from None
    if len(content) > uploads.most_bytes(account_id):
        raise Unwritable("too_large")
    return Written(sender=outgoing.sender.email, recipients=recipients, content=content, sent=sent)


def _ids(account_id: str, composition: Composition, held: str) -> tuple[str, tuple[str, ...]]:
    """In-Reply-To and References (RFC 5322 3.6.4). Where the original is gone, and in a draft of another program, those
    that the version before came with are kept."""
    if composition.original and composition.kind in REPLIES:
        for source in bodies.sources(account_id, [composition.original], unlinked=True):
            known = source.envelope
            return reply_ids(known.get("message_id", ""), known.get("in_reply_to", ""), known.get("references", ()))
    before = held or composition.replaces
    for source in bodies.sources(account_id, [before] if before else []):
        return source.envelope.get("in_reply_to", ""), tuple(source.envelope.get("references", ()))
    return "", ()


def _file(connection: Connection, account_id: str, composition: Composition, file: ComposedFile) -> OutgoingFile:
    content = uploads.content_of(account_id, file.id)
    if content is None and file.message:
        content = _fetched(connection, account_id, file)
        if file.message != composition.original:
            uploads.keep(account_id, file.id, content)
    if content is None:
        raise Unwritable("file_gone")
    return OutgoingFile(
        filename=file.filename,
        type=file.type,
        content=content,
        content_id=file.content_id,
        inline=file.inline,
    )


def _fetched(connection: Connection, account_id: str, file: ComposedFile) -> bytes:
    """A part of a message here, decoded, or all of it as it is. Raises Unwritable, the wrapper's errors."""
    found = bodies.sources(account_id, [file.message])
    try:
        if not found or not connection.reselect(found[0].path, found[0].uidvalidity):
            raise Unwritable("file_gone")
        return _content(connection, found[0], file.part, uploads.most_bytes(account_id))
    except LookupError:  # the UID, a part that it does not have
        raise Unwritable("file_gone") from None


def _content(connection: Connection, source: Source, part: str, most_bytes: int) -> bytes:
    packed = _TNEF_PART.fullmatch(part)
    if packed is not None:
        winmail = b"".join(_pieces(connection, source, packed[1], most_bytes))
        return read_tnef(winmail).files[int(packed[2])].content
    return b"".join(_pieces(connection, source, part, most_bytes))


def _pieces(connection: Connection, source: Source, path: str, most_bytes: int) -> Iterator[bytes]:
    known = next((Part(**raw) for raw in source.parts if raw["path"] == path), None)
    if path and known is None:
        raise LookupError("part")
    decoder, size = TransferDecoder(known.encoding if known is not None else ""), 0
    for chunk in connection.stream_part(source.uid, path, chunk_bytes=CHUNK_BYTES):
        piece = decoder.feed(chunk)
        size += len(piece)
        if size > most_bytes:
            raise Unwritable("too_large")
        yield piece
    yield decoder.finish()


def _is_finished(box: Mailbox) -> bool:
    try:
        check_line(box.name, "name")
        check_address(box.email)
    except BadField:
        return False
    return True


def _addresses(boxes: Sequence[Mailbox]) -> tuple[Address, ...]:
    return tuple(Address(box.name, box.email) for box in boxes)
