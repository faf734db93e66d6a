"""One mail over which the server fails: by a word of its own, by silence, or because somebody stops it just then."""

import pytest

from sync.imap.errors import TryAgain
from sync.mail import UidSet
from sync.pull import Mirror
from sync.pull.arrivals import fetch_arrivals
from sync.store.messages import NewMessage
from tests.support.scripted_server import OK, ScriptedServer, Turn

ENOUGH = 12
HEADER = b"Subject: gut\r\n\r\n"


def bare(uid: int) -> bytes:
    """What a server knows without opening the mail."""
    return b'* %d FETCH (UID %d FLAGS () INTERNALDATE "01-Jan-2024 00:00:00 +0000" RFC822.SIZE 5)\r\n' % (uid, uid)


def whole(uid: int) -> bytes:
    start = b'* %d FETCH (UID %d FLAGS () INTERNALDATE "01-Jan-2024 00:00:00 +0000" RFC822.SIZE 5 ' % (uid, uid)
    structure = b'BODYSTRUCTURE ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1) '
    return start + structure + b"BODY[HEADER.FIELDS (SUBJECT)] {%d}\r\n" % len(HEADER) + HEADER + b")\r\n"


NOT_OPENED = {r"UID FETCH (\d+) .UID FLAGS INTERNALDATE": Turn("", bare(1) + bare(2) + OK)}
ANSWERED = {
    r"UID FETCH 1 .*HEADER": Turn("", whole(1) + OK),
    r"UID FETCH 1 .UID BODY": Turn("", b"* 1 FETCH (UID 1 BODY[1]<0> {1}\r\nx)\r\n" + OK),
}


def fetched(server: ScriptedServer, *uids: int, read_timeout_s: float = 5) -> dict[int, NewMessage]:
    """Over a new line each time, as a worker does, until all is answered."""
    mirror = Mirror(account_id="a", fence=0)
    for _ in range(ENOUGH):
        connection = server.selected(read_timeout_s=read_timeout_s)
        try:
            return {row.uid: row for rows in fetch_arrivals(connection, mirror, "f", UidSet.of(uids)) for row in rows}
        except TryAgain:
            continue
    raise AssertionError(mirror.suspects)


@pytest.mark.parametrize("code", ["SERVERBUG", "CONTACTADMIN", "UNAVAILABLE", "LIMIT", "INUSE"])
def test_refused_with_a_code_that_may_pass_it_keeps_no_other_away(code: str) -> None:
    refused = {r"UID FETCH ": Turn("", f"<tag> NO [{code}] cannot open this one\r\n".encode())}
    with ScriptedServer(defaults={**ANSWERED, **NOT_OPENED, **refused}) as server:
        rows = fetched(server, 1, 2)
    assert {uid: row.unparsed for uid, row in rows.items()} == {1: False, 2: True}


def test_refused_even_where_it_need_not_be_opened_it_still_has_a_row() -> None:
    refused = {r"UID FETCH ": Turn("", b"<tag> NO [SERVERBUG] cannot open this one\r\n")}
    with ScriptedServer(defaults={**ANSWERED, **refused}) as server:
        rows = fetched(server, 1, 2)
    assert {uid: row.unparsed for uid, row in rows.items()} == {1: False, 2: True}


def test_refused_for_good_it_keeps_no_other_away() -> None:
    refused = {r"UID FETCH (1:)?2 .*HEADER": Turn("", b"<tag> NO cannot open this one\r\n")}
    with ScriptedServer(defaults={**ANSWERED, **refused, **NOT_OPENED}) as server:
        rows = fetched(server, 1, 2)
    assert {uid: row.unparsed for uid, row in rows.items()} == {1: False, 2: True}


def test_answered_with_silence_it_is_given_up_in_the_end() -> None:
    """Our own time-out ends the line."""
    silent = {r"UID FETCH 1 .*HEADER": Turn("", b"", then="silent")}
    with ScriptedServer(defaults={**silent, **NOT_OPENED}) as server:
        rows = fetched(server, 1, read_timeout_s=0.3)
    assert rows[1].unparsed


def test_a_server_that_is_stopped_twice_over_a_healthy_one_accuses_nobody() -> None:
    stopped = Turn(r"UID FETCH 1 ", b"* BYE Server shutting down.\r\n", then="close")
    with ScriptedServer(stopped, stopped, defaults=ANSWERED) as server:
        rows = fetched(server, 1)
    assert (rows[1].unparsed, rows[1].envelope["subject"]) == (False, "gut")
