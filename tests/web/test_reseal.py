"""A key is rotated to its end: afterwards the old one opens nothing that is stored, and nothing was lost."""

import os
import uuid
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from sync.feed import Identity, TextBlock
from sync.keys import keyring
from sync.models import Account, Message
from sync.store import accounts, bodies, book, drafts, keycheck, reading, uploads
from tests.support.mirrored import Mirrored
from tests.support.scripted_smtp import Behaviour, ScriptedSmtp
from tests.support.world import World
from tests.support.writing import deliver, letter, save, send, sends_by, time_passes
from tests.web.person import Person


@pytest.fixture
def keys(mirrored: Mirrored, settings: Settings) -> Iterator[list[bytes]]:
    """[the old one, the new one]; the process holds the old one alone to begin with, and again at the end."""
    old, new = settings.PRAXISPOST_KEYS[0], os.urandom(32)
    yield [old, new]
    hold(settings, old, new)
    reseal()
    hold(settings, old)


def hold(settings: Settings, *keys: bytes) -> None:
    settings.PRAXISPOST_KEYS = list(keys)
    keyring.cache_clear()


def reseal() -> str:
    said = StringIO()
    call_command("reseal", stdout=said)
    return said.getvalue()


def test_after_the_rotation_the_new_key_alone_opens_everything(
    alice: Person, mirrored: Mirrored, world: World, settings: Settings, keys: list[bytes]
) -> None:
    old, new = keys
    keycheck.verify_key()
    world.append(subject="Befund")
    world.create("Labor")
    mirrored.sync()
    before = mirrored.row("Befund")
    (source,) = bodies.sources(mirrored.account_id, [before.id])
    body = bodies.body_from(source, text="Guten Tag", html=None, blocked=0, files=[], unparsed=False)
    bodies.keep_body(mirrored.account_id, body)
    hold(settings, new, old)
    assert "may be removed" in reseal()
    hold(settings, new)
    keycheck.verify_key()
    assert mirrored.row("Befund") == before
    assert bodies.cached_bodies([before.id])[before.id].text == "Guten Tag"
    assert accounts.credentials(mirrored.account_id).secret == mirrored.password
    # Its fingerprint is the new key's as well: Outlook moves it, and it keeps its id.
    world.move("INBOX", "Befund", "Labor")
    mirrored.sync()
    assert mirrored.row("Befund", "Labor").id == before.id


def test_what_is_being_written_outlives_the_rotation(
    alice: Person, mirrored: Mirrored, world: World, settings: Settings, keys: list[bytes]
) -> None:
    old, new = keys
    own = Identity(id=str(uuid.uuid4()), name="Praxis", email="praxis@praxis.example", reply_to="", signature="")
    accounts.set_writing(mirrored.account_id, [own], [])
    block = TextBlock(id=str(uuid.uuid4()), title="Gruss", text="Freundliche Grüsse", seq=0)
    book.put(mirrored.account_id, block)
    upload = str(uuid.uuid4())
    uploads.begin(mirrored.account_id, upload, 4)
    uploads.append(upload, 0, b"%PDF")
    with ScriptedSmtp(Behaviour(answers={"MAIL": b"451 4.3.0 Later\r\n"})) as server:
        sends_by(mirrored, server)
        mirrored.sync()
        world.append("Sent", subject="Antwort", in_reply_to="<anfrage@labor.example>")
        mirrored.sync()
        written = letter(bcc=letter().to)
        save(mirrored, written)
        before = drafts.find(mirrored.account_id, written.draft, device="phone")
        row = send(mirrored, written)
        hold(settings, new, old)
        reseal()
        hold(settings, new)
        assert accounts.account_row(mirrored.account_id).identities == [own]
        assert [one.text for one in reading.snapshot(mirrored.account_id).blocks] == [block.text]
        assert uploads.content_of(mirrored.account_id, upload) == b"%PDF"
        assert drafts.composition_of(mirrored.account_id, row.id) == written
        after = drafts.find(mirrored.account_id, written.draft, device="phone")
        assert before is not None
        assert after is not None
        assert (after.message, after.message_id) == (before.message, before.message_id)
        server.always = Behaviour()
        time_passes(row)
        deliver(mirrored)
        assert mirrored.ledger()[row.id].state == "done"
    answer = Message.objects.get(pk=mirrored.row("Antwort", "Sent").id)
    assert bytes(answer.answers) == keyring().digest("answers\n<anfrage@labor.example>")


def test_a_second_run_changes_nothing(
    alice: Person, mirrored: Mirrored, world: World, settings: Settings, keys: list[bytes]
) -> None:
    world.append(subject="Befund")
    mirrored.sync()
    hold(settings, keys[1], keys[0])
    reseal()
    stored = (
        [bytes(row.envelope) for row in Message.objects.all()],
        [bytes(row.secret) for row in Account.objects.all()],
    )
    reseal()
    assert stored == (
        [bytes(row.envelope) for row in Message.objects.all()],
        [bytes(row.secret) for row in Account.objects.all()],
    )


def test_what_neither_key_opens_is_said_and_kept(
    alice: Person, mirrored: Mirrored, settings: Settings, keys: list[bytes]
) -> None:
    sealed = bytes(Account.objects.get(pk=mirrored.account_id).secret)
    hold(settings, keys[1])
    with pytest.raises(CommandError, match="PRAXISPOST_KEY_OLD"):
        reseal()
    assert bytes(Account.objects.get(pk=mirrored.account_id).secret) == sealed


def test_what_neither_key_opens_keeps_nothing_else_from_its_turn(
    alice: Person, mirrored: Mirrored, world: World, settings: Settings, keys: list[bytes]
) -> None:
    for subject in ("Befund", "Rezept"):
        world.append(subject=subject)
    mirrored.sync()
    bad, good = mirrored.row("Befund").id, mirrored.row("Rezept").id
    whole = bytes(Message.objects.get(pk=bad).envelope)
    altered = whole[:-1] + bytes([whole[-1] ^ 1])
    Message.objects.filter(pk=bad).update(envelope=altered)
    hold(settings, keys[1], keys[0])
    named = StringIO()
    with pytest.raises(CommandError, match=r"opens: 1 \(message 1\)") as refused:
        call_command("reseal", stdout=StringIO(), stderr=named)
    assert refused.value.returncode == 1
    assert named.getvalue() == f"message {bad}: neither key opens it\n"
    hold(settings, keys[1])
    keycheck.verify_key()
    assert accounts.credentials(mirrored.account_id).secret == mirrored.password
    (kept,) = bodies.sources(mirrored.account_id, [good])
    assert kept.envelope["subject"] == "Rezept"
    row = Message.objects.get(pk=bad)
    assert (bytes(row.envelope), keyring().is_current(bytes(row.parts))) == (altered, True)
    Message.objects.filter(pk=bad).update(envelope=whole)  # what comes after each test reads them all
