"""The API put together: routers, errors as codes."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import ValidationError

from sync.store.commit import NoSuchAccount
from webmail import access
from webmail.api import actions, book, messages, mirror, session, writing
from webmail.api.auth import Coded
from webmail.wire.bounds import API_VERSION

api = NinjaAPI(title="Praxispost", version=str(API_VERSION), docs_url=None, openapi_url=None)
for part in (session, mirror, actions, messages, writing, book):
    api.add_router("", part.router)


@api.exception_handler(Coded)
def on_coded(request: HttpRequest, error: Coded) -> HttpResponse:
    return api.create_response(request, {"code": error.code}, status=error.status_code)


@api.exception_handler(access.Missing)
def on_missing(request: HttpRequest, error: access.Missing) -> HttpResponse:
    return api.create_response(request, {"code": "missing"}, status=404)


@api.exception_handler(NoSuchAccount)
def on_no_account(request: HttpRequest, error: NoSuchAccount) -> HttpResponse:
    return api.create_response(request, {"code": "signed_out"}, status=401)


@api.exception_handler(RequestDataTooBig)
def on_too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return api.create_response(request, {"code": "too_large"}, status=413)


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    # Where, not what: the value may be a secret.
    fields: list[Any] = [list(item.get("loc", ())) for item in error.errors]
    return api.create_response(request, {"code": "bad_input", "fields": fields}, status=422)
