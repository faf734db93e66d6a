"""Answers as real servers give them: cut anywhere, with uninvited lines in between, and broken."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.imap import transport
from sync.imap.connection import Connection, ResyncPoint
from sync.imap.errors import CommandRefused, Nonsense, TryAgain
from sync.imap.session import folder_name
from sync.mail import Copied, Fetched, Flag, Flags, FlagState, UidSet
from tests.support.scripted_server import OK, SELECTED, Dribble, ScriptedServer, Turn

BODY = b"Date: x\r\nSubject: {5}\r\n\r\n* 1 FETCH ()\r\nA1 OK\r\n"


def literal(data: bytes) -> bytes:
    return b"{%d}\r\n%s" % (len(data), data)


def message(uid: int, *, structure: bytes = b'("TEXT" "PLAIN" NIL NIL NIL "7BIT" 3 1)', rest: bytes = b"") -> bytes:
    header = literal(b"Subject: mail %d\r\n\r\n" % uid)
    return (
        b'* %d FETCH (UID %d FLAGS (\\Seen) INTERNALDATE "01-Mar-2026 10:00:00 +0100" RFC822.SIZE 123 BODYSTRUCTURE %s '
        b"BODY[HEADER.FIELDS (DATE FROM TO CC REPLY-TO SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES)] %s%s)\r\n"
    ) % (uid, uid, structure, header, rest)


def subjects(found: list[Fetched]) -> dict[int, bytes]:
    return {item.uid: item.header.strip() for item in found}


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


# Names


NAMES = [
    "Entwürfe",
    "A & B",
    "Übersicht/Ärzte & Co",
    'a "b"',
    "back\\slash",
    "日本語",
    "😀",
    "INBOX.Sent",
    "7",
    "%",
    "&-",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_comes_back_as_it_was_sent(name: str) -> None:
    raw = folder_name(name)
    lines = b'* LIST (\\HasNoChildren) "/" ' + raw + b"\r\n"
    lines += b'* LIST () "/" ' + literal(raw[1:-1].replace(b'\\"', b'"').replace(b"\\\\", b"\\")) + b"\r\n"
    with ScriptedServer(Turn("^LIST", lines + OK), Turn("^SELECT", SELECTED)) as server:
        connection = server.signed_in()
        assert [listing.name for listing in connection.list_folders()] == [name, name]
        connection.select(name)
        assert b"SELECT " + raw + b"\r\n" in server.received
        connection.close()


@settings(max_examples=200)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\n")))
def test_every_name_survives_the_round_trip(name: str) -> None:
    from sync.imap.session import readable_name

    inner = folder_name(name)[1:-1].replace(b'\\"', b'"').replace(b"\\\\", b"\\")
    assert readable_name(inner) == ("INBOX" if name.upper() == "INBOX" else name)


def test_lists_in_every_spelling() -> None:
    lines = (
        b'* LIST (\\HasNoChildren) "/" inbox\r\n* LIST (\\Sent) NIL Gesendet\r\n* LIST () "\\\\" "a\\\\b"\r\n'
        b'* LIST (\\NonExistent) "/" gone\r\n* LIST (\\Noselect) "." [Gmail]\r\n* LIST () "/" 2024\r\n'
        b'* LIST () "/" "NIL"\r\n* LIST () "/" {3}\r\na b\r\n'
    )
    with ScriptedServer(Turn("^LIST", lines + OK)) as server:
        connection = server.signed_in()
        found = connection.list_folders()
        assert [listing.name for listing in found] == ["INBOX", "Gesendet", "a\\b", "[Gmail]", "2024", "NIL", "a b"]
        assert [listing.delimiter for listing in found] == ["/", "", "\\", ".", "/", "/", "/"]
        assert found[1].attributes == {"\\sent"}
        connection.close()


@pytest.mark.parametrize("raw", [b"&AAA-", b"&AA0ACg-", b"&2AA-", b"&!!!-", b"&AAA", b"x\xff\xfey", b"&"])
def test_a_folder_with_a_name_that_cannot_be_decoded_does_not_hide_the_others(raw: bytes) -> None:
    lines = b'* LIST () "/" INBOX\r\n* LIST () "/" "' + raw + b'"\r\n* LIST () "/" Labor\r\n'
    with ScriptedServer(Turn("^LIST", lines + OK), Turn("^SELECT", b"<tag> NO no\r\n")) as server:
        connection = server.signed_in()
        first, odd, last = connection.list_folders()
        assert (first.name, last.name) == ("INBOX", "Labor")
        assert "\0" not in odd.name
        with pytest.raises(CommandRefused):
            connection.select(odd.name)  # it can be said, and the server knows no such folder
        connection.close()


# STATUS


def test_list_status_answers_for_all_in_one_round_trip() -> None:
    lines = (
        b'* LIST () "/" INBOX\r\n* STATUS INBOX (MESSAGES 3 UIDNEXT 9 UIDVALIDITY 1 UNSEEN 2 HIGHESTMODSEQ 7)\r\n'
        b'* LIST () "/" "a b"\r\n* STATUS {3}\r\na b (messages 1)\r\n* STATUS 12 (MESSAGES 2)\r\n* STATUS other ()\r\n'
    )
    expect = r"^LIST .* RETURN \(STATUS \(MESSAGES UIDNEXT UIDVALIDITY UNSEEN HIGHESTMODSEQ\)\)$"
    with ScriptedServer(Turn(expect, lines + OK), capabilities="IMAP4rev1 LIST-STATUS CONDSTORE") as server:
        connection = server.signed_in()
        found = connection.statuses(["INBOX", "a b", "12", "not there"])
        assert {name: status.messages for name, status in found.items()} == {"INBOX": 3, "a b": 1, "12": 2}
        assert (found["INBOX"].uidnext, found["INBOX"].highestmodseq) == (9, 7)
        assert found["a b"].uidnext is None
        connection.close()


def test_without_list_status_a_refused_folder_is_left_out() -> None:
    turns = [
        Turn('^STATUS "a"', b"* STATUS a (MESSAGES 1 UIDNEXT nonsense)\r\n" + OK),
        Turn('^STATUS "b"', b"<tag> NO [NOPERM] no\r\n"),
        Turn('^STATUS "c"', b"* STATUS c (MESSAGES 3)\r\n" + OK),
    ]
    with ScriptedServer(*turns) as server:
        connection = server.signed_in()
        found = connection.statuses(["a", "b", "c"])
        assert {name: (status.messages, status.uidnext) for name, status in found.items()} == {
            "a": (1, None),
            "c": (3, None),
        }
        connection.close()


@pytest.mark.parametrize("capabilities", ["IMAP4rev1", "IMAP4rev1 UNSELECT"])
def test_a_select_without_uidnext_asks_status_and_stays_selected(capabilities: str) -> None:
    turns = [
        Turn("^SELECT", b"* 3 EXISTS\r\n* OK [UIDVALIDITY 5] v\r\n" + OK),
        Turn('^STATUS "INBOX"', b"* STATUS INBOX (UIDVALIDITY 5 UIDNEXT 9)\r\n" + OK),
        Turn("^UID SEARCH", b"* SEARCH 8\r\n" + OK),
    ]
    with ScriptedServer(*turns, capabilities=capabilities) as server:
        connection = server.signed_in()
        selected = connection.select("INBOX")
        assert (selected.uidvalidity, selected.uidnext, selected.exists) == (5, 9, 3)
        assert connection.selected == "INBOX"
        assert connection.search_uids() == UidSet.of([8])
        connection.close()


def test_a_select_without_uidvalidity_anywhere_is_nonsense() -> None:
    with ScriptedServer(Turn("^SELECT", OK), Turn("^STATUS", b"<tag> NO no\r\n")) as server:
        connection = server.signed_in()
        with pytest.raises(Nonsense, match="no_uidvalidity"):
            connection.select("INBOX")
        connection.close()


def test_a_folder_without_modseqs_and_a_read_only_one() -> None:
    answer = b"* OK [NOMODSEQ] n\r\n" + SELECTED.replace(b"READ-WRITE", b"READ-ONLY")
    turns = [Turn(r"^SELECT .*\(CONDSTORE\)", answer), Turn("^UID FETCH", b"* 1 FETCH (UID 7 FLAGS ())\r\n" + OK)]
    with ScriptedServer(*turns, capabilities="IMAP4rev1 CONDSTORE") as server:
        connection = server.signed_in()
        selected = connection.select("Geteilt")
        assert (selected.highestmodseq, selected.read_only) == (None, True)
        assert connection.fetch_flags(UidSet.of([7])) == {7: FlagState(flags=Flags())}
        connection.close()


def test_the_line_of_another_folder_is_left_before_its_status_is_asked() -> None:
    """Never by CLOSE, which expunges what others marked."""
    with ScriptedServer(Turn("^STATUS", OK), capabilities="IMAP4rev1 UNSELECT") as server:
        connection = server.selected()
        connection.statuses(["a"])
        assert b"UNSELECT" in server.received
        assert b"CLOSE" not in server.received
        assert connection.selected is None
        connection.close()


# SEARCH


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (b'* ESEARCH (TAG "A1") UID ALL 1:5,9\r\n', UidSet.of([1, 2, 3, 4, 5, 9])),
        (b'* ESEARCH (TAG "A1") UID\r\n', UidSet()),
        (b'* ESEARCH (TAG "A1") UID COUNT 2 ALL 3,1 MODSEQ 7\r\n', UidSet.of([1, 3])),
        (b"* ESEARCH UID ALL 1:4294967295\r\n", UidSet.from_ranges([(1, 4294967295)])),
        (b"", UidSet()),
    ],
)
def test_esearch(answer: bytes, found: UidSet) -> None:
    turn = Turn(r"^UID SEARCH RETURN \(ALL\) ALL$", answer + OK)
    with ScriptedServer(turn, capabilities="IMAP4rev1 ESEARCH") as server:
        connection = server.selected()
        assert connection.search_uids() == found
        connection.close()


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (b"* SEARCH 5 1 9\r\n", [1, 5, 9]),
        (b"* SEARCH\r\n", []),
        (b"* SEARCH 1 5 \r\n", [1, 5]),  # Yahoo's stray space
        (b"* SEARCH 1\r\n* SEARCH 5 9\r\n", [1, 5, 9]),
        (b"* SEARCH 1 5 (MODSEQ 917162500)\r\n", [1, 5]),
    ],
)
def test_plain_search(answer: bytes, found: list[int]) -> None:
    with ScriptedServer(Turn("^UID SEARCH UID 1:9$", answer + OK)) as server:
        connection = server.selected()
        assert list(connection.search_uids(UidSet.from_ranges([(1, 9)]))) == found
        connection.close()


def test_an_esearch_that_cannot_be_read_is_nonsense() -> None:
    with ScriptedServer(Turn("^UID SEARCH", b"* ESEARCH UID ALL x\r\n" + OK), capabilities="IMAP4rev1 ESEARCH") as s:
        connection = s.selected()
        with pytest.raises(Nonsense):
            connection.search_uids()
        connection.close()


def test_a_message_id_goes_as_a_literal_and_below_the_bound_nothing_is_found() -> None:
    odd = '<a"b\\c {3}@x>'
    with ScriptedServer(Turn("^UID SEARCH UID 5:4294967295 HEADER Message-ID", b"* SEARCH 4 7 6\r\n" + OK)) as server:
        connection = server.selected()
        assert connection.find_message_id(odd, from_uid=5) == [6, 7]
        assert b"{%d}\r\n%s\r\n" % (len(odd), odd.encode()) in server.received
        connection.close()


def test_a_search_answer_of_more_than_a_megabyte_works() -> None:
    """160 000 UIDs: imaplib's own reader gives up at 1 000 000 bytes."""
    uids = range(1_000_000, 1_160_000)
    line = b"* SEARCH " + b" ".join(b"%d" % uid for uid in uids) + b"\r\n"
    assert len(line) > 1_000_000
    with ScriptedServer(Turn("^UID SEARCH ALL$", line + OK)) as server:
        connection = server.selected()
        assert connection.search_uids() == UidSet.from_ranges([(uids[0], uids[-1])])
        connection.close()


