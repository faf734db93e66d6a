"""Which servers may be talked to, and how the line to them is secured."""

import ipaddress
import select
import ssl
from collections.abc import Iterator

import pytest

from deploy.embedded.dovecot import Dovecot
from sync.endpoint import Endpoint, HostPolicy, HostRefused, Security
from sync.imap.connection import connect
from sync.imap.errors import ImapError, Nonsense, TryAgain
from sync.imap.idle import FolderDirty, FoldersChanged
from sync.line import shared_tls
from tests.support.authority import Authority
from tests.support.fault_proxy import FaultProxy
from tests.support.scripted_server import OK, ScriptedServer, Turn

LOCAL = "127.0.0.1"


# The host policy


def endpoint(host: str, port: int = 993, security: Security = "tls") -> Endpoint:
    return Endpoint(host=host, port=port, security=security)


def refusal(policy: str, asked: Endpoint, *addresses: str) -> str:
    with pytest.raises(HostRefused) as raised:
        HostPolicy.parse(policy).resolve(asked, lambda host, port: list(addresses))
    return raised.value.code


def test_a_listed_name_resolves_to_the_address_to_use() -> None:
    policy = HostPolicy.parse("imap.mail.hin.ch, Mail.Example.ch.:1993")
    assert policy.resolve(endpoint("IMAP.mail.hin.ch."), lambda *_: ["8.8.8.8", "1.1.1.1"]) == "8.8.8.8"
    assert policy.resolve(endpoint("mail.example.ch", 1993), lambda *_: ["2001:4860:4860::8888"]) != ""


def test_what_is_not_listed_is_refused_before_anything_is_looked_up() -> None:
    def never(host: str, port: int) -> list[str]:
        pytest.fail("looked up")

    policy = HostPolicy.parse("imap.mail.hin.ch")
    for asked, code in [
        (endpoint("evil.example"), "host_not_listed"),
        (endpoint("imap.mail.hin.ch.evil.example"), "host_not_listed"),
        (endpoint("x.imap.mail.hin.ch"), "host_not_listed"),
        (endpoint("imap.mail.hin.ch", 25), "port_not_listed"),
    ]:
        with pytest.raises(HostRefused, match=code):
            policy.resolve(asked, never)
    with pytest.raises(HostRefused, match="host_not_listed"):
        HostPolicy.parse("").resolve(endpoint("imap.mail.hin.ch"), never)


