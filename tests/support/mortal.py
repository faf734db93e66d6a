"""Web server, worker and database of the product, each a process that can be killed with -9 and started again at once,
and browsers that ask until they are answered."""

import http.client
import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import psycopg

from deploy.embedded.ports import free_port
from deploy.embedded.postgres import Postgres
from deploy.embedded.redis import Redis
from tests.support.waiting import wait_for

ROOT = Path(__file__).resolve().parents[2]
Victim = Literal["web", "worker", "database"]


class Mortal:
    """Context manager. `kill` may be called from any thread; `revive` and all else from the test's own."""

    def __init__(self, folder: Path) -> None:
        self.web_port = free_port()
        self.origin = f"http://127.0.0.1:{self.web_port}"
        self._folder = folder
        self._redis = Redis(folder / "redis")
        self._database = Postgres(survives_kill=True)
        self._opened = ExitStack()
        self._pids: dict[str, int] = {}
        self._dead: set[Victim] = set()
        self._lock = threading.RLock()

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def _start(self) -> None:
        self._opened.enter_context(self._redis)
        self._opened.enter_context(self._database)
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, env=self._env(), check=True
        )
        with (self._folder / "log").open("wb") as log:
            self._zygote = subprocess.Popen(
                [sys.executable, "-m", "tests.support.zygote"],
                cwd=ROOT,
                env=self._env(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self._opened.enter_context(self._zygote)
        self._opened.callback(self._zygote.kill)
        self._begin("web")
        self._begin("worker")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pid in self._pids.values():
            _end(pid)
        self._opened.close()

    @property
    def log(self) -> str:
        return (self._folder / "log").read_text(errors="replace")

    def kill(self, victim: Victim) -> None:
        """→ when it is gone, by this or before."""
        with self._lock:
            if victim in self._dead:
                return
            self._dead.add(victim)
            if victim == "database":
                self._database.kill()
            else:
                _end(self._pids.pop(victim))

    def revive(self) -> None:
        """Whatever was killed. The next worker need not wait until the lease of the dead one has run out."""
        with self._lock:
            for victim in sorted(self._dead):  # the database first
                if victim == "database":
                    self._database.start()
                else:
                    self._begin(victim)
                self._dead.discard(victim)

    def start_over(self) -> None:
        """No mailbox is known any more, and another worker begins."""
        self.revive()
        self.kill("worker")
        self.sql("TRUNCATE sync_account CASCADE")
        self.revive()

    def ring(self) -> None:
        """Wake the worker; of a dead one nobody takes notice."""
        with self._lock:
            if "worker" in self._pids:
                os.kill(self._pids["worker"], signal.SIGUSR1)

    def sql(self, *statements: str) -> None:
        """All of them or none, and again when the database is killed meanwhile."""
        wait_for(lambda: self._did(statements))

    def _did(self, statements: Sequence[str]) -> bool:
        with self._lock:
            if "database" in self._dead:
                self._database.start()
                self._dead.discard("database")
        try:
            with psycopg.connect(self._database.url) as line:
                for statement in statements:
                    line.execute(statement.encode())
        except psycopg.OperationalError:
            return False
        return True

    def time_passes(self, ms: int) -> None:
        """For whatever waits for its time: that is now, and it began so much earlier."""
        self.sql(
            "UPDATE sync_action SET due_at = 0 WHERE due_at > 0",
            f"UPDATE sync_submission SET asked_at = asked_at - {ms:d}, began_at = began_at - {ms:d}",
        )

    def _begin(self, name: Literal["web", "worker"]) -> None:
        if name == "worker":
            self.sql("UPDATE sync_shard SET expires_at = 0")
        assert self._zygote.stdin is not None and self._zygote.stdout is not None
        self._zygote.stdin.write(f"web {self.web_port}\n" if name == "web" else "worker\n")
        self._zygote.stdin.flush()
        self._pids[name] = int(self._zygote.stdout.readline())

    def _env(self) -> dict[str, str]:
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "webmail.settings",
            "PRAXISPOST_DATA": str(self._folder),
            "PRAXISPOST_ORIGINS": self.origin,
            "DATABASE_URL": self._database.url,
            "REDIS_URL": self._redis.url,
            "REDIS_BROKER_URL": self._redis.url.replace("/0", "/1"),
        }


class Browser:
    """One device's cookies. `between`: done before each attempt."""

    def __init__(self, product: Mortal, between: Callable[[], object] = lambda: None) -> None:
        self._product, self._between = product, between
        self._cookies: dict[str, str] = {}
        self._csrf = ""

    def sign_in(self, form: Mapping[str, Any]) -> Self:
        self.insist("GET", "/api/session")
        self.insist("POST", "/api/sign-in", form)
        return self

    def insist(self, method: str, path: str, body: Any = None) -> Any:
        """Until there is an answer, as the app does: nothing is known of a request that has none."""
        answer: list[tuple[int, Any]] = []

        def asked() -> bool:
            self._between()
            try:
                answer[:] = [self.call(method, path, body)]
            except (OSError, http.client.HTTPException):
                return False
            return answer[0][0] < 500

        wait_for(asked)
        status, said = answer[0]
        assert status in (200, 204), said
        return said

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Raises OSError, HTTPException."""
        line = http.client.HTTPConnection("127.0.0.1", self._product.web_port, timeout=20)
        try:
            content = None if body is None else json.dumps(body).encode()
            line.request(method, path, content, self._headers())
            answer = line.getresponse()
            read = answer.read()
        finally:
            line.close()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                cookie, _, content_of = value.partition(";")[0].partition("=")
                self._cookies[cookie] = content_of
        said = (
            json.loads(read) if read and answer.getheader("Content-Type", "").startswith("application/json") else read
        )
        if isinstance(said, dict):
            self._csrf = said.get("csrf", self._csrf)
        return answer.status, said

    def _headers(self) -> dict[str, str]:
        return {
            "Content-Type": "application/json",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
            "Origin": self._product.origin,
            "Sec-Fetch-Site": "same-origin",
            "User-Agent": "Firefox",
            "X-CSRFToken": self._csrf,
            "X-Praxispost-Api": "1",
        }


def _end(pid: int) -> None:
    """kill -9, and wait: it is not a child of ours. Raises ProcessLookupError when it died by itself."""
    handle = os.pidfd_open(pid)
    try:
        signal.pidfd_send_signal(handle, signal.SIGKILL)
        select.select([handle], [], [], 20)
    finally:
        os.close(handle)
