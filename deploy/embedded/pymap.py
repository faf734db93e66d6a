"""An IMAP server in this process, for machines without Dovecot: pymap with its mail in memory.

Any user may sign in with any password. What it holds is gone when it stops.
"""

import asyncio
import logging
import threading
from argparse import Namespace
from types import TracebackType
from typing import Any, Self

from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import Config, DictBackend, Identity, Login
from pymap.imap import IMAPServer
from pymap.user import UserMetadata

from deploy.embedded.ports import free_port

log = logging.getLogger("demo.pymap")
START_S = 10


class Pymap:
    """Context manager; runs an event loop on a thread of its own."""

    def __init__(self, *, port: int = 0) -> None:
        self.port = port or free_port()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="pymap", daemon=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Raises RuntimeError when it does not come up."""
        self._thread.start()
        if not self._ready.wait(START_S) or self._failure is not None:
            raise RuntimeError(f"The IMAP server pymap did not start: {self._failure}")

    def stop(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(5)

    def _run(self) -> None:
        self._loop.set_exception_handler(_log_problem)
        try:
            self._loop.run_until_complete(self._serve())
        except OSError as error:
            self._failure = error
        finally:
            self._ready.set()
            self._end()

    async def _serve(self) -> None:
        config = _Config(_ARGUMENTS, host="127.0.0.1", port=self.port, tls_enabled=False)
        config.apply_context()
        login = _AnyoneLogin(config)
        backend = DictBackend(login, config)
        connected = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(backend.login, config))
        server = await asyncio.start_server(connected, "127.0.0.1", self.port)
        self._ready.set()
        await self._stop.wait()
        server.close()

    def _end(self) -> None:
        """What is still connected is cut."""
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        if left:
            self._loop.run_until_complete(asyncio.wait(left, timeout=3))
        self._loop.close()


_ARGUMENTS = Namespace(passlib_cfg=None, proxy_protocol=None)


class _Config(Config):
    """Says hello without asking a name server who we are."""

    def __init__(self, arguments: Namespace, **options: Any) -> None:
        super().__init__(arguments, demo_data=False, demo_user="", demo_password="", **options)

    @property
    def greeting(self) -> bytes:
        return b"Server ready"


class _AnyoneLogin(Login):
    async def authenticate(self, credentials: Any) -> Identity:
        name = credentials.authcid
        self.users_dict.setdefault(name, UserMetadata(self.config, name))
        return Identity(name, self, None, frozenset())


def _log_problem(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    log.warning("%s", context.get("message"), exc_info=context.get("exception"))
