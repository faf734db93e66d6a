"""The demo's children: started and stopped in order, each known by its own process id; none outlives the demo."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.demo.options import ROOT, DemoError

STOP_S = 10
LAST_LINES = 12
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True)
class Child:
    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def last_lines(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-LAST_LINES:]
        return "\n".join(f"    {line}" for line in lines)


class Processes:
    """`interrupted` raises when the demo is to stop; called wherever something is waited for."""

    def __init__(self, interrupted: Callable[[], None]) -> None:
        self._children: dict[str, Child] = {}
        self._interrupted = interrupted

    def start(self, name: str, command: Sequence[str], env: Mapping[str, str], log: Path, *, cwd: Path = ROOT) -> Child:
        """In a session of its own: Ctrl-C in the terminal reaches the demo alone, which then stops all in order."""
        self._interrupted()
        with log.open("wb") as out:
            process = subprocess.Popen(
                command,
                cwd=cwd,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )
        child = self._children[name] = Child(name, process, log)
        return child

    def run(self, name: str, command: Sequence[str], env: Mapping[str, str], log: Path) -> None:
        """To its end. Raises DemoError with its last words when it fails."""
        child = self.start(name, command, env, log)
        while (code := child.process.poll()) is None:
            self._interrupted()
            time.sleep(0.02)
        del self._children[name]
        if code:
            raise DemoError(f"{name} failed. Its last lines:\n{child.last_lines()}")

    def wait(self, name: str, is_ready: Callable[[], bool], within_s: float) -> None:
        """Raises DemoError when it dies or takes too long."""
        deadline = time.monotonic() + within_s
        while not is_ready():
            self.check()
            self._interrupted()
            if time.monotonic() > deadline:
                child = self._children[name]
                raise DemoError(f"The {name} did not get ready in {within_s:.0f} s:\n{child.last_lines()}")
            time.sleep(0.05)

    def check(self) -> None:
        """Raises DemoError when a child has died."""
        for child in self._children.values():
            if (code := child.process.poll()) is not None:
                raise DemoError(
                    f"The {child.name} ended by itself (code {code}). Its last lines:\n{child.last_lines()}"
                )

    def stop(self, name: str) -> None:
        child = self._children.pop(name, None)
        if child is None:
            return
        _signal_group(child.process, signal.SIGTERM)
        try:
            child.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            _signal_group(child.process, signal.SIGKILL)
            child.process.wait(5)

    def stop_all(self) -> None:
        """The newest first."""
        for name in reversed(list(self._children)):
            self.stop(name)


def end_with_parent() -> None:
    """In the child, before it begins: end when the demo is killed without a chance to stop us (Linux only)."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """The child and what it started. Its id is ours until `wait`, so that this reaches nobody else."""
    if process.poll() is None:
        os.killpg(process.pid, number)
