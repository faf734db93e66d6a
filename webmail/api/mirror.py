"""What a browser mirrors: the first look, what changed, pages of folders."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from sync.feed import Delta, Page, Position, WindowKind
from sync.store import reading
from webmail import access
from webmail.api.auth import account_of, device_of, signed_in
from webmail.wire.bounds import Id
from webmail.wire.mirror import ChangesBody, Reset

router = Router(tags=["mirror"], auth=signed_in)
MAX_PAGE = 500


@router.get("/snapshot", response=Delta)
def get_snapshot(request: HttpRequest) -> Delta:
    return reading.snapshot(account_of(request))


@router.post("/changes", response={200: Delta | Reset})
def post_changes(request: HttpRequest, body: ChangesBody) -> Delta | Reset:
    windows = [window.value() for window in body.windows]
    delta = reading.changes(account_of(request), body.epoch, body.since, windows)
    return Reset(reset=True) if delta is None else delta


@router.get("/folders/{folder_id}/messages", response=Page)
def get_page(
    request: HttpRequest,
    folder_id: Id,
    kind: WindowKind = "all",
    before_received_at: int | None = None,
    before_id: Id | None = None,
    limit: Annotated[int, Field(ge=1, le=MAX_PAGE)] = 50,
) -> Page:
    """Rows strictly older than (before_received_at, before_id), newest first."""
    before = None
    if before_received_at is not None and before_id is not None:
        before = Position(received_at=before_received_at, id=before_id)
    folder = access.folder(device_of(request), folder_id)
    return reading.page(account_of(request), folder, kind, before, limit)
