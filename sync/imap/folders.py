"""LIST, STATUS, SELECT, CREATE."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from imapclient.exceptions import ProtocolError
from imapclient.response_parser import parse_response

from sync.imap.errors import CommandRefused, FolderRefused, Nonsense, NotNow
from sync.imap.messages import read_fetch
from sync.imap.session import Session, Untagged, folder_name, readable_name, vanished_uids
from sync.mail import FlagState, FolderListing, FolderStatus, Selected, UidSet

_STATUS_ITEMS = ("MESSAGES", "UIDNEXT", "UIDVALIDITY", "UNSEEN")
_SPECIAL_USE = re.compile(r"\\[A-Za-z]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResyncPoint:
    """Where the last pass ended: the parameters of SELECT (QRESYNC …) (RFC 7162 3.2.5)."""

    uidvalidity: int
    modseq: int
    known: UidSet = UidSet()


class FolderCommands(Session):
    def list_folders(self) -> list[FolderListing]:
        """Every folder with its attributes, SPECIAL-USE included."""
        words = [b'""', b'"*"']
        # As `survey` asks, or the two would tell a folder's use differently.
        if "SPECIAL-USE" in self.capabilities and self.capabilities & {"LIST-EXTENDED", "LIST-STATUS"}:
            words += [b"RETURN", b"(SPECIAL-USE)"]
        return _listings(self.run("LIST", *words).get("LIST", []))

    def survey(self) -> tuple[list[FolderListing], dict[str, FolderStatus]] | None:
        """Every folder and its STATUS, in one round trip. None where LIST-STATUS (RFC 5819) is not offered."""
        if "LIST-STATUS" not in self.capabilities:
            return None
        self._leave_selected()
        uses = b"SPECIAL-USE " if "SPECIAL-USE" in self.capabilities else b""
        wanted = b"(" + uses + b"STATUS " + self._status_items() + b")"
        try:
            untagged = self.run("LIST", b'""', b'"*"', b"RETURN", wanted)
        except CommandRefused:
            self.capabilities -= {"LIST-STATUS"}
            return None
        return _listings(untagged.get("LIST", [])), _statuses(untagged.get("STATUS", []))

    def statuses(self, names: Sequence[str]) -> dict[str, FolderStatus]:
        """STATUS of each, in one round trip where LIST-STATUS is offered (RFC 5819). Refused ones are left out."""
        self._leave_selected()
        wanted = self._status_items()
        if "LIST-STATUS" in self.capabilities:
            lines = self.run("LIST", b'""', b'"*"', b"RETURN", b"(STATUS " + wanted + b")").get("STATUS", [])
            found = _statuses(lines)
            return {name: found[name] for name in names if name in found}
        told = ((name, self._status(name, wanted)) for name in names)
        return {name: status for name, status in told if status is not None}

    def _status_items(self) -> bytes:
        items = [*_STATUS_ITEMS, "HIGHESTMODSEQ"] if "CONDSTORE" in self.capabilities else _STATUS_ITEMS
        return f"({' '.join(items)})".encode()

    def _status(self, name: str, wanted: bytes = b"(UIDNEXT UIDVALIDITY)") -> FolderStatus | None:
        try:
            return _statuses(self.run("STATUS", folder_name(name), wanted).get("STATUS", [])).get(name)
        except (CommandRefused, NotNow):
            return None

    def select(self, name: str, *, since: ResyncPoint | None = None, read_only: bool = False) -> Selected:
        """SELECT, or EXAMINE; with `since` what vanished and changed comes along.

        A folder that grants no writing is opened with EXAMINE instead. Raises FolderRefused when it is not there, or
        not for us.
        """
        words = [folder_name(name)]
        if since is not None and since.uidvalidity and since.modseq:
            known = f" {since.known}" if since.known else ""
            words.append(f"(QRESYNC ({since.uidvalidity} {since.modseq}{known}))".encode())
        elif "CONDSTORE" in self.capabilities:
            words.append(b"(CONDSTORE)")
        self._keep_vanished(self._imap.untagged_responses)  # while it is known of which folder it is
        self.selected = None
        self._imap.is_readonly = True  # or imaplib raises when a shared folder answers READ-ONLY
        try:
            untagged = self.run("EXAMINE" if read_only else "SELECT", *words)
        except CommandRefused as error:
            raise FolderRefused(error.code) from None
        self._imap.state = "SELECTED"
        self.selected = name
        found = self._selected(name, untagged, since)
        self.uidvalidity = found.uidvalidity
        return found

    def reselect(self, name: str, uidvalidity: int) -> bool:
        """Select it unless it is, and is the one we mean: this session may have opened it before it was made anew.

        False: it was deleted and made anew since `uidvalidity` (RFC 3501 2.3.1.1), and our UIDs name other people's
        messages in it now. 0: nothing is known to compare with.

        Raises FolderRefused when it is not there.
        """
        if self.selected != name or uidvalidity not in (0, self.uidvalidity):
            self.select(name)
        return not uidvalidity or self.uidvalidity == uidvalidity

    def _leave_selected(self) -> None:
        """UNSELECT (RFC 3691), never CLOSE: that expunges what others marked. Dovecot answers STATUS of the selected
        folder from the session's own, older view."""
        if self.selected is None:
            return
        if "UNSELECT" not in self.capabilities:
            self.noop()
            return
        self.run("UNSELECT")
        self._keep_vanished(self._imap.untagged_responses)
        self._imap.state = "AUTH"
        self.selected = None

    def create_folder(self, name: str, *, special_use: str = "") -> None:
        """CREATE, with its use where that can be said (RFC 6154 3), and subscribe: Outlook shows no others."""
        use = (f"(USE ({special_use}))".encode(),) if _SPECIAL_USE.fullmatch(special_use) else ()
        offers = "CREATE-SPECIAL-USE" in self.capabilities
        self.run("CREATE", folder_name(name), *(use if offers else ()))
        try:
            self.run("SUBSCRIBE", folder_name(name))
        except CommandRefused:
            return

    def _selected(self, name: str, untagged: Untagged, since: ResyncPoint | None) -> Selected:
        uidvalidity = _number(untagged, "UIDVALIDITY")
        uidnext = _number(untagged, "UIDNEXT")
        if uidvalidity is None or uidnext is None:
            # Some servers leave them out of SELECT (163.com, Winmail): STATUS must do.
            # Without leaving what was just selected.
            status = self._status(name)
            uidvalidity = uidvalidity or (status.uidvalidity if status else None)
            uidnext = uidnext or (status.uidnext if status else None)
        if uidvalidity is None:
            raise Nonsense("no_uidvalidity")
        vanished: list[tuple[int, int]] = []
        for line in untagged.get("VANISHED", []):
            vanished += vanished_uids(line).ranges
        self._imap.untagged_responses.pop("VANISHED", None)
        changed = {
            item.uid: FlagState(flags=item.flags, modseq=item.modseq)
            for item in read_fetch(untagged.get("FETCH", []))
            if item.uid
        }
        return Selected(
            uidvalidity=uidvalidity,
            uidnext=uidnext,
            exists=_number(untagged, "EXISTS") or 0,
            highestmodseq=None if "NOMODSEQ" in untagged else _number(untagged, "HIGHESTMODSEQ"),
            permanent_flags=_permanent_flags(untagged),
            read_only="READ-ONLY" in untagged,
            resynced=since is not None and since.uidvalidity == uidvalidity,
            vanished=UidSet.from_ranges(vanished),
            changed=changed,
        )


