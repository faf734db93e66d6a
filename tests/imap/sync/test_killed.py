"""A worker process that is killed, for real, while the SMTP server keeps it waiting."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection

from sync.feed import ActionRow
from sync.push import sending
from sync.store import leases
from tests.support.mirrored import Mirrored
from tests.support.scripted_smtp import Behaviour, ScriptedSmtp
from tests.support.waiting import wait_for
from tests.support.world import World
from tests.support.writing import letter, sends_by, time_passes

ROOT = Path(__file__).resolve().parents[3]
WORKER = ["-m", "celery", "-A", "webmail.celery", "worker", "--pool", "threads", "--concurrency", "2"]
START_S = 90  # of a process, on a busy machine
QUIET = ["--loglevel", "INFO", "--without-gossip", "--without-mingle", "--without-heartbeat"]


def database_url() -> str:
    """Of the test's own database."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{name}"


@pytest.fixture
def start(mirrored: Mirrored, tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """A worker process that owns the mailbox."""
    leases.release(mirrored.owner)
    started: list[subprocess.Popen[bytes]] = []
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "webmail.settings", "DATABASE_URL": database_url()}

    def spawn() -> subprocess.Popen[bytes]:
        said = tmp_path / f"worker{len(started)}.log"
        with said.open("wb") as log:
            arguments = [sys.executable, *WORKER, *QUIET]
            started.append(subprocess.Popen(arguments, cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT))
        wait_for(lambda: b"ready." in said.read_bytes(), within_s=START_S)
        return started[-1]

    yield spawn
    for process in started:
        process.kill()
        process.wait(20)


@pytest.mark.parametrize("step", ["greeting", "RCPT", "DATA", "end"])
def test_after_kill_9_another_worker_sends_it_once_or_says_that_nobody_knows(
    mirrored: Mirrored, world: World, start: Callable[[], subprocess.Popen[bytes]], step: str
) -> None:
    with ScriptedSmtp(faults=[Behaviour(silent_at=step)]) as server:
        sends_by(mirrored, server)
        row = mirrored.enqueue("send", composition=letter())
        worker = start()
        wait_for(lambda: is_waiting(server, step))
        start()  # it waits for the lease
        worker.send_signal(signal.SIGKILL)
        worker.wait(20)
        if step == "end":
            wait_for(lambda: is_looked_for(mirrored, row))
            time_passes(row, sending.LOOK_UP_MS)
            wait_for(lambda: mirrored.settled(row, "unknown"))
            assert world.subjects("Sent") == []
        else:
            wait_for(lambda: mirrored.settled(row, "done"))
            assert world.subjects("Sent") == ["Befund"]
        assert len(server.accepted) == 1


def is_looked_for(mirrored: Mirrored, row: ActionRow) -> bool:
    line = mirrored.ledger().get(row.id)  # missing while a worker writes
    return line is not None and line.detail == "looking"


def is_waiting(server: ScriptedSmtp, step: str) -> bool:
    """The worker, for the answer to this step."""
    if step == "greeting":
        return server.connections > 0
    if step == "end":
        return bool(server.accepted)
    return any(command.startswith(step) for command in server.commands)
