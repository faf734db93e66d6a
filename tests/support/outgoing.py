"""A mail to write, and what two parsers read of it once it is written: Python's own and ours."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import getaddresses, parsedate_to_datetime
from hashlib import sha256
from typing import Any

from sync.mail import Address, Outgoing, OutgoingFile
from sync.mime.compose import compose
from sync.mime.message import read_message
from tests.support.files import pdf, png

SENDER = Address("Praxis Muster", "praxis@praxis.example")
PATIENT = Address("Anna Muster", "anna@muster.example")
PICTURE = OutgoingFile(filename="Logo.png", type="image/png", content=png(), content_id="logo@praxis", inline=True)
REPORT = OutgoingFile(filename="Befund.pdf", type="application/pdf", content=pdf())
_PLAIN = Outgoing(
    sender=SENDER,
    to=(PATIENT,),
    subject="Befund",
    text="Guten Tag\n",
    message_id="<1@praxis.example>",
    sent_at=1_741_000_000_000,
    utc_offset_min=60,
)


def an_outgoing(**changes: Any) -> Outgoing:
    """A short plain mail of the practice to one patient, with `changes`."""
    return replace(_PLAIN, **changes)


def sent(outgoing: Outgoing) -> bytes:
    """As it goes over the wire."""
    return compose(outgoing, with_bcc=False)


def longest_line(raw: bytes) -> int:
    return max(len(line) for line in raw.split(b"\r\n"))


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a parser understood. Files as (name, type, sha256); `html` None where there is none."""

    subject: str
    senders: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    sent_at: int | None
    text: str
    html: str | None
    files: tuple[tuple[str, str, str], ...]


Read = Callable[[bytes], Reading]


def parse(raw: bytes) -> EmailMessage:
    message = BytesParser(policy=policy.SMTP).parsebytes(raw)
    assert isinstance(message, EmailMessage)
    return message


def leaves(message: EmailMessage) -> Iterator[EmailMessage]:
    """Parts that are no multiparts. A mail attached as a file is one of them, not what is inside it."""
    if message.get_content_maintype() != "multipart":
        yield message
        return
    for part in message.iter_parts():
        assert isinstance(part, EmailMessage)
        yield from leaves(part)


def bytes_of(part: EmailMessage) -> bytes:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_content()
        assert isinstance(inner, EmailMessage)
        return inner.as_bytes(policy=policy.SMTP.clone(refold_source="none"))
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def read_by_python(raw: bytes) -> Reading:
    message = parse(raw)
    assert [defect for part in message.walk() for defect in part.defects] == []
    bodies = {
        part.get_content_type(): bytes_of(part).decode("utf-8").replace("\r\n", "\n")
        for part in leaves(message)
        if part.get_content_disposition() is None
    }
    return Reading(
        subject=str(message["Subject"]),
        senders=_addresses(message, "From"),
        reply_to=_addresses(message, "Reply-To"),
        to=_addresses(message, "To"),
        cc=_addresses(message, "Cc"),
        message_id=str(message["Message-ID"]),
        in_reply_to=str(message.get("In-Reply-To", "")),
        references=tuple(str(message.get("References", "")).split()),
        sent_at=int(parsedate_to_datetime(str(message["Date"])).timestamp()) * 1000,
        text=bodies["text/plain"],
        html=bodies.get("text/html"),
        files=tuple(
            (part.get_filename() or "", part.get_content_type(), digest(bytes_of(part)))
            for part in leaves(message)
            if part.get_content_disposition() is not None
        ),
    )


def read_by_us(raw: bytes) -> Reading:
    found = read_message(raw)
    return Reading(
        subject=found.envelope.subject,
        senders=found.envelope.senders,
        reply_to=found.envelope.reply_to,
        to=found.envelope.to,
        cc=found.envelope.cc,
        message_id=found.envelope.message_id,
        in_reply_to=found.envelope.in_reply_to,
        references=found.envelope.references,
        sent_at=found.envelope.sent_at,
        text=found.text,
        html=found.html.html if found.html is not None else None,
        files=tuple((file.filename, file.type, digest(file.content)) for file in found.attachments),
    )


def _addresses(message: EmailMessage, name: str) -> tuple[Address, ...]:
    """By the older of Python's two address parsers: the newer one puts a space between two encoded words of a name."""
    written = [value for key, value in message.raw_items() if key == name]
    unfolded = [str(value).encode("utf-8", "surrogateescape").decode("utf-8").replace("\r\n", "") for value in written]
    return tuple(Address(str(make_header(decode_header(found))), email) for found, email in getaddresses(unfolded))