def _responses(lines: Iterable[Any]) -> Iterable[tuple[Any, ...]]:
    """Group imaplib's items (a literal comes as a pair, its rest as the next item) and parse each response."""
    pending: list[Any] = []
    for line in lines:
        if line is None:
            continue
        pending.append(line)
        if not isinstance(line, tuple):
            try:
                yield parse_response(pending)
            except (ProtocolError, ValueError, RecursionError):
                raise Nonsense("unreadable") from None
            pending = []


def _listings(lines: Iterable[Any]) -> list[FolderListing]:
    found = [_listing(response) for response in _responses(lines)]
    return [listing for listing in found if "\\nonexistent" not in listing.attributes]


def _listing(response: tuple[Any, ...]) -> FolderListing:
    if len(response) < 3 or not isinstance(response[0], tuple):
        raise Nonsense("list")
    attributes, delimiter, name = response[:3]
    return FolderListing(
        name=_name(name),
        delimiter=delimiter.decode("ascii", "replace") if isinstance(delimiter, bytes) else "",
        attributes=frozenset(item.decode("ascii", "replace").lower() for item in attributes if isinstance(item, bytes)),
    )


def _statuses(lines: Iterable[Any]) -> dict[str, FolderStatus]:
    found: dict[str, FolderStatus] = {}
    for response in _responses(lines):
        if len(response) < 2 or not isinstance(response[1], tuple):
            continue
        name, pairs = _name(response[0]), response[1]
        told = {str(key, "ascii").upper(): value for key, value in zip(pairs[::2], pairs[1::2], strict=False)}
        found[name] = status_of(name, told)
    return found


def status_of(name: str, told: dict[str, Any]) -> FolderStatus:
    """A STATUS response's values; what is no number counts as not told."""
    numbers = {key.lower(): value for key, value in told.items() if isinstance(value, int)}
    known = ("uidvalidity", "uidnext", "messages", "unseen", "highestmodseq")
    return FolderStatus(name=name, **{key: numbers.get(key) for key in known})


def _name(raw: Any) -> str:
    # A name of digits only comes out of the parser as a number.
    return readable_name(raw if isinstance(raw, bytes) else str(raw).encode())


def _number(untagged: Untagged, key: str) -> int | None:
    values = [value for value in untagged.get(key, []) if isinstance(value, bytes) and value.strip().isdigit()]
    return int(values[-1]) if values else None


def _permanent_flags(untagged: Untagged) -> frozenset[str]:
    text = b" ".join(item for item in untagged.get("PERMANENTFLAGS", []) if isinstance(item, bytes))
    return frozenset(text.decode("ascii", "replace").strip("() ").split())