@pytest.mark.parametrize(
    ("answer", "limit"),
    [(b"* SEARCH " + b"1 " * 6000, "MAX_LINE_BYTES"), (b"* 1 FETCH (BODY[] {99999}\r\n", "MAX_LITERAL_BYTES")],
)
def test_beyond_any_reason_is_a_clear_error(answer: bytes, limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedServer(Turn("^UID SEARCH", answer)) as server:
        connection = server.selected()
        monkeypatch.setattr(transport, limit, 10_000)
        monkeypatch.setattr(transport, "_RECV_BYTES", 1000)
        with pytest.raises(Nonsense, match="too_large"):
            connection.search_uids()
        with pytest.raises(TryAgain, match="closed"):
            connection.noop()
        connection.close()


# Broken messages


def serving(messages: dict[int, bytes]) -> Callable[[ScriptedServer], Turn | None]:
    """Answer each FETCH with the lines of the UIDs it names: what was broken stays broken."""

    def answer(uids: UidSet, *, short: bool) -> bytes:
        bare = b'* %d FETCH (UID %d FLAGS () INTERNALDATE "01-Mar-2026 10:00:00 +0100" RFC822.SIZE 123)\r\n'
        return b"".join(bare % (uid, uid) if short else messages[uid] for uid in uids if uid in messages) + OK

    def turn(server: ScriptedServer) -> Turn | None:
        command = bytes(server.received).rsplit(b"\r\n", 2)[-2].split(b" ")
        if command[1:3] != [b"UID", b"FETCH"]:
            return None
        return Turn("", answer(UidSet.parse(command[3].decode()), short=b"BODYSTRUCTURE" not in command))

    return turn


BROKEN = [
    b"* 5 FETCH (UID 5 FLAGS (\\Seen) RFC822.SIZE 1 BODYSTRUCTURE ((((\r\n",
    b"* 5 FETCH (UID 5 FLAGS (\\Seen) RFC822.SIZE\r\n",
    b'* 5 FETCH (UID 5 RFC822.SIZE 1 BODYSTRUCTURE ("unclosed)\r\n',
    b'* 5 FETCH (UID 5 RFC822.SIZE 1 BODY[HEADER.FIELDS (DATE)] "a"b"c")\r\n',
    b"* 5 FETCH (UID 5 RFC822.SIZE 1 MODSEQ (x))\r\n",
    b"* 5 FETCH (UID x RFC822.SIZE 1)\r\n",
    b"* 5 FETCH UID 5\r\n",
    b"* 5 FETCH (UID 5 RFC822.SIZE 1 BODYSTRUCTURE " + b"(" * 3000 + b")" * 3000 + b")\r\n",
]


@pytest.mark.parametrize("broken", BROKEN, ids=[line[:70].decode() for line in BROKEN])
def test_one_broken_message_becomes_a_placeholder_and_the_others_come_whole(broken: bytes) -> None:
    messages = {uid: message(uid) for uid in range(1, 12)} | {5: broken}
    with ScriptedServer() as server:
        server.answering = serving(messages)
        connection = server.selected()
        found = list(connection.fetch_messages(UidSet.from_ranges([(1, 11)])))
        assert [item.uid for item in found] == list(range(11, 0, -1))
        placeholder = found[6]
        assert (placeholder.header, placeholder.structure, placeholder.size) == (b"", None, 123)
        assert placeholder.received_at == 1772355600000
        assert all(item.header and item.structure for item in found if item.uid != 5)
        connection.close()


def test_a_message_whose_very_flags_cannot_be_read_is_still_counted() -> None:
    bad = b"* 5 FETCH (UID 5 FLAGS (((\r\n"
    turns = [Turn("^UID FETCH 5 ", bad + OK), Turn("^UID FETCH 5 ", bad + OK)]
    with ScriptedServer(*turns) as server:
        connection = server.selected()
        assert list(connection.fetch_messages(UidSet.of([5]))) == [Fetched(uid=5, flags=Flags(), received_at=0, size=0)]
        connection.close()


def test_a_message_the_server_refuses_to_fetch_does_not_stop_the_others() -> None:
    turns = [
        Turn("^UID FETCH 4:5 ", b"<tag> NO [SERVERBUG2] cannot read\r\n"),
        Turn("^UID FETCH 5 ", b"<tag> NO cannot read\r\n"),
        Turn("^UID FETCH 5 ", b"* 5 FETCH (UID 5 FLAGS () RFC822.SIZE 9)\r\n" + OK),
        Turn("^UID FETCH 4 ", message(4) + OK),
    ]
    with ScriptedServer(*turns) as server:
        connection = server.selected()
        found = {item.uid: item for item in connection.fetch_messages(UidSet.of([4, 5]))}
        assert (found[5].size, found[5].header) == (9, b"")
        assert found[4].header
        connection.close()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"INTERNALDATE NIL RFC822.SIZE 5", (0, 5)),
        (b'INTERNALDATE "yesterday" RFC822.SIZE 5', (0, 5)),
        (b'INTERNALDATE "31-Feb-2026 10:00:00 +0100" RFC822.SIZE 5', (0, 5)),
        (b'INTERNALDATE " 1-Mar-2026 10:00:00 +0100" RFC822.SIZE NIL', (1772355600000, 0)),
        (b'INTERNALDATE "01-Mar-2026 10:00:00 +0100" RFC822.SIZE many', (1772355600000, 0)),
        (b"FLAGS NIL MODSEQ NIL RFC822.SIZE 5", (0, 5)),
    ],
)
def test_nil_and_nonsense_in_single_values_cost_only_that_value(data: bytes, expected: tuple[int, int]) -> None:
    line = b"* 1 FETCH (UID 5 " + data + b" BODY[HEADER.FIELDS (DATE)] NIL)\r\n"
    with ScriptedServer(*[Turn("^UID FETCH 5 ", line + OK)] * 2) as server:
        connection = server.selected()
        (found,) = connection.fetch_messages(UidSet.of([5]))
        assert (found.received_at, found.size) == expected
        connection.close()


