"""The document that the TypeScript types are generated from is the one in the tree."""

import json
from pathlib import Path

from webmail.openapi import document

COMMITTED = Path(__file__).resolve().parents[2] / "frontend/src/mail/openapi.json"


def test_the_committed_document_is_what_the_server_says_today() -> None:
    assert json.loads(COMMITTED.read_text()) == json.loads(json.dumps(document())), "run: make types"


def test_every_frame_of_the_socket_is_described() -> None:
    schemas = document()["components"]["schemas"]
    frames = {"HelloFrame", "WindowsFrame", "ChangesFrame", "HeartbeatFrame", "ResetFrame", "SignedOutFrame"}
    assert frames <= set(schemas)


def test_unknown_fields_are_refused_wherever_a_browser_sends() -> None:
    schemas = document()["components"]["schemas"]
    sent = [name for name in schemas if name.endswith("Body") or name in ("HelloFrame", "WindowsFrame")]
    assert len(sent) > 8
    assert all(schemas[name]["additionalProperties"] is False for name in sent)
