"""Plain frozen values of mail: what `imap` and `mime` return and `plan` decides on. No I/O, no framework."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntFlag, StrEnum


class Flag(IntFlag):
    """The system flags we show, as bits. `FORWARDED` is the keyword `$Forwarded` (RFC 5788)."""

    SEEN = 1
    FLAGGED = 2
    ANSWERED = 4
    DRAFT = 8
    DELETED = 16
    FORWARDED = 32


FLAG_NAMES: dict[Flag, str] = {
    Flag.SEEN: "\\Seen",
    Flag.FLAGGED: "\\Flagged",
    Flag.ANSWERED: "\\Answered",
    Flag.DRAFT: "\\Draft",
    Flag.DELETED: "\\Deleted",
    Flag.FORWARDED: "$Forwarded",
}
_BIT_OF_NAME = {name.lower(): bit for bit, name in FLAG_NAMES.items()}


@dataclass(frozen=True, slots=True)
class Flags:
    """Flags of one message: bits for those we show, the other keywords by name (case kept, compared without)."""

    bits: Flag = Flag(0)
    keywords: frozenset[str] = frozenset()

    @classmethod
    def from_names(cls, names: Iterable[str]) -> "Flags":
        """From IMAP flag names; `\\Recent` is a session's own and dropped (RFC 9051 2.3.2)."""
        bits, keywords = Flag(0), set()
        for name in names:
            bit = _BIT_OF_NAME.get(name.lower())
            if bit is not None:
                bits |= bit
            elif not name.startswith("\\"):
                keywords.add(name)
        return cls(bits, frozenset(keywords))


class Role(StrEnum):
    """What a folder is for (RFC 6154, names shortened); several folders may be `SENT`."""

    INBOX = "inbox"
    DRAFTS = "drafts"
    SENT = "sent"
    ARCHIVE = "archive"
    JUNK = "junk"
    TRASH = "trash"
    ALL = "all"
    NONE = ""


@dataclass(frozen=True, slots=True)
class UidSet:
    """UIDs as sorted, disjoint, inclusive ranges. Never expanded unless asked: a server may name 1:4294967295."""

    ranges: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, uids: Iterable[int]) -> "UidSet":
        return cls.from_ranges((uid, uid) for uid in uids)

    @classmethod
    def from_ranges(cls, ranges: Iterable[tuple[int, int]]) -> "UidSet":
        merged: list[tuple[int, int]] = []
        for low, high in sorted((min(pair), max(pair)) for pair in ranges):
            if merged and low <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(merged[-1][1], high))
            else:
                merged.append((low, high))
        return cls(tuple(merged))

    @classmethod
    def parse(cls, text: str) -> "UidSet":
        """A `sequence-set` without `*` (RFC 9051 9). Raises ValueError."""
        pairs = (item.partition(":") for item in text.split(",") if item)
        return cls.from_ranges((int(low), int(high or low)) for low, _, high in pairs)

    def __str__(self) -> str:
        return ",".join(f"{low}:{high}" if low != high else str(low) for low, high in self.ranges)

    def __bool__(self) -> bool:
        return bool(self.ranges)

    def __len__(self) -> int:
        return sum(high - low + 1 for low, high in self.ranges)

    def __iter__(self) -> Iterator[int]:
        for low, high in self.ranges:
            yield from range(low, high + 1)

    def __contains__(self, uid: int) -> bool:
        from bisect import bisect_right

        at = bisect_right(self.ranges, uid, key=lambda pair: pair[0]) - 1
        return at >= 0 and uid <= self.ranges[at][1]

    def chunks(self, max_chars: int = 8000) -> Iterator["UidSet"]:
        """Cut so that each piece's text stays within `max_chars`: longer sets break real servers."""
        piece: list[tuple[int, int]] = []
        length = 0
        for low, high in self.ranges:
            cost = len(str(low)) + len(str(high)) + 2
            if piece and length + cost > max_chars:
                yield UidSet(tuple(piece))
                piece, length = [], 0
            piece.append((low, high))
            length += cost
        if piece:
            yield UidSet(tuple(piece))


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox (RFC 5322 3.4); `name` is decoded and may be empty, `email` too when the header was broken."""

    name: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The header fields we keep, decoded. Ids keep their angle brackets."""

    subject: str = ""
    senders: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()  # of our own drafts
    reply_to: tuple[Address, ...] = ()
    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    list_post: str = ""  # where a mailing list takes answers
    sent_at: int | None = None  # ms since 1970, from Date


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One leaf of a MIME tree as BODYSTRUCTURE tells it (RFC 9051 7.5.2); `size` counts encoded bytes."""

    path: str  # "1.2"
    type: str  # lower case, "text/plain"
    charset: str = ""
    encoding: str = ""  # lower case transfer encoding
    size: int = 0
    filename: str = ""
    disposition: str = ""  # "inline", "attachment" or ""
    content_id: str = ""  # without angle brackets
    parent: str = ""  # type of the enclosing multipart, "multipart/related"
    format: str = ""  # "flowed" or "flowed delsp" (RFC 3676), of text/plain


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderListing:
    """One line of LIST. `name` is decoded from modified UTF-7; attributes are lower case (`\\sent`)."""

    name: str
    delimiter: str
    attributes: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderStatus:
    """STATUS of one folder; None where the server did not tell."""

    name: str
    uidvalidity: int | None = None
    uidnext: int | None = None
    messages: int | None = None
    unseen: int | None = None
    highestmodseq: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagState:
    """Flags of one UID as the server reported them."""

    flags: Flags
    modseq: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """What SELECT answered. `highestmodseq` None means NOMODSEQ: per folder, not per server."""

    uidvalidity: int
    uidnext: int | None
    exists: int
    highestmodseq: int | None
    permanent_flags: frozenset[str] = frozenset()
    read_only: bool = False
    resynced: bool = False  # QRESYNC was asked and the UIDVALIDITY still held
    vanished: UidSet = UidSet()
    changed: dict[int, FlagState] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One message's headers as fetched. `structure` is the parser's nested tuples; `preview` only where offered."""

    uid: int
    flags: Flags
    received_at: int  # ms since 1970, INTERNALDATE
    size: int
    header: bytes = b""
    structure: object = None
    preview: str | None = None
    email_id: str = ""  # OBJECTID (RFC 8474) where offered


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """COPYUID or APPENDUID (RFC 4315): where UIDs went. Empty `uids` when the server said nothing."""

    uidvalidity: int = 0
    uids: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingFile:
    """A file to send. `inline` pictures are shown where the HTML names their `content_id` (without brackets)."""

    filename: str
    type: str  # "image/png"
    content: bytes
    content_id: str = ""
    inline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A mail to write, as a person meant it and not yet checked: `mime.compose` refuses what no header may hold."""

    sender: Address
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    subject: str = ""
    text: str = ""
    html: str | None = None  # from a browser: hostile
    files: tuple[OutgoingFile, ...] = ()
    message_id: str  # with brackets, as the two below
    in_reply_to: str = ""
    references: tuple[str, ...] = ()  # oldest first
    sent_at: int  # ms since 1970
    utc_offset_min: int = 0
    own: tuple[tuple[str, str], ...] = ()  # header fields of our own: ("X-Name", value)
