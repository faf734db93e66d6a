"""Where a message went, and what is removed: only what was confirmed, never what others marked."""

import pytest

from sync.imap.connection import Connection
from sync.imap.errors import CommandRefused
from sync.mail import Copied, Flag, Flags, UidSet
from tests.support.scripted_server import OK, ScriptedServer, Turn

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
