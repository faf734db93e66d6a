"""A worker's runtime on a real server: it watches, pokes reach it, and it survives what breaks."""

import socket
import time

import pytest

from deploy.embedded.dovecot import Dovecot
from sync.feed import AccountRow
from sync.mail import Flag
from sync.store import accounts, reading
from sync.worker import conductor
from sync.worker.runtime import Runtime
from tests.support.mirrored import Mirrored
from tests.support.waiting import wait_for
from tests.support.world import World


def state(mirrored: Mirrored) -> AccountRow:
    return accounts.account_row(mirrored.account_id)


def test_a_new_account_is_mirrored_and_says_ok(running: Runtime, mirrored: Mirrored, world: World) -> None:
    for number in range(60):
        world.append("INBOX", subject=f"mail {number}")
    wait_for(lambda: state(mirrored).state == "ok" and len(mirrored.rows()) == 60)


def test_mail_and_flags_from_outlook_come_by_themselves(running: Runtime, mirrored: Mirrored, world: World) -> None:
    wait_for(lambda: state(mirrored).state == "ok")
    world.append("INBOX", subject="Befund")
    wait_for(lambda: mirrored.subjects() == ["Befund"])
    world.flag("INBOX", "Befund", "\\Flagged")
    wait_for(lambda: mirrored.row("Befund").flags & Flag.FLAGGED)
    world.append("Junk", subject="Werbung")
    wait_for(lambda: mirrored.subjects("Junk") == ["Werbung"])


def test_a_refused_secret_is_not_hidden_by_a_line_that_is_still_open(
    running: Runtime, mirrored: Mirrored, dovecot: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conductor, "SWEEP_EVERY_S", 0.3)
    wait_for(lambda: state(mirrored).state == "ok")
    lines = running._conductors[mirrored.account_id]._connections
    wait_for(lambda: lines.peek("watch") is not None)
    dovecot.refuse(user)
    watching = lines.peek("watch")
    assert watching is not None
    watching._imap.sock.shutdown(socket.SHUT_RDWR)
    wait_for(lambda: state(mirrored).state == "sign_in_refused")
    wait_for(lambda: lines.peek("command") is None and lines.peek("transfer") is None)
    assert state(mirrored).state == "sign_in_refused"
    # The watcher has been tried with the refused secret again, and was parked.
    account = running._conductors[mirrored.account_id]
    wait_for(lambda: account._renew_at > time.monotonic())
    dovecot.allow(user)
    accounts.replace_secret(mirrored.account_id, "new secret")
    running.poke(mirrored.account_id, "secret")
    wait_for(lambda: state(mirrored).state == "ok" and lines.peek("watch") is not None)


def test_an_action_without_a_poke_is_found_by_looking(running: Runtime, mirrored: Mirrored, world: World) -> None:
    world.append("INBOX", subject="Befund")
    wait_for(lambda: state(mirrored).state == "ok" and mirrored.subjects() == ["Befund"])
    row = mirrored.enqueue("flag", mirrored.row("Befund").id, add=int(Flag.SEEN), remove=0)
    wait_for(lambda: mirrored.settled(row, "done"))
    assert "\\Seen" in world.flags_of("INBOX", "Befund")


def test_a_refused_sign_in_stops_until_a_new_secret_and_keeps_the_queue(
    running: Runtime, mirrored: Mirrored, world: World, dovecot: Dovecot, user: str
) -> None:
    world.append("INBOX", subject="Befund")
    wait_for(lambda: state(mirrored).state == "ok" and mirrored.subjects() == ["Befund"])
    dovecot.refuse(user)
    dovecot.kick(user)
    wait_for(lambda: state(mirrored).state == "sign_in_refused")
    row = mirrored.enqueue("flag", mirrored.row("Befund").id, add=int(Flag.SEEN), remove=0)
    assert mirrored.ledger()[row.id].state == "waiting"
    dovecot.allow(user)
    accounts.replace_secret(mirrored.account_id, "new secret")
    running.poke(mirrored.account_id, "secret")
    wait_for(lambda: mirrored.settled(row, "done"))
    wait_for(lambda: state(mirrored).state == "ok")


def test_a_cut_line_shows_reconnecting_and_comes_back(
    running: Runtime, mirrored: Mirrored, world: World, dovecot: Dovecot, user: str
) -> None:
    wait_for(lambda: state(mirrored).state == "ok")
    dovecot.kick(user)
    world.reconnect()
    world.append("INBOX", subject="nachher")
    wait_for(lambda: mirrored.subjects() == ["nachher"])
    wait_for(lambda: state(mirrored).state == "ok")


def test_a_killed_owner_is_succeeded_after_its_lease(mirrored: Mirrored, world: World) -> None:
    world.append("INBOX", subject="Befund")
    mirrored.sync()
    row = mirrored.enqueue("flag", mirrored.row("Befund").id, add=int(Flag.SEEN), remove=0)
    # The owner dies without a word: its leases stay until they run out by the database's clock.
    successor = Runtime()
    successor.start()
    wait_for(lambda: mirrored.settled(row, "done"))
    successor.stop()
    mirrored.fence = mirrored.take_over()
    assert reading.snapshot(mirrored.account_id).seq > 0


def test_a_watcher_that_is_hung_up_on_comes_back_later_each_time(
    running: Runtime, mirrored: Mirrored, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_for(lambda: state(mirrored).state == "ok")
    lines = running._conductors[mirrored.account_id]._connections
    waits: list[float] = []
    for _ in range(3):
        wait_for(lambda: lines.peek("watch") is not None and lines.peek("watch").is_watching)  # type: ignore[union-attr]
        watching = lines.peek("watch")
        assert watching is not None
        watching._imap.sock.shutdown(socket.SHUT_RDWR)
        wait_for(lambda: lines.peek("watch") is None)
        waits.append(lines.due_in_s("watch"))
    assert waits[0] < 1 < waits[2] <= 4
