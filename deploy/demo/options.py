"""What `make demo` was asked for, read from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from deploy.embedded import dovecot

ROOT = Path(__file__).resolve().parents[2]
DEFAULT_PORT = 8000
LIVELY_S = 60.0
ImapKind = Literal["dovecot", "pymap"]


class DemoError(Exception):
    """One sentence for whoever started the demo: what is wrong and what to do."""


class Stopped(Exception):
    """Ctrl-C while starting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    port: int
    every_s: float  # between two things the colleague does; 0: none
    fresh: bool
    dev: bool
    imap: ImapKind
    home: Path


def read_options(env: Mapping[str, str] = os.environ) -> Options:
    """Raises DemoError."""
    return Options(
        port=_port(env.get("PORT", "")),
        every_s=_every_s(env.get("LIVELY", "")),
        fresh=_is_on(env.get("FRESH", "")),
        dev=_is_on(env.get("DEV", "")),
        imap=_imap(env.get("PRAXISPOST_DEMO_IMAP", "")),
        home=Path(env.get("PRAXISPOST_DEMO_HOME") or ROOT / ".demo").resolve(),
    )


def _port(text: str) -> int:
    if not text:
        return DEFAULT_PORT
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise DemoError(f"PORT={text} is not a port: give a number from 1 to 65535, for example: make demo PORT=8010")
    return int(text)


def _every_s(text: str) -> float:
    """LIVELY=0: off; LIVELY=10: every ten seconds or so."""
    if text in ("", "1"):
        return LIVELY_S
    try:
        return max(0.0, float(text))
    except ValueError:
        raise DemoError(f"LIVELY={text} is not understood: give 0 for a quiet mailbox, or 1.") from None


def _imap(text: str) -> ImapKind:
    """Dovecot where it is installed, else pymap in this process."""
    if text == "pymap":
        return "pymap"
    if text not in ("", "dovecot"):
        raise DemoError(f"PRAXISPOST_DEMO_IMAP={text} is not known: give dovecot or pymap.")
    if Path(dovecot.BINARY).exists():
        return "dovecot"
    if text == "dovecot":
        raise DemoError("Dovecot is not installed. Install it, for example: apt-get install dovecot-imapd")
    return "pymap"


def _is_on(text: str) -> bool:
    return text not in ("", "0", "no", "false")
