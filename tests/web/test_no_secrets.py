"""Neither logs nor task arguments nor tables nor Redis hold what a mail says, who wrote it, or a password."""

import json
import logging
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from celery import current_app
from django.conf import settings
from django.db import connection
from redis import Redis

from sync.bus.requests import Request
from sync.feed import Mailbox
from sync.keys import keyring
from sync.models import Account
from sync.push import drain
from sync.seal import WrongKey
from sync.serve import serve
from sync.store import accounts, uploads
from tests.support.messages import make_message
from tests.support.mirrored import Mirrored
from tests.support.scripted_smtp import Behaviour, ScriptedSmtp
from tests.support.world import World
from tests.support.writing import composed_file, letter, reply, save, send, sends_by
from tests.web.person import PASSWORD, Person

SUBJECT = "Laborbefund-Ziegenpeter"
SENDER = "Dr. Hagebutte <hagebutte@labor-waldmeister.example>"
TEXT = "Holunder-Antikörper sind erhöht"
FILE = "Blutbild-Preiselbeere.pdf"
IN_A_MAIL = ("Ziegenpeter", "Hagebutte", "hagebutte", "waldmeister", "Holunder", "Preiselbeere")
PASSWORDS = (PASSWORD, "Wegwarte-8852", "secret-of-mirrored")


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], str]]:
    """Everything that was logged, from the finest level on, with arguments and tracebacks."""
    with caplog.at_level(logging.DEBUG):
        for name in ("sync", "webmail", "django", "axes", "asyncio"):
            caplog.set_level(logging.DEBUG, logger=name)
        # What the database was asked is no log of ours: Django writes it in DEBUG only, which is never on.
        caplog.set_level(logging.INFO, logger="django.db.backends")
        yield lambda: "\n".join(f"{record.name} {caplog.handler.format(record)}" for record in caplog.records)


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The arguments of every task, as sent."""
    sent: list[str] = []
    send = current_app.send_task

    def noted(name: str, **options: Any) -> Any:
        sent.append(json.dumps([name, options]))
        return send(name, **options)

    monkeypatch.setattr(current_app, "send_task", noted)
    return sent


def live_through_a_day(alice: Person, world: World, mirrored: Mirrored) -> None:
    """A mail arrives, is read, filed; nothing special."""
    mail = make_message(
        subject=SUBJECT, sender=SENDER, body=TEXT, attachments={FILE: ("application/pdf", TEXT.encode() * 99)}
    )
    world.append("INBOX", mail)
    (row,) = mirrored.sync().rows()
    serve(mirrored.connection, mirrored.account_id, Request(kind="bodies", messages=[row.id]))
    body = async_to_sync(alice.apost)("/api/bodies", {"ids": [row.id]}).json()
    assert TEXT in body["bodies"][0]["text"]
    for n, kind in enumerate(("flag", "trash")):
        act(alice, n, kind, row.id)
        drain(mirrored.connection, mirrored.mirror)
    answer_it(mirrored, row.id)
    assert [action["state"] for action in alice.snapshot()["actions"]] == ["done", "done", "done", "done", "failed"]
    leave_requests_unanswered(mirrored, row.id)


def answer_it(mirrored: Mirrored, original: str) -> None:
    """Saved as a draft, sent with a file; another one refused."""
    content = TEXT.encode() * 99
    upload = str(uuid.uuid4())
    uploads.begin(mirrored.account_id, upload, len(content))
    uploads.append(upload, 0, content)
    file = composed_file(id=upload, filename=FILE, size=len(content))
    to = [Mailbox(name="Dr. Hagebutte", email="hagebutte@labor-waldmeister.example")]
    written = reply(original, subject=SUBJECT, text=TEXT, to=to, bcc=to, files=[file])
    refusal = Behaviour(answers={"RCPT": b"550 5.1.1 hagebutte unknown\r\n"})
    with ScriptedSmtp() as server:
        sends_by(mirrored, server)
        save(mirrored, written)
        assert send(mirrored, written, anyway=True).state == "done"
        server.always = refusal
        assert send(mirrored, letter(subject=SUBJECT, text=TEXT, to=to, bcc=to, files=[])).state == "failed"


def act(alice: Person, n: int, kind: str, message: str) -> None:
    wish = {"v": 1, "id": f"00000000-0000-4000-8000-{n:012}", "n": n, "kind": kind, "targets": [message]}
    alice.act({**wish, "args": {"add": 1} if kind == "flag" else {}, "base_seq": alice.snapshot()["seq"]})


def leave_requests_unanswered(mirrored: Mirrored, message: str) -> None:
    """Answers whose asker went away: what Redis then holds for a minute."""
    for wanted in (Request(kind="source", messages=[message]), Request(kind="part", messages=[message], part="2")):
        serve(mirrored.connection, mirrored.account_id, wanted)


def everything_in_tables() -> Iterator[tuple[str, str]]:
    """Every text and every byte of every table, with where it stands."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    yield f"{table}.{name}", _text(value)