def test_previews_and_email_ids_where_offered() -> None:
    rest = b' PREVIEW "Gr\xc3\xbcezi" EMAILID (M123)'
    with ScriptedServer(
        Turn("^UID FETCH 5 .*PREVIEW EMAILID", message(5, rest=rest) + OK), capabilities="IMAP4rev1 PREVIEW OBJECTID"
    ) as server:
        connection = server.selected()
        (found,) = connection.fetch_messages(UidSet.of([5]))
        assert (found.preview, found.email_id) == ("Grüezi", "M123")
        connection.close()


def test_a_part_of_a_message_that_is_gone_is_a_lookup_error() -> None:
    with ScriptedServer(Turn("^UID FETCH", b"* 1 FETCH (UID 8 FLAGS ())\r\n" + OK)) as server:
        connection = server.selected()
        with pytest.raises(LookupError):
            connection.fetch_part(7, "1")
        connection.close()


def test_a_large_part_comes_in_pieces() -> None:
    def piece(start: int, data: bytes) -> Turn:
        return Turn(rf"\[2\]<{start}\.4>", b"* 1 FETCH (UID 7 BODY[2]<%d> %s)\r\n" % (start, literal(data)) + OK)

    with ScriptedServer(piece(0, b"abcd"), piece(4, b"efgh"), piece(8, b"")) as server:
        connection = server.selected()
        assert list(connection.stream_part(7, "2", chunk_bytes=4)) == [b"abcd", b"efgh"]
        connection.close()


