"""Names and numbers of folders, in every spelling servers have for them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.imap.errors import CommandRefused, Nonsense
from sync.imap.session import folder_name
from sync.mail import Flags, FlagState, UidSet
from tests.support.answers import literal
from tests.support.scripted_server import OK, SELECTED, ScriptedServer, Turn

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


def test_a_survey_that_is_refused_is_not_asked_for_again() -> None:
    with ScriptedServer(Turn("^LIST", b"<tag> BAD no\r\n"), capabilities="IMAP4rev1 LIST-STATUS") as server:
        connection = server.signed_in()
        assert connection.survey() is None
        assert connection.survey() is None
        connection.close()


def test_a_folder_that_was_made_anew_is_opened_anew_by_a_session_that_still_has_the_old_one() -> None:
    anew = b"* 0 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n* OK [UIDNEXT 1] n\r\n" + OK
    with ScriptedServer(Turn("^SELECT", SELECTED), Turn("^SELECT", anew)) as server:
        connection = server.selected()
        assert connection.reselect("INBOX", 7)
        assert connection.uidvalidity == 7
        connection.close()