def everything_in_redis() -> Iterator[tuple[str, str]]:
    for url in (settings.REDIS_URL, settings.REDIS_BROKER_URL):
        client = Redis.from_url(url)
        for key in client.scan_iter(count=1000):
            yield _text(key), _text(_value(client, key))
        client.close()


def _value(client: Any, key: bytes) -> Any:
    readers: dict[bytes, Callable[[], Any]] = {
        b"string": lambda: client.get(key),
        b"list": lambda: client.lrange(key, 0, -1),
        b"set": lambda: client.smembers(key),
        b"zset": lambda: client.zrange(key, 0, -1),
        b"hash": lambda: client.hgetall(key),
        b"stream": lambda: client.xrange(key),
        b"none": lambda: None,  # expired in between
    }
    return readers[client.type(key)]()


def _text(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace")
    if isinstance(value, dict):
        return _text(list(value.items()))
    if isinstance(value, list | tuple | set):
        return "\n".join(_text(item) for item in value)
    return str(value)


def found(places: Iterator[tuple[str, str]], *words: str) -> set[tuple[str, str]]:
    return {(place, word) for place, text in places for word in words if word in text}


@pytest.fixture
def mailbox(alice: Person, mirrored: Mirrored) -> Mirrored:
    """With alice's own password stored: `mirrored` put another one."""
    assert alice.post("/api/secret", {"secret": PASSWORD}).status_code == 200
    return mirrored


def test_tables_hold_neither_mail_nor_passwords(alice: Person, mailbox: Mirrored, world: World) -> None:
    live_through_a_day(alice, world, mailbox)
    assert found(everything_in_tables(), *IN_A_MAIL, *PASSWORDS) == set()


def test_the_mailbox_is_named_where_its_account_is_and_nowhere_else(
    alice: Person, mailbox: Mirrored, world: World, refuse: Callable[[str], None]
) -> None:
    refuse(alice.user)
    alice.try_sign_in(secret="Wegwarte-8852")
    places = {place for place, _ in found(everything_in_tables(), alice.user)}
    assert places == {"sync_account.imap_user", "sync_account.address"}


def test_redis_holds_neither_mail_nor_addresses_nor_passwords(alice: Person, mailbox: Mirrored, world: World) -> None:
    live_through_a_day(alice, world, mailbox)
    words = [place for place, _ in everything_in_redis()]
    assert any(alice.account_id in word for word in words)
    assert found(everything_in_redis(), *IN_A_MAIL, *PASSWORDS, alice.address, alice.user) == set()
    assert not any(word in place for place in words for word in (*IN_A_MAIL, alice.user))


def test_logs_of_a_day_hold_neither_mail_nor_addresses_nor_passwords(
    alice: Person, mailbox: Mirrored, world: World, said: Callable[[], str], tasks: list[str]
) -> None:
    live_through_a_day(alice, world, mailbox)
    assert len(tasks) >= 2
    for words in (said(), "\n".join(tasks)):
        assert [word for word in (*IN_A_MAIL, *PASSWORDS, alice.address, alice.user) if word in words] == []


def test_logs_of_signing_in_hold_neither_the_address_nor_the_password(
    stranger: Person, refuse: Callable[[str], None], allow: Callable[[str], None], said: Callable[[], str]
) -> None:
    refuse(stranger.user)
    for _ in range(settings.AXES_FAILURE_LIMIT + 1):
        stranger.try_sign_in(secret="Wegwarte-8852")
    stranger.try_sign_in(port=1)
    stranger.try_sign_in(host="mail.waldmeister.example")
    stranger.try_sign_in(secret=["Wegwarte-8852"])
    allow(stranger.user)
    stranger.sign_in(imap_user=f"{stranger.user}@praxis.example")
    stranger.post("/api/secret", {"secret": "Wegwarte-8852"})
    stranger.post("/api/sign-out")
    assert "axes" in said()
    assert [word for word in (*PASSWORDS, stranger.address, stranger.user) if word in said()] == []


def test_a_defect_does_not_log_what_it_was_working_on(
    alice: Person, mailbox: Mirrored, world: World, said: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A 500 is logged with its traceback, which names lines and never values."""

    def broken(account_id: str) -> Any:
        subject, secret = SUBJECT, PASSWORD
        raise KeyError(len(subject + secret))

    alice.client.raise_request_exception = False
    with monkeypatch.context() as patch:
        patch.setattr("sync.store.reading.snapshot", broken)
        answer = alice.get("/api/snapshot")
    assert answer.status_code == 500
    for words in (said(), answer.content.decode()):
        assert [word for word in (SUBJECT, PASSWORD, alice.address) if word in words] == []


def test_a_stored_secret_opens_only_with_the_key_and_in_its_place(alice: Person, mailbox: Mirrored) -> None:
    assert accounts.credentials(mailbox.account_id).secret == PASSWORD
    sealed = bytes(Account.objects.get(pk=mailbox.account_id).secret)
    with pytest.raises(WrongKey):
        keyring().open(sealed, "secret:00000000-0000-0000-0000-000000000000")
