"""One signed-in line: commands out, untagged responses in, errors as the four kinds.

imaplib never forgets an untagged response: left alone, a stale FETCH or COPYUID shows up in a later command. So each
command starts with an empty table, and what came along uninvited (VANISHED) is kept for `harvest`.
"""

import imaplib
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from imapclient.imap_utf7 import decode as decode_utf7
from imapclient.imap_utf7 import encode as encode_utf7

from sync.imap.errors import CommandRefused, ImapError, Nonsense, NotNow, SignInRefused, TryAgain
from sync.imap.transport import TooLarge, Transport
from sync.mail import UidSet

_CONTROL = re.compile(rb"[\x00\r\n]")
# At the start of the text only: further on, brackets are part of what the server says about somebody's folder.
_CODE = re.compile(rb"^(?:.{1,40} command error: BAD \[b['\"])?\[([A-Z-]+)[ \]]")
_UNEXPECTED = re.compile(r"(command: \w+ => )?unexpected (tagged )?response: ")
# RFC 5530: codes that say "not now" rather than "no".
_PASSING: Final = {b"UNAVAILABLE", b"INUSE", b"SERVERBUG", b"CONTACTADMIN", b"LIMIT"}
_ICLOUD_HOSTS: Final = (".mail.me.com", ".icloud.com")

