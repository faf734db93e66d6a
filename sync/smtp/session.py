"""From an endpoint to a signed-in line: TCP, TLS, EHLO, AUTH. The one place that decides how it is secured."""

import base64
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from sync.endpoint import Endpoint, is_loopback
from sync.line import shared_tls
from sync.smtp.addresses import refuse_control
from sync.smtp.errors import Nonsense, SignInRefused, SmtpError
from sync.smtp.replies import Reply, refusal
from sync.smtp.transport import Transport

MAX_COMMAND_BYTES = 510  # RFC 5321 4.5.3.1.4, without CR LF
# RFC 4954 4 and 6: we and the server do not understand each other, whatever the secret.
_NO_COMMON_WAY = {500, 501, 502, 503, 504, 530, 538}


@contextmanager
def signed_in(
    endpoint: Endpoint,
    address: str,
    user: str,
    secret: str,
    timeouts_s: tuple[float, float],
    tls: ssl.SSLContext | None,
) -> Iterator[Transport]:
    """`timeouts_s`: for connecting, and for each reply.

    Leaves politely after an answer, also a refusing one; after any other exception just cuts the line.

    Raises TryAgain, Rejected (the server serves nobody), SignInRefused, Nonsense; ValueError before anything is sent.
    """
    connect_timeout_s, read_timeout_s = timeouts_s
    refuse_control(user, secret)
    if endpoint.security == "plain" and not is_loopback(address):
        raise ValueError("without TLS only to this machine")
    context = tls or shared_tls()
    implicit = context if endpoint.security == "tls" else None
    transport = Transport(endpoint.host, address, endpoint.port, implicit, connect_timeout_s)
    try:
        _greet(transport, read_timeout_s)
        if endpoint.security == "starttls":
            _begin_tls(transport, context)
        _sign_in(transport, user, secret)
        yield transport
    except SmtpError:
        transport.leave()
        raise
    except BaseException:
        transport.cut()
        raise
    transport.leave()


def offered(transport: Transport, extension: str) -> str | None:
    """Its parameters, or None."""
    return transport.esmtp_features.get(extension.lower())


def _greet(transport: Transport, read_timeout_s: float) -> None:
    transport.timeout_s = read_timeout_s
    try:
        greeting = transport.reply()
    except Nonsense:
        raise Nonsense("greeting") from None
    _expect(greeting, 220)
    _say_hello(transport)


def _say_hello(transport: Transport) -> None:
    code, text = transport.ehlo()
    _expect(Reply(code, tuple(text.decode("utf-8", "replace").split("\n"))), 250)


def _expect(reply: Reply, code: int) -> None:
    if reply.code != code:
        raise Nonsense("greeting") if reply.kind in (2, 3) else refusal(reply, "service_refused")


def _begin_tls(transport: Transport, context: ssl.SSLContext) -> None:
    """Required: without it nothing is said that somebody between us could use."""
    if offered(transport, "STARTTLS") is None:
        raise Nonsense("no_starttls")
    reply = transport.ask("STARTTLS")
    if reply.kind == 4:
        raise refusal(reply, "service_refused")
    if reply.code != 220:
        raise Nonsense("no_starttls", reply.said())
    transport.begin_tls(context)
    _say_hello(transport)


def _sign_in(transport: Transport, user: str, secret: str) -> None:
    """SASL PLAIN (RFC 4616), else LOGIN. smtplib's own knows only ASCII secrets."""
    ways = (offered(transport, "AUTH") or "").upper().split()
    if "PLAIN" in ways:
        token = _base64(f"\0{user}\0{secret}")
        first, words = f"AUTH PLAIN {token}", [token]
        if len(first) > MAX_COMMAND_BYTES:
            first = "AUTH PLAIN"
    elif "LOGIN" in ways:
        first, words = "AUTH LOGIN", [_base64(user), _base64(secret)]
    else:
        raise Nonsense("no_sign_in")
    reply = transport.ask(first)
    for word in words:
        if reply.code == 334:
            reply = transport.ask(word)
    if reply.code != 235:
        raise _sign_in_error(reply)


def _sign_in_error(reply: Reply) -> SmtpError:
    if reply.kind in (2, 3) or reply.code in _NO_COMMON_WAY:
        return Nonsense("no_sign_in", reply.said())
    if reply.kind == 4:
        return refusal(reply, "service_refused")
    return SignInRefused("credentials_refused", reply.said())


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
