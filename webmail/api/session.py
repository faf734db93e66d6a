"""Session, sign-in, sign-out, this device, the secret, the archive."""

from typing import cast

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest
from django.middleware.csrf import get_token
from ninja import Router

from sync.store import accounts, actions
from webmail import access
from webmail.accounts.models import Device
from webmail.accounts.sign_in import SignInError, SignInForm, has_control, replace_secret, sign_in
from webmail.api.auth import Coded, anyone, signed_in
from webmail.build import build_id
from webmail.wire.bounds import API_VERSION
from webmail.wire.mirror import Refusal
from webmail.wire.session import ArchiveBody, DemoHint, DeviceBody, DeviceRow, SecretBody, Session, SignInBody

router = Router(tags=["session"])
_STATUS = {"refused": 403, "locked_out": 429, "unreachable": 502}


@router.get("/session", response=Session, auth=anyone)
def get_session(request: HttpRequest) -> Session:
    return _session(request)


@router.post("/sign-in", response={200: Session, 403: Refusal, 422: Refusal, 429: Refusal, 502: Refusal}, auth=anyone)
def post_sign_in(request: HttpRequest, body: SignInBody) -> Session:
    try:
        sign_in(request, SignInForm(**body.dict()))
    except SignInError as error:
        raise Coded(_STATUS.get(error.code, 422), error.code) from None
    return _session(request)


@router.post("/sign-out", response=Session, auth=anyone)
def post_sign_out(request: HttpRequest) -> Session:
    logout(request)
    return _session(request)


@router.post("/device", response=Session, auth=signed_in)
def post_device(request: HttpRequest, body: DeviceBody) -> Session:
    if has_control(body.name):
        raise Coded(422, "bad_input")
    device = _device(request)
    device.name = body.name.strip() or device.name
    device.save(update_fields=["name"])
    return _session(request)


@router.post("/secret", response={200: Session, 403: Refusal, 422: Refusal, 429: Refusal, 502: Refusal}, auth=signed_in)
def post_secret(request: HttpRequest, body: SecretBody) -> Session:
    try:
        replace_secret(request, _device(request), body.secret)
    except SignInError as error:
        raise Coded(_STATUS.get(error.code, 422), error.code) from None
    return _session(request)


@router.post("/archive", response=Session, auth=signed_in)
def post_archive(request: HttpRequest, body: ArchiveBody) -> Session:
    """Which folder is the archive; null makes one."""
    device = _device(request)
    if body.folder is None:
        actions.request_archive(device.account_id, device_id=str(device.pk), device_name=device.name)
    else:
        accounts.choose_archive(device.account_id, access.folder(device, body.folder))
    return _session(request)


def _device(request: HttpRequest) -> Device:
    return cast(Device, request.user)  # `signed_in` let nobody else through


def _session(request: HttpRequest) -> Session:
    device = request.user if isinstance(request.user, Device) else None
    return Session(
        signed_in=device is not None,
        csrf=get_token(request),
        device=DeviceRow(id=str(device.pk), name=device.name) if device else None,
        account=accounts.account_row(device.account_id) if device else None,
        epoch=accounts.current_epoch(device.account_id) if device else "",
        seq=accounts.current_seq(device.account_id) if device else 0,
        build=build_id(),
        api=API_VERSION,
        demo=settings.MODE == "demo",
        demo_hint=DemoHint(**settings.DEMO_HINT) if settings.DEMO_HINT and not settings.PRODUCTION else None,
    )
