"""A private PostgreSQL in a temporary folder, for tests: `python -m deploy.embedded.postgres COMMAND …` runs a command
with DATABASE_URL set, and leaves nothing behind.

PostgreSQL refuses to run as root: then its programs run as the system user `postgres`.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.embedded.ports import free_port

_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}
START_S = 30


class Postgres:
    """Context manager; `url` names an empty database "praxispost" of the superuser "praxispost".

    `survives_kill`: what was committed is still there after `kill` and `start` (not after a power cut).
    """

    def __init__(self, *, survives_kill: bool = False) -> None:
        self.port = free_port()
        self._settings = {**_SETTINGS, **({"synchronous_commit": "on"} if survives_kill else {})}
        self._folder = Path(tempfile.mkdtemp(prefix="postgres-"))
        self._programs = programs()

    @property
    def url(self) -> str:
        return f"postgresql://praxispost@127.0.0.1:{self.port}/praxispost"

    def __enter__(self) -> Self:
        if _run_as():
            shutil.chown(self._folder, "postgres")
        data = str(self._folder / "data")
        self._run("initdb", "-D", data, "-U", "praxispost", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        self._start()
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "praxispost", "praxispost")
        return self

    def kill(self) -> None:
        """kill -9 of its first process: the others leave by themselves, in the middle of whatever they do."""
        os.kill(int((self._folder / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    def start(self) -> None:
        """Once more after `kill`: what the killed one left open has to go first. Raises RuntimeError."""
        deadline = time.monotonic() + START_S
        while True:
            try:
                return self._start()
            except RuntimeError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def _start(self) -> None:
        settings = [f"-c {name}={value}" for name, value in self._settings.items()]
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self._folder} {' '.join(settings)}"
        folder = str(self._folder / "data")
        self._run("pg_ctl", "-D", folder, "-l", str(self._folder / "log"), "-w", "-o", options, "start")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-m", "immediate", "-w", "stop", check=False)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str, check: bool = True) -> None:
        # Into a file: a pipe would stay open as long as the server that pg_ctl starts.
        with tempfile.TemporaryFile() as errors:
            done = subprocess.run(
                [str(self._programs / program), *arguments],
                cwd=self._folder,
                user=_run_as(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                check=False,
            )
            if check and done.returncode:
                errors.seek(0)
                raise RuntimeError(f"{program} failed: {errors.read().decode(errors='replace')}")


def programs() -> Path:
    """Debian keeps initdb and pg_ctl out of PATH. Raises RuntimeError with what to install."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not versions:
        raise RuntimeError("No PostgreSQL server found. Install it, for example: apt-get install postgresql")
    return versions[-1].parent


def _run_as() -> str | None:
    return pwd.getpwnam("postgres").pw_name if os.getuid() == 0 else None


def main(command: Sequence[str]) -> int:
    with Postgres() as server:
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": server.url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
