"""Settings from the environment: one file, typed readers, and a sentence for whoever set something wrong.

Every variable is described in deploy/settings.env.example; any secret may come from a file named by `<NAME>_FILE`.
"""

import json
import os
from pathlib import Path
from typing import Any, cast

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from sync.endpoint import IMAP_PORTS, SMTP_PORTS, Endpoint, HostPolicy, Security
from sync.seal import read_key
from webmail.preflight import unfit_because

BASE_DIR = Path(__file__).resolve().parent.parent


def env(name: str, default: str = "") -> str:
    """A variable, or the content of the file that `<name>_FILE` names."""
    path = os.environ.get(f"{name}_FILE", "")
    if not path:
        return os.environ.get(name, default)
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE={path} cannot be read ({error.strerror}).") from None


def env_list(name: str, default: str = "") -> list[str]:
    return [item.strip() for item in env(name, default).split(",") if item.strip()]


def env_keys() -> list[bytes]:
    """The current key and, while rotating, the old one."""
    try:
        return [read_key(text) for name in ("PRAXISPOST_KEY", "PRAXISPOST_KEY_OLD") if (text := env(name))]
    except ValueError as error:
        raise ImproperlyConfigured(f"PRAXISPOST_KEY: {error}") from None


def env_endpoint(name: str) -> Endpoint | None:
    """A server, such as starttls://smtp.praxis.example:587."""
    text = env(name)
    way, _, rest = text.partition("://")
    host, _, port = rest.rpartition(":")
    if not text:
        return None
    if way not in ("tls", "starttls", "plain") or not host or not port.isdecimal():
        raise ImproperlyConfigured(f"{name}={text} is not of the form tls://host:port, starttls:// or plain://.")
    return Endpoint(host=host, port=int(port), security=cast(Security, way))


def env_hosts(name: str, default: str, default_ports: frozenset[int]) -> HostPolicy:
    """The servers that may be talked to."""
    try:
        return HostPolicy.parse(env(name, default), setting=name, default_ports=default_ports)
    except ValueError as error:
        raise ImproperlyConfigured(str(error)) from None


MODE = env("PRAXISPOST_MODE", "production")
if MODE not in ("production", "demo", "test"):
    raise ImproperlyConfigured(f"PRAXISPOST_MODE={MODE} is none of production, demo, test.")
PRODUCTION = MODE == "production"

if PRODUCTION and (unfit := unfit_because()):
    raise ImproperlyConfigured(f"{unfit} Praxispost does not start on it in production.")

PRAXISPOST_KEYS = env_keys()
if not PRAXISPOST_KEYS:
    raise ImproperlyConfigured(
        "No key: set PRAXISPOST_KEY or PRAXISPOST_KEY_FILE to 32 random bytes in base64 (openssl rand -base64 32), "
        "and keep it away from the database: without it nothing stored can be read."
    )
SECRET_KEY = env("PRAXISPOST_SECRET_KEY")
if len(SECRET_KEY) < 40:
    raise ImproperlyConfigured("PRAXISPOST_SECRET_KEY needs 40 random characters or more (openssl rand -base64 48).")

IMAP_HOST_POLICY = env_hosts("PRAXISPOST_IMAP_HOSTS", "imap.mail.hin.ch:993", IMAP_PORTS)
SMTP_SERVER = env_endpoint("PRAXISPOST_SMTP_SERVER")
SMTP_HOST_POLICY = env_hosts("PRAXISPOST_SMTP_HOSTS", "smtp.mail.hin.ch:587", SMTP_PORTS)

DEBUG = False
ORIGINS = env_list("PRAXISPOST_ORIGINS", "" if PRODUCTION else "http://127.0.0.1:8000")
if not ORIGINS:
    raise ImproperlyConfigured("PRAXISPOST_ORIGINS: the address in the browser, for example https://post.praxis.ch.")
ALLOWED_HOSTS = [origin.split("://", 1)[-1].rsplit(":", 1)[0] for origin in ORIGINS]
CSRF_TRUSTED_ORIGINS = ORIGINS
DEMO_HINT: dict[str, Any] | None = json.loads(env("PRAXISPOST_DEMO_HINT", "null"))

DATA = Path(env("PRAXISPOST_DATA", str(BASE_DIR / ".dev")))
REDIS_URL = env("REDIS_URL", "redis://127.0.0.1:6379/0")
REDIS_BROKER_URL = env("REDIS_BROKER_URL", "redis://127.0.0.1:6379/1")

DATABASES: dict[str, dict[str, Any]] = {
    "default": dict(dj_database_url.parse(env("DATABASE_URL", f"sqlite:///{DATA / 'praxispost.sqlite3'}")))
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Deferred transactions fail under several writers: take the write lock at once, and wait for it.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000;",
    }
    # Threads of one test share a file, not a connection.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA / "test.sqlite3")}
else:
    # Lanes and sockets come and go on threads: connections are borrowed, never kept by a thread.
    DATABASES["default"]["OPTIONS"] = {"pool": {"min_size": 1, "max_size": 40, "timeout": 20}}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "axes",
    "sync",
    "webmail.accounts",
]
MIDDLEWARE = [
    "webmail.headers.SecurityHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
ROOT_URLCONF = "webmail.urls"
ASGI_APPLICATION = "webmail.asgi.application"
APPEND_SLASH = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
FRONTEND = BASE_DIR / "frontend" / "dist"

AUTH_USER_MODEL = "accounts.Device"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "webmail.accounts.backend.ImapBackend"]
AXES_USERNAME_FORM_FIELD = "username"  # its default, our USERNAME_FIELD, would count all mailboxes together
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = False  # it would look for the device's id; `sign_in` resets the mailbox's count
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_ENABLE_ACCESS_FAILURE_LOG = False
SILENCED_SYSTEM_CHECKS = ["axes.W002"]  # its middleware would answer the last attempt in HTML, without our code

# The `__Host-` prefix needs Secure and no Domain; Chromium keeps such cookies on http://127.0.0.1 too.
SESSION_COOKIE_NAME = "__Host-session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 90 * 24 * 3600
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_HTTPONLY = True  # the token comes with GET /api/session
CSRF_COOKIE_SAMESITE = "Strict"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024  # a mail that is written, with its text twice: plain and rich

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"sync": {"level": "INFO"}, "webmail": {"level": "INFO"}, "django.request": {"level": "ERROR"}},
}
