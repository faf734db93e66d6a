"""The world: a second, plain IMAP client on bare imaplib, as Outlook would be. Knows nothing of our code."""

import imaplib
import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from typing import Any

from tests.support.messages import make_message


class World:
    """Messages are named by subject or UID; every call leaves no folder selected that it did not need."""

    def __init__(self, host: str, port: int, user: str, password: str = "secret") -> None:
        self._address = (host, port, user, password)
        self._imap = self._sign_in()

    def _sign_in(self) -> imaplib.IMAP4:
        host, port, user, password = self._address
        imap = imaplib.IMAP4(host, port, timeout=30)
        imap.login(user, password)
        return imap

    def reconnect(self) -> None:
        self.close()
        self._imap = self._sign_in()

    def close(self) -> None:
        try:
            self._imap.logout()
        except (OSError, imaplib.IMAP4.error):
            self._imap.shutdown()

    def append(self, folder: str = "INBOX", message: bytes | None = None, *, flags: str = "", **fields: Any) -> int:
        """→ the UID. `fields` go to `make_message`."""
        at = fields.get("at") or datetime.now(UTC)
        raw = message if message is not None else make_message(**fields)
        _, data = self._ok(self._imap.append(_quote(folder), f"({flags})", imaplib.Time2Internaldate(at), raw))
        found = re.search(rb"APPENDUID \d+ (\d+)", data[0])
        return int(found[1]) if found else 0

    def flag(self, folder: str, which: str | int, *flags: str) -> None:
        self._store(folder, which, "+FLAGS", flags)

    def unflag(self, folder: str, which: str | int, *flags: str) -> None:
        self._store(folder, which, "-FLAGS", flags)

    def mark_deleted(self, folder: str, which: str | int) -> None:
        """Outlook's habit: \\Deleted, and no EXPUNGE."""
        self.flag(folder, which, "\\Deleted")

    def delete(self, folder: str, which: str | int) -> None:
        uid = self._uid(folder, which)
        self._ok(self._imap.uid("STORE", str(uid), "+FLAGS", "(\\Deleted)"))
        self._ok(self._imap.uid("EXPUNGE", str(uid)))

    def move(self, folder: str, which: str | int, to: str) -> None:
        self._ok(self._imap.uid("MOVE", str(self._uid(folder, which)), _quote(to)))

    def create(self, folder: str) -> None:
        self._ok(self._imap.create(_quote(folder)))

    def rename(self, folder: str, to: str) -> None:
        self._ok(self._imap.rename(_quote(folder), _quote(to)))

    def delete_folder(self, folder: str) -> None:
        self._ok(self._imap.unselect() if self._imap.state == "SELECTED" else ("OK", []))
        self._ok(self._imap.delete(_quote(folder)))

    def subjects(self, folder: str = "INBOX") -> list[str]:
        return sorted(subject for subject, _ in self._listing(folder).values())

    def raw(self, folder: str, which: str | int) -> bytes:
        """The message as it lies there."""
        _, lines = self._ok(self._imap.uid("FETCH", str(self._uid(folder, which)), "(BODY.PEEK[])"))
        return bytes(lines[0][1])

    def flags_of(self, folder: str, which: str | int) -> set[str]:
        uid = self._uid(folder, which)
        return self._listing(folder)[uid][1]

    def folders(self) -> list[str]:
        _, lines = self._ok(self._imap.list())
        return sorted(re.sub(rb'^.* "?([^"]+)"?$', rb"\1", line).decode() for line in lines if isinstance(line, bytes))

    def dump(self) -> dict[str, dict[int, tuple[str, frozenset[str]]]]:
        """Folder → UID → (subject, flags)."""
        return {
            folder: {uid: (subject, frozenset(flags)) for uid, (subject, flags) in self._listing(folder).items()}
            for folder in self.folders()
        }

    def _listing(self, folder: str) -> dict[int, tuple[str, set[str]]]:
        self._ok(self._imap.select(_quote(folder)))
        _, lines = self._ok(self._imap.uid("FETCH", "1:*", "(UID FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])"))
        found: dict[int, tuple[str, set[str]]] = {}
        for line in lines:
            if isinstance(line, tuple):
                uid = re.search(rb"UID (\d+)", line[0])
                flags = re.search(rb"FLAGS \(([^)]*)\)", line[0])
                assert uid and flags
                subject = str(make_header(decode_header(message_from_bytes(line[1])["Subject"] or "")))
                found[int(uid[1])] = (subject, set(flags[1].decode().split()) - {"\\Recent"})
        return found

    def _store(self, folder: str, which: str | int, item: str, flags: tuple[str, ...]) -> None:
        self._ok(self._imap.uid("STORE", str(self._uid(folder, which)), item, f"({' '.join(flags)})"))

    def _uid(self, folder: str, which: str | int) -> int:
        """Also selects the folder."""
        if isinstance(which, int):
            self._ok(self._imap.select(_quote(folder)))
            return which
        return max(uid for uid, (subject, _) in self._listing(folder).items() if subject == which)

    def _ok(self, answer: tuple[str, list[Any]]) -> tuple[str, list[Any]]:
        assert answer[0] == "OK", answer
        return answer


def _quote(folder: str) -> str:
    return f'"{folder}"'
