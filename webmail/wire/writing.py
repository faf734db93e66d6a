"""A mail that is being written, and as whom."""

from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field, StringConstraints

from sync.endpoint import Security
from sync.feed import ComposedFile, ComposeKind, Composition, Identity, Mailbox
from webmail.wire.bounds import MAX_FILES, MAX_NUMBER, MAX_RECIPIENTS, MAX_TEXT, Id, Line, Strict


class MailboxBody(Strict):
    name: Line
    email: Line

    def value(self) -> Mailbox:
        return Mailbox(name=self.name, email=self.email)


class ComposedFileBody(Strict):
    id: Id
    filename: Line
    type: Annotated[
        str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*$", max_length=120)
    ]
    size: Annotated[int, Field(ge=0, le=MAX_NUMBER)]
    content_id: Annotated[str, StringConstraints(max_length=200)] = ""
    inline: bool = False
    message: Id | Literal[""] = ""
    part: Annotated[str, StringConstraints(max_length=40)] = ""

    def value(self) -> ComposedFile:
        return ComposedFile(**self.model_dump())


class CompositionBody(Strict):
    """Everything of a mail that is being written. Control characters in its fields are refused when it is taken."""

    draft: Id
    base: Annotated[int, Field(ge=0, le=MAX_NUMBER)]
    kind: ComposeKind
    original: Id | Literal[""]
    replaces: Id | Literal[""]
    identity: Id | Literal[""]
    to: Annotated[list[MailboxBody], Field(max_length=MAX_RECIPIENTS)]
    cc: Annotated[list[MailboxBody], Field(max_length=MAX_RECIPIENTS)]
    bcc: Annotated[list[MailboxBody], Field(max_length=MAX_RECIPIENTS)]
    subject: Annotated[str, StringConstraints(max_length=2000)]
    text: Annotated[str, StringConstraints(max_length=MAX_TEXT)]
    html: Annotated[str, StringConstraints(max_length=MAX_TEXT)] | None
    files: Annotated[list[ComposedFileBody], Field(max_length=MAX_FILES)]

    def value(self) -> Composition:
        return Composition(
            draft=self.draft,
            base=self.base,
            kind=self.kind,
            original=self.original,
            replaces=self.replaces,
            identity=self.identity,
            to=[box.value() for box in self.to],
            cc=[box.value() for box in self.cc],
            bcc=[box.value() for box in self.bcc],
            subject=self.subject,
            text=self.text,
            html=self.html,
            files=[file.value() for file in self.files],
        )


class IdentityBody(Strict):
    """`signature_html`: null or left out keeps what is stored, for browsers that are older than it."""

    id: Id
    name: Line
    email: Line
    reply_to: Line = ""
    signature: Annotated[str, StringConstraints(max_length=10_000)] = ""
    signature_html: Annotated[str, StringConstraints(max_length=MAX_TEXT)] | None = None  # the store allows less

    def value(self) -> Identity:
        return Identity(**self.model_dump(exclude_none=True))


class WritingBody(Strict):
    """As whom one writes. Replaces what was there; so do `protected_domains` of older browsers, newer ones say them one
    by one."""

    identities: Annotated[list[IdentityBody], Field(min_length=1, max_length=50)]
    protected_domains: Annotated[list[Line], Field(max_length=500)] | None = None

    def silent(self) -> set[str]:
        """Ids of identities whose formatted signature is not spoken of."""
        return {identity.id for identity in self.identities if identity.signature_html is None}


class SmtpBody(Strict):
    host: Line
    port: Annotated[int, Field(ge=1, le=65535)]
    security: Security


class UploadBody(Strict):
    """`size` bytes are going to come. A file that is whole and has another `sha256` is forgotten: it begins anew."""

    id: Id
    size: Annotated[int, Field(ge=0, le=MAX_NUMBER)]
    sha256: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")] = ""


class Upload(Schema):
    """How many bytes of it are here: the next chunk begins there."""

    id: str
    received: int
