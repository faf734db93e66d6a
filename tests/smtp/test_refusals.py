"""Which answer at which step is which error, and what of it a person gets to see."""

import pytest

from sync.smtp.errors import WORDS_CHARS, AnswerLost, Nonsense, Refusal, Rejected, SignInRefused, SmtpError, TryAgain
from sync.smtp.submission import probe
from tests.smtp.sending import ALICE, BOB, CHARLIE, LOCAL, MESSAGE, hand_over, verbs
from tests.support.scripted_smtp import OFFERS, Behaviour, ScriptedSmtp

BY_STEP: list[tuple[str, bytes, type[SmtpError], str]] = [
    ("greeting", b"421 4.3.2 Too many connections", TryAgain, "busy"),
    ("greeting", b"554 5.7.1 Not for you", Rejected, "service_refused"),
    ("greeting", b"250 hello", Nonsense, "greeting"),
    ("EHLO", b"451 4.3.0 Not now", TryAgain, "busy"),
    ("EHLO", b"502 5.5.1 What", Rejected, "service_refused"),
    ("EHLO", b"354 go on", Nonsense, "greeting"),
    ("AUTH", b"535 5.7.8 Wrong", SignInRefused, "credentials_refused"),
    ("AUTH", b"534 5.7.9 Use an application password", SignInRefused, "credentials_refused"),
    ("AUTH", b"550 5.7.1 Account closed", SignInRefused, "credentials_refused"),
    ("AUTH", b"454 4.7.0 Directory is away", TryAgain, "busy"),
    ("AUTH", b"421 4.7.0 Too many errors", TryAgain, "busy"),
    ("AUTH", b"504 5.5.4 Unknown mechanism", Nonsense, "no_sign_in"),
    ("AUTH", b"538 5.7.11 Encryption needed", Nonsense, "no_sign_in"),
    ("AUTH", b"250 fine", Nonsense, "no_sign_in"),
    ("MAIL", b"451 4.3.0 Not now", TryAgain, "busy"),
    ("MAIL", b"553 5.7.1 Not your address", Rejected, "sender_refused"),
    ("MAIL", b"552 5.3.4 Too much", Rejected, "too_large"),
    ("MAIL", b"552 too much", Rejected, "too_large"),
    ("MAIL", b"354 go on", Nonsense, "unreadable"),
    ("RCPT", b"550 5.1.1 Unknown", Rejected, "recipients_refused"),
    ("RCPT", b"552 5.2.2 Mailbox full", Rejected, "recipients_refused"),
    ("RCPT", b"450 4.2.1 Greylisted", TryAgain, "busy"),
    ("RCPT", b"452 4.5.3 Too many recipients", TryAgain, "too_many_recipients"),
    ("RCPT", b"421 4.3.2 Going down", TryAgain, "busy"),
    ("RCPT", b"354 go on", Nonsense, "unreadable"),
    ("DATA", b"451 4.3.0 Not now", TryAgain, "busy"),
    ("DATA", b"554 5.5.1 No valid recipients", Rejected, "message_refused"),
    ("DATA", b"250 fine", Nonsense, "unreadable"),
    ("end", b"451 4.3.0 Not now", TryAgain, "busy"),
    ("end", b"421 4.3.2 Going down", TryAgain, "busy"),
    ("end", b"554 5.7.1 A virus", Rejected, "message_refused"),
    ("end", b"552 5.3.4 Too much", Rejected, "too_large"),
    ("end", b"552 5.2.2 Mailbox full", Rejected, "message_refused"),
    ("end", b"354 go on", AnswerLost, "unreadable"),
]