# COPYUID and APPENDUID


@pytest.mark.parametrize(
    ("code", "uids"),
    [
        (b"[COPYUID 38 304,319:320 3956:3958]", {304: 3956, 319: 3957, 320: 3958}),
        (b"[COPYUID 38 320:319 3958:3957]", {319: 3957, 320: 3958}),
        (b"[COPYUID 38 9,4 20,10]", {9: 20, 4: 10}),
        (b"[COPYUID x 4 5]", {}),
        (b"[COPYUID 38 4:6 5]", {}),
        (b"[COPYUID 38 1:4294967295 1:4294967295]", {}),
        (b"[COPYUID]", {}),
        (b"", {}),
    ],
)
def test_where_a_move_went(code: bytes, uids: dict[int, int]) -> None:
    turn = Turn("^UID MOVE", b"* OK " + code + b" m\r\n" + OK)
    with ScriptedServer(turn, capabilities="IMAP4rev1 MOVE") as server:
        connection = server.selected()
        moved = connection.move(UidSet.of([4, 9]), "Archiv")
        assert moved == (Copied(uidvalidity=38, uids=uids) if uids else Copied())
        connection.close()


def test_an_append_tells_its_uid_or_not() -> None:
    turns = [Turn("^APPEND", b"<tag> OK [APPENDUID 38 3955] done\r\n"), Turn("^APPEND", OK)]
    with ScriptedServer(*turns) as server:
        connection = server.signed_in()
        told = connection.append("Drafts", b"a\r\n", flags=Flags(Flag.DRAFT), received_at=1772355600000)
        assert told == Copied(uidvalidity=38, uids={0: 3955})
        assert connection.append("Drafts", b"a\r\n") == Copied()
        assert b'APPEND "Drafts" (\\Draft) "01-Mar-2026 09:00:00 +0000" {3}\r\na\r\n\r\n' in server.received
        connection.close()


