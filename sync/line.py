"""A TCP line to a server, whatever is spoken on it: the address that was resolved, keep-alive, one TLS context."""

import socket
import ssl
from functools import cache


@cache
def shared_tls() -> ssl.SSLContext:
    """One for all connections: each with its own would cost 35 ms and 800 kB for the same authorities."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def open_line(address: str, port: int, timeout_s: float | None) -> socket.socket:
    """Raises OSError."""
    raw = socket.create_connection((address, port), timeout_s)
    _keep_alive(raw)
    return raw


def _keep_alive(raw: socket.socket) -> None:
    """Notice a dead peer within about a minute, also when nothing is being sent."""
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (
        ("TCP_KEEPIDLE", 60),
        ("TCP_KEEPINTVL", 15),
        ("TCP_KEEPCNT", 4),
        ("TCP_USER_TIMEOUT", 30_000),
    ):
        if hasattr(socket, option):
            raw.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
