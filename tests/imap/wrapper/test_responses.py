"""Answers as real servers give them: cut anywhere, with uninvited lines in between."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.imap.connection import ResyncPoint
from sync.imap.errors import Nonsense
from sync.mail import Copied, Flag, Flags, FlagState, UidSet
from tests.support.answers import BODY, literal, message, subjects
from tests.support.scripted_server import OK, SELECTED, Dribble, ScriptedServer, Turn

# Cut anywhere


def test_literals_arrive_whole_wherever_the_bytes_are_cut() -> None:
    answer = b"* 1 FETCH (UID 7 BODY[1] " + literal(BODY) + b" FLAGS (\\Seen))\r\n" + OK
    with ScriptedServer(*[Turn("^UID FETCH 7", answer)] * (len(answer) + 1)) as server:
        connection = server.selected()
        for cut in range(1, len(answer) + 1):
            with Dribble(connection, [cut, 1 << 20]):
                assert connection.fetch_part(7, "1") == BODY
        with Dribble(connection, [1]):
            assert connection.fetch_part(7, "1") == BODY
        connection.close()


@settings(max_examples=25, deadline=None)
@given(sizes=st.lists(st.integers(1, 60), min_size=1, max_size=20))
def test_many_messages_arrive_whole_in_any_pieces(sizes: list[int]) -> None:
    answer = b"* 4 EXISTS\r\n" + message(7) + b"* VANISHED 3\r\n" + message(9) + OK
    with ScriptedServer(Turn("^UID FETCH 7,9", answer, chunk_bytes=sizes[0])) as server:
        connection = server.selected()
        with Dribble(connection, sizes):
            found = list(connection.fetch_messages(UidSet.of([7, 9])))
        assert subjects(found) == {9: b"Subject: mail 9", 7: b"Subject: mail 7"}
        assert connection.harvest().vanished == UidSet.of([3])
        connection.close()


def test_an_empty_literal_and_a_quoted_body() -> None:
    turns = [
        Turn("^UID FETCH", b"* 1 FETCH (BODY[1] {0}\r\n UID 7)\r\n" + OK),
        Turn("^UID FETCH", b'* 1 FETCH (UID 7 BODY[1] "a \\"b\\" \\\\")\r\n' + OK),
        Turn("^UID FETCH", b"* 1 FETCH (UID 7 BODY[1] NIL)\r\n" + OK),
    ]
    with ScriptedServer(*turns) as server:
        connection = server.selected()
        assert [connection.fetch_part(7, "1") for _ in turns] == [b"", b'a "b" \\', b""]
        connection.close()


# Uninvited


def test_flags_of_others_and_expunges_in_between_do_not_confuse_a_fetch() -> None:
    answer = (
        b"* 2 FETCH (FLAGS (\\Answered) UID 8 MODSEQ (5))\r\n" + message(7) + b"* 1 EXPUNGE\r\n"
        b"* VANISHED 1:2\r\n* 1 FETCH (FLAGS (\\Deleted))\r\n" + message(9) + b"* 1 FETCH (UID 9 FLAGS (\\Flagged))\r\n"
    )
    with ScriptedServer(Turn("^UID FETCH 7,9 ", answer + OK)) as server:
        connection = server.selected()
        found = list(connection.fetch_messages(UidSet.of([7, 9])))
        assert subjects(found) == {9: b"Subject: mail 9", 7: b"Subject: mail 7"}
        assert connection.harvest().vanished == UidSet.of([1, 2])
        assert connection.harvest().vanished == UidSet()
        connection.close()


def test_what_came_with_one_command_is_not_taken_for_the_answer_to_the_next() -> None:
    turns = [
        Turn("^NOOP", b"* 1 FETCH (UID 7 BODY[1] {3}\r\nold)\r\n* SEARCH 99\r\n* OK [COPYUID 1 1 99] c\r\n" + OK),
        Turn("^UID FETCH", b"* 1 FETCH (UID 7 BODY[1] {3}\r\nnew)\r\n" + OK),
        Turn("^UID SEARCH", b"* SEARCH 7\r\n" + OK),
        Turn("^UID MOVE", OK),
    ]
    with ScriptedServer(*turns, capabilities="IMAP4rev1 MOVE UIDPLUS") as server:
        connection = server.selected()
        connection.noop()
        assert connection.fetch_part(7, "1") == b"new"
        assert connection.search_uids() == UidSet.of([7])
        assert connection.move(UidSet.of([1]), "Archiv") == Copied()
        connection.close()


def test_vanished_is_kept_from_every_command() -> None:
    turns = [Turn("^NOOP", b"* VANISHED 1\r\n" + OK), Turn("^UID STORE", b"* VANISHED 5:6\r\n" + OK)]
    with ScriptedServer(*turns) as server:
        connection = server.selected()
        connection.noop()
        connection.store_flags(UidSet.of([9]), add=Flags(Flag.SEEN))
        assert connection.start_watching() == []
        assert connection.harvest().vanished == UidSet.of([1, 5, 6])
        connection.close()


def test_vanished_may_name_more_than_ever_existed() -> None:
    resync = b"* VANISHED (EARLIER) 1:4294967295\r\n* 3 FETCH (UID 9 FLAGS (\\Seen) MODSEQ (18446744073709551615))\r\n"
    with ScriptedServer(Turn("^SELECT .*QRESYNC", resync + SELECTED), capabilities="IMAP4rev1 QRESYNC") as server:
        connection = server.signed_in()
        selected = connection.select("INBOX", since=ResyncPoint(uidvalidity=1, modseq=5, known=UidSet.of([1, 2])))
        assert b'SELECT "INBOX" (QRESYNC (1 5 1:2))' in server.received
        assert selected.resynced
        assert selected.vanished.ranges == ((1, 4294967295),)
        assert selected.changed == {9: FlagState(flags=Flags(Flag.SEEN), modseq=18446744073709551615)}
        assert connection.harvest().vanished == UidSet()
        connection.close()


@pytest.mark.parametrize("line", [b"* VANISHED (EARLIER) x:y", b"* VANISHED 1:*", b"* VANISHED (EARLIER) (1 2)"])
def test_a_vanished_that_cannot_be_read_is_nonsense_and_not_obeyed(line: bytes) -> None:
    with ScriptedServer(Turn("^SELECT .*QRESYNC", line + b"\r\n" + SELECTED)) as server:
        connection = server.signed_in()
        with pytest.raises(Nonsense):
            connection.select("INBOX", since=ResyncPoint(uidvalidity=1, modseq=5))
        connection.close()


def test_qresync_is_not_used_with_icloud() -> None:
    with ScriptedServer(capabilities="IMAP4rev1 ENABLE QRESYNC CONDSTORE") as server:
        connection = server.connect()
        connection._host = "p01-imap.mail.me.com"
        connection.sign_in("user", "secret")
        assert "QRESYNC" not in connection.capabilities
        assert b"ENABLE CONDSTORE" in server.received
        connection.close()
