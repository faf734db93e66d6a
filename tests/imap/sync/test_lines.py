"""An account's three lines when one of them is refused, breaks, or belongs to a worker that must let go."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from deploy.embedded.dovecot import Dovecot
from sync.store import accounts, leases
from sync.worker import conductor as conducting
from sync.worker import connections as connecting
from sync.worker.conductor import Conductor
from sync.worker.connections import LANES, Purpose
from sync.worker.runtime import Runtime
from tests.support.mirrored import Mirrored
from tests.support.scripted_server import OK, ScriptedServer, Turn
from tests.support.waiting import wait_for
from tests.support.world import World

DEADLINE_S = 20

# An empty Inbox and nothing else.
ONE_FOLDER = {
    "LIST": Turn("", b'* LIST () "/" INBOX\r\n' + OK),
    "STATUS": Turn("", b"* STATUS INBOX (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 1 UNSEEN 0)\r\n" + OK),
    "(SELECT|EXAMINE)": Turn("", b"* 0 EXISTS\r\n* OK [UIDVALIDITY 1] v\r\n* OK [UIDNEXT 1] n\r\n" + OK),
    "UID SEARCH": Turn("", b"* SEARCH\r\n" + OK),
}


@pytest.fixture(autouse=True)
def _sweeping_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conducting, "SWEEP_EVERY_S", 0.2)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many failures in a row each back-off was for; here all are short."""
    counted: list[int] = []

    def soon(failures: int, jitter: float) -> float:
        counted.append(failures)
        return 0.01

    monkeypatch.setattr(connecting, "backoff_s", soon)
    return counted


def holds(mirrored: Mirrored, messages: int) -> bool:
    return len(mirrored.rows()) == messages


@contextmanager
def owned(mirrored: Mirrored) -> Iterator[Runtime]:
    """A worker has this mailbox."""
    leases.release(mirrored.owner)
    runtime = Runtime()
    runtime.start()
    try:
        yield runtime
    finally:
        runtime.stop()
        mirrored.fence = mirrored.take_over()


def state(mirrored: Mirrored) -> str:
    return accounts.account_row(mirrored.account_id).state


def conductor_of(runtime: Runtime, mirrored: Mirrored) -> Conductor:
    found = runtime._conductor(mirrored.account_id)
    assert found is not None
    return found


def after_all_that_waits(runtime: Runtime, mirrored: Mirrored, lane: Purpose) -> None:
    """Return when this lane has done what it has been given so far."""
    reached = threading.Event()
    runtime._lanes.submit(f"{mirrored.account_id}/{lane}", "reached", reached.set)
    assert reached.wait(DEADLINE_S)


def logins(server: Dovecot, user: str) -> int:
    return server.log().count(f"Login: user=<{user}>")


def test_a_revoked_token_is_not_hidden_by_a_session_that_the_server_lets_live_on(
    mirrored: Mirrored, world: World, dovecot: Dovecot, user: str
) -> None:
    with owned(mirrored) as runtime:
        wait_for(lambda: state(mirrored) == "ok")
        lines = conductor_of(runtime, mirrored)._connections
        watching = lines.peek("watch")
        assert watching is not None
        dovecot.refuse(user)
        watching._imap.sock.shutdown(socket.SHUT_RDWR)  # only the watcher has to sign in again
        wait_for(lambda: state(mirrored) == "sign_in_refused")
        runtime.poke(mirrored.account_id, "look")
        after_all_that_waits(runtime, mirrored, "command")
        assert state(mirrored) == "sign_in_refused"
        wait_for(lambda: not any(lines.peek(purpose) for purpose in LANES))
        dovecot.allow(user)
        accounts.replace_secret(mirrored.account_id, "new secret")
        runtime.poke(mirrored.account_id, "secret")
        wait_for(lambda: state(mirrored) == "ok" and lines.peek("watch") is not None)
        world.append("INBOX", subject="nachher")
        wait_for(lambda: mirrored.subjects() == ["nachher"])


def test_a_server_without_idle_is_swept_and_not_signed_in_to_again_and_again(user: str, transactional_db: None) -> None:
    with Dovecot(capabilities="IMAP4rev1 UIDPLUS") as server:
        world = World("127.0.0.1", server.port, user)
        mirrored = Mirrored("127.0.0.1", server.port, user)
        before = logins(server, user)
        with owned(mirrored) as runtime:
            wait_for(lambda: state(mirrored) == "ok")
            for number in range(8):
                world.append("INBOX", subject=f"mail {number}")
                wait_for(partial(holds, mirrored, number + 1))
                assert state(mirrored) == "ok"
            assert conductor_of(runtime, mirrored)._connections.peek("watch") is None
            assert logins(server, user) - before <= 3
        world.close()
        mirrored.close()


