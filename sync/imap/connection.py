"""Open a line to a server. The one place that decides how it is secured."""

import contextlib
import imaplib
import ssl
from types import TracebackType
from typing import Self

from sync.endpoint import Endpoint
from sync.imap.changes import ChangeCommands
from sync.imap.errors import ImapError, Nonsense, TryAgain
from sync.imap.folders import FolderCommands, ResyncPoint
from sync.imap.idle import Watching
from sync.imap.messages import MessageCommands
from sync.imap.session import from_abort
from sync.imap.transport import TooLarge, Transport
from sync.line import shared_tls


class Connection(FolderCommands, MessageCommands, ChangeCommands, Watching):
    """All commands we use. One thread owns it at a time; not thread safe."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def connect(
    endpoint: Endpoint,
    address: str,
    *,
    connect_timeout_s: float = 10,
    read_timeout_s: float = 60,
    tls: ssl.SSLContext | None = None,
) -> Connection:
    """Connect to `address`, which the host policy resolved; the certificate must carry `endpoint.host`.

    Raises TryAgain (not reachable, TLS or its certificate refused), Nonsense (no IMAP server).
    """
    context = tls or shared_tls()
    implicit = context if endpoint.security == "tls" else None
    transport: Transport | None = None
    try:
        transport = Transport(endpoint.host, address, endpoint.port, implicit, connect_timeout_s)
        if endpoint.security == "starttls":
            transport.begin_tls(context)
        return Connection(transport, endpoint.host, read_timeout_s)
    except (OSError, imaplib.IMAP4.error, TooLarge, ValueError) as error:
        if transport is None:
            raise _not_greeted(error) from None
        _abandon(transport)
        raise _not_secured(error) from None


def _not_greeted(error: Exception) -> ImapError:
    if isinstance(error, OSError):
        return _from_network(error)
    if isinstance(error, imaplib.IMAP4.abort):
        return from_abort(error)
    # A server that is full or going down says so in its greeting.
    return TryAgain("bye") if str(error).startswith("b'* BYE") else Nonsense("greeting")


def _not_secured(error: Exception) -> ImapError:
    if isinstance(error, OSError):
        return _from_network(error)
    return from_abort(error) if isinstance(error, imaplib.IMAP4.abort) else Nonsense("no_starttls")


def _from_network(error: OSError) -> ImapError:
    if isinstance(error, ssl.SSLCertVerificationError):
        return TryAgain("certificate")
    if isinstance(error, ssl.SSLError):
        return TryAgain("tls")
    return TryAgain("timeout" if isinstance(error, TimeoutError) else "network")


def _abandon(transport: Transport) -> None:
    with contextlib.suppress(OSError):
        transport.shutdown()


__all__ = ["Connection", "Endpoint", "ResyncPoint", "connect"]
