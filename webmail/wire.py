"""What browsers send, and the frames of the websocket. What they receive are the values of `sync.feed`.

Together they are the OpenAPI document that the TypeScript types are generated from. Unknown fields are refused and
everything has a bound.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from sync.endpoint import Security
from sync.feed import (
    AccountRow,
    ActionKind,
    ActionRow,
    BodyRow,
    ComposedFile,
    ComposeKind,
    Composition,
    Delta,
    Identity,
    Mailbox,
    Position,
    Present,
    Window,
    WindowKind,
)

API_VERSION = 1

Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
Line = Annotated[str, StringConstraints(max_length=500)]
MAX_TARGETS = 500
MAX_ACTIONS = 100
MAX_BODIES = 20
MAX_WINDOWS = 600
MAX_AGO_MS = 30 * 24 * 3_600_000
MAX_RECIPIENTS = 200
MAX_TEXT = 600_000
MAX_FILES = 100
MAX_NUMBER = 2**53 - 1  # what a browser counts to


class Strict(Schema):
    model_config = ConfigDict(extra="forbid")


class SignInBody(Strict):
    address: Line
    imap_user: Line = ""
    secret: Annotated[str, StringConstraints(max_length=4000)]
    preset: Literal["hin", "other"]
    host: Line = ""
    port: Annotated[int, Field(ge=0, le=65535)] = 993
    security: Security = "tls"
    device_name: Line = ""


class SecretBody(Strict):
    secret: Annotated[str, StringConstraints(min_length=1, max_length=4000)]


class DeviceBody(Strict):
    name: Annotated[str, StringConstraints(min_length=1, max_length=60)]


class ArchiveBody(Strict):
    folder: Id | None


class PositionBody(Strict):
    received_at: int
    id: Id


class WindowBody(Strict):
    folder: Id
    kind: WindowKind = "all"
    down_to: PositionBody | None = None

    def value(self) -> Window:
        bound = self.down_to
        position = Position(received_at=bound.received_at, id=bound.id) if bound is not None else None
        return Window(folder=self.folder, kind=self.kind, down_to=position)


class ChangesBody(Strict):
    epoch: Line
    since: Annotated[int, Field(ge=0)]
    windows: Annotated[list[WindowBody], Field(max_length=MAX_WINDOWS)]


class BodiesBody(Strict):
    ids: Annotated[list[Id], Field(min_length=1, max_length=MAX_BODIES)]


class FlagArgs(Strict):
    add: Annotated[int, Field(ge=0, lt=64)] = 0
    remove: Annotated[int, Field(ge=0, lt=64)] = 0


class MoveArgs(Strict):
    """`from`: where it was, for whoever takes it back from the ledger. `create`: make an archive if there is none."""

    to: Id | None = None
    origin: Annotated[Id | None, Field(alias="from")] = None
    create: bool = False

    def told(self, kind: ActionKind) -> dict[str, Any]:
        """What is kept of it for this kind."""
        kept: dict[str, Any] = {"from": self.origin} if self.origin else {}
        if kind == "move":
            kept["to"] = self.to or ""
        if kind == "archive" and self.create:
            kept["create"] = True
        return kept


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


class SendArgs(Strict):
    """`hold_ms`: what is left of the time to take it back. `anyway`: a person decided on a held reply."""

    hold_ms: Annotated[int, Field(ge=0, le=60_000)] = 0
    anyway: bool = False


class DiscardArgs(Strict):
    draft: Id


class ActionBody(Strict):
    """`ago_ms`: how long ago it was decided; a device may have been without a network since. `composition` comes with
    the kinds that write: draft and send. `discard` names its draft in `args`.
    """

    v: Literal[1]
    id: Id
    n: Annotated[int, Field(ge=0)]
    kind: ActionKind
    targets: Annotated[list[Id], Field(max_length=MAX_TARGETS)]
    args: dict[str, int | str | bool] = {}
    base_seq: Annotated[int, Field(ge=0)]
    ago_ms: Annotated[int, Field(ge=0, le=MAX_AGO_MS)] = 0
    composition: CompositionBody | None = None


class ActionsBody(Strict):
    actions: Annotated[list[ActionBody], Field(min_length=1, max_length=MAX_ACTIONS)]


class IdentityBody(Strict):
    id: Id
    name: Line
    email: Line
    reply_to: Line = ""
    signature: Annotated[str, StringConstraints(max_length=10_000)] = ""

    def value(self) -> Identity:
        return Identity(**self.model_dump())


class WritingBody(Strict):
    """As whom one writes, and where mail is protected. Replaces what was there."""

    identities: Annotated[list[IdentityBody], Field(min_length=1, max_length=50)]
    protected_domains: Annotated[list[Line], Field(max_length=500)]


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


class DeviceRow(Schema):
    id: str
    name: str


class DemoUser(Schema):
    address: str
    user: str
    secret: str


class DemoHint(Schema):
    host: str
    port: int
    security: Security
    users: list[DemoUser]


class Session(Schema):
    """Who this browser is. `csrf` goes into the X-CSRFToken header of every change."""

    signed_in: bool
    csrf: str
    device: DeviceRow | None
    account: AccountRow | None
    epoch: str
    seq: int
    build: str
    api: int
    demo: bool
    demo_hint: DemoHint | None


class Reset(Schema):
    reset: Literal[True]


class Refusal(Schema):
    code: str


class Refused(Schema):
    id: str
    code: str


class Accepted(Schema):
    accepted: list[ActionRow]
    refused: list[Refused]


class Bodies(Schema):
    bodies: list[BodyRow]
    missing: list[Refused]


# Frames of /live/. Client:


class HelloFrame(Strict):
    type: Literal["hello"]
    v: Literal[1]
    epoch: Line
    seq: Annotated[int, Field(ge=0)]
    windows: Annotated[list[WindowBody], Field(max_length=MAX_WINDOWS)]
    account: Id | Literal[""] = ""  # whose mirror says hello; another one's is refused


class WindowsFrame(Strict):
    type: Literal["windows"]
    windows: Annotated[list[WindowBody], Field(max_length=MAX_WINDOWS)]


class LookingFrame(Strict):
    """Which folder is on this screen."""

    type: Literal["looking"]
    folder: Id


class PresenceFrame(Strict):
    """What this browser is writing now; said again whenever it changes, and with every heartbeat while it lasts."""

    type: Literal["presence"]
    replying: Annotated[list[Id], Field(max_length=20)]
    drafts: Annotated[list[Id], Field(max_length=20)]


# Server:


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesFrame(Delta):
    type: Literal["changes"] = "changes"


class HeartbeatFrame(BaseModel):
    """`windows` counts the windows frames taken so far: from then on frames are cut to the newest."""

    type: Literal["heartbeat"] = "heartbeat"
    seq: int
    windows: int


class ResetFrame(BaseModel):
    type: Literal["reset"] = "reset"
    epoch: str


class SignedOutFrame(BaseModel):
    type: Literal["signed_out"] = "signed_out"


class PresentFrame(BaseModel):
    """Everybody who is writing in this account now, this browser left out."""

    type: Literal["present"] = "present"
    present: list[Present]


class Frames(BaseModel):
    """Names every frame in the OpenAPI document."""

    client: HelloFrame | WindowsFrame | LookingFrame | PresenceFrame
    server: ChangesFrame | HeartbeatFrame | ResetFrame | SignedOutFrame | PresentFrame


def read_args(kind: ActionKind, args: dict[str, Any]) -> dict[str, Any]:
    """The arguments of one kind, checked. Raises ValueError (pydantic's)."""
    if kind == "flag":
        return FlagArgs(**args).model_dump()
    if kind == "send":
        return SendArgs(**args).model_dump()
    if kind == "discard":
        return DiscardArgs(**args).model_dump()
    if kind in ("destroy", "draft"):
        return {}
    return MoveArgs(**args).told(kind)