# Moves without MOVE, expunges without UIDPLUS


def commands(server: ScriptedServer, connection: Connection) -> list[str]:
    connection.close()
    lines = bytes(server.received).decode().split("\r\n")
    return [line.split(" ", 1)[1] for line in lines if " UID " in line or "EXPUNGE" in line]


def test_a_move_without_move_removes_only_what_was_copied() -> None:
    turns = [Turn("^UID COPY", b"<tag> OK [COPYUID 38 4 10] c\r\n"), Turn("^UID STORE"), Turn("^UID EXPUNGE")]
    with ScriptedServer(*turns) as server:
        connection = server.selected()
        assert connection.move(UidSet.of([4, 9]), "Archiv") == Copied(uidvalidity=38, uids={4: 10})
        assert commands(server, connection) == [
            'UID COPY 4,9 "Archiv"',
            "UID STORE 4 +FLAGS.SILENT (\\Deleted)",
            "UID EXPUNGE 4",
        ]


def test_without_uidplus_there_is_never_a_bare_expunge() -> None:
    turns = [Turn("^UID COPY"), Turn("^UID STORE"), Turn("^UID STORE")]
    with ScriptedServer(*turns, capabilities="IMAP4rev1") as server:
        connection = server.selected()
        connection.move(UidSet.of([4, 9]), "Archiv")
        connection.expunge(UidSet.of([7]))
        assert commands(server, connection) == [
            'UID COPY 4,9 "Archiv"',
            "UID STORE 4,9 +FLAGS.SILENT (\\Deleted)",
            "UID STORE 7 +FLAGS.SILENT (\\Deleted)",
        ]