@pytest.mark.parametrize(
    ("step", "answer", "kind", "code"), BY_STEP, ids=[f"{step} {answer.decode()}" for step, answer, _, _ in BY_STEP]
)
def test_an_answer_by_its_step(step: str, answer: bytes, kind: type[SmtpError], code: str) -> None:
    with ScriptedSmtp(Behaviour(answers={step: answer + b"\r\n"})) as server:
        with pytest.raises(SmtpError) as raised:
            hand_over(server.endpoint)
        assert (type(raised.value), raised.value.code) == (kind, code)
        assert str(raised.value) == code  # no words of the server in a log
        assert server.accepted == []
        assert server.left.wait(5)
        assert verbs(server).count("DATA") == (step in ("DATA", "end"))


@pytest.mark.parametrize("answer", [b"250 2.0.0 Ok", b"250", b"251 somehow", b"299-Ok\r\n299 queued"])
def test_every_yes_to_the_end_is_a_yes(answer: bytes) -> None:
    with ScriptedSmtp(Behaviour(answers={"end": answer + b"\r\n"})) as server:
        assert hand_over(server.endpoint).reply == answer.replace(b"\r\n299", b"").replace(b"-", b" ").decode()


def test_a_refused_recipient_is_named_and_nobody_gets_the_mail() -> None:
    with ScriptedSmtp(Behaviour(answers={f"RCPT {BOB}": b"550 5.1.1 Unknown here\r\n"})) as server:
        with pytest.raises(Rejected) as raised:
            hand_over(server.endpoint)
        assert raised.value.refused == {BOB: Refusal(reply_code=550, enhanced="5.1.1", words="Unknown here")}
        assert server.accepted == []
        assert verbs(server) == ["EHLO", "AUTH", "MAIL", "RCPT", "RCPT", "QUIT"]


def test_every_recipient_is_asked_and_each_refused_one_is_named() -> None:
    answers = {f"RCPT {BOB}": b"550 5.1.1 Unknown\r\n", f"RCPT {CHARLIE}": b"551 5.1.6 Moved\r\n"}
    with ScriptedSmtp(Behaviour(answers=answers)) as server:
        with pytest.raises(Rejected) as raised:
            hand_over(server.endpoint, recipients=[BOB, ALICE, CHARLIE])
        assert {name: refusal.reply_code for name, refusal in raised.value.refused.items()} == {BOB: 550, CHARLIE: 551}


def test_a_final_no_outweighs_a_not_now() -> None:
    answers = {f"RCPT {BOB}": b"450 4.2.1 Later\r\n", f"RCPT {CHARLIE}": b"550 5.1.1 Unknown\r\n"}
    with ScriptedSmtp(Behaviour(answers=answers)) as server:
        with pytest.raises(Rejected) as raised:
            hand_over(server.endpoint)
        assert list(raised.value.refused) == [CHARLIE]


def test_a_recipient_who_cannot_be_reached_now_holds_up_the_others() -> None:
    """One mail, all or none: who answers sees whom it went to."""
    with ScriptedSmtp(Behaviour(answers={f"RCPT {BOB}": b"450 4.2.1 Later\r\n"})) as server:
        with pytest.raises(TryAgain) as raised:
            hand_over(server.endpoint)
        assert raised.value.said == Refusal(reply_code=450, enhanced="4.2.1", words="Later")
        assert "DATA" not in verbs(server)


def test_a_server_that_goes_down_among_the_recipients_is_asked_no_more() -> None:
    answers = {f"RCPT {BOB}": b"421 4.3.2 Going down\r\n", f"RCPT {CHARLIE}": b"550 5.1.1 Unknown\r\n"}
    with ScriptedSmtp(Behaviour(answers=answers)) as server:
        with pytest.raises(TryAgain) as raised:
            hand_over(server.endpoint)
        assert raised.value.said == Refusal(reply_code=421, enhanced="4.3.2", words="Going down")
        assert verbs(server) == ["EHLO", "AUTH", "MAIL", "RCPT", "QUIT"]


def test_a_recipient_who_is_forwarded_is_accepted() -> None:
    with ScriptedSmtp(Behaviour(answers={"RCPT": b"251 2.1.5 Will forward\r\n"})) as server:
        hand_over(server.endpoint)
        assert len(server.accepted) == 1


