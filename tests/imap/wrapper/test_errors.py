"""The four kinds of error, and which answer is which."""

import imaplib

import pytest

from sync.endpoint import Endpoint
from sync.imap.connection import connect
from sync.imap.errors import CommandRefused, FolderRefused, ImapError, Nonsense, NotNow, SignInRefused, TryAgain
from tests.support.scripted_server import OK, ScriptedServer, Turn

TAGGED: list[tuple[bytes, type[ImapError], str]] = [
    (b"NO [UNAVAILABLE] user's server is away", NotNow, "unavailable"),
    (b"NO [INUSE] try later", NotNow, "inuse"),
    (b"NO [SERVERBUG] oops", NotNow, "serverbug"),
    (b"NO [LIMIT] too many", NotNow, "limit"),
    (b"NO [OVERQUOTA] full", FolderRefused, "overquota"),
    (b"NO [NOPERM] not yours", FolderRefused, "noperm"),
    (b"NO [TRYCREATE] no such folder", FolderRefused, "trycreate"),
    (b"NO [NONEXISTENT] gone", FolderRefused, "nonexistent"),
    (b"NO [ALREADYEXISTS] there", FolderRefused, "alreadyexists"),
    (b"NO no", FolderRefused, "refused"),
    (b"BAD what", FolderRefused, "refused"),
    (b"BAD [CLIENTBUG] what", FolderRefused, "clientbug"),
    (b"NO [BADCHARSET (UTF-8)] what", FolderRefused, "badcharset"),
]


@pytest.mark.parametrize(("answer", "kind", "code"), TAGGED, ids=[answer.decode() for answer, _, _ in TAGGED])
def test_a_refusal_by_its_code(answer: bytes, kind: type[ImapError], code: str) -> None:
    with ScriptedServer(Turn("^EXAMINE", b"<tag> " + answer + b"\r\n")) as server:
        connection = server.signed_in()
        with pytest.raises(ImapError) as raised:
            connection.select("Labor", read_only=True)
        assert (type(raised.value), raised.value.code) == (kind, code)
        connection.noop()  # the line is still good
        connection.close()


@pytest.mark.parametrize("text", ["Mailbox [MEIER] does not exist", "BAD [MEIER] x", "of [INUSE]: no"])
@pytest.mark.parametrize("status", ["NO", "BAD"])
def test_what_a_server_quotes_is_no_code_and_is_never_kept(status: str, text: str) -> None:
    with ScriptedServer(Turn("^SELECT", f"<tag> {status} {text}\r\n".encode())) as server:
        connection = server.signed_in()
        with pytest.raises(CommandRefused) as raised:
            connection.select("Labor")
        assert str(raised.value) == raised.value.code == "refused"
        connection.close()


BROKEN: list[tuple[bytes, type[ImapError], str]] = [
    (b"", TryAgain, "closed"),
    (b"* 3 EXI", TryAgain, "closed"),
    (b"* 1 FETCH (BODY[] {500}\r\nonly this", TryAgain, "closed"),
    (b"* BYE shutting down\r\n", TryAgain, "bye"),
    (b"* BYE [UNAVAILABLE] unexpected response\r\n", TryAgain, "bye"),
    (b"HTTP/1.1 400 Bad Request\r\n", Nonsense, "unreadable"),
    (b"\r\n", Nonsense, "unreadable"),
    (b"\x00\xff\xfe\r\n", Nonsense, "unreadable"),
    (b"ZZZZ99 OK done\r\n", Nonsense, "unreadable"),
    (b"<tag>9 OK done\r\n", Nonsense, "unreadable"),
    (b"* 3 EXISTS\n", TryAgain, "closed"),
]


@pytest.mark.parametrize(("answer", "kind", "code"), BROKEN, ids=[repr(answer) for answer, _, _ in BROKEN])
def test_a_broken_line_is_used_no_more(answer: bytes, kind: type[ImapError], code: str) -> None:
    with ScriptedServer(Turn("^NOOP", answer, then="close")) as server:
        connection = server.signed_in()
        with pytest.raises(ImapError) as raised:
            connection.noop()
        assert (type(raised.value), raised.value.code) == (kind, code)
        before = bytes(server.received)
        with pytest.raises(TryAgain, match="closed"):
            connection.noop()
        with pytest.raises(TryAgain, match="closed"):
            connection.start_watching()
        connection.close()
        assert bytes(server.received) == before


def test_no_answer_in_time() -> None:
    with ScriptedServer(Turn("^NOOP", b"* 3 EXISTS\r\n", then="silent")) as server:
        connection = server.signed_in(read_timeout_s=0.05)
        with pytest.raises(TryAgain, match="timeout"):
            connection.noop()
        connection.close()


def test_closing_a_silent_server_does_not_raise() -> None:
    with ScriptedServer(Turn("^LOGOUT", b"", then="close")) as server:
        connection = server.signed_in()
        connection.close()
        connection.close()


# Signing in


