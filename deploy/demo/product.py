"""How the product's own processes are started in the demo: their command lines and their environment."""

import json
import os
import sys
import urllib.error
import urllib.request

from deploy.demo.home import DATABASE, Home
from deploy.demo.options import ROOT, DemoError, Options
from deploy.demo.people import DOCTOR, PASSWORD, PRACTICE

VITE_PORT = 5173
_HEALTH_TIMEOUT_S = 2

MIGRATE = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
WORKER = [
    *(sys.executable, "-m", "celery", "-A", "webmail.celery", "worker", "--pool", "threads", "--concurrency", "8"),
    *("--loglevel", "INFO", "--without-gossip", "--without-mingle", "--without-heartbeat"),
]
VITE = [
    *("node", "node_modules/vite/bin/vite.js", "--host", "127.0.0.1", "--port", str(VITE_PORT), "--strictPort"),
    *("--clearScreen", "false"),
]


def web_command(options: Options) -> list[str]:
    command = [
        *(sys.executable, "-m", "uvicorn", "webmail.asgi:application", "--host", "127.0.0.1"),
        *("--port", str(options.port), "--ws", "websockets-sansio", "--lifespan", "off", "--no-access-log"),
        *("--timeout-graceful-shutdown", "3"),
    ]
    return [*command, "--reload", "--reload-dir", "webmail", "--reload-dir", "sync"] if options.dev else command


def environment(options: Options, home: Home, *, redis_url: str, imap_port: int, smtp_port: int) -> dict[str, str]:
    users = [{"address": who.mail, "user": who.mail, "secret": PASSWORD} for who in (PRACTICE, DOCTOR)]
    ports = [options.port, VITE_PORT] if options.dev else [options.port]
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("PRAXISPOST_")},
        "DJANGO_SETTINGS_MODULE": "webmail.settings",
        "PYTHONUNBUFFERED": "1",
        "PRAXISPOST_MODE": "demo",
        "PRAXISPOST_KEY_FILE": str(home.key_file()),
        "PRAXISPOST_SECRET_KEY_FILE": str(home.secret_key_file()),
        "PRAXISPOST_DATA": str(home.folder),
        "DATABASE_URL": f"sqlite:///{home.folder / DATABASE}",
        "REDIS_URL": redis_url,
        "REDIS_BROKER_URL": redis_url.replace("/0", "/1"),
        "PRAXISPOST_IMAP_HOSTS": "imap.mail.hin.ch:993, 127.0.0.1:* private, localhost:* private",
        "PRAXISPOST_SMTP_HOSTS": "smtp.mail.hin.ch:587, 127.0.0.1:* private, localhost:* private",
        "PRAXISPOST_SMTP_SERVER": f"plain://127.0.0.1:{smtp_port}",
        "PRAXISPOST_ORIGINS": ",".join(
            f"http://{host}:{port}" for port in ports for host in ("127.0.0.1", "localhost")
        ),
        "PRAXISPOST_DEMO_HINT": json.dumps(
            {"host": "127.0.0.1", "port": imap_port, "security": "plain", "users": users}
        ),
    }


def check_front_end() -> None:
    """Raises DemoError when it is not built."""
    if not (ROOT / "frontend" / "dist" / "index.html").exists():
        raise DemoError("The front end is not built yet: run make build, then start the demo again.")


def is_healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=_HEALTH_TIMEOUT_S) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False
