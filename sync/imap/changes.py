"""STORE, MOVE, EXPUNGE, APPEND."""

import re
from datetime import UTC, datetime
from typing import Any

from sync.imap.errors import CommandRefused
from sync.imap.session import Session, Untagged, folder_name, guard
from sync.mail import FLAG_NAMES, Copied, Flag, Flags, UidSet

_KEYWORD = re.compile(r"[!#$&'+-\[^-z|}~\]]+")  # atom characters (RFC 9051 9) that a keyword may hold
_MOST_COPIED = 1_000_000


class ChangeCommands(Session):
    def store_flags(self, uids: UidSet, *, add: Flags | None = None, remove: Flags | None = None) -> None:
        """Deltas only: absolute flags would undo what others set. Says nothing about UIDs that are gone."""
        for sign, flags in (("+", add), ("-", remove)):
            names = flag_names(flags) if flags is not None else []
            if not names:
                continue
            for piece in uids.chunks():
                wanted = f"({' '.join(names)})".encode()
                self.run("UID", b"STORE", str(piece).encode(), f"{sign}FLAGS.SILENT".encode(), wanted)

    def move(self, uids: UidSet, to: str) -> Copied:
        """MOVE, or COPY and remove exactly those that were copied. → where they went, as far as the server tells."""
        copied: dict[int, int] = {}
        uidvalidity = 0
        for piece in uids.chunks():
            if "MOVE" in self.capabilities:
                told = self._copyuid(self._run_to("MOVE", piece, to))
            else:
                told = self._copyuid(self._run_to("COPY", piece, to))
                # Only what was confirmed may go from here; a server that confirms nothing said OK to all of it.
                self.expunge(UidSet.of(told.uids) if told.uids else piece)
            copied.update(told.uids)
            uidvalidity = told.uidvalidity or uidvalidity
        return Copied(uidvalidity=uidvalidity, uids=copied)

    def expunge(self, uids: UidSet) -> None:
        """\\Deleted and UID EXPUNGE (RFC 4315). Without UIDPLUS only \\Deleted: a bare EXPUNGE removes others' too."""
        for piece in uids.chunks():
            self.run("UID", b"STORE", str(piece).encode(), b"+FLAGS.SILENT", b"(\\Deleted)")
            if "UIDPLUS" in self.capabilities:
                self.run("UID", b"EXPUNGE", str(piece).encode())

    def append(
        self, folder: str, message: bytes, *, flags: Flags | None = None, received_at: int | None = None
    ) -> Copied:
        """Store a message. → its UID under key 0, where the server tells (APPENDUID)."""
        if not message:
            raise ValueError("an empty message")
        words = [folder_name(folder), f"({' '.join(flag_names(flags or Flags()))})".encode()]
        if received_at is not None:
            words.append(_internaldate(received_at))
        untagged = self.run("APPEND", *words, literal=message)
        numbers = _code_numbers(untagged.get("APPENDUID"))
        return Copied(uidvalidity=numbers[0], uids={0: numbers[1]}) if len(numbers) == 2 else Copied()

    def _run_to(self, command: str, uids: UidSet, to: str) -> Untagged:
        words = ("UID", command.encode(), str(uids).encode(), folder_name(to))
        try:
            return self.run(*words)
        except CommandRefused as error:
            if error.code != "expungeissued":
                raise
        # Somebody expunged one of them a moment ago, and Dovecot then refuses all. Once told, it takes the others.
        self.noop()
        return self.run(*words)

    def _copyuid(self, untagged: Untagged) -> Copied:
        line = next((item for item in reversed(untagged.get("COPYUID", [])) if isinstance(item, bytes)), b"")
        words = line.decode("ascii", "replace").split()
        try:
            validity, sources, targets = words
            pairs = zip(_in_order(sources), _in_order(targets), strict=True)
            return Copied(uidvalidity=int(validity), uids=dict(pairs))
        except ValueError:
            return Copied()


def flag_names(flags: Flags) -> list[str]:
    """As they go on the wire. Raises ValueError for a keyword that is no atom."""
    names = [FLAG_NAMES[bit] for bit in Flag if flags.bits & bit]
    for keyword in sorted(flags.keywords):
        guard(keyword)
        if not _KEYWORD.fullmatch(keyword):
            raise ValueError("not a keyword")
        names.append(keyword)
    return names


def _internaldate(at_ms: int) -> bytes:
    at = datetime.fromtimestamp(at_ms / 1000, UTC)
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    return f'"{at.day:02d}-{months[at.month - 1]}-{at.year} {at:%H:%M:%S} +0000"'.encode()


def _code_numbers(lines: list[Any] | None) -> list[int]:
    line = next((item for item in reversed(lines or []) if isinstance(item, bytes)), b"")
    return [int(word) for word in line.split() if word.isdigit()]


def _in_order(text: str) -> list[int]:
    """The UIDs as listed: COPYUID pairs them by position (RFC 4315 3). Raises ValueError."""
    uids: list[int] = []
    for item in text.split(","):
        first, _, last = item.partition(":")
        low, high = sorted((int(first), int(last or first)))  # "4:2" is "2:4" (RFC 9051 9)
        if high - low > _MOST_COPIED:
            raise ValueError("more than was asked for")
        uids += range(low, high + 1)
    return uids
