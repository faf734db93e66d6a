"""What a reply means, and what of it a person may see (RFC 5321 4.2, RFC 2034)."""

import re
from dataclasses import dataclass

from sync.smtp.errors import WORDS_CHARS, Nonsense, Refusal, Rejected, SmtpError, TryAgain

_ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?: |$)")
_TOO_LARGE = {"5.2.3", "5.3.4"}  # RFC 3463 3.3, 3.4


@dataclass(frozen=True, slots=True)
class Reply:
    code: int
    lines: tuple[str, ...]  # without the code

    @property
    def kind(self) -> int:
        """The first digit: 2 done, 3 go on, 4 not now, 5 no."""
        return self.code // 100

    @property
    def enhanced(self) -> str:
        """Empty also when it contradicts the reply's code."""
        found = _ENHANCED.match(self.lines[0])
        return found[1] if found and found[1][0] == str(self.kind) else ""

    def said(self) -> Refusal:
        words = " ".join(line.removeprefix(self.enhanced).strip() for line in self.lines)
        return Refusal(reply_code=self.code, enhanced=self.enhanced, words=printable(words))

    def text(self) -> str:
        """All of it on one line, as for a receipt."""
        return printable(f"{self.code} {' '.join(self.lines)}")


def refusal(reply: Reply, code: str) -> SmtpError:
    """The error that an answer is which should have been another one; `code` is for a final no."""
    if reply.kind == 4:
        return TryAgain("too_many_recipients" if reply.enhanced == "4.5.3" else "busy", reply.said())
    if reply.kind != 5:
        return Nonsense("unreadable", reply.said())
    if reply.enhanced in _TOO_LARGE or (reply.code == 552 and not reply.enhanced):
        return Rejected("too_large", reply.said())
    return Rejected(code, reply.said())


def printable(text: str) -> str:
    """One line, WORDS_CHARS at most; control and direction-changing characters become spaces."""
    shown = "".join(char if char.isprintable() else " " for char in text[: 10 * WORDS_CHARS])
    return " ".join(shown.split())[:WORDS_CHARS]
