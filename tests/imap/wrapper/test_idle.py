"""Watching over a line that cuts where it likes."""

import select
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.imap.connection import Connection
from sync.imap.errors import CommandRefused, Nonsense, TryAgain
from sync.imap.idle import FolderDirty, FoldersChanged, Hint, Overflow
from sync.mail import FolderStatus
from tests.support.scripted_server import OK, ScriptedServer, Turn

SELECTED = FolderDirty(None)

# Every form in which a server tells news, with the hint that it is.
SPOKEN: list[tuple[bytes, Hint | None]] = [
    (b"* 5 EXISTS\r\n", SELECTED),
    (b"* 1 RECENT\r\n", None),
    (b"* 5 EXPUNGE\r\n", SELECTED),
    (b"* VANISHED 1:5,9\r\n", SELECTED),
    (b"* 5 FETCH (UID 9 FLAGS (\\Seen) MODSEQ (7))\r\n", SELECTED),
    (b"* 6 FETCH (UID 10 BODY[HEADER.FIELDS (SUBJECT)] {14}\r\nSubject: x\r\n\r\n)\r\n", SELECTED),
    (b"* OK Still here\r\n", None),
    (b"* OK [HIGHESTMODSEQ 12] text {0}\r\n\r\n", None),
    (b"* OK [NOTIFICATIONOVERFLOW] too much\r\n", Overflow()),
    (
        b"* STATUS Labor (MESSAGES 3 UIDNEXT 9 UNSEEN 1 HIGHESTMODSEQ 17)\r\n",
        FolderDirty("Labor", FolderStatus(name="Labor", messages=3, uidnext=9, unseen=1, highestmodseq=17)),
    ),
    (
        b'* STATUS "a \\"b\\" \\\\c" (UIDNEXT 2)\r\n',
        FolderDirty('a "b" \\c', FolderStatus(name='a "b" \\c', uidnext=2)),
    ),
    (
        b"* STATUS {9}\r\nGr&APwA3w- (UIDNEXT 4)\r\n",
        FolderDirty("Grüß", FolderStatus(name="Grüß", uidnext=4)),
    ),
    (b"* STATUS inbox (UIDNEXT 4)\r\n", FolderDirty("INBOX", FolderStatus(name="INBOX", uidnext=4))),
    (b'* LIST () "/" Neu\r\n', FoldersChanged()),
    (b'* LIST (\\NonExistent) "/" {4}\r\n"a\r\n\r\n', FoldersChanged()),
]


def idling(server: ScriptedServer, *, read_timeout_s: float = 5) -> Connection:
    connection = server.selected(read_timeout_s=read_timeout_s)
    assert connection.start_watching() == []
    return connection


def distinct(hints: list[Hint | None]) -> list[Hint]:
    return list(dict.fromkeys(hint for hint in hints if hint is not None))


def pumped(connection: Connection) -> list[Hint]:
    """One look; waits for the first byte only."""
    assert select.select([connection], [], [], 5)[0]
    return connection.pump()


@pytest.mark.parametrize(("line", "hint"), SPOKEN, ids=[repr(line) for line, _ in SPOKEN])
def test_each_form_of_news_is_understood(line: bytes, hint: Hint | None) -> None:
    with ScriptedServer() as server:
        connection = idling(server)
        server.push(line)
        assert pumped(connection) == distinct([hint])
        connection.close()


@pytest.mark.parametrize("glued", [b"+ idling\r\n* 5 EXISTS\r\n", b"* 5 EXISTS\r\n+ idling\r\n"])
def test_news_glued_to_the_answer_is_not_lost(glued: bytes) -> None:
    with ScriptedServer(Turn("^IDLE$", glued)) as server:
        connection = server.selected()
        assert connection.start_watching() == [SELECTED]
        connection.close()


def test_half_a_line_glued_to_the_answer_waits_for_its_end() -> None:
    with ScriptedServer(Turn("^IDLE$", b"+ idling\r\n* 5 EX")) as server:
        connection = idling(server)
        server.push(b"ISTS\r\n")
        assert pumped(connection) == [SELECTED]
        connection.close()


def test_news_that_comes_with_notify_is_not_lost() -> None:
    notify = Turn("^NOTIFY SET", b"* 6 EXISTS\r\n" + OK)
    with ScriptedServer(notify, capabilities="IMAP4rev1 IDLE NOTIFY") as server:
        connection = server.selected()
        assert connection.start_watching() == [SELECTED]
        assert connection.stop_watching() == []
        # Once is enough: a second NOTIFY would be unscripted.
        assert connection.start_watching() == []
        connection.close()


def test_a_refused_notify_falls_back_to_idle() -> None:
    with ScriptedServer(Turn("^NOTIFY", b"<tag> NO no\r\n"), capabilities="IMAP4rev1 IDLE NOTIFY") as server:
        connection = idling(server)
        assert "NOTIFY" not in connection.capabilities
        connection.close()


