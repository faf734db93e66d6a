"""One mail from alice to bob and charlie, handed over with short time-outs."""

import ssl
from collections.abc import Callable
from typing import Any

from sync.endpoint import Endpoint
from sync.smtp.submission import Phase, Receipt, submit
from tests.support.scripted_smtp import ScriptedSmtp

LOCAL = "127.0.0.1"
ALICE, BOB, CHARLIE = "alice@praxis.example", "bob@labor.example", "charlie@spital.example"
MESSAGE = b"From: alice@praxis.example\r\nMessage-ID: <1@praxis.example>\r\nSubject: Befund\r\n\r\nGuten Tag\r\n"
PHASES: list[Phase] = ["connect", "mail", "rcpt", "data", "final_dot"]


def hand_over(
    endpoint: Endpoint,
    *,
    phases: list[Phase] | None = None,
    on_phase: Callable[[Phase], None] | None = None,
    tls: ssl.SSLContext | None = None,
    **changed: Any,
) -> Receipt:
    """`phases` collects them; `changed` replaces what is sent and the time-outs."""

    def note(phase: Phase) -> None:
        if phases is not None:
            phases.append(phase)
        if on_phase is not None:
            on_phase(phase)

    given: dict[str, Any] = {
        "user": "alice",
        "secret": "secret",
        "sender": ALICE,
        "recipients": [BOB, CHARLIE],
        "message": MESSAGE,
        "connect_timeout_s": 5,
        "read_timeout_s": 5,
        "final_timeout_s": 5,
        **changed,
    }
    return submit(endpoint, LOCAL, on_phase=note, tls=tls, **given)


def verbs(server: ScriptedSmtp) -> list[str]:
    return [command.split(" ")[0].upper() for command in server.commands]
