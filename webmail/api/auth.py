"""Who asks: a signed-in device, with a CSRF token for every change. Also the API version of the browser's code."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja.errors import HttpError
from ninja.utils import check_csrf

from webmail.accounts.models import Device
from webmail.wire.bounds import API_VERSION

SEEN_EVERY = timedelta(hours=1)


def device_of(request: HttpRequest) -> Any:
    """Whoever `signed_in` let through."""
    return request.auth  # type: ignore[attr-defined]


def account_of(request: HttpRequest) -> str:
    """The id of the mailbox that it is signed in to."""
    return str(device_of(request).account_id)


class Coded(HttpError):
    """An answer with a code that the screen has words for."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(status, code)
        self.code = code


def anyone(request: HttpRequest) -> Any:
    """No sign-in needed, but a change still needs our own page's token."""
    _check_version(request)
    _check_origin(request)
    return request.user if request.user.is_authenticated else True


def signed_in(request: HttpRequest) -> Device:
    """Raises Coded 401, 403, 426. Touches the device so that 90 days count from the last use."""
    _check_version(request)
    device = _meant(request, request.user)
    _check_origin(request)
    _touch(request, device)
    return device


async def signed_in_async(request: HttpRequest) -> Device:
    """The same for views that stream."""
    _check_version(request)
    device = _meant(request, await request.auser())
    _check_origin(request)
    return device


def _meant(request: HttpRequest, user: object) -> Device:
    """The device, if it is the one that a window speaks for: another window of the browser may have signed in to
    another mailbox since, and the cookie is that one's now."""
    spoken_for = request.headers.get("X-Praxispost-Account", "")
    if not isinstance(user, Device) or (spoken_for and spoken_for != user.account_id):
        raise Coded(401, "signed_out")
    return user


def _check_version(request: HttpRequest) -> None:
    version = request.headers.get("X-Praxispost-Api", "")
    if version.isdigit() and int(version) < API_VERSION - 1:
        raise Coded(426, "update_required")


def _check_origin(request: HttpRequest) -> None:
    if request.method in ("GET", "HEAD"):
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Coded(403, "cross_site")
    if check_csrf(request) is not None:
        raise Coded(403, "csrf")


def _touch(request: HttpRequest, device: Device) -> None:
    now = timezone.now()
    if now - device.last_seen_at > SEEN_EVERY:
        Device.objects.filter(pk=device.pk).update(last_seen_at=now)
        request.session.modified = True
