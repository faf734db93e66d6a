"""The shell and the files of the front end, and the health check.

Files are served by WhiteNoise's responders from a thin ASGI layer: its Django middleware is synchronous and would put
every streamed answer through a thread.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from redis.exceptions import RedisError
from whitenoise import WhiteNoise

from sync.bus.connection import quick
from sync.bus.requests import OwnerSilent, RequestFailed
from sync.seal import WrongKey
from sync.store import keycheck
from webmail.headers import file_headers

log = logging.getLogger("webmail")

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Any], Awaitable[None]]

SHARE_PATH = "/share"
OURS = ("/api/", "/live/", "/healthz")
CHUNK_BYTES = 65536
NOT_BUILT = "The front end is not built yet. Run: make build\n"


class Files:
    """Serves the built front end and, for every other page address, the shell; passes the rest on."""

    def __init__(self, inner: App) -> None:
        self._inner = inner
        self._files = _index()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or path.startswith(OURS):
            await self._answer(scope, receive, send)
            return
        if path == SHARE_PATH and scope["method"] == "POST":
            await _say_lost(send)
            return
        if scope["method"] not in ("GET", "HEAD"):
            await _plain(send, 405, "Method not allowed\n")
            return
        found = self._files.files.get(path) or self._files.files.get("/index.html" if _is_page(path) else "")
        if found is None:
            await _plain(send, 404, "Not found\n") if self._files.files else await _plain(send, 503, NOT_BUILT)
            return
        response = found.get_response(scope["method"], _wsgi_headers(scope))
        await _send_file(send, response)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An attachment whose owner fails in the middle ends short, never whole: the browser sees a broken line."""
        try:
            await self._inner(scope, receive, send)
        except (OwnerSilent, RequestFailed) as error:
            log.info("answer cut short: %s", type(error).__name__)


def _index() -> WhiteNoise:
    if not settings.FRONTEND.is_dir():
        log.warning(NOT_BUILT.strip())
        return WhiteNoise(None)
    return WhiteNoise(
        None,
        root=str(settings.FRONTEND),
        prefix="/",
        max_age=0,
        immutable_file_test=lambda path, url: url.startswith("/assets/"),
        add_headers_function=_add_headers,
        allow_all_origins=False,
        index_file=False,
        mimetypes={".webmanifest": "application/manifest+json"},  # the one that WhiteNoise's own table lacks
    )


def _add_headers(headers: Any, path: str, url: str) -> None:
    for name, value in file_headers(url).items():
        headers[name] = value


def _is_page(path: str) -> bool:
    """An address inside the app (no file name): the shell routes it, also on a reload."""
    return "." not in path.rsplit("/", 1)[-1]


def _wsgi_headers(scope: Scope) -> dict[str, str]:
    return {
        "HTTP_" + name.decode("latin-1").upper().replace("-", "_"): value.decode("latin-1")
        for name, value in scope["headers"]
    }


async def _send_file(send: Send, response: Any) -> None:
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
    await send({"type": "http.response.start", "status": int(response.status), "headers": headers})
    if response.file is not None:
        with response.file as file:
            while chunk := file.read(CHUNK_BYTES):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _say_lost(send: Send) -> None:
    """The service worker takes what is shared; a browser that has none any more gets the shell, which says so. Nothing
    of it is read."""
    raw = [(name.lower().encode(), value.encode()) for name, value in file_headers("").items()]
    await send({"type": "http.response.start", "status": 303, "headers": [(b"location", b"/?shared=lost"), *raw]})
    await send({"type": "http.response.body", "body": b""})


async def _plain(send: Send, status: int, text: str) -> None:
    headers = {"content-type": "text/plain; charset=utf-8", **file_headers("")}
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": text.encode()})


def health(request: HttpRequest) -> HttpResponse:
    """200 when database, key and Redis answer; else 503 and which does not. Says nothing else to anybody."""
    try:
        keycheck.verify_key()
        quick().ping()
    except (DatabaseError, RedisError, WrongKey) as error:
        kind = "key" if isinstance(error, WrongKey) else "redis" if isinstance(error, RedisError) else "database"
        return HttpResponse(f"{kind} away\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")
