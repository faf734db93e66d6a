"""What can break while a mail is sent, and where: places of the dialogues with the two mail servers, and deeds."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tests.support.mortal import Mortal
from tests.support.tripwire import Trap, Tripwire, Way

Line = Literal["smtp", "imap"]
Deed = Literal["cut", "web", "worker", "database"]
DEEDS: tuple[Deed, ...] = ("cut", "web", "worker", "database")
REPLIES = ("220 ", "250 ", "235 ", "250 2.1.0", "250 2.1.5", "354 ", "250 2.0.0")


@dataclass(frozen=True, slots=True)
class Place:
    """`passes`: what of the matching bytes still arrives."""

    line: Line
    way: Way
    pattern: bytes
    passes: int | None = 0


def content(size_bytes: int) -> Place:
    """After so many bytes of the content."""
    return Place("smtp", "said", rb"DATA\r\n.{%d}" % size_bytes, None)


def dot(size_bytes: int) -> Place:
    """Inside CR LF . CR LF."""
    return Place("smtp", "said", rb"\r\n\.\r\n", size_bytes)


def reply(number: int) -> Place:
    """After so many replies of the SMTP server have arrived: one line each but EHLO's."""
    return Place("smtp", "answered", rb"(?:(?:\d{3}-[^\n]*\n)*\d{3} [^\n]*\n){%d}" % number, None)


# One for each phase and for the steps after it: before it, and after it.
PLACES: dict[str, Place] = {
    "before connect": Place("smtp", "said", rb"(?i)EHLO"),
    "before mail": Place("smtp", "said", rb"MAIL FROM"),
    "after mail": Place("smtp", "said", rb"MAIL FROM[^\n]*\n", None),
    "before rcpt": Place("smtp", "said", rb"RCPT TO"),
    "after rcpt": Place("smtp", "said", rb"RCPT TO[^\n]*\n", None),
    "before data": Place("smtp", "said", rb"DATA\r\n"),
    "in data": content(300),
    "before final_dot": dot(0),
    "in final_dot": dot(3),
    "after final_dot": dot(5),
    "before accepted": Place("smtp", "answered", rb"250 2\.0\.0 Ok: queued"),
    "after accepted": Place("smtp", "answered", rb"250 2\.0\.0 Ok: queued[^\n]*\n", None),
    "before copy": Place("imap", "said", rb"APPEND \"?Sent"),
    "after copy": Place("imap", "answered", rb"APPENDUID"),
    "before mark": Place("imap", "said", rb"STORE [^\n]*Answered"),
    "after mark": Place("imap", "answered", rb"FLAGS[^\n]*Answered"),
    "before removal": Place("imap", "said", rb"UID EXPUNGE"),
    "after removal": Place("imap", "answered", rb"(?:EXPUNGE|VANISHED)"),
}


class Faults:
    """Sets one trap after the other; each goes off once, when its place is reached."""

    def __init__(self, product: Mortal, smtp: Tripwire, imap: Tripwire) -> None:
        self._product = product
        self._lines: dict[Line, Tripwire] = {"smtp": smtp, "imap": imap}
        self.happened: list[str] = []

    def expect(self, *pairs: tuple[Place, Deed]) -> None:
        self._lines["smtp"].set(None)
        self._lines["imap"].set(None)
        if pairs:
            (place, deed), *rest = pairs
            trap = Trap(
                way=place.way,
                pattern=re.compile(place.pattern, re.DOTALL),
                passes=place.passes,
                deed=self._then(deed, rest),
                cuts=deed in ("cut", "worker"),
            )
            self._lines[place.line].set(trap)

    def _then(self, deed: Deed, rest: list[tuple[Place, Deed]]) -> Callable[[], None]:
        def happen() -> None:
            if deed != "cut":
                self._product.kill(deed)
            self.happened.append(deed)
            self.expect(*rest)

        return happen
