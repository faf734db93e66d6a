"""Servers that are none, and servers that mean harm."""

import time

import pytest

from sync.smtp.errors import AnswerLost, Nonsense, Rejected, SmtpError, TryAgain
from sync.smtp.transport import MAX_LINE_BYTES, MAX_LINES
from tests.smtp.sending import BOB, hand_over, verbs
from tests.support.scripted_smtp import OFFERS, Behaviour, ScriptedSmtp

UNREADABLE: list[tuple[bytes, str]] = [
    (b"HTTP/1.1 400 Bad Request\r\n", "unreadable"),
    (b"* OK IMAP4rev1 ready\r\n", "unreadable"),
    (b"\r\n", "unreadable"),
    (b"\x00\xff\xfe\r\n", "unreadable"),
    (b"25\r\n", "unreadable"),
    (b"2500 four digits\r\n", "unreadable"),
    (b"950 no such kind\r\n", "unreadable"),
    (b"150 no such kind\r\n", "unreadable"),
    (b"250x\r\n", "unreadable"),
    ("²50 ok\r\n".encode(), "unreadable"),
    (b"250-one\r\n550 two minds\r\n", "unreadable"),
    (b"250-one\r\nand more\r\n", "unreadable"),
    (b"250 " + b"x" * MAX_LINE_BYTES + b"\r\n", "line_too_long"),
    (b"x" * 10_000_000, "line_too_long"),
    (b"250-more\r\n" * (MAX_LINES + 1), "too_many_lines"),
    (b"250-more\r\n" * 1_000_000, "too_many_lines"),
    (b"250-" + b"x" * (MAX_LINE_BYTES - 6) + b"\r\n" + b"250-more\r\n" * MAX_LINES, "too_many_lines"),
]


@pytest.mark.parametrize("step", ["MAIL", f"RCPT {BOB}", "AUTH"])
@pytest.mark.parametrize(("answer", "code"), UNREADABLE, ids=[repr(answer[:24]) for answer, _ in UNREADABLE])
def test_an_answer_that_is_none(answer: bytes, code: str, step: str) -> None:
    with ScriptedSmtp(Behaviour(answers={step: answer})) as server:
        with pytest.raises(Nonsense) as raised:
            hand_over(server.endpoint)
        assert raised.value.code == code
        assert server.left.wait(5)
        assert "QUIT" not in verbs(server)  # a line that is not understood is used no more


@pytest.mark.parametrize(("answer", "code"), UNREADABLE, ids=[repr(answer[:24]) for answer, _ in UNREADABLE])
def test_an_unreadable_answer_to_the_end_leaves_it_open(answer: bytes, code: str) -> None:
    with ScriptedSmtp(Behaviour(answers={"end": answer})) as server:
        with pytest.raises(AnswerLost) as raised:
            hand_over(server.endpoint)
        assert raised.value.code == code


@pytest.mark.parametrize("greeting", [answer for answer, _ in UNREADABLE], ids=lambda answer: repr(answer[:24]))
def test_a_greeting_that_is_none(greeting: bytes) -> None:
    with ScriptedSmtp(Behaviour(answers={"greeting": greeting})) as server, pytest.raises(Nonsense, match="greeting"):
        hand_over(server.endpoint)
    assert verbs(server) == []


def test_the_longest_answers_that_are_read() -> None:
    longest = b"250-" + b"x" * (MAX_LINE_BYTES - 6) + b"\r\n"
    many = Behaviour(answers={"MAIL": longest * (MAX_LINES - 1) + b"250 at last\r\n", "RCPT": b"250 bare\n"})
    with ScriptedSmtp(many) as server:
        hand_over(server.endpoint)
        assert len(server.accepted) == 1


def test_an_answer_that_drips_in_has_no_more_time_than_another() -> None:
    dripping = Behaviour(drip_s=0.05, answers={"greeting": b"220-" + b"x" * 4000 + b"\r\n220 x\r\n"})
    with ScriptedSmtp(dripping) as server:
        began = time.monotonic()
        with pytest.raises(TryAgain, match="timeout"):
            hand_over(server.endpoint, read_timeout_s=0.3)
        assert time.monotonic() - began < 3


CHATTER: list[tuple[str, bytes, type[SmtpError], str]] = [
    ("MAIL", b"250 ok\r\n250 and the next one\r\n", Nonsense, "unsolicited"),
    ("MAIL", b"250 ok\r\n421 4.3.2 Going down\r\n", TryAgain, "closed"),
    ("EHLO", b"250-x\r\n250 AUTH PLAIN\r\n235 signed in already\r\n", Nonsense, "unsolicited"),
    ("DATA", b"354 go\r\n250 2.0.0 Ok: queued\r\n", Nonsense, "unsolicited"),
    ("DATA", b"354 go\r\n554 5.7.1 No\r\n", Rejected, "message_refused"),
]


@pytest.mark.parametrize(
    ("step", "answer", "kind", "code"), CHATTER, ids=[repr(answer[:40]) for _, answer, _, _ in CHATTER]
)
def test_an_answer_before_its_question_is_never_taken_for_it(
    step: str, answer: bytes, kind: type[SmtpError], code: str
) -> None:
    with ScriptedSmtp(Behaviour(answers={step: answer})) as server:
        with pytest.raises(kind) as raised:
            hand_over(server.endpoint)
        assert raised.value.code == code
        assert server.accepted == []


def test_an_answer_may_come_byte_by_byte() -> None:
    with ScriptedSmtp(Behaviour(drip_s=0.0001)) as server:
        hand_over(server.endpoint)
        assert len(server.accepted) == 1


def test_odd_offers_are_no_trouble() -> None:
    odd = ("", "=", "SIZE  \t", "SIZE=5", "AUTH=LOGIN PLAIN", "ÄUTH", "X" * 500, "8BITMIME x y", "\x00")
    with ScriptedSmtp(offers=(*OFFERS, *odd)) as server:
        hand_over(server.endpoint)
        assert len(server.accepted) == 1