@pytest.mark.parametrize("refusal", [b"<tag> NO not today\r\n", b"<tag> BAD unknown command\r\n"])
def test_a_server_that_refuses_idle_gets_no_storm_of_sign_ins(transactional_db: None, refusal: bytes) -> None:
    with ScriptedServer(defaults={**ONE_FOLDER, "IDLE": Turn("", refusal)}) as server:
        mirrored = Mirrored("127.0.0.1", server.port, "user")
        with owned(mirrored):
            seen: list[str] = []

            def swept() -> int:
                if seen[-1:] != [state(mirrored)]:
                    seen.append(state(mirrored))
                return server.received.count(b" STATUS ")

            wait_for(lambda: swept() >= 20)
            assert seen[-1] == "ok"
            assert set(seen) <= {"first_sync", "ok"}
            assert server.received.count(b" LOGIN ") <= 1 + 3
            assert server.received.count(b" IDLE\r\n") == 1
        mirrored.close()


def test_an_account_whose_folders_are_not_known_is_not_ok(transactional_db: None) -> None:
    with ScriptedServer(defaults={**ONE_FOLDER, "LIST": Turn("", OK)}) as server:
        mirrored = Mirrored("127.0.0.1", server.port, "user")
        with owned(mirrored) as runtime:
            wait_for(lambda: server.received.count(b" LIST ") >= 1)
            runtime.poke(mirrored.account_id, "look")
            for lane in LANES:
                after_all_that_waits(runtime, mirrored, lane)
            assert state(mirrored) == "first_sync"
        mirrored.close()


def test_a_worker_that_lets_go_closes_each_line_only_when_its_own_lane_is_done_with_it(mirrored: Mirrored) -> None:
    with owned(mirrored) as runtime:
        wait_for(lambda: state(mirrored) == "ok")
        lines = conductor_of(runtime, mirrored)._connections
        command, watching = lines.peek("command"), lines.peek("watch")
        assert command is not None
        assert watching is not None
        reading, done = threading.Event(), threading.Event()

        def read() -> None:
            reading.set()
            done.wait(DEADLINE_S)

        runtime._lanes.submit(f"{mirrored.account_id}/command", "read", read)
        assert reading.wait(DEADLINE_S)
        runtime._forget(mirrored.account_id)
        after_all_that_waits(runtime, mirrored, "watch")
        after_all_that_waits(runtime, mirrored, "transfer")
        assert watching.broken
        assert not command.broken
        done.set()
        after_all_that_waits(runtime, mirrored, "command")
        assert command.broken


def test_a_server_that_hangs_up_on_every_watcher_is_asked_ever_more_seldom(
    counted: list[int], transactional_db: None
) -> None:
    hangs_up = Turn("", b"+ idling\r\n", then="close")
    with ScriptedServer(defaults={**ONE_FOLDER, "IDLE": hangs_up}) as server:
        mirrored = Mirrored("127.0.0.1", server.port, "user")
        with owned(mirrored):
            wait_for(lambda: server.received.count(b" IDLE\r\n") >= 6)
        assert counted[:5] == [1, 2, 3, 4, 5]
        mirrored.close()


def test_a_server_that_allows_two_connections_is_asked_for_the_third_ever_more_seldom(
    counted: list[int], transactional_db: None
) -> None:
    folders = {
        **ONE_FOLDER,
        "LIST": Turn("", b'* LIST () "/" INBOX\r\n* LIST () "/" Labor\r\n' + OK),
        "LOGIN": Turn("", b"<tag> NO [LIMIT] too many connections\r\n"),
    }
    let_in = Turn("^LOGIN")
    with ScriptedServer(let_in, let_in, let_in, defaults=folders) as server:  # the first is the test's own
        mirrored = Mirrored("127.0.0.1", server.port, "user")
        with owned(mirrored) as runtime:
            wait_for(lambda: state(mirrored) == "ok")
            wait_for(lambda: conductor_of(runtime, mirrored)._connections.peek("watch") is not None)
            runtime.poke(mirrored.account_id, "looking", mirrored.folder("Labor").id)
            wait_for(lambda: len(counted) >= 5)
            assert counted[:5] == [1, 2, 3, 4, 5]
            wait_for(lambda: state(mirrored) == "ok")
            more = len(counted) + 3
            states = set()
            while len(counted) < more:
                states.add(state(mirrored))
            assert states == {"ok"}
        mirrored.close()
