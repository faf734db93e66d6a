"""One broken message costs its own row at most, never its folder."""

from collections.abc import Callable

import pytest

from sync.mail import Fetched, Flags, UidSet
from tests.support.answers import literal, message
from tests.support.scripted_server import OK, ScriptedServer, Turn

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
        Turn("^UID FETCH 4:5 ", b"<tag> NO cannot read\r\n"),
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


def test_one_start_that_cannot_be_read_costs_only_itself() -> None:
    starts = {uid: b"* %d FETCH (UID %d BODY[1]<0> %s)\r\n" % (uid, uid, literal(b"Text")) for uid in range(1, 6)}

    def turn(server: ScriptedServer) -> Turn | None:
        command = bytes(server.received).rsplit(b"\r\n", 2)[-2].split(b" ")
        if command[1:3] != [b"UID", b"FETCH"]:
            return None
        wanted = UidSet.parse(command[3].decode())
        if 4 in wanted and len(wanted) == 1:
            return Turn("", b"<tag> NO no\r\n")
        return Turn("", b"".join(starts[uid] for uid in wanted) + (b"<tag> NO no\r\n" if 4 in wanted else OK))

    starts[2] = b'* 2 FETCH (UID 2 BODY[1]<0> "a"b"c")\r\n'
    with ScriptedServer() as server:
        server.answering = turn
        connection = server.selected()
        assert connection.fetch_starts(UidSet.of(range(1, 6)), "1", 3) == dict.fromkeys((1, 3, 5), b"Tex")
        connection.close()
