"""The websocket: first what was missed, then what happens, and a heartbeat that bounds what was lost on the way."""

import asyncio
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from django.conf import settings
from django.db import connection

from sync.bus import stream
from sync.models import Account
from sync.store import accounts
from tests.support.mirrored import Mirrored
from tests.support.world import World
from tests.web.person import Person, communicator
from webmail.asgi import application
from webmail.live import consumer

WAIT_S = 20


class Socket:
    """A browser's end. `hello` and `receive` speak in frames."""

    def __init__(self, person: Person | None, origin: str = "http://testserver") -> None:
        headers = [(b"origin", origin.encode()), (b"host", b"testserver")]
        if person is not None:
            headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={person.cookie}".encode()))
        scope = {"type": "websocket", "path": "/live/", "query_string": b"", "headers": headers, "subprotocols": []}
        self._line = communicator(application, scope)

    async def __aenter__(self) -> "Socket":
        await self._line.send_input({"type": "websocket.connect"})
        self.accepted = (await self._line.receive_output(WAIT_S))["type"] == "websocket.accept"
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._line.send_input({"type": "websocket.disconnect", "code": 1005})
        await self._line.wait(WAIT_S)

    async def say(self, text: str | None = None, raw: bytes | None = None, **frame: Any) -> None:
        content = {"bytes": raw} if raw is not None else {"text": json.dumps(frame) if text is None else text}
        await self._line.send_input({"type": "websocket.receive", **content})

    async def hello(self, cursor: Any, *windows: Any, **fields: Any) -> None:
        frame = {"v": 1, "epoch": cursor["epoch"], "seq": cursor["seq"], "windows": list(windows), **fields}
        await self.say(type="hello", **frame)

    async def receive(self) -> Any:
        answer = await self._line.receive_output(WAIT_S)
        assert answer["type"] == "websocket.send", answer
        return json.loads(answer["text"])

    async def receive_until(self, kind: str) -> list[Any]:
        """All frames up to the first of this kind."""
        frames = [await self.receive()]
        while frames[-1]["type"] != kind:
            frames.append(await self.receive())
        return frames

    async def expect_closed(self, code: int) -> None:
        answer = await self._line.receive_output(WAIT_S)
        assert (answer["type"], answer["code"]) == ("websocket.close", code)


