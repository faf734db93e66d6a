"""The ASGI application: files, API, websocket."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webmail.settings")

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import OriginValidator
from django.core.asgi import get_asgi_application

django_application = get_asgi_application()

from django.conf import settings
from django.urls import path

import webmail.celery  # noqa: F401  # sets the broker that pokes go to
from webmail.live.consumer import LiveConsumer
from webmail.pages import Files

sockets = URLRouter([path("live/", LiveConsumer.as_asgi())])
application = ProtocolTypeRouter(
    {
        "http": Files(django_application),
        # Exact origins: a foreign page must not open a socket with this browser's cookies.
        "websocket": OriginValidator(AuthMiddlewareStack(sockets), settings.ORIGINS),
    }
)
