"""FETCH and SEARCH: headers, flags, parts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from imapclient.exceptions import ProtocolError
from imapclient.response_parser import parse_fetch_response

from sync.imap.errors import CommandRefused, Nonsense
from sync.imap.session import Session, guard
from sync.mail import Fetched, Flags, FlagState, UidSet

# As a literal: parsing ENVELOPE costs five times as much (RFC 9051 6.4.5).
_FIELDS = b"DATE FROM TO CC BCC REPLY-TO SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES LIST-POST"
_HEADER = b"BODY.PEEK[HEADER.FIELDS (%s)]" % _FIELDS
_HEADER_KEY = b"BODY[HEADER.FIELDS"
_BATCH_UIDS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchItem:
    """One FETCH response; `data` is what else was in it."""

    uid: int
    flags: Flags
    modseq: int | None
    data: dict[bytes, Any]


class MessageCommands(Session):
    def fetch_messages(self, uids: UidSet) -> Iterator[Fetched]:
        """Headers and structure, newest first. A message that cannot be read comes as a placeholder without both."""
        everything = sorted(uids, reverse=True)
        stream = iter(everything)
        while batch := list(islice(stream, _BATCH_UIDS)):
            yield from self._fetch_batch(batch)

    def fetch_flags(self, uids: UidSet) -> dict[int, FlagState]:
        """Of those that exist. Always asked by name: what comes uninvited is not to be relied on."""
        states: dict[int, FlagState] = {}
        for piece in uids.chunks():
            lines = self.run("UID", b"FETCH", str(piece).encode(), b"(UID FLAGS)").get("FETCH", [])
            for item in read_fetch(lines):
                if item.uid in piece:
                    states[item.uid] = FlagState(flags=item.flags, modseq=item.modseq)
        return states

    def search_uids(self, within: UidSet | None = None) -> UidSet:
        """Which UIDs exist. ESEARCH answers in ranges (RFC 4731); a plain SEARCH of a large folder is a huge line."""
        criteria = b"UID " + str(within).encode() if within else b"ALL"
        if "ESEARCH" in self.capabilities:
            lines = self.run("UID", b"SEARCH", b"RETURN (ALL)", criteria).get("ESEARCH", [])
            return _esearch(lines)
        lines = self.run("UID", b"SEARCH", criteria).get("SEARCH", [])
        return UidSet.of(_numbers(lines))

    def find_message_id(self, message_id: str, *, from_uid: int = 1) -> list[int]:
        """UIDs at or above `from_uid` that carry this Message-ID."""
        return self.find_header("Message-ID", message_id, from_uid=from_uid)

    def find_header(self, name: str, value: str, *, from_uid: int = 1) -> list[int]:
        """UIDs at or above `from_uid` whose field `name` holds `value`. Bounded, since such a search reads mail."""
        guard(name)
        guard(value)
        criteria = f"UID {from_uid}:4294967295 HEADER {name}".encode()
        lines = self.run("UID", b"SEARCH", criteria, literal=value.encode()).get("SEARCH", [])
        return sorted(uid for uid in _numbers(lines) if uid >= from_uid)

    def fetch_part(self, uid: int, path: str, *, max_bytes: int | None = None) -> bytes:
        """One body section as it is on the wire; "" is the whole message. Raises LookupError when the UID is gone."""
        return self._section(uid, path, 0, max_bytes)

    def fetch_starts(self, uids: UidSet, path: str, max_bytes: int) -> dict[int, bytes]:
        """The first bytes of the same section of many messages, in one round trip. Without those gone or empty,
        or that the server refuses or answers so that nobody can read it."""
        try:
            return self._fetch_starts(uids, path, max_bytes)
        except (Nonsense, CommandRefused):
            if self._broken:
                raise
            everything = list(uids)
            if len(everything) == 1:
                return {}
            half = len(everything) // 2
            found = self.fetch_starts(UidSet.of(everything[:half]), path, max_bytes)
            return found | self.fetch_starts(UidSet.of(everything[half:]), path, max_bytes)

    def stream_part(self, uid: int, path: str, *, chunk_bytes: int = 65536) -> Iterator[bytes]:
        """The same in pieces: a large attachment is never held whole."""
        start = 0
        while True:
            piece = self._section(uid, path, start, chunk_bytes)
            if piece:
                yield piece
            if len(piece) < chunk_bytes:
                return
            start += len(piece)

    def _section(self, uid: int, path: str, start: int, max_bytes: int | None) -> bytes:
        item = _section_item(path, start, max_bytes)
        for found in read_fetch(self.run("UID", b"FETCH", str(int(uid)).encode(), item).get("FETCH", [])):
            section = _section_of(found)
            if found.uid == uid and section is not None:
                return section
        raise LookupError("uid")

    def _fetch_starts(self, uids: UidSet, path: str, max_bytes: int) -> dict[int, bytes]:
        item = _section_item(path, 0, max_bytes)
        starts: dict[int, bytes] = {}
        for piece in uids.chunks():
            for found in read_fetch(self.run("UID", b"FETCH", str(piece).encode(), item).get("FETCH", [])):
                section = _section_of(found)
                if found.uid in piece and section:
                    starts[found.uid] = section[:max_bytes]
        return starts

    def _fetch_batch(self, uids: list[int]) -> Iterator[Fetched]:
        try:
            found = self._fetch_headers(UidSet.of(uids))
        except (Nonsense, CommandRefused):
            if self._broken:
                raise
            if len(uids) == 1:
                yield from self.fetch_placeholder(uids[0])
                return
            half = len(uids) // 2
            yield from self._fetch_batch(uids[:half])
            yield from self._fetch_batch(uids[half:])
            return
        yield from (found[uid] for uid in uids if uid in found)

    def _fetch_headers(self, uids: UidSet) -> dict[int, Fetched]:
        items = [b"UID", b"FLAGS", b"INTERNALDATE", b"RFC822.SIZE", b"BODYSTRUCTURE", _HEADER]
        items += [b"PREVIEW"] if "PREVIEW" in self.capabilities else []
        items += [b"EMAILID"] if "OBJECTID" in self.capabilities else []
        found: dict[int, Fetched] = {}
        for piece in uids.chunks():
            lines = self.run("UID", b"FETCH", str(piece).encode(), b"(" + b" ".join(items) + b")").get("FETCH", [])
            for item in read_fetch(lines):
                # Others' changes come along uninvited and without headers.
                if item.uid in piece and b"RFC822.SIZE" in item.data:
                    found[item.uid] = _fetched(item)
        return found

    def fetch_placeholder(self, uid: int, *, unopened: bool = False) -> Iterator[Fetched]:
        """Only what no parser can choke on: enough to show that the message is there, and its source. `unopened`: only
        what no server has to open the mail for, either. Nothing when the UID is gone."""
        items = b"(UID FLAGS INTERNALDATE)" if unopened else b"(UID FLAGS INTERNALDATE RFC822.SIZE)"
        lines = self.run("UID", b"FETCH", str(uid).encode(), items).get("FETCH", [])
        try:
            found = [_fetched(item) for item in read_fetch(lines) if item.uid == uid]
        except Nonsense:
            found = [Fetched(uid=uid, flags=Flags(), received_at=0, size=0)]
        yield from found[:1]


def read_fetch(lines: Iterable[Any]) -> list[FetchItem]:
    """Parse FETCH responses. Raises Nonsense when one cannot be read.

    One at a time: parsed together they are merged by sequence number, which an expunge in between shifts.
    """
    found: list[FetchItem] = []
    pending: list[Any] = []
    for line in lines:
        if line is None:
            continue
        pending.append(line)
        if not isinstance(line, tuple):  # a literal comes as a pair, and its response goes on
            found += _parsed(pending)
            pending = []
    return found


def _parsed(response: list[Any]) -> list[FetchItem]:
    try:
        parsed = parse_fetch_response(response, normalise_times=False, uid_is_key=False)
        return [_item(values) for values in parsed.values()]
    except (ProtocolError, ValueError, TypeError, LookupError, AttributeError, RecursionError, OverflowError):
        raise Nonsense("fetch") from None


def _item(values: dict[bytes, Any]) -> FetchItem:
    modseq = values.get(b"MODSEQ")
    names = values.get(b"FLAGS") or ()
    return FetchItem(
        uid=int(values.get(b"UID", 0)),
        flags=Flags.from_names(flag.decode("ascii", "replace") for flag in names if isinstance(flag, bytes)),
        modseq=int(modseq[0]) if isinstance(modseq, tuple) and modseq else None,
        data=values,
    )


def _fetched(item: FetchItem) -> Fetched:
    data = item.data
    header = next((value for key, value in data.items() if key.startswith(_HEADER_KEY)), b"")
    received = data.get(b"INTERNALDATE")
    preview, size = data.get(b"PREVIEW"), data.get(b"RFC822.SIZE")
    return Fetched(
        uid=item.uid,
        flags=item.flags,
        received_at=int(received.timestamp() * 1000) if isinstance(received, datetime) else 0,
        size=size if isinstance(size, int) else 0,
        header=header if isinstance(header, bytes) else b"",
        structure=data.get(b"BODYSTRUCTURE"),
        preview=preview.decode("utf-8", "replace") if isinstance(preview, bytes) else None,
        email_id=_email_id(data.get(b"EMAILID")),
    )


def _section_item(path: str, start: int, max_bytes: int | None) -> bytes:
    if not all(word.isalnum() for word in path.split(".")) and path:
        raise ValueError("not a section")
    partial = f"<{start}.{max_bytes}>" if max_bytes is not None else ""
    return f"(UID BODY.PEEK[{path}]{partial})".encode()


def _section_of(item: FetchItem) -> bytes | None:
    """None when the response was about something else (others' flag changes come along uninvited)."""
    for key, value in item.data.items():
        if key.upper().startswith(b"BODY["):
            return value if isinstance(value, bytes) else b""
    return None


def _email_id(value: Any) -> str:
    inner = value[0] if isinstance(value, tuple) and value else value
    return inner.decode("ascii", "replace") if isinstance(inner, bytes) else ""


def _numbers(lines: Iterable[Any]) -> list[int]:
    words = b" ".join(line for line in lines if isinstance(line, bytes)).split()
    try:
        return [int(word) for word in words if word.isdigit()]
    except ValueError:
        raise Nonsense("search") from None


def _esearch(lines: Iterable[Any]) -> UidSet:
    """`(TAG "A1") UID ALL 1:5,9`; no ALL means none."""
    for line in lines:
        words = line.split() if isinstance(line, bytes) else []
        if b"ALL" in words[:-1]:
            try:
                return UidSet.parse(words[words.index(b"ALL") + 1].decode("ascii"))
            except ValueError:
                raise Nonsense("esearch") from None
    return UidSet()
