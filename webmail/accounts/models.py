"""The signed-in principal is a device: five people share one mailbox, each browser has a name."""

import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from uuid6 import uuid7


def new_id() -> uuid.UUID:
    return uuid.UUID(int=uuid7().int)


class Devices(BaseUserManager["Device"]):
    """Django asks for it; devices come from signing in only."""


class Device(AbstractBaseUser):
    """A browser that signed in to an account. It has no password: the mail server is asked."""

    id = models.UUIDField(primary_key=True, default=new_id)
    account = models.UUIDField(db_index=True)
    name = models.CharField(max_length=60)
    created_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(auto_now_add=True)
    password = models.CharField(max_length=128, default="!")

    objects = Devices()
    USERNAME_FIELD = "id"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = "device"

    @property
    def account_id(self) -> str:
        return str(self.account)
