"""Opening a message: asked of the account's owner, shown without a running program in it, and paid for by its text."""

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connections
from pytest_django import Settings

from deploy.embedded.ports import free_port
from sync.bus import requests
from sync.bus.requests import Request
from sync.imap.transport import Transport
from sync.store import leases
from sync.worker.runtime import Runtime
from tests.support.messages import make_message
from tests.support.mirrored import Mirrored
from tests.support.waiting import wait_for
from tests.support.world import World
from tests.web.person import Person
from webmail.api import messages as endpoints

PDF = b"%PDF-1.4 " + bytes(range(256)) * 2000
PROGRAM = b"<html><script>alert(1)</script></html>"
KB = 1024
Mail = Callable[..., str]


class Owner:
    """A worker's runtime in this process; pokes reach it without a broker."""

    def __init__(self, mirrored: Mirrored, monkeypatch: pytest.MonkeyPatch) -> None:
        leases.release(mirrored.owner)
        self.runtime = Runtime()
        monkeypatch.setattr(requests, "ring", self._ring)
        self.runtime.start()
        wait_for(lambda: leases.adopt(mirrored.account_id, self.runtime.owner))

    def _ring(self, account_id: str, reason: str) -> None:
        """As a Celery task does: the thread gives back what it borrowed, else PostgreSQL cannot drop the database."""
        self.runtime.poke(account_id, reason)
        connections.close_all()

    def stop(self) -> None:
        self.runtime.stop()


@pytest.fixture
def mail(mirrored: Mirrored, world: World) -> Mail:
    """Put a mail into alice's Inbox and mirror it. → its id"""

    def mail(**fields: Any) -> str:
        world.append("INBOX", make_message(subject="Befund", **fields))
        return mirrored.sync().row("Befund").id

    return mail


