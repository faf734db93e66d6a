"""Everything that can go wrong while a mail is handed over, as five kinds. Each answers "what now?"."""

from collections.abc import Mapping
from dataclasses import dataclass

WORDS_CHARS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What the server answered, for the screen. It may name people: never for a log."""

    reply_code: int  # RFC 5321 4.2; 0: it was not asked
    enhanced: str = ""  # RFC 3463, as "5.1.1"; "": it gave none
    words: str = ""  # its own, printable, at most WORDS_CHARS


class SmtpError(Exception):
    """Base. `code` is short, safe to store and to show, and all that the text holds. `said` is the answer behind it."""

    def __init__(self, code: str, said: Refusal | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.said = said


class TryAgain(SmtpError):
    """The network, or a server that is busy; nothing was accepted: connect again later.

    `code`: network, timeout, closed, tls, certificate (the line); busy, too_many_recipients (a 4xx answer).
    """


class SignInRefused(SmtpError):
    """User name or secret are not accepted (credentials_refused): no further attempt before a person gave others."""


class Rejected(SmtpError):
    """This mail will not be taken as it is, and was not: show why, keep the draft.

    `code`: service_refused, sender_refused, recipients_refused, message_refused, too_large, smtputf8_needed.
    `refused` holds the addresses that are the reason, as they were given.
    """

    def __init__(self, code: str, said: Refusal | None = None, *, refused: Mapping[str, Refusal] | None = None) -> None:
        super().__init__(code, said)
        self.refused: dict[str, Refusal] = dict(refused or {})


class AnswerLost(SmtpError):
    """The final dot went out and no answer could be read: nobody knows. Never send again by itself.

    `code`: network, timeout, closed, tls, or the one of Nonsense.
    """


class Nonsense(SmtpError):
    """What answers is no usable submission server, and nothing was accepted.

    `code`: greeting, no_starttls, no_sign_in, unreadable, unsolicited, line_too_long, too_many_lines.
    """
