"""One mail of the demo, before it has a place and a time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape

from deploy.demo.people import PRACTICE, Person


@dataclass(frozen=True, slots=True)
class File:
    name: str
    kind: str
    content: bytes
    content_id: str = ""  # shown inside the HTML, not attached


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    sender: Person
    subject: str
    text: str
    to: Person = PRACTICE
    html: str = ""
    files: tuple[File, ...] = ()
    message_id: str = ""
    references: tuple[str, ...] = ()  # the thread so far, oldest first
    urgent: bool = False

    def with_id(self, name: str) -> "Letter":
        return replace(self, message_id=f"<{name}@{self.sender.mail.split('@')[1]}>")


def reply(letter: Letter, sender: Person, text: str) -> Letter:
    """An answer as mail programs write it: "AW:", the quoted text below, the thread in its headers."""
    quoted = "\n".join(f"> {line}" for line in letter.text.splitlines())
    subject = letter.subject if letter.subject.startswith("AW: ") else f"AW: {letter.subject}"
    return Letter(
        sender=sender,
        to=letter.sender,
        subject=subject,
        text=f"{text}\n\n{letter.sender.name} schrieb:\n{quoted}\n",
        references=(*letter.references, letter.message_id),
    )


def raw(letter: Letter, at: datetime) -> bytes:
    """The message as it travels."""
    message = EmailMessage()
    message["From"], message["To"] = letter.sender.header, letter.to.header
    message["Subject"], message["Date"] = letter.subject, format_datetime(at)
    message["Message-ID"] = letter.message_id
    if letter.references:
        message["In-Reply-To"] = letter.references[-1]
        message["References"] = " ".join(letter.references)
    if letter.urgent:
        message["X-Priority"], message["Importance"] = "1 (Highest)", "high"
    message.set_content(letter.text)
    if letter.html:
        message.add_alternative(letter.html, subtype="html")
    _add_files(message, letter)
    return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))


def _add_files(message: EmailMessage, letter: Letter) -> None:
    inline = [file for file in letter.files if file.content_id]
    if inline:
        page = next(part for part in message.walk() if part.get_content_type() == "text/html")
        assert isinstance(page, EmailMessage)
        for file in inline:
            main, sub = file.kind.split("/")
            cid = f"<{file.content_id}>"
            page.add_related(file.content, main, sub, disposition="inline", cid=cid, filename=file.name)
    for file in letter.files:
        if not file.content_id:
            main, sub = file.kind.split("/")
            message.add_attachment(file.content, main, sub, filename=file.name)


def page(title: str, colour: str, paragraphs: Sequence[str], *, picture: str = "", button: str = "") -> str:
    """An HTML mail as newsletters are built: tables, colours, a button."""
    head = f'<img src="cid:{picture}" width="40" height="40" alt="" style="vertical-align:middle"> ' if picture else ""
    body = "".join(f'<p style="margin:0 0 14px;line-height:1.5">{escape(text)}</p>' for text in paragraphs)
    link = (
        f'<p><a href="https://www.example/" style="background:{colour};color:#fff;padding:10px 18px;'
        f'border-radius:4px;text-decoration:none">{escape(button)}</a></p>'
        if button
        else ""
    )
    return (
        '<!doctype html><html><body style="margin:0;background:#f2f4f5">'
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" '
        'style="padding:18px"><table role="presentation" width="600" cellpadding="0" cellspacing="0" '
        'style="background:#ffffff;font-family:Arial,Helvetica,sans-serif;color:#22303a;font-size:15px">'
        f'<tr><td style="background:{colour};color:#ffffff;padding:18px 24px;font-size:20px">{head}{escape(title)}'
        f'</td></tr><tr><td style="padding:22px 24px">{body}{link}</td></tr>'
        '<tr><td style="padding:12px 24px;font-size:12px;color:#71808a;border-top:1px solid #e1e6e9">'
        "Sie erhalten diese Mitteilung als Kundin oder Kunde. Abmelden jederzeit möglich.</td></tr>"
        "</table></td></tr></table></body></html>"
    )


def table(rows: Sequence[tuple[str, str, str, bool]]) -> str:
    """Laboratory values: name, value, reference; what is out of range is red."""
    lines = "".join(
        f'<tr style="background:{"#fdecea" if out else "#ffffff"}"><td style="padding:5px 12px">{escape(name)}</td>'
        f'<td style="padding:5px 12px;text-align:right;{"color:#b3261e;font-weight:bold" if out else ""}">'
        f'{escape(value)}</td><td style="padding:5px 12px;color:#66757f">{escape(reference)}</td></tr>'
        for name, value, reference, out in rows
    )
    return (
        '<html><body style="font-family:Arial,Helvetica,sans-serif;font-size:14px;color:#1d2a33">'
        "<p>Sehr geehrte Kolleginnen und Kollegen</p><p>Die Resultate im Überblick, der vollständige Befund liegt bei."
        '</p><table cellspacing="0" style="border:1px solid #cfd8dc;border-collapse:collapse">'
        '<tr style="background:#00695c;color:#ffffff"><th style="padding:6px 12px;text-align:left">Analyse</th>'
        '<th style="padding:6px 12px">Resultat</th><th style="padding:6px 12px;text-align:left">Referenz</th></tr>'
        f"{lines}</table><p>Freundliche Grüsse<br>Labor Seeblick AG</p></body></html>"
    )