@pytest.fixture
def begin(mirrored: Mirrored, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Owner]]:
    """Have a worker own the mailbox from now on."""
    begun: list[Owner] = []

    def begin() -> Owner:
        begun.append(Owner(mirrored, monkeypatch))
        return begun[-1]

    yield begin
    for owner in begun:
        owner.stop()


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many bytes IMAP servers answered, piece by piece."""
    pieces: list[int] = []
    whole = Transport._cut

    def counted(self: Transport, size: int) -> bytes:
        taken = whole(self, size)
        pieces.append(len(taken))
        return taken

    monkeypatch.setattr(Transport, "_cut", counted)
    return pieces


def body_of(person: Person, message: str) -> Any:
    answer = async_to_sync(person.apost)("/api/bodies", {"ids": [message]}).json()
    assert answer["missing"] == []
    return answer["bodies"][0]


def fetch(person: Person, path: str) -> tuple[Any, bytes]:
    async def fetched() -> tuple[Any, bytes]:
        answer = await person.aget(path)
        if not answer.streaming:
            return answer, answer.content
        return answer, b"".join([chunk async for chunk in answer])

    return async_to_sync(fetched)()


def test_a_body_is_fetched_once_and_then_served_without_the_owner(
    alice: Person, bob: Person, mail: Mail, begin: Callable[[], Owner], line: list[int]
) -> None:
    message = mail(body="Guten Tag Frau Muster")
    owner = begin()
    first = body_of(alice, message)
    assert first["text"].strip() == "Guten Tag Frau Muster"
    assert [mailbox["email"] for mailbox in first["to"]] == ["praxis@praxis.example"]
    owner.stop()
    line.clear()
    assert body_of(bob, message) == first
    assert line == []


def test_html_is_served_without_its_program_and_its_beacons(
    alice: Person, mail: Mail, begin: Callable[[], Owner]
) -> None:
    html = "<p onclick='x()'>Guten <b>Tag</b></p><script>x()</script><img src='https://track.example/1.gif'>"
    message = mail(html=html)
    begin()
    body = body_of(alice, message)
    assert "<b>Tag</b>" in body["html"]
    assert not any(word in body["html"] for word in ("script", "onclick", ' src="https://'))
    assert body["blocked_images"] == 1


def test_an_attachment_comes_whole_with_its_name_and_size_and_in_a_sandbox(
    alice: Person, mail: Mail, begin: Callable[[], Owner]
) -> None:
    message = mail(attachments={'Bericht "Zürich"; final.pdf': ("application/pdf", PDF)})
    begin()
    (listed,) = body_of(alice, message)["attachments"]
    answer, content = fetch(alice, f"/api/messages/{message}/parts/{listed['part']}")
    assert content == PDF
    assert answer.headers["Content-Type"] == "application/pdf"
    assert abs(int(answer.headers["X-Part-Size"]) - len(PDF)) < len(PDF) / 50
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith('attachment; filename="Bericht _Z_rich__ final.pdf"')
    assert disposition.endswith("filename*=UTF-8''Bericht%20_Z%C3%BCrich_%3B%20final.pdf")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store, private"


def test_a_picture_or_pdf_may_be_shown_in_place(alice: Person, mail: Mail, begin: Callable[[], Owner]) -> None:
    message = mail(attachments={"Befund.pdf": ("application/pdf", PDF)})
    begin()
    answer, content = fetch(alice, f"/api/messages/{message}/parts/2?inline=true")
    assert (content, answer.headers["Content-Disposition"].split(";")[0]) == (PDF, "inline")


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/xml"])
def test_an_attached_program_is_only_ever_downloaded(
    alice: Person, mail: Mail, begin: Callable[[], Owner], kind: str
) -> None:
    message = mail(attachments={"seite": (kind, PROGRAM)})
    begin()
    answer, content = fetch(alice, f"/api/messages/{message}/parts/2?inline=true")
    assert content == PROGRAM
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment;")


def test_the_source_is_shown_as_text_and_saved_as_a_message(
    alice: Person, mail: Mail, begin: Callable[[], Owner]
) -> None:
    message = mail(html=PROGRAM.decode())
    begin()
    shown, source = fetch(alice, f"/api/messages/{message}/source")
    assert b"Subject: Befund" in source
    assert PROGRAM in source
    assert shown.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert shown.headers["Content-Security-Policy"].startswith("sandbox")
    saved, eml = fetch(alice, f"/api/messages/{message}/eml")
    assert eml == source
    assert saved.headers["Content-Type"] == "message/rfc822"
    assert saved.headers["Content-Disposition"].startswith("attachment;")


def test_ten_megabytes_with_a_short_text_cost_the_text(
    alice: Person, mail: Mail, begin: Callable[[], Owner], mirrored: Mirrored, line: list[int]
) -> None:
    text = "Guten Tag\r\n" * 450
    message = mail(body=text, attachments={"Bild.bin": ("application/octet-stream", b"\x00" * (10 * 1024 * KB))})
    begin()
    wait_for(lambda: alice.get_session()["account"]["state"] == "ok")
    line.clear()
    assert len(body_of(alice, message)["text"]) > 4 * KB
    assert sum(line) < 20 * KB


@pytest.mark.parametrize("part", ["7", "1.MIME", "HEADER", "tnef:2:0", "../source", "x" * 41])
def test_a_part_that_is_not_there_is_not_found(
    alice: Person, mail: Mail, begin: Callable[[], Owner], part: str
) -> None:
    message = mail()
    begin()
    answer, _ = fetch(alice, f"/api/messages/{message}/parts/{part}")
    assert answer.status_code == 404


def test_many_bodies_at_once_are_bounded_and_come_in_the_order_asked(
    alice: Person, mirrored: Mirrored, world: World, begin: Callable[[], Owner]
) -> None:
    for number in range(20):
        world.append("INBOX", subject=f"mail {number}", body=f"Text {number}")
    ids = [row.id for row in mirrored.sync().rows()]
    begin()
    answer = async_to_sync(alice.apost)("/api/bodies", {"ids": ids}).json()
    assert [body["id"] for body in answer["bodies"]] == ids
    assert async_to_sync(alice.apost)("/api/bodies", {"ids": [*ids, ids[0]]}).status_code == 422


def test_a_download_that_is_given_up_holds_up_no_other(
    alice: Person, mail: Mail, begin: Callable[[], Owner], mirrored: Mirrored
) -> None:
    large = mail(attachments={"Bild.bin": ("application/octet-stream", bytes(5 * 1024 * KB))})
    begin()

    async def give_up() -> None:
        chunks = requests.ask(mirrored.account_id, Request(kind="part", messages=[large], part="2"))
        await anext(chunks)
        await chunks.aclose()

    async_to_sync(give_up)()
    began = time.monotonic()
    _, source = fetch(alice, f"/api/messages/{large}/source")
    assert len(source) > 5 * 1024 * KB
    assert time.monotonic() - began < requests.ACK_WAIT_S / 2


def test_without_an_owner_the_answer_is_to_try_again_and_it_comes_soon(
    alice: Person, mail: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = mail()
    monkeypatch.setattr(endpoints, "ask", partial(requests.ask, timeout_s=1))
    began = time.monotonic()
    answer = async_to_sync(alice.apost)("/api/bodies", {"ids": [message]}).json()
    assert answer == {"bodies": [], "missing": [{"id": message, "code": "try_again"}]}
    source, _ = fetch(alice, f"/api/messages/{message}/source")
    assert (source.status_code, source.json()) == (503, {"code": "try_again"})
    assert time.monotonic() - began < 10


def test_without_redis_the_answer_is_to_try_again_and_a_cached_body_is_still_served(
    alice: Person, mail: Mail, begin: Callable[[], Owner], settings: Settings
) -> None:
    message = mail()
    begin()
    body = body_of(alice, message)
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    assert body_of(alice, message) == body
    source, _ = fetch(alice, f"/api/messages/{message}/source")
    assert (source.status_code, source.json()) == (503, {"code": "try_again"})


def test_an_owner_that_fails_in_the_middle_does_not_end_the_file_as_if_it_were_whole(
    alice: Person, mail: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = mail()

    def fail_halfway(account_id: str, reason: str) -> None:
        for request in requests.take(account_id):
            chunks = [requests.head(type="application/pdf", filename="x.pdf", size=9), b"half"]
            threading.Thread(target=_answer_half, args=(request.id, chunks)).start()

    monkeypatch.setattr(requests, "ring", fail_halfway)
    with pytest.raises(requests.RequestFailed):
        fetch(alice, f"/api/messages/{message}/parts/1")


def _answer_half(request_id: str, chunks: list[bytes]) -> None:
    def broken() -> Iterator[bytes]:
        yield from chunks
        raise ConnectionError

    with pytest.raises(ConnectionError):
        requests.answer(request_id, broken())
    requests.fail(request_id, "reconnecting")