PRIVATE = [
    "127.0.0.1",
    "10.0.0.1",
    "172.16.5.5",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "::",
    "::1",
    "fe80::1%eth0",
    "fd00::1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "64:ff9b::10.0.0.1",
    "2002:7f00:1::",
    "2002:c0a8:101::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_listed_name_that_points_inside_is_refused_unless_listed_private(address: str) -> None:
    assert refusal("mail.example.ch", endpoint("mail.example.ch"), address) == "private_address"
    # One bad address among good ones is enough.
    assert refusal("mail.example.ch", endpoint("mail.example.ch"), "8.8.8.8", address) == "private_address"
    allowed = HostPolicy.parse("mail.example.ch private")
    assert allowed.resolve(endpoint("mail.example.ch"), lambda *_: [address]) == address


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_plain_goes_to_this_machine(address: str) -> None:
    policy = HostPolicy.parse("localhost:* private")
    assert policy.resolve(endpoint("localhost", 1143, "plain"), lambda *_: [address]) == address


@pytest.mark.parametrize("address", ["10.0.0.1", "8.8.8.8", "fd00::1", "0.0.0.0"])
def test_plain_goes_nowhere_else(address: str) -> None:
    assert refusal("mail.example.ch:* private", endpoint("mail.example.ch", 143, "plain"), address) == "plain_not_local"


def test_a_name_without_an_address() -> None:
    assert refusal("mail.example.ch", endpoint("mail.example.ch")) == "unresolvable"
    with pytest.raises(HostRefused, match="unresolvable"):
        HostPolicy.parse("nowhere.invalid").resolve(endpoint("nowhere.invalid"))
    with pytest.raises(HostRefused, match="unresolvable"):
        HostPolicy.parse(f"{'x' * 70}.ch").resolve(endpoint(f"{'x' * 70}.ch"))


def test_the_system_is_asked_by_default() -> None:
    assert HostPolicy.parse("127.0.0.1:* private").resolve(endpoint(LOCAL, 1143, "plain")) == LOCAL
    assert HostPolicy.parse("[::1]:143 private").resolve(endpoint("::1", 143, "plain")) == "::1"


@pytest.mark.parametrize("entry", ["mail.example.ch:imap", "mail.example.ch public", ":993", "a:1:2", "[]:1"])
def test_an_entry_that_is_none_is_named(entry: str) -> None:
    with pytest.raises(ValueError, match="is not an entry of the form"):
        HostPolicy.parse(f"imap.mail.hin.ch, {entry}")


# Certificates


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def secured(authority: Authority) -> Iterator[Dovecot]:
    with Dovecot(certificate=(authority.certificate, authority.key)) as server:
        yield server


WAYS: list[Security] = ["tls", "starttls"]


def port_of(server: Dovecot, security: Security) -> int:
    return server.tls_port if security == "tls" else server.port


@pytest.mark.parametrize("security", WAYS)
def test_a_trusted_certificate_is_accepted(secured: Dovecot, authority: Authority, security: Security) -> None:
    asked = endpoint("localhost", port_of(secured, security), security)
    connection = connect(asked, LOCAL, tls=authority.client())
    assert isinstance(connection._imap.sock, ssl.SSLSocket)
    connection.sign_in("alice", "secret")
    connection.append("INBOX", b"Subject: over tls\r\n\r\nx\r\n")
    assert connection.select("INBOX").exists >= 1
    assert connection.start_watching() == []
    assert connection.pump() == []
    assert connection.stop_watching() == []
    connection.close()


@pytest.mark.parametrize("security", WAYS)
def test_an_untrusted_certificate_is_refused_and_no_secret_goes_out(secured: Dovecot, security: Security) -> None:
    with pytest.raises(TryAgain) as raised:
        connect(endpoint("localhost", port_of(secured, security), security), LOCAL)
    assert raised.value.code == "certificate"


@pytest.mark.parametrize("security", WAYS)
def test_a_certificate_of_another_name_is_refused(secured: Dovecot, authority: Authority, security: Security) -> None:
    """The name that was asked for counts, not the address it resolved to."""
    with pytest.raises(TryAgain, match="certificate"):
        connect(endpoint("other.example", port_of(secured, security), security), LOCAL, tls=authority.client())
    connect(endpoint("mail.example.ch", port_of(secured, security), security), LOCAL, tls=authority.client()).close()


def test_tls_to_a_port_that_speaks_none(dovecot: Dovecot) -> None:
    with pytest.raises(TryAgain, match="tls"):
        connect(endpoint("localhost", dovecot.port, "tls"), LOCAL)


def test_one_context_serves_all_connections_and_checks() -> None:
    context = shared_tls()
    assert context is shared_tls()
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


# STARTTLS


def test_starttls_that_is_not_offered_is_never_skipped() -> None:
    with ScriptedServer(capabilities="IMAP4rev1") as server, pytest.raises(Nonsense, match="no_starttls"):
        connect(endpoint("localhost", server.port, "starttls"), LOCAL)
    assert b"LOGIN" not in server.received


@pytest.mark.parametrize("answer", [b"<tag> NO not today\r\n", b"<tag> BAD what\r\n"])
def test_starttls_that_is_refused_is_never_skipped(answer: bytes) -> None:
    with ScriptedServer(Turn("STARTTLS", answer), capabilities="IMAP4rev1 STARTTLS") as server:
        with pytest.raises(Nonsense, match="no_starttls"):
            connect(endpoint("localhost", server.port, "starttls"), LOCAL, connect_timeout_s=1)
        assert bytes(server.received).endswith(b"STARTTLS\r\n")  # and no handshake


def test_a_server_that_claims_we_are_signed_in_already_cannot_skip_starttls() -> None:
    """PREAUTH before TLS: STARTTLS is illegal then, so going on would mean to go on in the clear."""
    greeting = b"* PREAUTH welcome\r\n"
    with (
        ScriptedServer(greeting=greeting, capabilities="IMAP4rev1 STARTTLS") as server,
        pytest.raises(Nonsense, match="no_starttls"),
    ):
        connect(endpoint("localhost", server.port, "starttls"), LOCAL)


@pytest.mark.parametrize("injected", [b"* CAPABILITY IMAP4rev1 EVIL\r\n", b"x", b"* VANISHED 1:100\r\n+ go\r\n"])
def test_what_is_glued_to_the_starttls_answer_ends_the_connection(authority: Authority, injected: bytes) -> None:
    turn = Turn("STARTTLS", OK + injected, then="tls")
    with ScriptedServer(turn, capabilities="IMAP4rev1 STARTTLS", tls=authority.server()) as server:
        with pytest.raises(ImapError) as raised:
            connect(endpoint("localhost", server.port, "starttls"), LOCAL, tls=authority.client())
        assert type(raised.value) is TryAgain
        assert b"LOGIN" not in server.received


def test_what_was_said_before_starttls_is_forgotten(authority: Authority) -> None:
    before = b"* CAPABILITY IMAP4rev1 AUTH=PLAIN STARTTLS\r\n* VANISHED 1:100\r\n* OK [COPYUID 1 1 1] x\r\n"
    turns = [Turn("^CAPABILITY", before + OK), Turn("STARTTLS", before + OK, then="tls")]
    with ScriptedServer(*turns, capabilities="IMAP4rev1 UIDPLUS", tls=authority.server()) as server:
        connection = connect(endpoint("localhost", server.port, "starttls"), LOCAL, tls=authority.client())
        connection.sign_in("user", "secret")
        assert b"AUTHENTICATE" not in server.received  # offered only in the clear
        assert b'LOGIN "user" "secret"' in server.received
        assert connection.capabilities == {"IMAP4REV1", "UIDPLUS"}
        assert not connection.harvest().vanished
        connection.close()


@pytest.mark.parametrize("chunk_bytes", [7, 0])
def test_news_in_small_and_in_large_tls_records(authority: Authority, chunk_bytes: int) -> None:
    """A record may hold half a line, or more than one read takes: what TLS has buffered wakes no selector."""
    filler = b"* OK Still here, and a long line to fill a record\r\n" * (2000 if chunk_bytes == 0 else 3)
    news = (
        b"+ idling\r\n"
        + filler
        + b"* 5 EXISTS\r\n"
        + filler
        + b'* STATUS "Labor" (UIDNEXT 4)\r\n* LIST () "/" Ende\r\n'
    )
    turns = [Turn("STARTTLS", OK, then="tls"), Turn("^IDLE", news, chunk_bytes=chunk_bytes)]
    with ScriptedServer(*turns, capabilities="IMAP4rev1 IDLE STARTTLS", tls=authority.server()) as server:
        asked = endpoint("localhost", server.port, "starttls")
        with connect(asked, LOCAL, tls=authority.client()) as connection:
            connection.sign_in("user", "secret")
            connection.select("INBOX")
            hints = connection.start_watching()
            while FoldersChanged() not in hints:
                assert select.select([connection], [], [], 5)[0]
                hints += connection.pump()
            assert [type(hint) for hint in hints] == [FolderDirty, FolderDirty, FoldersChanged]


# The network


@pytest.fixture
def proxy(dovecot: Dovecot) -> Iterator[FaultProxy]:
    with FaultProxy(LOCAL, dovecot.port) as between:
        yield between


def plain(proxy: FaultProxy) -> Endpoint:
    return endpoint(LOCAL, proxy.port, "plain")


def test_a_server_that_accepts_and_says_nothing(proxy: FaultProxy) -> None:
    proxy.silence()
    with pytest.raises(TryAgain, match="timeout"):
        connect(plain(proxy), LOCAL, connect_timeout_s=0.1)
    proxy.restore()


@pytest.mark.parametrize("security", WAYS)
def test_a_server_that_accepts_and_says_nothing_under_tls(proxy: FaultProxy, security: Security) -> None:
    proxy.silence()
    with pytest.raises(TryAgain, match="timeout"):
        connect(endpoint(LOCAL, proxy.port, security), LOCAL, connect_timeout_s=0.1)
    proxy.restore()


def test_a_port_where_nobody_listens(proxy: FaultProxy) -> None:
    proxy.refuse()
    with pytest.raises(TryAgain, match="network"):
        connect(plain(proxy), LOCAL)


def test_a_line_that_falls_silent_ends_at_the_read_timeout(proxy: FaultProxy) -> None:
    connection = connect(plain(proxy), LOCAL, read_timeout_s=0.2)
    connection.sign_in("alice", "secret")
    proxy.silence()
    with pytest.raises(TryAgain, match="timeout"):
        connection.noop()
    connection.close()
    proxy.restore()


def test_a_line_that_is_cut(proxy: FaultProxy) -> None:
    connection = connect(plain(proxy), LOCAL)
    connection.sign_in("alice", "secret")
    proxy.cut()
    with pytest.raises(TryAgain):
        connection.noop()
    connection.close()
    with connect(plain(proxy), LOCAL) as again:
        again.sign_in("alice", "secret")


@pytest.mark.parametrize("answered_bytes", [1, 20, 130, 200, 300, 600])
def test_a_line_that_breaks_anywhere_in_the_opening(proxy: FaultProxy, answered_bytes: int) -> None:
    proxy.cut_after(answered_bytes)
    with pytest.raises(TryAgain), connect(plain(proxy), LOCAL) as connection:
        connection.sign_in("alice", "secret")
        for _ in range(20):
            connection.noop()


def test_a_name_that_is_an_address_is_checked_as_one(authority: Authority, secured: Dovecot) -> None:
    assert ipaddress.ip_address(LOCAL).is_loopback
    with pytest.raises(TryAgain, match="certificate"):
        connect(endpoint(LOCAL, secured.tls_port, "tls"), LOCAL, tls=authority.client())
