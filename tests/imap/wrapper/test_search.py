"""What a search found, however a server says it and however much it is."""

import pytest

from sync.imap import transport
from sync.imap.errors import Nonsense, TryAgain
from sync.mail import UidSet
from tests.support.scripted_server import OK, ScriptedServer, Turn

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
