"""Bodies, attachments and sources. What is not cached is asked of the account's owner and streamed through."""

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from urllib.parse import quote

from channels.db import database_sync_to_async
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from ninja import Router

from sync.bus.requests import OwnerSilent, Request, RequestFailed, ask
from sync.feed import BodyRow
from sync.store import bodies, drafts
from webmail import access
from webmail.api.auth import Coded, device_of, signed_in_async
from webmail.headers import PART_CSP
from webmail.wire.bounds import Id
from webmail.wire.mirror import Bodies, BodiesBody, Refused

router = Router(tags=["messages"], auth=signed_in_async)

# Shown in place; all else is only ever downloaded. SVG and HTML are programs.
INLINE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"})


@router.post("/bodies", response=Bodies)
async def post_bodies(request: HttpRequest, body: BodiesBody) -> Bodies:
    """Up to 20 at once. Those that cannot be had now are named with the reason: one that its owner says nothing of has
    just left its folder, and is asked for again until it has turned up elsewhere or is gone."""
    device = device_of(request)
    mine, missing = await database_sync_to_async(access.messages, thread_sensitive=False)(device, body.ids)
    found = await database_sync_to_async(bodies.cached_bodies, thread_sensitive=False)(mine)
    wanted = [pk for pk in mine if pk not in found]
    code = "try_again"
    if wanted:
        try:
            async for chunk in ask(device.account_id, Request(kind="bodies", messages=wanted)):
                row = bodies.read_row(chunk)
                found[row.id] = row
        except OwnerSilent:
            code = "try_again"
        except RequestFailed as error:
            code = error.code
    heads = await database_sync_to_async(drafts.heads, thread_sensitive=False)(mine)
    rows: list[BodyRow] = [replace(found[pk], draft=heads.get(pk)) for pk in mine if pk in found]
    lacking = [Refused(id=pk, code=code) for pk in mine if pk not in found]
    return Bodies(bodies=rows, missing=[*lacking, *(Refused(id=pk, code="gone") for pk in missing)])


@router.get("/messages/{message_id}/parts/{part}", include_in_schema=False)
async def get_part(request: HttpRequest, message_id: Id, part: str, inline: bool = False) -> HttpResponseBase:
    """One attachment, decoded, as a stream."""
    if len(part) > 40:
        raise access.Missing("part")
    return await _streamed(request, Request(kind="part", messages=[message_id], part=part), inline=inline)


@router.get("/messages/{message_id}/source", include_in_schema=False)
async def get_source(request: HttpRequest, message_id: Id) -> HttpResponseBase:
    response = await _streamed(request, Request(kind="source", messages=[message_id]), inline=False)
    response.headers["Content-Type"] = "text/plain; charset=utf-8"
    response.headers["Content-Disposition"] = "inline"
    return response


@router.get("/messages/{message_id}/eml", include_in_schema=False)
async def get_eml(request: HttpRequest, message_id: Id) -> HttpResponseBase:
    response = await _streamed(request, Request(kind="source", messages=[message_id]), inline=False)
    response.headers["Content-Type"] = "message/rfc822"
    return response


async def _streamed(request: HttpRequest, wanted: Request, *, inline: bool) -> HttpResponseBase:
    device = device_of(request)
    await database_sync_to_async(access.message, thread_sensitive=False)(device, wanted.messages[0])
    chunks = ask(device.account_id, wanted)
    try:
        head = json.loads(await anext(chunks))
    except OwnerSilent:
        raise Coded(503, "try_again") from None
    except RequestFailed as error:
        raise Coded(404 if error.code == "gone" else 503, error.code) from None
    kind = head["type"] if head["type"] in INLINE else "application/octet-stream"
    response = StreamingHttpResponse(_rest(chunks), content_type=kind)
    response.headers["Content-Disposition"] = _disposition(head["filename"], inline=inline and kind in INLINE)
    response.headers["Content-Security-Policy"] = PART_CSP
    response.headers["X-Part-Size"] = str(int(head["size"]))
    return response


async def _rest(chunks: AsyncGenerator[bytes, None]) -> AsyncIterator[bytes]:
    # An owner that fails in the middle must end the response short, not whole: what it raises reaches the ASGI layer.
    async with aclosing(chunks):  # the owner is told at once when the browser has left
        async for chunk in chunks:
            yield chunk


def _disposition(filename: str, *, inline: bool) -> str:
    """RFC 6266: an ASCII fallback and the real name."""
    plain = "".join(char if (char.isascii() and char.isalnum()) or char in "._- " else "_" for char in filename)
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{plain or 'file'}\"; filename*=UTF-8''{quote(filename or 'file', safe='')}"
