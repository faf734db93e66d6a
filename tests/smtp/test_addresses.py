"""Envelope addresses: what may stand in one, and how it is written on the line."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.smtp.addresses import ascii_domain, envelope_address
from sync.smtp.errors import Refusal, Rejected
from tests.smtp.sending import ALICE, BOB, hand_over, verbs
from tests.support.scripted_smtp import Behaviour, ScriptedSmtp

WRITTEN: list[tuple[str, str]] = [
    ("alice@praxis.example", "alice@praxis.example"),
    ("Alice.Muster+x@Praxis.Example", "Alice.Muster+x@Praxis.Example"),
    ("o'brien/x=y@praxis.example", "o'brien/x=y@praxis.example"),
    ('"a b"@praxis.example', '"a b"@praxis.example'),
    ('"a@b"@praxis.example', '"a@b"@praxis.example'),
    ('"a<b>\\"c"@praxis.example', '"a<b>\\"c"@praxis.example'),
    ("alice@[192.0.2.1]", "alice@[192.0.2.1]"),
    ("alice@[IPv6:2001:db8::1]", "alice@[IPv6:2001:db8::1]"),
    ("alice@localhost", "alice@localhost"),
    # An umlaut in the domain has a spelling in ASCII, one in the name has none.
    ("info@bücher.example", "info@xn--bcher-kva.example"),
    ("info@ZÜRICH.example", "info@xn--zrich-kva.example"),
    ("info@xn--zrich-kva.example", "info@xn--zrich-kva.example"),
    ("jürg@zürich.example", "jürg@xn--zrich-kva.example"),
    # Other rules make another domain of these: they stay as they are.
    ("info@straße.example", "info@straße.example"),
    ("info@a\u200db.example", "info@a\u200db.example"),
    ("info@ｚuerich.example", "info@ｚuerich.example"),
    ("info@zürich。example", "info@zürich。example"),
    (f"info@{'ü' * 64}.example", f"info@{'ü' * 64}.example"),
    (f"info@{'ü.' * 200}example", f"info@{'ü.' * 200}example"),
]


@pytest.mark.parametrize(("given_as", "sent_as"), WRITTEN, ids=[given_as[:40] for given_as, _ in WRITTEN])
def test_an_address_as_it_is_sent(given_as: str, sent_as: str) -> None:
    assert envelope_address(given_as) == sent_as


REFUSED = [
    "",
    "alice",
    "@praxis.example",
    "alice@",
    "alice@praxis.example\r\nRCPT TO:<evil@x.example>",
    "alice\r@praxis.example",
    "alice\n@praxis.example",
    "alice\0@praxis.example",
    '"a\r\nb"@praxis.example',
    '"a\\\r\n"@praxis.example',
    "alice@praxis.example> SIZE=0",
    "alice@praxis.example>",
    "<alice@praxis.example>",
    "Alice <alice@praxis.example>",
    "alice@praxis.example, bob@labor.example",
    "alice@praxis.example bob@labor.example",
    "alice@praxis.example\u2028",
    "alice@praxis.example\u0085x",
    "alice@praxis.exam\u00a0ple",
    "@relay.example:alice@praxis.example",
    "alice@relay.example@praxis.example",
    "alice(comment)@praxis.example",
    '"alice@praxis.example',
    '"a"b@praxis.example',
    "alice\\@praxis.example",
    "alice@[192.0.2.1]x",
    "alice@[192.0.2.1> x]",
    "alice\ud800@praxis.example",
    "alice@praxis\ud800.example",
    "alice\x7f@praxis.example",
]


@pytest.mark.parametrize("which", ["sender", "recipient", "second recipient"])
@pytest.mark.parametrize("address", REFUSED, ids=ascii)
def test_what_could_be_more_than_an_address_is_refused_before_anything_is_sent(address: str, which: str) -> None:
    fields = {
        "sender": {"sender": address},
        "recipient": {"recipients": [address]},
        "second recipient": {"recipients": [BOB, address]},
    }
    with ScriptedSmtp() as server:
        with pytest.raises(ValueError):
            hand_over(server.endpoint, **fields[which])  # type: ignore[arg-type]
        assert server.connections == 0


def test_a_mail_to_nobody_is_refused() -> None:
    with ScriptedSmtp() as server:
        with pytest.raises(ValueError, match="no recipients"):
            hand_over(server.endpoint, recipients=[])
        assert server.connections == 0


ONE_PATH = re.compile(r"(?:[^<>\s]|\"(?:[^\"\\]|\\.)*\")+@[^<>\s]+")


@settings(max_examples=300, deadline=None)
@given(
    text=st.text(max_size=20)
    | st.from_regex(r"\A[^\s@]{1,6}@[^\s@]{1,8}\Z")
    | st.lists(st.sampled_from(['"', "\\", "<", ">", "@", " ", "\r", "\n", "a", ".", "ü", "[", "]", "\u2028"])).map(
        "".join
    )
)
def test_whatever_passes_is_one_path_on_one_line(text: str) -> None:
    try:
        sent = envelope_address(text)
    except ValueError:
        return
    assert ONE_PATH.fullmatch(sent)
    assert not re.search(r"[\x00-\x1f\x7f]", sent)
    sent.encode()


@settings(max_examples=200, deadline=None)
@given(domain=st.text(alphabet="aäßöüéŒ.-xn中ııİςσ\u0308\u200d", max_size=30))
def test_a_domain_in_ascii_names_the_same_domain(domain: str) -> None:
    sent = ascii_domain(domain)
    if sent != domain:
        assert sent.isascii()
        assert ascii_domain(sent) == sent
        assert "ß" not in domain and "\u200d" not in domain


# SMTPUTF8


def test_an_umlaut_in_a_domain_alone_needs_no_smtputf8() -> None:
    with ScriptedSmtp(offers=("AUTH PLAIN",)) as server:
        hand_over(server.endpoint, recipients=["info@zürich.example"])
        assert server.accepted[0].recipients == ("info@xn--zrich-kva.example",)
        assert server.accepted[0].parameters == ""


@pytest.mark.parametrize("odd", [{"sender": "jürg@praxis.example"}, {"recipients": [BOB, "jürg@praxis.example"]}])
def test_an_umlaut_in_a_name_is_sent_where_the_server_can(odd: dict[str, object]) -> None:
    with ScriptedSmtp() as server:
        hand_over(server.endpoint, **odd)  # type: ignore[arg-type]
        assert server.accepted[0].parameters.endswith(" SMTPUTF8")
        assert "jürg@praxis.example" in (server.accepted[0].sender, *server.accepted[0].recipients)


def test_smtputf8_is_not_asked_for_without_need() -> None:
    with ScriptedSmtp() as server:
        hand_over(server.endpoint)
        assert "SMTPUTF8" not in server.accepted[0].parameters


def test_who_cannot_be_written_to_through_this_server_is_named() -> None:
    with ScriptedSmtp(offers=("AUTH PLAIN",)) as server:
        with pytest.raises(Rejected) as raised:
            hand_over(server.endpoint, recipients=[BOB, "jürg@zürich.example"])
        assert raised.value.code == "smtputf8_needed"
        assert raised.value.refused == {"jürg@zürich.example": Refusal(reply_code=0)}
        assert verbs(server) == ["EHLO", "AUTH", "QUIT"]


def test_a_refused_recipient_is_named_as_it_was_given() -> None:
    no = Behaviour(answers={"RCPT info@xn--zrich-kva.example": b"550 5.1.1 Unknown\r\n"})
    with ScriptedSmtp(no) as server:
        with pytest.raises(Rejected) as raised:
            hand_over(server.endpoint, sender=ALICE, recipients=["info@zürich.example", BOB])
        assert list(raised.value.refused) == ["info@zürich.example"]
