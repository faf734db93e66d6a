"""The values a browser sees, written once: the API serves them, the stream carries them, TypeScript is generated
from them. Times are ms since 1970. Nothing here names a UID, a modseq or a server."""

from dataclasses import dataclass, field
from typing import Any, Literal

WindowKind = Literal["all", "unread", "flagged"]
ActionKind = Literal["flag", "move", "archive", "trash", "destroy", "draft", "discard", "send"]
ComposeKind = Literal["new", "reply", "reply_all", "forward"]
ActionState = Literal["waiting", "sending", "done", "noop", "conflict", "held", "failed", "unknown"]
Connectivity = Literal["ok", "first_sync", "reconnecting", "sign_in_refused", "server_trouble"]

TERMINAL_STATES: frozenset[ActionState] = frozenset({"done", "noop", "conflict", "failed", "unknown"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """One address: shown name and address."""

    name: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """One message of one folder as a list shows it. `flags` are the bits of `sync.mail.Flag`."""

    id: str
    folder: str
    received_at: int
    size: int
    flags: int
    keywords: list[str]
    has_attachments: bool
    subject: str
    senders: list[Mailbox]
    recipients: list[Mailbox]
    preview: str
    unparsed: bool  # our parser gave up: only the source can be shown
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderRow:
    """One folder. `total` and `unread` leave out what is marked `\\Deleted`; that is `marked_deleted`."""

    id: str
    path: str  # decoded full name
    delimiter: str
    role: str  # a value of sync.mail.Role
    selectable: bool  # the server lets us open it
    total: int
    unread: int
    marked_deleted: int
    complete: bool  # the backfill reached the oldest message
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposedFile:
    """A file of a mail that is being written: uploaded (`message` empty, `id` names the upload), or taken from a
    message here: one `part` of it, or all of it where `part` is empty."""

    id: str
    filename: str
    type: str
    size: int  # bytes
    content_id: str  # without angle brackets; what the HTML calls it
    inline: bool
    message: str
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """A mail that is being written. `draft` is its id for good, made by the browser that began it.

    `base`: the seq of the version that the writer's editor was opened with (0: begun there); what somebody else saved
    later was not seen. `replaces`: the message in Drafts that this one continues, where another program wrote it.
    """

    draft: str
    base: int
    kind: ComposeKind
    original: str  # the message answered or forwarded, or ""
    replaces: str
    identity: str  # "" is the account's own address
    to: list[Mailbox]
    cc: list[Mailbox]
    bcc: list[Mailbox]
    subject: str
    text: str
    html: str | None
    files: list[ComposedFile]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRecipient:
    """What the SMTP server said of one address, cut to a line; `code` is its reply code."""

    email: str
    code: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRow:
    """One line of the ledger. `detail` is a code the screen has words for; `where` names what some codes speak of: a
    folder, the answer that a held reply met, the draft that a second one was made of.

    Of a mail being written: `draft`, `subject`; when it is sent or tried again at the earliest (`due_at`, 0: at once).
    """

    id: str
    device: str
    device_name: str
    person: str
    kind: ActionKind
    targets: list[str]
    args: dict[str, Any]
    state: ActionState
    detail: str
    where: str
    draft: str
    subject: str
    refused: list[RefusedRecipient]
    due_at: int
    created_at: int
    settled_at: int | None
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """As whom one writes (JMAP Identity, RFC 8621 6). The first is the default."""

    id: str
    name: str
    email: str
    reply_to: str  # an address, or ""
    signature: str  # plain text
    signature_html: str = ""  # sanitised


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Somebody in the address book, which everybody on the mailbox shares. `emails`: the usual one first."""

    id: str
    name: str
    emails: list[str]
    phone: str
    organisation: str
    note: str
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TextBlock:
    """Words that everybody on the mailbox may put into a mail."""

    id: str
    title: str
    text: str
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """The account's state for the status line. `code` picks the sentence ("hin_token", "password", "network" …).

    `can_send`: an SMTP server is known; else it is asked once. `max_bytes`: of a whole message, 0 where nobody said.
    `protected_domains`: where mail needs no marker, beside hin.ch (product rule of HIN); `declined_domains`: of which a
    person said that they are none, so that they are not suggested again.
    """

    id: str
    address: str
    preset: str
    state: Connectivity
    code: str
    since: int
    done: int  # messages mirrored, while first_sync
    expected: int
    archive: str  # folder id, or "" when the person must be asked once
    identities: list[Identity]
    can_send: bool
    max_bytes: int
    protected_domains: list[str]
    declined_domains: list[str]
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A place in a folder's order: newest first by (received_at, id)."""

    received_at: int
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What a browser holds of a folder: every row of `kind` down to and including `down_to`; None means all."""

    folder: str
    kind: WindowKind = "all"
    down_to: Position | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """What changed between `prev` (exclusive) and `seq` (inclusive) for one browser's windows."""

    epoch: str
    prev: int
    seq: int
    messages: list[MessageRow] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)  # message ids no longer in any held window
    folders: list[FolderRow] = field(default_factory=list)
    lost_folders: list[str] = field(default_factory=list)
    actions: list[ActionRow] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    blocks: list[TextBlock] = field(default_factory=list)
    lost_entries: list[str] = field(default_factory=list)  # ids of contacts and text blocks that were removed
    account: AccountRow | None = None
    more: bool = False  # ask again from `seq`


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Rows of one window, read at `seq`. `complete` says that nothing older exists, here or on the server."""

    epoch: str
    seq: int
    messages: list[MessageRow]
    down_to: Position | None
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A part to list, preview or show inline; `size` is decoded bytes, estimated from the encoded size."""

    part: str  # IMAP section, or "tnef:<section>:<n>" for the n-th file inside a winmail.dat
    filename: str
    type: str
    size: int
    content_id: str
    inline: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftHead:
    """Of a message in Drafts that was written here: how to go on with it. `seq`: when this version was saved."""

    draft: str
    kind: ComposeKind
    original: str
    identity: str
    device_name: str
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyRow:
    """A message opened: sanitised HTML (or None) and text, never the raw mail. `list_post`: where its mailing list
    takes answers (RFC 2369 3.4), or ""."""

    id: str
    text: str
    html: str | None
    blocked_images: int
    attachments: list[Attachment]
    to: list[Mailbox]
    cc: list[Mailbox]
    bcc: list[Mailbox]
    reply_to: list[Mailbox]
    list_post: str
    draft: DraftHead | None
    sent_at: int | None
    unparsed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """A device that is writing now: which messages it answers, which drafts it holds, and which of these a person has
    taken over there: whoever held one before lets go."""

    device: str
    device_name: str
    replying: list[str]
    drafts: list[str]
    taken: list[str] = field(default_factory=list)  # not in words of older versions


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """A row of a stream entry. `created`: no browser had it before; `moved`: it changed folder."""

    row: MessageRow
    created: bool
    moved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One committed transaction for all browsers at once; `plan.narrow` cuts a browser's delta out of it.

    `big` entries carry no rows (a backfill would fill Redis): readers ask the database for their windows instead.
    """

    epoch: str
    prev: int
    seq: int
    big: bool = False
    rows: list[EntryRow] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    folders: list[FolderRow] = field(default_factory=list)
    lost_folders: list[str] = field(default_factory=list)
    actions: list[ActionRow] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    blocks: list[TextBlock] = field(default_factory=list)
    lost_entries: list[str] = field(default_factory=list)
    account: AccountRow | None = None
