"""Every message of tests/messages is read as the JSON beside it says a person should see it.

Keys: `why` (what is special), `subject`, `senders`, `to`, `cc`, `sent_at` (ISO 8601 or null), `text` (without the line
ends at its end) or `text_contains`, `html` (null, or fragments that must be in it), `not_in_html`, `blocked_images`,
`attachments`, `has_attachments`, `preview`, `unparsed`. Of an attachment: `filename`, `type`, and where its bytes
matter `content` (as latin-1) or `content_base64`.
"""

import json
from base64 import b64decode
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sync.mail import Address
from sync.mime.choose import has_attachments
from sync.mime.message import FileInside, WholeMessage, read_message
from sync.mime.preview import make_preview

MESSAGES = Path(__file__).parents[2] / "messages"
NAMES = sorted(path.stem for path in MESSAGES.glob("*.eml"))
every_message = pytest.mark.parametrize("name", NAMES)


@cache
def read(name: str) -> WholeMessage:
    return read_message((MESSAGES / f"{name}.eml").read_bytes())


@cache
def expected(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((MESSAGES / f"{name}.json").read_text("utf-8"))
    return found


def test_the_corpus_is_whole() -> None:
    assert len(NAMES) >= 62
    assert {path.stem for path in MESSAGES.glob("*.json")} == set(NAMES)


@every_message
def test_the_header_names_who_wrote_to_whom_about_what_and_when(name: str) -> None:
    envelope, wanted = read(name).envelope, expected(name)
    assert envelope.subject == wanted["subject"]
    assert _pairs(envelope.senders) == wanted["senders"]
    assert _pairs(envelope.to) == wanted["to"]
    assert _pairs(envelope.cc) == wanted.get("cc", [])
    assert envelope.sent_at == _milliseconds(wanted["sent_at"])


@every_message
def test_the_text_says_what_its_sender_wrote(name: str) -> None:
    message, wanted = read(name), expected(name)
    if "text" in wanted:
        assert message.text.rstrip("\n") == wanted["text"]
    for fragment in wanted.get("text_contains", []):
        assert fragment in message.text
    assert message.unparsed == wanted.get("unparsed", False)


@every_message
def test_the_html_is_there_when_there_is_any_to_show(name: str) -> None:
    html, wanted = read(name).html, expected(name)
    if wanted["html"] is None:
        assert html is None
        return
    assert html is not None
    for fragment in wanted["html"]:
        assert fragment in html.html
    for fragment in wanted.get("not_in_html", []):
        assert fragment not in html.html
    assert html.blocked_images == wanted.get("blocked_images", 0)


@every_message
def test_the_attachments_have_their_names_types_and_bytes(name: str) -> None:
    files, wanted = read(name).attachments, expected(name)["attachments"]
    assert [(file.filename, file.type) for file in files] == [(entry["filename"], entry["type"]) for entry in wanted]
    for file, entry in zip(files, wanted, strict=True):
        _check_content(file, entry)


@every_message
def test_the_paper_clip_and_the_preview_keep_their_word(name: str) -> None:
    message, wanted = read(name), expected(name)
    assert has_attachments(message.parts) == wanted["has_attachments"]
    assert make_preview(message.text) == wanted["preview"]


def _pairs(addresses: tuple[Address, ...]) -> list[list[str]]:
    return [[address.name, address.email] for address in addresses]


def _milliseconds(moment: str | None) -> int | None:
    return int(datetime.fromisoformat(moment).timestamp()) * 1000 if moment is not None else None


def _check_content(file: FileInside, entry: dict[str, str]) -> None:
    if "content" in entry:
        assert file.content == entry["content"].encode("latin-1")
    if "content_base64" in entry:
        assert file.content == b64decode(entry["content_base64"])
