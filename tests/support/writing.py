"""Mail that is written, and a submission server that takes it."""

import random
import uuid
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from sync.endpoint import Endpoint
from sync.feed import ActionRow, ComposedFile, Composition, Mailbox
from sync.imap.connection import Connection
from sync.models import Action, Submission
from sync.push import drain, submit
from sync.store import accounts, submissions
from tests.support.dying import Killed, dying_somewhere
from tests.support.mirrored import Mirrored
from tests.support.scripted_smtp import ScriptedSmtp

DEADLY: list[tuple[Any, str]] = [
    (submissions, "note_phase"),
    (submissions, "note_accepted"),
    (submissions, "note_done"),
    (submissions, "put_off"),
    (submissions, "settle"),
    (submissions, "begin"),
    (Connection, "append"),
    (Connection, "expunge"),
]
LABOR = Mailbox(name="Labor Medica", email="befunde@labor.example")


def letter(**fields: Any) -> Composition:
    """To the laboratory, unless a test says otherwise."""
    given: dict[str, Any] = {
        "draft": str(uuid.uuid4()),
        "base": 0,
        "kind": "new",
        "original": "",
        "replaces": "",
        "identity": "",
        "to": [LABOR],
        "cc": [],
        "bcc": [],
        "subject": "Befund",
        "text": "Guten Tag\n",
        "html": None,
        "files": [],
        **fields,
    }
    return Composition(**given)


def composed_file(**fields: Any) -> ComposedFile:
    """A report that was uploaded, unless a test says otherwise."""
    given: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "filename": "Befund.pdf",
        "type": "application/pdf",
        "size": 100,
        "content_id": "",
        "inline": False,
        "message": "",
        "part": "",
        **fields,
    }
    return ComposedFile(**given)


def reply(original: str, **fields: Any) -> Composition:
    return letter(**{"kind": "reply", "original": original, "subject": "Re: Befund", **fields})


def sends_by(mirrored: Mirrored, server: ScriptedSmtp) -> None:
    accounts.set_smtp(mirrored.account_id, by_number(server.endpoint), 0)


def by_number(endpoint: Endpoint) -> Endpoint:
    return replace(endpoint, host="127.0.0.1")


def save(mirrored: Mirrored, composition: Composition, *, device: str = "phone") -> ActionRow:
    return mirrored.act("draft", composition=composition, device=device)


def send(mirrored: Mirrored, composition: Composition, **options: Any) -> ActionRow:
    """As far as it comes by itself. → the ledger line."""
    row = mirrored.enqueue("send", composition=composition, **options)
    deliver(mirrored)
    return mirrored.ledger()[row.id]


def deliver(mirrored: Mirrored) -> None:
    """What the command lane and the submit lane do of what is due."""
    drain(mirrored.connection, mirrored.mirror)
    for item in submit.ready(mirrored.account_id):
        submit.hand_over(mirrored.mirror, item)
    drain(mirrored.connection, mirrored.mirror)


def deliver_or_die(mirrored: Mirrored, chance: random.Random, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same, or it dies at one of the points where it may; then another worker takes over."""
    try:
        with dying_somewhere(monkeypatch, chance, DEADLY):
            deliver(mirrored)
    except Killed:
        mirrored.expire_and_take_over()
        mirrored.connection = mirrored.connect()


def time_passes(row: ActionRow, ms: int = 0) -> None:
    """For whatever waits for its time: that is now; and it began so much earlier."""
    Action.objects.filter(intent=row.id).update(due_at=0)
    for item in Submission.objects.filter(action__intent=row.id):
        item.began_at -= ms
        item.asked_at -= ms
        item.save(update_fields=["began_at", "asked_at"])


def parsed(raw: bytes) -> EmailMessage:
    """Read by the standard library."""
    return message_from_bytes(raw, policy=policy.default)
