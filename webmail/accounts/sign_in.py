"""From a form to a signed-in device.

1  the two mistakes that everybody makes with HIN, said before any network
2  is this server listed, and where does its name lead
3  does the server accept the secret (counted, locked out)
4  account found or made, secret sealed; device made; session begun anew
"""

import re
from dataclasses import dataclass
from typing import Literal

from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_client_ip_address
from django.conf import settings
from django.contrib.auth import authenticate, login
from django.http import HttpRequest

from sync.endpoint import Endpoint, HostRefused, Security
from sync.imap.errors import ImapError
from sync.keys import keyring
from sync.store import accounts
from webmail.accounts.models import Device

HIN = Endpoint(host="imap.mail.hin.ch", port=993, security="tls")
HIN_TOKEN_CHARS = 30
DEVICE_NAME_CHARS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInForm:
    address: str
    imap_user: str
    secret: str
    preset: Literal["hin", "other"]
    host: str
    port: int
    security: Security
    device_name: str


class SignInError(Exception):
    """`code`: hin_user_is_address, hin_password_not_token, refused, host_not_listed, unreachable, locked_out or
    bad_input."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def sign_in(request: HttpRequest, form: SignInForm) -> Device:
    """Raises SignInError."""
    _check_form(form)
    endpoint = HIN if form.preset == "hin" else _endpoint(form)
    user = form.imap_user or form.address
    device = _device_of(request, form)
    _check_secret(request, endpoint, user, form.secret, device)
    account_id = accounts.open_account(
        endpoint=endpoint, imap_user=user, address=form.address, preset=form.preset, secret=form.secret
    )
    if str(device.account) != account_id:
        device = Device(account=account_id, name=device.name)
    device.save()
    login(request, device, backend="webmail.accounts.backend.ImapBackend")
    return device


def replace_secret(request: HttpRequest, device: Device, secret: str) -> None:
    """A new secret for the account a device is signed in to, proven first. Raises SignInError."""
    _check_text(secret)
    known = accounts.credentials(device.account_id)
    if known.preset == "hin" and len(secret) < HIN_TOKEN_CHARS:
        raise SignInError("hin_password_not_token")
    _check_secret(request, known.endpoint, known.imap_user, secret, device)
    accounts.replace_secret(device.account_id, secret)


def _check_form(form: SignInForm) -> None:
    if not re.fullmatch(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+", form.address):
        raise SignInError("bad_input")
    _check_text(form.secret)
    if has_control(form.imap_user + form.device_name):
        raise SignInError("bad_input")
    if form.preset == "hin":
        if "@" in form.imap_user or not form.imap_user:
            raise SignInError("hin_user_is_address")
        if len(form.secret) < HIN_TOKEN_CHARS:
            raise SignInError("hin_password_not_token")


def _check_text(secret: str) -> None:
    if not secret.strip() or has_control(secret):
        raise SignInError("bad_input")


def has_control(text: str) -> bool:
    return re.search(r"[\x00-\x1f\x7f]", text) is not None


def _endpoint(form: SignInForm) -> Endpoint:
    return Endpoint(host=form.host.strip().lower().rstrip("."), port=form.port, security=form.security)


def _device_of(request: HttpRequest, form: SignInForm) -> Device:
    """The device of a browser that signs in again keeps its id; another one starts with its name."""
    name = form.device_name.strip()[:DEVICE_NAME_CHARS] or "?"
    known = request.user
    if isinstance(known, Device):
        known.name = name if form.device_name.strip() else known.name
        return known
    return Device(name=name)


def _check_secret(request: HttpRequest, endpoint: Endpoint, user: str, secret: str, device: Device) -> None:
    try:
        address = settings.IMAP_HOST_POLICY.resolve(endpoint)
    except HostRefused as error:
        raise SignInError("unreachable" if error.code == "unresolvable" else "host_not_listed") from None
    # A digest: whoever types the password into the wrong field must not find it in a table.
    name = keyring().digest(f"sign-in:{user}@{endpoint.host}").hex()
    if not AxesProxyHandler.is_allowed(request, {"username": name}):
        raise SignInError("locked_out")
    try:
        accepted = authenticate(
            request, username=name, endpoint=endpoint, address=address, imap_user=user, secret=secret, device=device
        )
    except ImapError:
        raise SignInError("unreachable") from None
    if accepted is None:
        raise SignInError("refused")
    AxesProxyHandler.reset_attempts(username=name, ip_address=get_client_ip_address(request))
