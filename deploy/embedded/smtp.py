"""An SMTP server on a loopback port that hands every mail to a function: for tests and the demo.

Takes any sign-in and never sends anything anywhere.
"""

import asyncio
import logging
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from deploy.embedded.ports import free_port

log = logging.getLogger("demo.smtp")
MAX_BYTES = 50 * 1024 * 1024


class SmtpSink:
    """Context manager. `deliver(recipient, raw)` runs on a thread; what it raises becomes a temporary refusal."""

    def __init__(self, deliver: Callable[[str, bytes], None], *, port: int = 0) -> None:
        self.port = port or free_port()
        self._controller = Controller(
            _Handler(deliver),
            hostname="127.0.0.1",
            port=self.port,
            data_size_limit=MAX_BYTES,
            enable_SMTPUTF8=True,
            auth_require_tls=False,
            authenticator=_accept,
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Raises OSError when the port cannot be had."""
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop(no_assert=True)


class _Handler:
    def __init__(self, deliver: Callable[[str, bytes], None]) -> None:
        self._deliver = deliver

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """The name is aiosmtpd's."""
        for recipient in envelope.rcpt_tos:
            try:
                await asyncio.to_thread(self._deliver, recipient, envelope.content)
            except Exception:
                log.exception("not delivered to %s", recipient)
                return "451 4.3.0 Not delivered, please try again"
        return "250 2.0.0 Delivered"


def _accept(*_: object) -> AuthResult:
    return AuthResult(success=True)
