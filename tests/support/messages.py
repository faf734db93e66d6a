"""Messages in one line."""

import uuid
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime


def make_message(
    *,
    subject: str = "ohne Betreff",
    sender: str = "Labor Medica <befunde@labor.example>",
    to: str = "praxis@praxis.example",
    body: str = "Guten Tag",
    html: str | None = None,
    attachments: dict[str, tuple[str, bytes]] | None = None,
    inline: dict[str, tuple[str, bytes]] | None = None,
    message_id: str | None = None,
    in_reply_to: str | None = None,
    at: datetime | None = None,
) -> bytes:
    """`attachments`: file name → (type, content); `inline`: content id → (type, content), shown by the HTML."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = format_datetime(at or datetime.now(UTC))
    message["Message-ID"] = message_id or f"<{uuid.uuid4()}@test.example>"
    if in_reply_to:
        message["In-Reply-To"] = message["References"] = in_reply_to
    message.set_content(body)
    if html is not None:
        message.add_alternative(html, subtype="html")
        part = message.get_payload()[1]  # type: ignore[index]
        for content_id, (kind, content) in (inline or {}).items():
            main, sub = kind.split("/")
            part.add_related(content, maintype=main, subtype=sub, cid=f"<{content_id}>")  # type: ignore[union-attr]
    for name, (kind, content) in (attachments or {}).items():
        main, sub = kind.split("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return message.as_bytes()
