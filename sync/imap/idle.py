"""Watching: IDLE (RFC 2177), with NOTIFY (RFC 5465) over all folders where offered.

What comes is only a hint that a folder has news. Lines are looked at just enough to tell which.
"""

import re
import time
from dataclasses import dataclass
from typing import Any

from sync.imap.errors import CommandRefused, Nonsense, TryAgain
from sync.imap.session import Session, Untagged, readable_name
from sync.imap.transport import Response, TooLarge
from sync.mail import FolderStatus

_NOTIFY = (
    b"SET (selected (MessageNew (UID FLAGS) MessageExpunge FlagChange)) "
    b"(personal (MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange))"
)
_MESSAGE_EVENT = re.compile(rb"^\* (?:\d+ (?:EXISTS|EXPUNGE|FETCH)\b|VANISHED\b)", re.IGNORECASE)
_STATUS_EVENT = re.compile(rb'^\* STATUS (?:"((?:[^"\\]|\\.)*)"|([^ ({]+)|\{\d+\+?\}) ?', re.IGNORECASE)
_LIST_EVENT = re.compile(rb"^\* LIST\b", re.IGNORECASE)
_OVERFLOW = re.compile(rb"^\* OK \[NOTIFICATIONOVERFLOW\]", re.IGNORECASE)
_BYE = re.compile(rb"^\* BYE\b", re.IGNORECASE)
_STATUS_NUMBER = re.compile(rb"(MESSAGES|UIDNEXT|UIDVALIDITY|UNSEEN|HIGHESTMODSEQ) (\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FolderDirty:
    """`name` None: the selected one."""

    name: str | None
    status: FolderStatus | None = None


@dataclass(frozen=True, slots=True)
class FoldersChanged:
    """A folder was made, renamed or deleted: LIST again."""


@dataclass(frozen=True, slots=True)
class Overflow:
    """The server gave up telling: look at everything."""


Hint = FolderDirty | FoldersChanged | Overflow


class Watching(Session):
    _idle_tag: bytes | None = None
    _notified: bool = False

    def start_watching(self) -> list[Hint]:
        """Enter IDLE. → hints that came along with the answer. Raises TryAgain, CommandRefused (no IDLE here)."""
        if "IDLE" not in self.capabilities:
            raise CommandRefused("no_idle")
        hints: list[Hint] = []
        if "NOTIFY" in self.capabilities and not self._notified:
            try:
                hints += _hints_along(self.run("NOTIFY", _NOTIFY))
                self._notified = True
            except CommandRefused:
                self.capabilities -= {"NOTIFY"}
        if self._broken:
            raise TryAgain("closed")
        self._keep_vanished(self._imap.untagged_responses)
        self._imap.untagged_responses = {}
        responses: list[Response] = []
        self._talk(lambda: self._begin_idle(responses))
        return [*hints, *(hint for hint in self._hints_of(responses) if hint not in hints)]

    def close(self) -> None:
        if self._idle_tag is not None:
            self.shutdown()  # while idle, a LOGOUT is no command: its answer would not come
        super().close()

    @property
    def is_watching(self) -> bool:
        return self._idle_tag is not None

    def fileno(self) -> int:
        return self._imap.sock.fileno()

    def pump(self) -> list[Hint]:
        """Whatever has come, without waiting. Raises TryAgain when the line ended, Nonsense when it floods."""
        try:
            open_still = self._imap.pump()
            hints = self._hints_of(self._imap.pop_responses())
        except TooLarge:
            self._broken = True
            raise Nonsense("too_large") from None
        except OSError:
            self._broken = True
            raise TryAgain("network") from None
        if not open_still:
            self._broken = True
            raise TryAgain("closed")
        return hints

    def stop_watching(self) -> list[Hint]:
        """DONE. → hints that came before its answer. Raises TryAgain when the server does not answer in time."""
        tag, self._idle_tag = self._idle_tag, None
        if tag is None:
            return []
        hints: list[Hint] = []
        self._talk(lambda: self._end_idle(tag, hints))
        return hints

    def _begin_idle(self, responses: list[Response]) -> tuple[str, list[Any]]:
        """Up to the continuation, or the tagged refusal. What came is left in `responses`."""
        tag = self._imap._command("IDLE")
        while True:
            came = self._imap.pop_responses()
            responses += came
            for response in came:
                if response[0].startswith(b"+"):
                    self._idle_tag = tag
                    return "OK", []
                if response[0].startswith(tag + b" "):
                    self._imap.tagged_commands.pop(tag, None)
                    _, status, text = [*response[0].split(b" ", 2), b""][:3]
                    return status.decode("ascii", "replace"), [text]
            if not self._imap.receive_more():
                self._hints_of(responses)  # raises when BYE was why
                raise self._imap.abort("end of file")

    def _end_idle(self, tag: bytes, hints: list[Hint]) -> tuple[str, list[Any]]:
        """Up to the answer to DONE, whatever it says."""
        deadline = time.monotonic() + (self._imap.sock.gettimeout() or 60)
        self._imap.tagged_commands.pop(tag, None)
        self._imap.send(b"DONE\r\n")
        while time.monotonic() < deadline:
            for response in self._imap.pop_responses():
                if response[0].startswith(tag + b" "):
                    return "OK", []
                hints += [hint for hint in self._hints_of([response]) if hint not in hints]
            if not self._imap.receive_more():
                raise self._imap.abort("end of file")
        raise TimeoutError

    def _hints_of(self, responses: list[Response]) -> list[Hint]:
        hints: list[Hint] = []
        for response in responses:
            hint = self._hint(response)
            if hint is not None and hint not in hints:
                hints.append(hint)
        return hints

    def _hint(self, response: Response) -> Hint | None:
        line = response[0]
        if _BYE.match(line):
            self._broken = True
            raise TryAgain("bye")
        if _MESSAGE_EVENT.match(line):
            return FolderDirty(None)
        status = _STATUS_EVENT.match(line)
        if status is not None:
            return _status_hint(status, response)
        if _LIST_EVENT.match(line):
            return FoldersChanged()
        return Overflow() if _OVERFLOW.match(line) else None


def _hints_along(untagged: Untagged) -> list[Hint]:
    """What came in between a command and its answer."""
    hints: list[Hint] = [FolderDirty(None)] if untagged.keys() & {"EXISTS", "EXPUNGE", "FETCH", "VANISHED"} else []
    return [*hints, Overflow()] if untagged.keys() & {"STATUS", "LIST", "NOTIFICATIONOVERFLOW"} else hints


def _status_hint(found: re.Match[bytes], response: Response) -> FolderDirty:
    raw = found[1] if found[1] is not None else found[2]
    if raw is None:  # the name came as a literal
        raw = response[1] if len(response) > 1 else b""
        name = readable_name(raw)
    else:
        name = readable_name(re.sub(rb"\\(.)", rb"\1", raw))
    numbers = {key.decode().lower(): int(value) for key, value in _STATUS_NUMBER.findall(b" ".join(response))}
    return FolderDirty(name, FolderStatus(name=name, **numbers))
