"""Signing in, in the two ways that servers offer."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.smtp.errors import Nonsense, SignInRefused
from tests.smtp.sending import hand_over, verbs
from tests.support.scripted_smtp import Behaviour, ScriptedSmtp

SECRETS = ["secret", 'gehéim "\\ß', "с секретом", "a b", "x" * 3000, "%=\\'`$(id)"]
WAYS = [
    ("AUTH PLAIN LOGIN", "PLAIN"),
    ("AUTH LOGIN", "LOGIN"),
    ("AUTH CRAM-MD5 login", "LOGIN"),
    ("AUTH=PLAIN", "PLAIN"),
]


@pytest.mark.parametrize(("offer", "used"), WAYS)
@pytest.mark.parametrize("secret", SECRETS, ids=lambda secret: secret[:12])
def test_the_secret_arrives_as_it_is(offer: str, used: str, secret: str) -> None:
    with ScriptedSmtp(offers=(offer,)) as server:
        hand_over(server.endpoint, user="älice@praxis.example", secret=secret)
        assert server.sign_ins == [("älice@praxis.example", secret)]
        assert server.commands[1].startswith(f"AUTH {used}")


@pytest.mark.parametrize(("length", "at_once"), [(300, True), (400, False)])
def test_a_long_secret_goes_in_a_line_of_its_own(length: int, at_once: bool) -> None:
    """A command has 512 bytes, an answer to a challenge has more (RFC 4954 section 4)."""
    with ScriptedSmtp() as server:
        hand_over(server.endpoint, secret="x" * length)
        assert len(server.commands[1]) <= 510
        assert (server.commands[1] != "AUTH PLAIN") == at_once
        assert server.sign_ins == [("alice", "x" * length)]


@pytest.mark.parametrize("offers", [("SIZE",), ("AUTH",), ("AUTH CRAM-MD5 XOAUTH2",), ("AUTH PLAINER",)])
def test_a_server_without_a_way_that_we_know(offers: tuple[str, ...]) -> None:
    with ScriptedSmtp(offers=offers) as server:
        with pytest.raises(Nonsense, match="no_sign_in"):
            hand_over(server.endpoint)
        assert verbs(server) == ["EHLO", "QUIT"]


def test_a_mail_is_never_sent_without_a_sign_in() -> None:
    with ScriptedSmtp(Behaviour(answers={"AUTH": b"503 5.5.1 Not needed\r\n"})) as server:
        with pytest.raises(Nonsense, match="no_sign_in"):
            hand_over(server.endpoint)
        assert server.accepted == []


def test_a_server_that_keeps_asking_is_left() -> None:
    with ScriptedSmtp(Behaviour(answers={"AUTH": b"334 bW9yZQ==\r\n"})) as server:
        with pytest.raises(Nonsense, match="no_sign_in"):
            hand_over(server.endpoint, read_timeout_s=0.2)
        assert len(server.commands) <= 4


def test_a_refused_secret_shows_up_nowhere() -> None:
    with ScriptedSmtp(Behaviour(answers={"AUTH": b"535 5.7.8 Wrong\r\n"})) as server:
        with pytest.raises(SignInRefused) as raised:
            hand_over(server.endpoint, secret="geheim-1234")
        assert raised.value.said is not None
        assert "geheim-1234" not in repr(raised.value) + repr(raised.value.said)
        assert len(server.sign_ins) == 1  # and no second way is tried


@pytest.mark.parametrize("field", ["user", "secret"])
@pytest.mark.parametrize("control", ["\r", "\n", "\0", "\r\nMAIL FROM:<x@y.example>", "\ud800"], ids=repr)
def test_a_control_character_in_a_sign_in_is_refused_before_anything_is_sent(field: str, control: str) -> None:
    with ScriptedSmtp() as server:
        with pytest.raises(ValueError) as raised:
            hand_over(server.endpoint, **{field: f"alice{control}"})  # type: ignore[arg-type]
        assert "alice" not in repr(vars(raised.value)) + repr(raised.value)
        assert server.connections == 0


@settings(max_examples=50, deadline=None)
@given(user=st.text(min_size=1, max_size=20), secret=st.text(min_size=1, max_size=20))
def test_any_sign_in_arrives_as_it_is_or_is_refused(user: str, secret: str) -> None:
    with ScriptedSmtp() as server:
        try:
            hand_over(server.endpoint, user=user, secret=secret)
        except ValueError:
            assert server.received == b""
        else:
            assert server.sign_ins == [(user, secret)]
