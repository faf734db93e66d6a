"""How the line is secured, and that no secret goes out before it is."""

import socket
import ssl

import pytest

from sync.endpoint import Endpoint, Security
from sync.smtp.errors import Nonsense, SmtpError, TryAgain
from sync.smtp.submission import submit
from tests.smtp.sending import ALICE, BOB, MESSAGE, hand_over, verbs
from tests.support.authority import Authority
from tests.support.scripted_smtp import Behaviour, ScriptedSmtp

WAYS: list[Security] = ["tls", "starttls"]


def named(server: ScriptedSmtp, host: str) -> Endpoint:
    return Endpoint(host=host, port=server.port, security=server.security)


@pytest.mark.parametrize("security", WAYS)
@pytest.mark.parametrize("host", ["localhost", "mail.example.ch"])
def test_a_trusted_certificate_is_accepted(authority: Authority, security: Security, host: str) -> None:
    """The name that was asked for counts, not the address it resolved to."""
    with ScriptedSmtp(tls=authority.server(), security=security) as server:
        hand_over(named(server, host), tls=authority.client())
        assert len(server.accepted) == 1
        assert isinstance(server._lines[0], ssl.SSLSocket)


@pytest.mark.parametrize("security", WAYS)
def test_a_certificate_of_another_name_is_refused_and_no_secret_goes_out(
    authority: Authority, security: Security
) -> None:
    with ScriptedSmtp(tls=authority.server(), security=security) as server:
        with pytest.raises(TryAgain, match="certificate"):
            hand_over(named(server, "other.example"), tls=authority.client())
        assert server.left.wait(5)
        assert "AUTH" not in verbs(server)


@pytest.mark.parametrize("security", WAYS)
def test_an_untrusted_certificate_is_refused_and_no_secret_goes_out(authority: Authority, security: Security) -> None:
    """By the shared context, which knows the system's authorities only."""
    with ScriptedSmtp(tls=authority.server(), security=security) as server:
        with pytest.raises(TryAgain, match="certificate"):
            hand_over(server.endpoint)
        assert server.left.wait(5)
        assert "AUTH" not in verbs(server)


def test_a_name_that_is_an_address_is_checked_as_one(authority: Authority) -> None:
    with ScriptedSmtp(tls=authority.server(), security="tls") as server:
        with pytest.raises(TryAgain, match="certificate"):
            hand_over(named(server, "127.0.0.1"), tls=authority.client())
        assert server.left.wait(5)


def test_tls_to_a_port_that_speaks_none() -> None:
    with ScriptedSmtp() as server, pytest.raises(TryAgain, match="tls"):
        hand_over(Endpoint(host="localhost", port=server.port, security="tls"))


@pytest.mark.parametrize("security", WAYS)
def test_a_server_that_accepts_and_says_nothing(security: Security) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = Endpoint(host="localhost", port=silent.getsockname()[1], security=security)
        with pytest.raises(TryAgain, match="timeout"):
            hand_over(endpoint, connect_timeout_s=0.1, read_timeout_s=0.1)


# STARTTLS


@pytest.mark.parametrize("offers", [(), ("AUTH PLAIN LOGIN",), ("XSTARTTLS", "STARTTLSX")])
def test_starttls_that_is_not_offered_is_never_skipped(offers: tuple[str, ...], authority: Authority) -> None:
    stripped = ScriptedSmtp(tls=authority.server(), security="starttls", offers_in_the_clear=offers)
    with stripped as server:
        with pytest.raises(Nonsense, match="no_starttls"):
            hand_over(server.endpoint, tls=authority.client())
        assert verbs(server) == ["EHLO", "QUIT"]
        assert server.sign_ins == []


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (b"454 4.7.0 TLS not available", TryAgain, "busy"),
        (b"501 5.5.4 No parameters", Nonsense, "no_starttls"),
        (b"250 2.0.0 Already secure, go on", Nonsense, "no_starttls"),
        (b"235 2.7.0 Signed in", Nonsense, "no_starttls"),
    ],
)
def test_starttls_that_is_refused_is_never_skipped(
    answer: bytes, kind: type[SmtpError], code: str, authority: Authority
) -> None:
    refusing = Behaviour(answers={"STARTTLS": answer + b"\r\n"})
    with ScriptedSmtp(refusing, tls=authority.server(), security="starttls") as server:
        with pytest.raises(SmtpError) as raised:
            hand_over(server.endpoint, tls=authority.client())
        assert (type(raised.value), raised.value.code) == (kind, code)
        assert verbs(server) == ["EHLO", "STARTTLS", "QUIT"]


@pytest.mark.parametrize("injected", [b"250 evil\r\n", b"x", b"250-mail\r\n250 AUTH PLAIN\r\n235 ok\r\n"])
def test_what_is_glued_to_the_starttls_answer_ends_the_line(authority: Authority, injected: bytes) -> None:
    glued = Behaviour(answers={"STARTTLS": b"220 go\r\n" + injected})
    with ScriptedSmtp(glued, tls=authority.server(), security="starttls") as server:
        with pytest.raises(Nonsense, match="unsolicited"):
            hand_over(server.endpoint, tls=authority.client())
        assert server.left.wait(5)
        assert verbs(server) == ["EHLO", "STARTTLS"]


def test_what_was_offered_before_starttls_is_forgotten(authority: Authority) -> None:
    clear = ("STARTTLS", "AUTH LOGIN", "SIZE 5", "8BITMIME")
    secured = ScriptedSmtp(
        tls=authority.server(), security="starttls", offers_in_the_clear=clear, offers=("AUTH PLAIN",)
    )
    with secured as server:
        hand_over(server.endpoint, tls=authority.client())
        assert server.accepted[0].parameters == ""
        assert [command for command in server.commands if command.startswith("AUTH PLAIN")]


def test_a_sign_in_that_was_offered_in_the_clear_only_is_not_tried(authority: Authority) -> None:
    clear = ("STARTTLS", "AUTH PLAIN")
    secured = ScriptedSmtp(tls=authority.server(), security="starttls", offers_in_the_clear=clear, offers=("SIZE",))
    with secured as server:
        with pytest.raises(Nonsense, match="no_sign_in"):
            hand_over(server.endpoint, tls=authority.client())
        assert server.sign_ins == []


# In the clear


@pytest.mark.parametrize(
    "address", ["10.0.0.1", "8.8.8.8", "192.168.1.1", "0.0.0.0", "fd00::1", "::", "::ffff:10.0.0.1"]
)
def test_without_tls_only_to_this_machine(address: str) -> None:
    with pytest.raises(ValueError, match="only to this machine"):
        submit(
            Endpoint(host="mail.example.ch", port=587, security="plain"),
            address,
            user="alice",
            secret="secret",
            sender=ALICE,
            recipients=[BOB],
            message=MESSAGE,
            on_phase=lambda _: None,
        )
