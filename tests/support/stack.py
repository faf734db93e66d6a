"""The whole product on loopback: Dovecot, Redis, one worker, one web server, each a real process.

`site` is the port browsers use: a fault proxy in front of the web server, so that a test can cut the network as a
tunnel does, websockets included.
"""

import base64
import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from deploy.embedded.dovecot import Dovecot
from deploy.embedded.ports import free_port
from deploy.embedded.redis import Redis
from tests.support.fault_proxy import FaultProxy

ROOT = Path(__file__).resolve().parents[2]
START_S = 60


class Stack:
    """Context manager. `dovecot` may be given when its mailboxes were prepared before."""

    def __init__(self, folder: Path, *, dovecot: Dovecot | None = None, env: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.dovecot = dovecot or Dovecot()
        self._own_dovecot = dovecot is None
        self.redis = Redis(folder / "redis")
        self.web_port = free_port()
        self._more_env = env or {}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.proxy = FaultProxy("127.0.0.1", self.web_port)

    @property
    def origin(self) -> str:
        """What a browser opens: through the proxy."""
        return f"http://127.0.0.1:{self.proxy.port}"

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def _start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._own_dovecot:
            self.dovecot.start()
        self.redis.start()
        self.proxy.start()
        self._run_once("migrate", "manage.py", "migrate", "--verbosity", "0")
        self.start_worker()
        self.start_web()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        for name in list(self._processes):
            self.stop(name)
        self.proxy.stop()
        self.redis.stop()
        if self._own_dovecot:
            self.dovecot.stop()

    def start_web(self) -> None:
        self._spawn(
            "web",
            [
                *("-m", "uvicorn", "webmail.asgi:application", "--host", "127.0.0.1", "--port", str(self.web_port)),
                *("--ws", "websockets-sansio", "--lifespan", "off", "--no-access-log"),
            ],
        )
        self._wait_until_healthy()

    def start_worker(self) -> None:
        self._spawn(
            "worker",
            [
                *("-m", "celery", "-A", "webmail.celery", "worker", "--pool", "threads", "--concurrency", "8"),
                *("--loglevel", "INFO", "--without-gossip", "--without-mingle", "--without-heartbeat"),
            ],
        )

    def stop(self, name: str, *, by: signal.Signals = signal.SIGTERM) -> None:
        """End one process by its id; `by=SIGKILL` is the crash."""
        process = self._processes.pop(name, None)
        if process is None:
            return
        process.send_signal(by)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def env(self) -> dict[str, str]:
        key = self.folder / "key"
        if not key.exists():
            key.write_text(base64.b64encode(secrets.token_bytes(32)).decode())
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "webmail.settings",
            "PRAXISPOST_MODE": "test",
            "PRAXISPOST_KEY_FILE": str(key),
            "PRAXISPOST_SECRET_KEY": "tests-only-" + "x" * 40,
            "PRAXISPOST_DATA": str(self.folder),
            "DATABASE_URL": f"sqlite:///{self.folder / 'praxispost.sqlite3'}",
            "REDIS_URL": self.redis.url,
            "REDIS_BROKER_URL": self.redis.url.replace("/0", "/1"),
            "PRAXISPOST_IMAP_HOSTS": "127.0.0.1:* private",
            "PRAXISPOST_SMTP_HOSTS": "127.0.0.1:* private",
            "PRAXISPOST_ORIGINS": self.origin,
            "PRAXISPOST_DEMO_HINT": json.dumps(
                {"host": "127.0.0.1", "port": self.dovecot.port, "security": "plain", "users": []}
            ),
            **self._more_env,
        }

    def _spawn(self, name: str, arguments: list[str]) -> None:
        log = (self.folder / f"{name}.log").open("ab")
        self._processes[name] = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, env=self.env(), stdout=log, stderr=subprocess.STDOUT
        )
        log.close()

    def _run_once(self, name: str, *arguments: str) -> None:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.env(), capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, f"{name}: {done.stderr}"

    def _wait_until_healthy(self) -> None:
        deadline = time.monotonic() + START_S
        while True:
            answer = self._ask_health()
            if answer is not None:
                return
            if self._processes["web"].poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the web server did not come up:\n{self.log('web')}")
            time.sleep(0.05)

    def _ask_health(self) -> Any:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.web_port}/healthz", timeout=2) as response:
                return response.status
        except (OSError, urllib.error.URLError):
            return None
