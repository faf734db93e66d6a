"""Signing in means that the mail server accepts the secret."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from sync.endpoint import Endpoint
from sync.imap.connection import connect
from sync.imap.errors import SignInRefused
from webmail.accounts.models import Device


class ImapBackend(BaseBackend):
    """Asked after the lockout. Refusals are counted there; an unreachable server is nobody's wrong password."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        *,
        endpoint: Endpoint | None = None,
        address: str = "",
        imap_user: str = "",
        secret: str = "",
        device: Device | None = None,
        **kwargs: Any,
    ) -> Device | None:
        """Raises TryAgain, Nonsense when the server cannot be asked. → the device that was given."""
        if endpoint is None or device is None:
            return None
        with connect(endpoint, address, connect_timeout_s=8, read_timeout_s=15) as connection:
            try:
                connection.sign_in(imap_user, secret)
            except SignInRefused:
                return None
        return device

    def get_user(self, user_id: Any) -> Device | None:
        return Device.objects.filter(pk=user_id).first()
