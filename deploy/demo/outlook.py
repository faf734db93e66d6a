"""A plain IMAP client: how the demo fills its mailboxes, and what its colleague "in Outlook" works with.

Knows nothing of Praxispost: what it does reaches the app over the mail server alone.
"""

import imaplib
import socket
from collections.abc import Iterable, Sequence
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Self

from imapclient.imap_utf7 import encode

from deploy.demo.people import PASSWORD

TIMEOUT_S = 20
Folder = tuple[str, ...]  # the path, level by level
INBOX: Folder = ("INBOX",)


class OutlookError(Exception):
    """The server refused something."""


class Outlook:
    """Context manager over one connection."""

    def __init__(self, port: int, user: str, password: str = PASSWORD) -> None:
        self._imap = imaplib.IMAP4("127.0.0.1", port, timeout=TIMEOUT_S)
        # A message is written in two pieces: without this, each waits 40 ms for the other side's receipt.
        self._imap.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._imap.login(user, password)
        self._can_move = b" MOVE" in bytes(self._imap.capability()[1][0])
        self._delimiter = self._ask_delimiter()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._imap.logout()
        except (OSError, imaplib.IMAP4.error):
            self._imap.shutdown()

    def make_folder(self, folder: Folder) -> None:
        """A folder that is there already is left as it is."""
        name = self._name(folder)
        self._imap.create(name)
        self._imap.subscribe(name)

    def append(self, folder: Folder, raw: bytes, flags: Iterable[str] = (), at: datetime | None = None) -> None:
        date = imaplib.Time2Internaldate(at or datetime.now().astimezone())
        self._check(self._imap.append(self._name(folder), f"({' '.join(flags)})", date, raw))

    def open(self, folder: Folder) -> None:
        self._check(self._imap.select(self._name(folder)))

    def find(self, *criteria: str) -> list[str]:
        """→ UIDs in the open folder, oldest first."""
        found = self._check(self._imap.uid("SEARCH", *criteria))
        return found[0].decode().split() if found and isinstance(found[0], bytes) else []

    def headers(self, uid: str) -> EmailMessage:
        found = self._check(self._imap.uid("FETCH", uid, "(BODY.PEEK[HEADER])"))
        raw = next((item[1] for item in found if isinstance(item, tuple)), b"")
        return message_from_bytes(raw, policy=policy.default)

    def mark(self, uid: str, *flags: str) -> None:
        self._check(self._imap.uid("STORE", uid, "+FLAGS.SILENT", f"({' '.join(flags)})"))

    def move(self, uid: str, folder: Folder) -> None:
        if self._can_move:
            self._check(self._imap.uid("MOVE", uid, self._name(folder)))
            return
        self._check(self._imap.uid("COPY", uid, self._name(folder)))
        self.mark(uid, "\\Deleted")
        self._check(self._imap.expunge())

    def _ask_delimiter(self) -> str:
        rows = self._check(self._imap.list('""', '""'))
        first = rows[0] if rows and isinstance(rows[0], bytes) else b'() "/" ""'
        return first.decode().split('"')[1] if first.count(b'"') >= 2 else "/"

    def _name(self, folder: Folder) -> str:
        name: bytes = encode(self._delimiter.join(folder))
        return f'"{name.decode("ascii")}"'

    def _check(self, answer: tuple[str, Sequence[object]]) -> Sequence[object]:
        status, data = answer
        if status != "OK":
            raise OutlookError(f"{status} {data!r}")
        return data