async def away(work: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """What a test does beside the event loop: mail, the database, the API."""
    return await database_sync_to_async(work, thread_sensitive=False)(*arguments, **named)


def window(mirrored: Mirrored, path: str = "INBOX") -> dict[str, Any]:
    return {"folder": mirrored.folder(path).id}


def set_flag(mirrored: Mirrored, subject: str) -> None:
    mirrored.act("flag", mirrored.row(subject).id, add=2, remove=0)


async def test_hello_brings_what_was_missed_and_then_the_present(
    alice: Person, filled: Callable[..., Mirrored], world: World
) -> None:
    mirrored = await away(filled, "Befund")
    cursor, held = await away(alice.snapshot), await away(window, mirrored)
    await away(world.append, "INBOX", subject="Neu")
    await away(mirrored.sync)
    async with Socket(alice) as socket:
        await socket.hello(cursor, held)
        *changes, heartbeat = await socket.receive_until("heartbeat")
        assert changes[0]["prev"] == cursor["seq"]
        assert [row["subject"] for frame in changes for row in frame["messages"]] == ["Neu"]
        assert (heartbeat["seq"], heartbeat["windows"]) == (changes[-1]["seq"], 0)


async def test_what_happens_arrives_by_itself_each_frame_after_the_last(
    alice: Person, filled: Callable[..., Mirrored], world: World
) -> None:
    mirrored = await away(filled, "Befund")
    cursor, held = await away(alice.snapshot), await away(window, mirrored)
    async with Socket(alice) as socket:
        await socket.hello(cursor, held)
        await socket.receive_until("heartbeat")
        await away(world.append, "INBOX", subject="Neu")
        await away(mirrored.sync)
        await away(set_flag, mirrored, "Neu")
        seq, rows = cursor["seq"], dict[str, Any]()
        while not any(row["flags"] & 2 for row in rows.values()):
            frame = await socket.receive()
            assert (frame["type"], frame["prev"]) == ("changes", seq)
            seq, rows = frame["seq"], rows | {row["id"]: row for row in frame["messages"]}
        assert [row["subject"] for row in rows.values()] == ["Neu"]


async def test_both_devices_hear_of_an_action_and_a_stranger_does_not(
    alice: Person, bob: Person, charlie: Person, filled: Callable[..., Mirrored]
) -> None:
    mirrored = await away(filled, "Befund")
    theirs, his = await away(alice.snapshot), await away(charlie.snapshot)
    async with Socket(alice) as first, Socket(bob) as second, Socket(charlie) as third:
        for socket, cursor in ((first, theirs), (second, theirs), (third, his)):
            await socket.hello(cursor)
            await socket.receive_until("heartbeat")
        row = await away(mirrored.enqueue, "flag", add=1, remove=0)
        for socket in (first, second):
            frame = await socket.receive()
            assert [action["id"] for action in frame["actions"]] == [row.id]
        await away(accounts.replace_secret, his["account"]["id"], "his own news")
        frame = await third.receive()
        assert (frame["account"]["id"], frame["actions"]) == (his["account"]["id"], [])


async def test_a_row_outside_the_held_windows_does_not_travel(
    alice: Person, filled: Callable[..., Mirrored], world: World
) -> None:
    mirrored = await away(filled, "Befund")
    async with Socket(alice) as socket:
        await socket.hello(await away(alice.snapshot), await away(window, mirrored, "Trash"))
        await socket.receive_until("heartbeat")
        await away(world.append, "INBOX", subject="Neu")
        await away(mirrored.sync)
        folders: list[Any] = []
        while not any(folder["path"] == "INBOX" and folder["total"] == 2 for folder in folders):
            frame = await socket.receive()
            folders = frame["folders"]
            assert frame["messages"] == []


async def test_windows_are_counted_and_cut_what_comes_afterwards(
    alice: Person, filled: Callable[..., Mirrored]
) -> None:
    mirrored = await away(filled, "Befund")
    held = await away(window, mirrored)
    async with Socket(alice) as socket:
        await socket.hello(await away(alice.snapshot))
        await socket.receive_until("heartbeat")
        for taken in (1, 2):
            await socket.say(type="windows", windows=[held])
            assert (await socket.receive())["windows"] == taken
        await away(set_flag, mirrored, "Befund")
        rows: list[Any] = []
        while not rows:
            rows = (await socket.receive())["messages"]
        assert [row["subject"] for row in rows] == ["Befund"]


async def test_a_heartbeat_tells_the_present_seq(
    alice: Person, mirrored: Mirrored, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redis lost an entry: the next heartbeat is ahead of the browser, which asks."""
    monkeypatch.setattr(consumer, "HEARTBEAT_S", 0.05)
    cursor = await away(alice.snapshot)
    async with Socket(alice) as socket:
        await socket.hello(cursor)
        await socket.receive_until("heartbeat")
        monkeypatch.setattr("sync.store.stream.stream.append", lambda *args, **named: None)
        await away(mirrored.enqueue, "flag", add=1, remove=0)
        while (beat := await socket.receive())["seq"] == cursor["seq"]:
            assert beat["type"] == "heartbeat"
        assert beat == {"type": "heartbeat", "seq": cursor["seq"] + 1, "windows": 0}


async def test_a_gap_in_the_stream_is_filled_from_the_database(
    alice: Person, mirrored: Mirrored, monkeypatch: pytest.MonkeyPatch
) -> None:
    cursor = await away(alice.snapshot)
    async with Socket(alice) as socket:
        await socket.hello(cursor)
        await socket.receive_until("heartbeat")
        with monkeypatch.context() as lossy:
            lossy.setattr("sync.store.stream.stream.append", lambda *args, **named: None)
            lost = await away(mirrored.enqueue, "flag", add=1, remove=0)
        seen = await away(mirrored.enqueue, "flag", add=1, remove=0)
        frame = await socket.receive()
        assert frame["prev"] == cursor["seq"]
        assert [action["id"] for action in frame["actions"]] == [lost.id, seen.id]


async def test_an_entry_that_we_did_not_write_is_never_shown_but_looked_up(
    alice: Person, mirrored: Mirrored, monkeypatch: pytest.MonkeyPatch
) -> None:
    cursor = await away(alice.snapshot)
    async with Socket(alice) as socket:
        await socket.hello(cursor)
        await socket.receive_until("heartbeat")
        with monkeypatch.context() as lossy:
            lossy.setattr("sync.store.stream.stream.append", lambda *args, **named: None)
            row = await away(mirrored.enqueue, "flag", add=1, remove=0)
        forged = {"prev": cursor["seq"], "seq": cursor["seq"] + 1, "sealed": b"{}" * 40}
        await away(stream.append, mirrored.account_id, cursor["epoch"], **forged)
        frame = await socket.receive()
        assert (frame["prev"], [action["id"] for action in frame["actions"]]) == (cursor["seq"], [row.id])


async def test_a_cursor_that_is_lost_starts_over(alice: Person, mirrored: Mirrored) -> None:
    cursor = await away(alice.snapshot)
    for lost in ({"epoch": str(uuid.uuid4())}, {"epoch": ""}, {"seq": cursor["seq"] + 1}):
        async with Socket(alice) as socket:
            await socket.hello(cursor, **lost)
            assert await socket.receive() == {"type": "reset", "epoch": cursor["epoch"]}
            await socket.expect_closed(1000)


async def test_a_cursor_below_the_floor_starts_over(alice: Person, mirrored: Mirrored) -> None:
    cursor = await away(alice.snapshot)
    await away(Account.objects.filter(pk=mirrored.account_id).update, floor=cursor["seq"])
    async with Socket(alice) as socket:
        await socket.hello(cursor, seq=cursor["seq"] - 1)
        assert (await socket.receive())["type"] == "reset"


@pytest.mark.parametrize("origin", ["http://evil.example", "https://testserver", "http://testserver:8080", "null", ""])
async def test_a_socket_of_a_foreign_page_is_refused(alice: Person, origin: str) -> None:
    async with Socket(alice, origin=origin) as socket:
        assert socket.accepted is False


async def test_a_stranger_is_told_and_closed(stranger: Person) -> None:
    async with Socket(None) as socket:
        assert await socket.receive() == {"type": "signed_out"}
        await socket.expect_closed(4401)


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "hello",
        "{}",
        "[]",
        '{"type": "hello"}',
        '{"type": "hello", "v": 2, "epoch": "", "seq": 0, "windows": []}',
        '{"type": "hello", "v": 1, "epoch": "", "seq": -1, "windows": []}',
        '{"type": "hello", "v": 1, "epoch": "", "seq": 0, "windows": [{"folder": "INBOX"}]}',
        '{"type": "hello", "v": 1, "epoch": "", "seq": 0, "windows": [], "more": 1}',
        '{"type": "windows", "windows": "all"}',
        " " * (consumer.MAX_FRAME_CHARS + 1),
    ],
)
async def test_a_frame_that_makes_no_sense_closes_the_socket(alice: Person, frame: str) -> None:
    async with Socket(alice) as socket:
        await socket.say(frame)
        await socket.expect_closed(4400)


async def test_a_socket_that_ended_leaves_no_work_behind(alice: Person) -> None:
    before = asyncio.all_tasks()
    async with Socket(alice) as socket:
        await socket.hello(await away(alice.snapshot))
        await socket.receive_until("heartbeat")
    left = {task for task in asyncio.all_tasks() - before if not task.done()}
    assert {task.get_coro().__qualname__ for task in left} <= {"Hub._read_forever"}  # type: ignore[union-attr]


async def test_a_binary_frame_closes_the_socket(alice: Person) -> None:
    async with Socket(alice) as socket:
        await socket.say(raw=b"\x00")
        await socket.expect_closed(4400)


async def test_a_sign_out_elsewhere_ends_the_socket(alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer, "CHECK_SESSION_S", 0.05)
    async with Socket(alice) as socket:
        await socket.hello(await away(alice.snapshot))
        await socket.receive_until("heartbeat")
        await away(alice.post, "/api/sign-out")
        assert await socket.receive() == {"type": "signed_out"}
        await socket.expect_closed(4401)


async def test_a_sign_out_of_another_device_does_not(
    alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "CHECK_SESSION_S", 0.05)
    monkeypatch.setattr(consumer, "HEARTBEAT_S", 0.1)
    async with Socket(alice) as socket:
        await socket.hello(await away(alice.snapshot))
        await socket.receive_until("heartbeat")
        await away(bob.post, "/api/sign-out")
        for _ in range(4):
            assert (await socket.receive())["type"] == "heartbeat"


async def test_no_thread_keeps_a_database_connection(alice: Person) -> None:
    """A kept one would stay broken after the database was restarted, and its sockets with it."""
    async with Socket(alice) as socket:
        await socket.hello(await away(alice.snapshot))
        await socket.receive_until("heartbeat")
        held = [await sync_to_async(lambda: connection.connection, thread_sensitive=False)() for _ in range(8)]
        assert held == [None] * 8


@pytest.mark.django_db(transaction=True)
async def test_a_window_that_says_hello_for_another_mailbox_is_told_that_it_is_signed_out(
    alice: Person, charlie: Person
) -> None:
    cursor = await away(alice.snapshot)
    async with Socket(alice) as socket:
        await socket.hello(cursor, account=await away(lambda: charlie.account_id))
        assert (await socket.receive())["type"] == "signed_out"


@pytest.mark.django_db(transaction=True)
async def test_only_a_folder_of_ones_own_mailbox_can_be_looked_at(
    alice: Person, mirrored: Mirrored, charlie: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[tuple[str, ...]] = []
    monkeypatch.setattr(consumer, "ring", lambda *said: rung.append(said))
    await away(mirrored.sync)
    folder = (await away(lambda: mirrored.folder("INBOX"))).id
    async with Socket(charlie) as socket:
        await socket.hello(await away(charlie.snapshot))
        await socket.receive_until("heartbeat")
        await socket.say(type="looking", folder=folder)
        await socket.say(type="windows", windows=[])
        await socket.receive_until("heartbeat")
    assert rung == []
    async with Socket(alice) as socket:
        await socket.hello(await away(alice.snapshot))
        await socket.receive_until("heartbeat")
        await socket.say(type="looking", folder=folder)
        await socket.say(type="windows", windows=[])
        await socket.receive_until("heartbeat")
    assert rung == [(mirrored.account_id, "looking", folder)]