REFUSALS: list[tuple[bytes, type[ImapError], str]] = [
    (b"NO [AUTHENTICATIONFAILED] wrong", SignInRefused, "authenticationfailed"),
    (b"NO [AUTHORIZATIONFAILED] wrong", SignInRefused, "authorizationfailed"),
    (b"NO [EXPIRED] password", SignInRefused, "expired"),
    (b"NO wrong", SignInRefused, "refused"),
    (b"NO [UNAVAILABLE] directory is away", NotNow, "unavailable"),
    (b"NO [INUSE] locked", NotNow, "inuse"),
    (b"NO [LIMIT] too many connections", NotNow, "limit"),
]


@pytest.mark.parametrize("offered", ["IMAP4rev1", "IMAP4rev1 AUTH=PLAIN"])
@pytest.mark.parametrize(("answer", "kind", "code"), REFUSALS, ids=[answer.decode() for answer, _, _ in REFUSALS])
def test_a_sign_in_that_is_refused(answer: bytes, kind: type[ImapError], code: str, offered: str) -> None:
    with ScriptedServer(Turn("^(LOGIN|AUTHENTICATE)", b"<tag> " + answer + b"\r\n"), capabilities=offered) as server:
        connection = server.connect()
        with pytest.raises(ImapError) as raised:
            connection.sign_in("user", "geheim")
        assert (type(raised.value), raised.value.code) == (kind, code)
        assert "geheim" not in str(raised.value)
        connection.close()


def test_a_line_that_breaks_during_the_sign_in_is_no_refusal() -> None:
    with ScriptedServer(Turn("^LOGIN", b"", then="close"), capabilities="IMAP4rev1") as server:
        connection = server.connect()
        with pytest.raises(TryAgain, match="closed"):
            connection.sign_in("user", "secret")
        connection.close()


def test_enable_that_is_refused_takes_the_capability_away() -> None:
    turn = Turn("^ENABLE QRESYNC", b"<tag> BAD no\r\n")
    with ScriptedServer(turn, capabilities="IMAP4rev1 ENABLE QRESYNC CONDSTORE") as server:
        connection = server.signed_in()
        assert "QRESYNC" not in connection.capabilities
        assert b"SELECT" not in server.received
        connection.close()


def test_secrets_are_not_kept_in_a_debug_log() -> None:
    with ScriptedServer(capabilities="IMAP4rev1") as server:
        connection = server.connect()
        connection.sign_in("user", "geheim-1234")
        assert "geheim-1234" not in str(vars(connection._imap))
        connection.close()


# Connecting


GREETINGS: list[tuple[bytes, type[ImapError], str]] = [
    (b"* BYE too many connections\r\n", TryAgain, "bye"),
    (b"HTTP/1.1 400 Bad Request\r\n", Nonsense, "unreadable"),
    (b"* NO go away\r\n", Nonsense, "greeting"),
    (b"SSH-2.0-OpenSSH_9\r\n", Nonsense, "unreadable"),
    (b"* OK half a gree", TryAgain, "timeout"),
    (b"", TryAgain, "timeout"),
]


@pytest.mark.parametrize(("greeting", "kind", "code"), GREETINGS, ids=[repr(greeting) for greeting, _, _ in GREETINGS])
def test_a_greeting_that_is_none(greeting: bytes, kind: type[ImapError], code: str) -> None:
    with ScriptedServer(greeting=greeting) as server, pytest.raises(ImapError) as raised:
        connect(server.endpoint, "127.0.0.1", connect_timeout_s=0.1)
    assert (type(raised.value), raised.value.code) == (kind, code)


def test_a_server_that_is_no_imap4rev1() -> None:
    with ScriptedServer(capabilities="IMAP2") as server, pytest.raises(Nonsense, match="greeting"):
        server.connect()


def test_nobody_listens() -> None:
    with ScriptedServer() as server:
        port = server.port
    with pytest.raises(TryAgain, match="network"):
        connect(Endpoint(host="127.0.0.1", port=port, security="plain"), "127.0.0.1", connect_timeout_s=1)


def test_capabilities_are_asked_again_after_the_sign_in() -> None:
    after = Turn("^CAPABILITY", b"* CAPABILITY IMAP4rev1 move CONDSTORE\r\n" + OK)
    with ScriptedServer(Turn("^CAPABILITY", b"* CAPABILITY IMAP4rev1\r\n" + OK), after) as server:
        connection = server.signed_in()
        assert connection.capabilities == {"IMAP4REV1", "MOVE", "CONDSTORE"}
        connection.close()


def test_no_error_of_imaplib_escapes() -> None:
    """The rest of the program knows only the four kinds."""
    with ScriptedServer() as server:
        connection = server.signed_in()
        for call in (connection.search_uids, connection.noop, lambda: connection.fetch_part(1, "1")):
            try:
                call()
            except ImapError as error:
                assert not isinstance(error, imaplib.IMAP4.error)
        connection.close()