@pytest.mark.parametrize("capabilities", ["IMAP4rev1 UIDPLUS MOVE", "IMAP4rev1 UIDPLUS"])
def test_a_move_of_which_one_was_just_expunged_is_asked_once_more(capabilities: str) -> None:
    refusal = b"<tag> NO [EXPUNGEISSUED] Some of the requested messages no longer exist\r\n"
    rest = [Turn("^UID STORE"), Turn("^UID EXPUNGE")] if "MOVE" not in capabilities else []
    again = [
        Turn("^UID (MOVE|COPY)", refusal),
        Turn("^NOOP", b"* VANISHED 9\r\n" + OK),
        Turn("^UID (MOVE|COPY)", b"<tag> OK [COPYUID 38 4 10] m\r\n"),
    ]
    refused = [Turn("^UID (MOVE|COPY)", refusal), Turn("^NOOP"), Turn("^UID (MOVE|COPY)", refusal)]
    with ScriptedServer(*again, *rest, *refused, capabilities=capabilities) as server:
        connection = server.selected()
        assert connection.move(UidSet.of([4, 9]), "Archiv").uids == {4: 10}
        assert connection.harvest().vanished == UidSet.of([9])
        with pytest.raises(CommandRefused, match="expungeissued"):
            connection.move(UidSet.of([4, 9]), "Archiv")
        connection.close()


def test_a_refused_copy_removes_nothing() -> None:
    with ScriptedServer(Turn("^UID COPY", b"<tag> NO [TRYCREATE] no\r\n")) as server:
        connection = server.selected()
        with pytest.raises(CommandRefused, match="trycreate"):
            connection.move(UidSet.of([4]), "Archiv")
        assert commands(server, connection) == ['UID COPY 4 "Archiv"']


def test_long_sets_are_cut_into_commands_of_eight_kilobytes() -> None:
    uids = UidSet.of(range(1, 20_000, 2))
    with ScriptedServer(*[Turn("^UID STORE")] * 20) as server:
        connection = server.selected()
        connection.store_flags(uids, add=Flags(Flag.SEEN), remove=Flags())
        sent = commands(server, connection)
        assert len(sent) > 5
        assert max(map(len, sent)) < 8192
        assert UidSet.parse(",".join(line.split(" ")[2] for line in sent)) == uids