Untagged = dict[str, list[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsolicited:
    """What the server threw in between: hints, as good as a watcher's. `folders`: where it vanished."""

    vanished: UidSet = UidSet()
    folders: frozenset[str] = frozenset()


class Session:
    """The base of `Connection`. One thread owns it."""

    def __init__(self, transport: Transport, host: str, read_timeout_s: float) -> None:
        self._imap = transport
        self._host = host
        self._vanished: list[tuple[int, int]] = []
        self._vanished_from: set[str] = set()
        self._broken = False
        self.capabilities: frozenset[str] = frozenset()
        self.selected: str | None = None
        self.uidvalidity = 0  # of what is selected
        transport.sock.settimeout(read_timeout_s)

    def sign_in(self, user: str, secret: str) -> None:
        """SASL PLAIN where offered, else LOGIN; then ask again what is offered and enable what we use.

        Raises SignInRefused, TryAgain.
        """
        guard(user, secret)
        offered = {str(item).upper() for item in self._imap.capabilities}
        try:
            if "AUTH=PLAIN" in offered:
                plain = f"\0{user}\0{secret}".encode()
                self._talk(lambda: self._imap.authenticate("PLAIN", lambda _: plain))
            else:
                self._talk(lambda: self._imap._simple_command("LOGIN", quoted(user), quoted(secret)))
                self._imap.state = "AUTH"
        except CommandRefused as error:
            raise SignInRefused(error.code) from None
        self._read_capabilities()
        self._enable()

    def close(self) -> None:
        """LOGOUT as far as the line allows. Never raises."""
        try:
            if not self._broken:
                self._imap.sock.settimeout(2)
                self._imap.logout()
        except (OSError, imaplib.IMAP4.error, TooLarge):
            self._broken = True
        self.shutdown()

    def shutdown(self) -> None:
        """Cut the line without a word."""
        self._broken = True
        try:
            self._imap.shutdown()
        except OSError:
            return

    @property
    def broken(self) -> bool:
        """The line is of no further use, and what was asked last may have happened or not."""
        return self._broken

    def noop(self) -> None:
        self.run("NOOP")

    def harvest(self) -> Unsolicited:
        """What vanished since the last call, from whatever command it came along with."""
        self._keep_vanished(self._imap.untagged_responses)
        found = Unsolicited(vanished=UidSet.from_ranges(self._vanished), folders=frozenset(self._vanished_from))
        self._vanished, self._vanished_from = [], set()
        return found

    def run(self, name: str, *words: str | bytes, literal: bytes | None = None) -> Untagged:
        """Send one command. → its untagged responses. `words` go out as they are: quote what came from outside.

        Raises CommandRefused (NO, BAD), TryAgain, Nonsense.
        """
        guard(name, *words)
        if self._broken:
            raise TryAgain("closed")
        self._keep_vanished(self._imap.untagged_responses)
        self._imap.untagged_responses = {}
        self._imap.literal = literal  # type: ignore[assignment]  # typeshed knows only text
        self._talk(lambda: self._imap._simple_command(name, *words))
        return dict(self._imap.untagged_responses)

    def _talk(self, command: Callable[[], Any]) -> None:
        try:
            status, data = command()
        except imaplib.IMAP4.abort as error:
            self._broken = True
            said_bye = "BYE" in self._imap.untagged_responses
            raise TryAgain("bye") if said_bye else from_abort(error) from None
        except imaplib.IMAP4.error as error:
            raise _from_refusal(str(error).encode()) from None
        except TooLarge:
            self._broken = True
            raise Nonsense("too_large") from None
        except TimeoutError:
            self._broken = True
            raise TryAgain("timeout") from None
        except OSError as error:
            self._broken = True
            raise TryAgain("tls" if isinstance(error, ssl.SSLError) else "network") from None
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            self._broken = True
            raise Nonsense("unreadable") from None
        if status != "OK":
            raise _from_refusal(b" ".join(item for item in data if isinstance(item, bytes)))

    def _keep_vanished(self, untagged: Untagged) -> None:
        for line in untagged.pop("VANISHED", []):
            self._vanished += vanished_uids(line).ranges
            self._vanished_from |= {self.selected} if self.selected is not None else set()

    def _read_capabilities(self) -> None:
        words = b" ".join(self.run("CAPABILITY").get("CAPABILITY", [])).decode("ascii", "replace")
        offered = set(words.upper().split())
        if self._host.endswith(_ICLOUD_HOSTS):
            offered.discard("QRESYNC")  # advertised, but its VANISHED cannot be parsed
        self.capabilities = frozenset(offered)

    def _enable(self) -> None:
        # ENABLE is legal only before the first SELECT (RFC 5161 3.1).
        if "ENABLE" not in self.capabilities:
            return
        for name in ("QRESYNC", "CONDSTORE"):
            if name in self.capabilities:
                try:
                    self.run("ENABLE", name)
                except CommandRefused:
                    self.capabilities -= {name}
                return


def guard(*values: str | bytes) -> None:
    """Refuse what could end a line: Message-ID and names are chosen by strangers. Raises ValueError."""
    for value in values:
        raw = value.encode() if isinstance(value, str) else value
        if _CONTROL.search(raw):
            raise ValueError("control character in an IMAP argument")


def quoted(text: str) -> bytes:
    """A quoted string (RFC 9051 4.3) of what was guarded."""
    guard(text)
    return b'"' + text.encode().replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def folder_name(name: str) -> bytes:
    """A mailbox name in modified UTF-7, quoted (RFC 3501 5.1.3)."""
    guard(name)
    encoded: bytes = encode_utf7(name)
    return b'"' + encoded.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def readable_name(raw: bytes) -> str:
    """The other way round. What is no modified UTF-7, or could not be sent back, stays as it came."""
    try:
        name = str(decode_utf7(raw))
        guard(name)
    except ValueError:
        name = _CONTROL.sub(b"?", raw).decode("latin-1")
    return "INBOX" if name.upper() == "INBOX" else name


def vanished_uids(line: Any) -> UidSet:
    """The set of a VANISHED response, `(EARLIER)` or not (RFC 7162 3.2.10). Raises Nonsense."""
    text = line if isinstance(line, bytes) else b""
    try:
        return UidSet.parse(text.replace(b"(EARLIER)", b"").strip().decode("ascii"))
    except ValueError:
        raise Nonsense("vanished") from None


def from_abort(error: Exception) -> ImapError:
    return Nonsense("unreadable") if _UNEXPECTED.match(str(error)) else TryAgain("closed")


def _from_refusal(text: bytes) -> ImapError:
    code = _CODE.search(text)
    if code is not None and code[1] in _PASSING:
        return NotNow(code[1].decode().lower())
    return CommandRefused(code[1].decode().lower() if code is not None else "refused")
