"""Nothing that could end a line goes out: folder names, Message-IDs and passwords are chosen by strangers."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.imap.connection import Connection, ResyncPoint
from sync.imap.errors import ImapError
from sync.mail import Flags, UidSet
from tests.support.scripted_server import OK, ScriptedServer, Turn

ONE = UidSet.of([1])
EVIL = "x\r\nA9 DELETE INBOX"

# Every public method that takes text, each of its text arguments once.
SIGNED_IN: dict[str, Callable[[Connection, str], object]] = {
    "select": lambda c, text: c.select(text),
    "select with resync": lambda c, text: c.select(text, since=ResyncPoint(uidvalidity=1, modseq=1, known=ONE)),
    "examine": lambda c, text: c.select(text, read_only=True),
    "statuses": lambda c, text: c.statuses([text]),
    "create_folder": lambda c, text: c.create_folder(text),
    "find_message_id": lambda c, text: c.find_message_id(text),
    "store_flags add": lambda c, text: c.store_flags(ONE, add=Flags(keywords=frozenset({text}))),
    "store_flags remove": lambda c, text: c.store_flags(ONE, remove=Flags(keywords=frozenset({text}))),
    "move": lambda c, text: c.move(ONE, text),
    "append to": lambda c, text: c.append(text, b"mail"),
    "append flags": lambda c, text: c.append("INBOX", b"mail", flags=Flags(keywords=frozenset({text}))),
    "fetch_part": lambda c, text: c.fetch_part(1, text),
    "stream_part": lambda c, text: list(c.stream_part(1, text)),
    "run name": lambda c, text: c.run(text),
    "run word": lambda c, text: c.run("NOOP", text),
    "run bytes": lambda c, text: c.run("NOOP", text.encode()),
}
SIGNING_IN: dict[str, Callable[[Connection, str], object]] = {
    "user": lambda c, text: c.sign_in(text, "secret"),
    "secret": lambda c, text: c.sign_in("user", text),
}
CONTROL = ["\r", "\n", "\0", "\r\n"]


@pytest.mark.parametrize("control", CONTROL, ids=repr)
@pytest.mark.parametrize("method", SIGNED_IN)
def test_a_control_character_is_refused_and_nothing_goes_out(method: str, control: str) -> None:
    with ScriptedServer(capabilities="IMAP4rev1 IDLE UIDPLUS MOVE QRESYNC CREATE-SPECIAL-USE") as server:
        connection = server.selected()
        before = bytes(server.received)
        with pytest.raises(ValueError):
            SIGNED_IN[method](connection, f"x{control}A9 DELETE INBOX")
        # `statuses` leaves the selected folder first.
        assert re.fullmatch(rb"([A-Z0-9]+ NOOP\r\n)?", bytes(server.received[len(before) :]))
        connection.close()


@pytest.mark.parametrize("control", CONTROL, ids=repr)
@pytest.mark.parametrize("offered", ["IMAP4rev1", "IMAP4rev1 AUTH=PLAIN"])
@pytest.mark.parametrize("which", SIGNING_IN)
def test_a_control_character_in_a_sign_in_is_refused(which: str, offered: str, control: str) -> None:
    with ScriptedServer(capabilities=offered) as server:
        connection = server.connect()
        before = bytes(server.received)
        with pytest.raises(ValueError):
            SIGNING_IN[which](connection, f"x{control}A9 DELETE INBOX")
        assert bytes(server.received) == before
        connection.close()


def test_a_special_use_that_is_none_is_left_out() -> None:
    with ScriptedServer(Turn(r"^CREATE"), capabilities="IMAP4rev1 CREATE-SPECIAL-USE") as server:
        connection = server.selected()
        connection.create_folder("Archiv", special_use="\\Archive))\r\nA9 DELETE INBOX")
        assert b'CREATE "Archiv"\r\n' in server.received
        assert b"DELETE" not in server.received
        connection.close()


@pytest.mark.parametrize("path", ["1]", "1 2", "1.(TEXT", "1..2", ".", "1.", "1.HEADER.FIELDS (X)"])
def test_a_part_path_is_only_words_and_dots(path: str) -> None:
    with ScriptedServer() as server:
        connection = server.selected()
        with pytest.raises(ValueError):
            connection.fetch_part(1, path)
        connection.close()


@pytest.mark.parametrize("keyword", ["", "a b", "(x", "x)", '"x"', "x\\y", "{5}", "a*", "a%", "\\Seen", "\x7f", "ä"])
def test_a_keyword_is_an_atom(keyword: str) -> None:
    with ScriptedServer() as server:
        connection = server.selected()
        before = bytes(server.received)
        with pytest.raises(ValueError):
            connection.store_flags(ONE, add=Flags(keywords=frozenset({keyword})))
        assert bytes(server.received) == before
        connection.close()


def test_quotes_and_backslashes_are_escaped() -> None:
    with ScriptedServer(Turn("^LOGIN"), Turn("^SELECT", OK.replace(b"OK", b"NO"))) as server:
        connection = server.connect()
        connection.sign_in('a"b', "c\\d")
        assert b'LOGIN "a\\"b" "c\\\\d"\r\n' in server.received
        with pytest.raises(ImapError):
            connection.select('x" (\\y')
        assert b'SELECT "x\\" (\\\\y"\r\n' in server.received
        connection.close()


ONE_LINE = re.compile(rb"[A-Z0-9]+ [^\r\n\0]*\r\n")


@settings(max_examples=60, deadline=None)
@given(
    text=st.text(max_size=12) | st.sampled_from([EVIL, "\r\n", "ä&ö", "\ud800", '"', "\\", "{3}", "~{3}", "a\u2028b"]),
    method=st.sampled_from(sorted(SIGNED_IN.keys() - {"run name", "run word", "run bytes", "find_message_id"})),
)
def test_whatever_the_text_a_command_stays_one_line(text: str, method: str) -> None:
    server = ScriptedServer(capabilities="IMAP4rev1 UIDPLUS MOVE QRESYNC CREATE-SPECIAL-USE")
    with server:
        connection = server.selected()
        before = len(server.received)
        try:
            SIGNED_IN[method](connection, text)
            refused = False
        except ValueError:
            refused = True
        except (ImapError, LookupError):
            refused = False
        sent = bytes(server.received[before:]).replace(b"}\r\nmail\r\n", b"}\r\n")
        server.unscripted.clear()
        if not refused or method != "statuses":
            assert bool(sent) != refused
        assert ONE_LINE.sub(b"", sent) == b""
        connection.close()


@settings(max_examples=60, deadline=None)
@given(user=st.text(max_size=8), secret=st.text(max_size=8), plain=st.booleans())
def test_whatever_the_name_and_the_secret_the_sign_in_is_one_command(user: str, secret: str, plain: bool) -> None:
    with ScriptedServer(capabilities="IMAP4rev1 AUTH=PLAIN" if plain else "IMAP4rev1") as server:
        connection = server.connect()
        before = len(server.received)
        try:
            connection.sign_in(user, secret)
        except ValueError:
            assert len(server.received) == before
        else:
            sent = bytes(server.received[before:])
            lines = sent.split(b"\r\n")
            # The sign-in (with its answer to the challenge), CAPABILITY, and nothing after the last line end.
            assert len(lines) == (4 if plain else 3)
            assert not re.search(rb"[\r\n\0]", b"".join(lines))
        server.unscripted.clear()
        connection.close()