@pytest.mark.parametrize("answer", [b"<tag> NO not now\r\n", b"* 5 EXISTS\r\n<tag> BAD what\r\n"])
def test_a_refused_idle_leaves_the_line_usable(answer: bytes) -> None:
    with ScriptedServer(Turn("^IDLE$", answer)) as server:
        connection = server.selected()
        with pytest.raises(CommandRefused):
            connection.start_watching()
        connection.noop()
        connection.close()


def test_the_end_of_the_line_is_an_error_and_no_busy_loop() -> None:
    with ScriptedServer() as server:
        connection = idling(server)
        server.hang_up()
        with pytest.raises(TryAgain, match="closed"):
            pumped(connection)
        with pytest.raises(TryAgain):
            connection.noop()
        connection.close()


def test_news_before_the_end_does_not_hide_the_end() -> None:
    with ScriptedServer() as server:
        connection = idling(server)
        server.push(b"* 5 EXISTS\r\n* 6 EX")
        server.hang_up()
        with pytest.raises(TryAgain, match="closed"):
            while True:
                pumped(connection)
        connection.close()


def test_bye_ends_the_watch() -> None:
    with ScriptedServer() as server:
        connection = idling(server)
        server.push(b"* 5 EXISTS\r\n* BYE going down\r\n")
        with pytest.raises(TryAgain, match="bye"):
            pumped(connection)
        connection.close()


def test_bye_instead_of_idling() -> None:
    with ScriptedServer(Turn("^IDLE$", b"* BYE too busy\r\n", then="close")) as server:
        connection = server.selected()
        with pytest.raises(TryAgain, match="bye"):
            connection.start_watching()
        connection.close()


def test_the_line_ends_instead_of_idling() -> None:
    with ScriptedServer(Turn("^IDLE$", b"+ idl", then="close")) as server:
        connection = server.selected()
        with pytest.raises(TryAgain, match="closed"):
            connection.start_watching()
        connection.close()


def test_news_before_the_answer_to_done_is_not_lost() -> None:
    with ScriptedServer() as server:
        connection = idling(server)
        server.push(b"* 5 EXISTS\r\n* VANISHED 3\r\n* OK Still here\r\n")
        assert connection.stop_watching() == [SELECTED]
        connection.noop()
        assert connection.stop_watching() == []
        connection.close()


def test_done_without_an_answer_ends_in_time() -> None:
    with ScriptedServer(Turn("^IDLE$", b"+ idling\r\n", then="silent")) as server:
        connection = idling(server, read_timeout_s=0.1)
        with pytest.raises(TryAgain, match="timeout"):
            connection.stop_watching()
        with pytest.raises(TryAgain):
            connection.noop()
        connection.close()


def test_done_on_a_line_that_ended() -> None:
    with ScriptedServer() as server:
        connection = idling(server)
        server.hang_up()
        with pytest.raises(TryAgain):
            connection.stop_watching()
        connection.close()


def test_closing_while_idle_does_not_wait_for_an_answer() -> None:
    with ScriptedServer(Turn("^IDLE$", b"+ idling\r\n", then="silent")) as server:
        connection = idling(server)
        before = time.monotonic()
        connection.close()
        assert time.monotonic() - before < 1


@pytest.mark.parametrize("name", [b"&AAA-", b"&2AA-", b"&!!!-", b"&AAA", b"\xff\xfe", b"{99999999999}", b"&"])
def test_a_name_that_cannot_be_decoded_is_still_a_hint(name: bytes) -> None:
    with ScriptedServer() as server:
        connection = idling(server)
        server.push(b'* STATUS "' + name + b'" (UIDNEXT 4)\r\n')
        (hint,) = pumped(connection)
        assert isinstance(hint, FolderDirty) and hint.name
        assert "\0" not in hint.name
        hint.name.encode()
        connection.close()


def test_a_literal_beyond_reason_ends_the_watch() -> None:
    with ScriptedServer() as server:
        connection = idling(server)
        server.push(b"* 5 FETCH (BODY[] {9999999999}\r\n")
        with pytest.raises(Nonsense, match="too_large"):
            pumped(connection)
        connection.close()


def test_a_literal_beyond_reason_before_the_answer_to_done() -> None:
    with ScriptedServer() as server:
        connection = idling(server)
        server.push(b"* 5 FETCH (BODY[] {9999999999}\r\n")
        with pytest.raises(Nonsense, match="too_large"):
            connection.stop_watching()
        connection.close()


@settings(max_examples=60, deadline=None)
@given(data=st.data(), spoken=st.lists(st.sampled_from(SPOKEN), min_size=1, max_size=6))
def test_wherever_the_stream_is_cut_the_events_are_the_same(
    data: st.DataObject, spoken: list[tuple[bytes, Hint | None]]
) -> None:
    stream = b"".join(line for line, _ in spoken)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(stream)), max_size=8)) | {0, len(stream)})
    with ScriptedServer() as server:
        connection = idling(server)
        hints: list[Hint | None] = []
        for start, end in pairwise(cuts):
            server.push(stream[start:end])
            hints += pumped(connection)
        assert distinct(hints) == distinct([hint for _, hint in spoken])
        assert connection.stop_watching() == []
        connection.close()
