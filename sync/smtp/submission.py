"""Hand one mail to a submission server (RFC 6409), so that at every moment it is known what a crash would mean.

    connect     TCP, TLS, EHLO, AUTH                     dying here or later: nothing was accepted,
    mail        MAIL FROM                                the server forgets the transaction with the line
    rcpt        RCPT TO, for each recipient
    data        DATA and the whole content, but not its end
    final_dot   CR LF . CR LF, and its answer            dying here: nobody knows; after the answer it is accepted

`on_phase` is told before each step, so that the caller can write it down first. The end travels in a write of its own:
until then no server can have taken the content for complete.
"""

import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from sync.endpoint import Endpoint
from sync.smtp.addresses import envelope_address
from sync.smtp.content import END, Content
from sync.smtp.errors import AnswerLost, Nonsense, Refusal, Rejected, SmtpError
from sync.smtp.replies import Reply, refusal
from sync.smtp.session import offered, signed_in
from sync.smtp.transport import Transport

Phase = Literal["connect", "mail", "rcpt", "data", "final_dot"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    reply: str  # the server's own words, printable, 200 characters at most; often its queue id


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    size_bytes: int | None  # of the largest message it takes (RFC 1870); None: it names no limit


def submit(
    endpoint: Endpoint,
    address: str,
    *,
    user: str,
    secret: str,
    sender: str,
    recipients: Sequence[str],
    message: bytes,
    on_phase: Callable[[Phase], None],
    connect_timeout_s: float = 10,
    read_timeout_s: float = 60,
    final_timeout_s: float = 600,
    tls: ssl.SSLContext | None = None,
) -> Receipt:
    """Connect to `address`, which the host policy resolved, and hand over `message` to all `recipients` or to none.

    What `on_phase` raises passes through, and the line is cut. `message` may end its lines as it likes; a server
    without 8BITMIME gets its bytes as they are, so it should be composed in seven bits.

    Raises TryAgain, SignInRefused, Rejected, Nonsense (nothing was accepted), AnswerLost (nobody knows); ValueError for
    addresses and sign-ins that could not be sent as one line, before anything is.
    """
    envelope = _Envelope(sender, recipients)
    content = Content(message)
    on_phase("connect")
    with signed_in(endpoint, address, user, secret, (connect_timeout_s, read_timeout_s), tls) as transport:
        reply = _hand_over(transport, envelope, content, on_phase, final_timeout_s)
    return Receipt(reply=reply.text())


def probe(
    endpoint: Endpoint,
    address: str,
    *,
    user: str,
    secret: str,
    connect_timeout_s: float = 10,
    read_timeout_s: float = 60,
    tls: ssl.SSLContext | None = None,
) -> Offers:
    """Sign in, look, leave. Raises as `submit` does before it sends."""
    with signed_in(endpoint, address, user, secret, (connect_timeout_s, read_timeout_s), tls) as transport:
        return Offers(size_bytes=_size_limit(transport))


class _Envelope:
    """Addresses as they were given, each with the form that is sent. Raises ValueError."""

    def __init__(self, sender: str, recipients: Sequence[str]) -> None:
        if not recipients:
            raise ValueError("no recipients")
        self.sender = envelope_address(sender)
        self.recipients = {recipient: envelope_address(recipient) for recipient in recipients}
        pairs = {sender: self.sender, **self.recipients}
        self.beyond_ascii = [given for given, sent in pairs.items() if not sent.isascii()]  # need SMTPUTF8 (RFC 6531)


def _hand_over(
    transport: Transport,
    envelope: _Envelope,
    content: Content,
    on_phase: Callable[[Phase], None],
    final_timeout_s: float,
) -> Reply:
    _check_offers(transport, envelope, content)
    on_phase("mail")
    _say_sender(transport, envelope, content)
    on_phase("rcpt")
    _say_recipients(transport, envelope)
    on_phase("data")
    _send_content(transport, content)
    on_phase("final_dot")
    reply = _end(transport, final_timeout_s)
    transport.between_commands = True
    if reply.kind == 2:
        return reply
    # With a 4xx too the server has not taken responsibility (RFC 5321 4.2.5); what is neither yes nor no tells nothing.
    raise refusal(reply, "message_refused") if reply.kind in (4, 5) else AnswerLost("unreadable", reply.said())


def _check_offers(transport: Transport, envelope: _Envelope, content: Content) -> None:
    if (limit := _size_limit(transport)) is not None and content.size_bytes > limit:
        raise Rejected("too_large")
    if envelope.beyond_ascii and offered(transport, "SMTPUTF8") is None:
        raise Rejected("smtputf8_needed", refused={given: Refusal(reply_code=0) for given in envelope.beyond_ascii})


def _size_limit(transport: Transport) -> int | None:
    text = offered(transport, "SIZE") or ""
    known = text.isascii() and text.isdecimal() and len(text) <= 18
    return int(text) or None if known else None  # 0: no limit known (RFC 1870 section 4)


def _say_sender(transport: Transport, envelope: _Envelope, content: Content) -> None:
    command = f"MAIL FROM:<{envelope.sender}>"
    if offered(transport, "SIZE") is not None:
        command += f" SIZE={content.size_bytes}"
    if offered(transport, "8BITMIME") is not None:
        command += " BODY=8BITMIME"
    if envelope.beyond_ascii:
        command += " SMTPUTF8"
        transport.command_encoding = "utf-8"
    reply = transport.ask(command)
    if reply.kind != 2:
        raise refusal(reply, "sender_refused")


def _say_recipients(transport: Transport, envelope: _Envelope) -> None:
    """Every one is asked, so that a person can correct all of them at once."""
    refused: dict[str, Refusal] = {}
    later: Reply | None = None
    for given, sent in envelope.recipients.items():
        reply = transport.ask(f"RCPT TO:<{sent}>")
        if reply.kind == 5:
            refused[given] = reply.said()
        elif reply.kind == 4 and reply.code != 421:
            later = later or reply
        elif reply.kind != 2:
            raise refusal(reply, "recipients_refused")
    if refused:
        raise Rejected("recipients_refused", next(iter(refused.values())), refused=refused)
    if later is not None:
        raise refusal(later, "recipients_refused")


def _send_content(transport: Transport, content: Content) -> None:
    reply = transport.ask("DATA")
    if reply.code != 354:
        raise refusal(reply, "message_refused")
    transport.between_commands = False
    for piece in content.pieces():
        if not transport.pour(piece):
            raise _interrupted(transport)


def _end(transport: Transport, final_timeout_s: float) -> Reply:
    """The one write that can make a mail accepted; afterwards only an answer tells.

    Raises AnswerLost; before the write also what a server that spoke first has said.
    """
    if transport.has_news():
        raise _interrupted(transport)
    try:
        transport.send(END)
        transport.timeout_s = final_timeout_s
        return transport.reply()
    except SmtpError as error:
        raise AnswerLost(error.code) from None


def _interrupted(transport: Transport) -> SmtpError:
    """A server that answers a content it has not seen the end of has not taken it."""
    reply = transport.reply()
    return refusal(reply, "message_refused") if reply.kind in (4, 5) else Nonsense("unsolicited", reply.said())
