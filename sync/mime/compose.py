"""`Outgoing` → the message as it goes over the wire and into Sent and Drafts (RFC 5322, MIME).

    multipart/mixed                     with files that are attached
      multipart/alternative             with HTML
        text/plain
        multipart/related               with pictures that the HTML shows
          text/html
          image/…
      application/…

Levels with one child are left out. Everything is ASCII with CRLF, in lines of at most 998 octets, unless a local part
needs SMTPUTF8. The same input gives the same bytes: the copy in Sent is the mail that was sent, and a retry sends the
mail that was tried. Every value is checked; what no header field may hold raises BadField.
"""

import re
from collections.abc import Iterator

from sync.mail import Outgoing, OutgoingFile
from sync.mime.clean import clean_text
from sync.mime.entities import Entity, file_entity, multipart, text_entity
from sync.mime.html import SafeHtml, content_ids_in, has_content, sanitise_outgoing
from sync.mime.message_ids import check_message_id, sendable_ids, shorten_references
from sync.mime.refuse import BadField, check_line
from sync.mime.write_fields import address_field, date_field, fold, own_field, text_field

# Without a body element: ours and other readers make a `div` of it, one more each time a draft is opened again.
_DOCUMENT = (
    '<!DOCTYPE html><html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head>{}</html>'
)
_CONTENT_ID = re.compile(r"[A-Za-z0-9!#$%&*+/=?^_`{|}~.-]{1,120}(?:@[A-Za-z0-9!#$%&*+/=?^_`{|}~.-]{1,120})?")


def compose(outgoing: Outgoing, *, with_bcc: bool) -> bytes:
    """`with_bcc` for what stays at home (Sent, Drafts); without it for what is sent. Raises BadField."""
    fields = tuple(_fields(outgoing, with_bcc=with_bcc))  # first: the body's boundaries rely on what is checked here
    body = _body(outgoing)
    end = b"" if body.content.endswith(b"\r\n") or not body.content else b"\r\n"
    return b"".join((*fields, *body.fields, b"\r\n", body.content, end))


def _fields(outgoing: Outgoing, *, with_bcc: bool) -> Iterator[bytes]:
    yield date_field(outgoing.sent_at, outgoing.utc_offset_min)
    yield address_field("From", (outgoing.sender,), "sender")
    yield from _destinations(outgoing, with_bcc=with_bcc)
    yield fold("Message-ID", [check_message_id(outgoing.message_id)])
    yield from _origin(outgoing)
    yield text_field("Subject", outgoing.subject, "subject")
    yield fold("MIME-Version", ["1.0"])
    names = [name.lower() for name, _ in outgoing.own]
    if len(set(names)) < len(names):
        raise BadField("own")
    for name, value in outgoing.own:
        yield own_field(name, value)


def _destinations(outgoing: Outgoing, *, with_bcc: bool) -> Iterator[bytes]:
    hidden = address_field("Bcc", outgoing.bcc, "bcc")  # checked even where it does not show
    if outgoing.reply_to:
        yield address_field("Reply-To", outgoing.reply_to, "reply_to")
    if outgoing.to:
        yield address_field("To", outgoing.to, "to")
    if outgoing.cc:
        yield address_field("Cc", outgoing.cc, "cc")
    if with_bcc and outgoing.bcc:
        yield hidden
    elif outgoing.bcc and not outgoing.to and not outgoing.cc:
        # RFC 5322 would allow none; filters take a mail to nobody for spam.
        yield fold("To", ["undisclosed-recipients:;"])


def _origin(outgoing: Outgoing) -> Iterator[bytes]:
    """What it answers. Ids are foreign: one that cannot be sent is left out, for it only costs a thread."""
    parents = sendable_ids([outgoing.in_reply_to], "in_reply_to")
    if parents:
        yield fold("In-Reply-To", parents)
    references = shorten_references(sendable_ids(outgoing.references, "references"))
    if references:
        yield fold("References", references)


def _body(outgoing: Outgoing) -> Entity:
    content_ids = _content_ids(outgoing.files)
    shown: frozenset[str] = frozenset()
    body = text_entity("text/plain", _whole_lines(clean_text(outgoing.text)))
    safe = sanitise_outgoing(outgoing.html, content_ids) if outgoing.html is not None else None
    if safe is not None and has_content(SafeHtml(safe.html, blocked_images=0)):
        html = text_entity("text/html", _DOCUMENT.format(safe.html))
        shown = content_ids & content_ids_in(safe)
        pictures = [
            file_entity(file, shown=True) for file in outgoing.files if file.inline and file.content_id in shown
        ]
        if pictures:
            html = multipart("related", [html, *pictures], seed=outgoing.message_id, parameters=['type="text/html"'])
        body = multipart("alternative", [body, html], seed=outgoing.message_id)
    # A picture that is not shown where it was meant to be is still sent.
    attached = [
        file_entity(file, shown=False) for file in outgoing.files if not (file.inline and file.content_id in shown)
    ]
    return multipart("mixed", [body, *attached], seed=outgoing.message_id) if attached else body


def _content_ids(files: tuple[OutgoingFile, ...]) -> frozenset[str]:
    """Of the files that may be shown inside the HTML. Raises BadField for a bad one, or two alike."""
    for file in files:
        if check_line(file.content_id, "content_id") and _CONTENT_ID.fullmatch(file.content_id) is None:
            raise BadField("content_id")
    found = [file.content_id for file in files if file.inline and file.content_id]
    if len(set(found)) < len(found):
        raise BadField("content_id")
    return frozenset(found)


def _whole_lines(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"
