"""Signing in, and who this browser is."""

from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field, StringConstraints

from sync.endpoint import Security
from sync.feed import AccountRow
from webmail.wire.bounds import Id, Line, Strict


class SignInBody(Strict):
    address: Line
    imap_user: Line = ""
    secret: Annotated[str, StringConstraints(max_length=4000)]
    preset: Literal["hin", "other"]
    host: Line = ""
    port: Annotated[int, Field(ge=0, le=65535)] = 993
    security: Security = "tls"
    device_name: Line = ""


class SecretBody(Strict):
    secret: Annotated[str, StringConstraints(min_length=1, max_length=4000)]


class DeviceBody(Strict):
    name: Annotated[str, StringConstraints(min_length=1, max_length=60)]


class ArchiveBody(Strict):
    folder: Id | None


class DeviceRow(Schema):
    id: str
    name: str


class DemoUser(Schema):
    address: str
    user: str
    secret: str


class DemoHint(Schema):
    host: str
    port: int
    security: Security
    users: list[DemoUser]


class Session(Schema):
    """Who this browser is. `csrf` goes into the X-CSRFToken header of every change."""

    signed_in: bool
    csrf: str
    device: DeviceRow | None
    account: AccountRow | None
    epoch: str
    seq: int
    build: str
    api: int
    demo: bool
    demo_hint: DemoHint | None
