"""What a worker does for one account and in which order, its lanes moved by hand."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import cast

import pytest

from deploy.embedded.dovecot import Dovecot
from sync.bus import requests
from sync.bus.connection import quick
from sync.bus.requests import Request
from sync.keys import seal_json
from sync.mail import Flag
from sync.pull import Mirror
from sync.store import accounts, reading
from tests.support.by_hand import ByHand, Office
from tests.support.messages import make_message

NO_NOTIFY = (
    "IMAP4rev1 IDLE UIDPLUS MOVE ENABLE CONDSTORE QRESYNC LIST-EXTENDED LIST-STATUS SPECIAL-USE ESEARCH UNSELECT"
)


@pytest.fixture(scope="module")
def deaf_dovecot() -> Iterator[Dovecot]:
    """Everything but NOTIFY, as Dovecot is often set up."""
    with Dovecot(capabilities=NO_NOTIFY) as server:
        yield server


@pytest.fixture
def office(deaf_dovecot: Dovecot, user: str, transactional_db: None, stack: ExitStack) -> Office:
    return Office(deaf_dovecot, user, stack)


# Folders


def test_a_folder_made_in_outlook_is_seen_by_the_next_sweep(office: Office) -> None:
    office.world.append("INBOX", subject="Befund")
    office.start()
    before = office.mirrored.row("Befund").id
    office.world.create("Neu")
    office.world.move("INBOX", "Befund", "Neu")
    office.hand.work()
    office.hand.settle()
    assert office.mirrored.row("Befund", "Neu").id == before
    assert office.mirrored.folder("Neu").complete


def test_a_folder_renamed_in_outlook_keeps_the_ids_of_its_mail(office: Office) -> None:
    office.world.create("Spital")
    office.world.append("Spital", subject="Austritt")
    office.start()
    before = office.mirrored.row("Austritt", "Spital").id
    office.world.rename("Spital", "Spital Bern")
    office.hand.work()
    office.hand.settle()
    assert office.mirrored.row("Austritt", "Spital Bern").id == before


def test_without_list_status_a_new_folder_is_seen_within_a_few_sweeps(plain_office: Office) -> None:
    office = plain_office
    office.world.append("INBOX", subject="Befund")
    office.start()
    before = office.mirrored.row("Befund").id
    office.world.create("Neu")
    office.world.move("INBOX", "Befund", "Neu")
    for _ in range(4):
        office.hand.work()
        office.hand.settle()
    assert office.mirrored.row("Befund", "Neu").id == before


def test_mail_that_left_for_a_folder_nobody_listed_yet_is_not_buried(plain_office: Office) -> None:
    office = plain_office
    office.world.append("INBOX", subject="Befund")
    office.start()
    office.hand.work()  # folders were listed a moment ago: the next time is some sweeps away
    before = office.mirrored.row("Befund").id
    office.world.create("Neu")
    office.world.move("INBOX", "Befund", "Neu")
    for _ in range(2):
        office.hand.work()
    assert office.mirrored.rows() == []
    assert reading.account_of_message(before) == office.mirrored.account_id


def test_what_was_expunged_is_buried_after_a_look_around(office: Office) -> None:
    office.world.append("INBOX", subject="weg")
    office.start()
    target = office.mirrored.row("weg").id
    office.world.delete("INBOX", "weg")
    for _ in range(4):
        office.hand.work()
    assert reading.account_of_message(target) is None


# A large folder that starts over


def test_nothing_is_buried_while_a_folder_starts_over_and_its_history_is_filled_in(office: Office) -> None:
    raws = [make_message(subject=f"mail {number:03}") for number in range(70)]
    office.world.create("Labor")
    for raw in raws:
        office.world.append("Labor", raw)
    office.start()
    before = {row.subject: (row.id, row.received_at) for row in office.mirrored.rows("Labor")}
    office.world.delete_folder("Labor")
    office.world.create("Labor")
    for number, raw in enumerate(raws):
        office.world.append("Labor", raw, at=_at(before[f"mail {number:03}"][1]))
    for _ in range(4):
        office.hand.work()
    assert len(office.mirrored.rows("Labor")) == 50
    assert all(reading.account_of_message(pk) for pk, _ in before.values())
    assert office.hand.waiting("transfer")[0] == "fill"
    office.hand.settle()
    assert {row.subject: row.id for row in office.mirrored.rows("Labor")} == {
        subject: pk for subject, (pk, _) in before.items()
    }


def test_a_pass_that_starts_a_folder_over_has_its_history_filled_in_at_once(office: Office) -> None:
    """By a hint, not by a sweep."""
    office.world.create("Labor")
    office.world.append("Labor", subject="alt")
    office.start()
    office.hand.watch()
    office.world.delete_folder("Labor")
    office.world.create("Labor")
    office.world.append("Labor", subject="neu")
    office.hand.pull("Labor")
    assert office.hand.waiting("transfer") == ["fill"]


# Hints, pauses, history


def test_what_the_server_threw_in_is_looked_at_once_the_command_is_done(office: Office) -> None:
    """Nobody listens to this folder; opening a mail in it brings the news that another vanished."""
    office.world.create("Labor")
    for subject in ("bleibt", "geht"):
        office.world.append("Labor", subject=subject)
    office.start()
    office.hand.pull("Labor")  # the command line has this folder open
    office.world.delete("Labor", "geht")
    _ask(office, Request(kind="bodies", messages=[office.mirrored.row("bleibt", "Labor").id]))
    office.hand.work("requests")
    assert office.mirrored.subjects("Labor") == ["bleibt"]


def test_an_action_does_not_wait_for_all_that_arrives(deaf_dovecot: Dovecot, user: str, transactional_db: None) -> None:
    with ExitStack() as stack:
        office = Office(deaf_dovecot, user, stack)
        office.world.append("INBOX", subject="Befund")
        office.start()
        target = office.mirrored.row("Befund").id
        for number in range(450):
            office.world.append("Archive", subject=f"mail {number}")
        acted = []

        def somebody_acts() -> None:
            acted.append(office.mirrored.enqueue("flag", target, add=int(Flag.SEEN), remove=0))
            hand.conductor.poke("actions")

        asked = _once_there_are_rows(office, "Archive", somebody_acts)
        mirror = Mirror(account_id=office.mirrored.account_id, fence=office.mirrored.fence, may_go_on=asked)
        hand = stack.enter_context(ByHand(mirror))
        hand.work()
        hand.settle()
        (intent,) = acted
        done = office.mirrored.ledger()[intent.id]
        arrived = sorted({row.seq for row in office.mirrored.rows("Archive")})
        assert (done.state, len(office.mirrored.rows("Archive"))) == ("done", 450)
        assert arrived[0] < done.seq < arrived[-1]


def test_a_folder_that_cannot_be_read_does_not_keep_the_transfer_lane_busy(office: Office) -> None:
    for name in ("Labor", "Spital"):
        office.world.create(name)
        for number in range(60):
            office.world.append(name, subject=f"{name} {number}")
    office.hand.work()
    office.world.delete_folder("Labor")
    office.hand.run("transfer", most=10)
    assert office.mirrored.folder("Spital").complete
    assert "fill" not in office.hand.waiting("transfer")


# The folder opened last


def test_news_of_the_folder_opened_last_come_by_themselves(office: Office) -> None:
    office.world.create("Labor")
    office.start()
    office.hand.watch()
    office.hand.conductor.poke("looking", office.mirrored.folder("Labor").id)
    office.hand.settle()
    office.world.append("Labor", subject="Befund")
    office.hand.run_when_told("command")
    assert office.mirrored.subjects("Labor") == ["Befund"]
    office.world.flag("Labor", "Befund", "\\Flagged")
    office.hand.run_when_told("command")
    assert office.mirrored.row("Befund", "Labor").flags & Flag.FLAGGED


def test_what_happened_before_the_listening_began_is_told_as_it_begins(office: Office) -> None:
    office.world.create("Labor")
    office.start()
    office.hand.watch()
    office.world.append("Labor", subject="Befund")
    office.hand.conductor.poke("looking", office.mirrored.folder("Labor").id)
    office.hand.settle()
    assert office.mirrored.subjects("Labor") == ["Befund"]


def test_a_transfer_ends_the_listening_and_it_goes_on_afterwards(office: Office) -> None:
    office.world.create("Labor")
    office.world.append("Labor", make_message(subject="Scan", attachments={"scan.pdf": ("application/pdf", b"scan")}))
    office.start()
    office.hand.watch()
    office.hand.conductor.poke("looking", office.mirrored.folder("Labor").id)
    office.hand.settle()
    wanted = Request(kind="part", messages=[office.mirrored.row("Scan", "Labor").id], part="2")
    _ask(office, wanted)
    office.hand.work("requests")
    office.hand.run("transfer")
    assert _answer(wanted)[-1] == b"scan"
    office.world.append("Labor", subject="Befund")
    office.hand.run_when_told("command")
    assert office.mirrored.subjects("Labor") == ["Befund", "Scan"]


def test_a_line_that_broke_while_it_listened_is_nobodys_trouble(
    office: Office, deaf_dovecot: Dovecot, user: str
) -> None:
    office.world.create("Labor")
    office.start()
    office.hand.watch()
    office.hand.conductor.poke("looking", office.mirrored.folder("Labor").id)
    office.hand.settle()
    transfer = office.hand.conductor._connections.peek("transfer")
    assert transfer is not None
    transfer._imap.sock.shutdown(2)
    office.hand.work()
    office.hand.settle()
    assert accounts.account_row(office.mirrored.account_id).state == "ok"
    office.world.append("Labor", subject="Befund")
    office.hand.run_when_told("command")
    assert office.mirrored.subjects("Labor") == ["Befund"]


def test_where_notify_tells_of_every_folder_nobody_else_listens(
    dovecot: Dovecot, user: str, transactional_db: None, stack: ExitStack
) -> None:
    office = Office(dovecot, user, stack)
    office.start()
    office.hand.watch()
    office.hand.conductor.poke("looking", office.mirrored.folder("Archive").id)
    office.hand.settle()
    assert office.hand.conductor._connections.peek("transfer") is None


def _at(received_ms: int) -> datetime:
    return datetime.fromtimestamp(received_ms / 1000, UTC)


def _ask(office: Office, request: Request) -> None:
    """What a browser's request leaves in Redis, without waiting for the answer."""
    key = requests._requests_key(office.mirrored.account_id)
    now_s, _ = quick().time()
    quick().rpush(key, seal_json(asdict(replace(request, asked_at=now_s)), key))


def _answer(request: Request) -> list[bytes]:
    sealed = cast(list[bytes], quick().lrange(requests._answer_key(request.id), 0, -1))
    chunks = [requests._open_chunk(request.id, chunk) for chunk in sealed]
    return [chunk for tag, chunk in chunks if tag == requests._DATA]


def _once_there_are_rows(office: Office, path: str, then: Callable[[], None]) -> Callable[[], bool]:
    """For `may_go_on`: something happens when the first rows of a folder are here."""
    left = [then]

    def asked() -> bool:
        if left and office.mirrored.folder(path).total:
            left.pop()()
        return True

    return asked