WORDS: list[tuple[bytes, str, str]] = [
    (b"550 no", "", "no"),
    (b"550", "", ""),
    (b"550 5.1.1", "5.1.1", ""),
    (b"550 5.1.1 no", "5.1.1", "no"),
    (b"550-5.1.1 first\r\n550-5.1.1 second\r\n550 5.1.1", "5.1.1", "first second"),
    (b"550 4.1.1 contradicts", "", "4.1.1 contradicts"),
    (b"550 5.1.1234 too long", "", "5.1.1234 too long"),
    (b"550 5.1.1.7 an address", "", "5.1.1.7 an address"),
    (b"550 5.7.1 " + b"x" * 500, "5.7.1", "x" * WORDS_CHARS),
    (b"550 a\tb\x00c\x1b[31md\re", "", "a b c [31md e"),
    ("550 für \u202emoc.live\u200b\u2028x".encode(), "", "für moc.live x"),
    (b"550 \xff\xfe", "", "\ufffd\ufffd"),
    (b"550 <script>alert(1)</script>", "", "<script>alert(1)</script>"),
]


@pytest.mark.parametrize(("answer", "enhanced", "words"), WORDS, ids=[repr(answer[:30]) for answer, _, _ in WORDS])
def test_the_servers_words_as_a_person_may_see_them(answer: bytes, enhanced: str, words: str) -> None:
    with ScriptedSmtp(Behaviour(answers={"MAIL": answer + b"\r\n"})) as server:
        with pytest.raises(Rejected) as raised:
            hand_over(server.endpoint)
        assert raised.value.said == Refusal(reply_code=550, enhanced=enhanced, words=words)


# Size


def test_a_mail_that_is_too_large_is_not_even_begun() -> None:
    with ScriptedSmtp(offers=("AUTH PLAIN", f"SIZE {len(MESSAGE) - 1}")) as server:
        with pytest.raises(Rejected, match="too_large"):
            hand_over(server.endpoint)
        assert verbs(server) == ["EHLO", "AUTH", "QUIT"]


def test_a_mail_that_just_fits_is_sent() -> None:
    with ScriptedSmtp(offers=("AUTH PLAIN", f"SIZE {len(MESSAGE)}")) as server:
        hand_over(server.endpoint)
        assert server.accepted[0].parameters == f"SIZE={len(MESSAGE)}"


def test_line_ends_count_as_two_and_doubled_dots_once() -> None:
    message = b"Subject: x\n\n.\n..\nx"
    with ScriptedSmtp() as server:
        hand_over(server.endpoint, message=message)
        assert server.accepted[0].content == b"Subject: x\r\n\r\n.\r\n..\r\nx\r\n"
        assert f"SIZE={len(server.accepted[0].content)} " in server.accepted[0].parameters


# What a server does not offer is not used


@pytest.mark.parametrize(
    ("offers", "parameters"),
    [
        (("AUTH PLAIN",), ""),
        (("AUTH PLAIN", "8BITMIME"), "BODY=8BITMIME"),
        (("AUTH PLAIN", "SIZE"), f"SIZE={len(MESSAGE)}"),
        (OFFERS, f"SIZE={len(MESSAGE)} BODY=8BITMIME"),
    ],
)
def test_parameters_are_those_that_are_offered(offers: tuple[str, ...], parameters: str) -> None:
    with ScriptedSmtp(offers=offers) as server:
        hand_over(server.endpoint)
        assert server.accepted[0].parameters == parameters


def test_a_probe_raises_as_sending_does() -> None:
    wrong = Behaviour(answers={"AUTH": b"535 5.7.8 Wrong\r\n"})
    with ScriptedSmtp(wrong) as server, pytest.raises(SignInRefused, match="credentials_refused"):
        probe(server.endpoint, LOCAL, user="alice", secret="secret")
