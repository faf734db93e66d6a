"""The line is lost at every place where it can be.

What must hold, wherever it is: a mail that was reported as not accepted was accepted by nobody; where nobody can know,
that is said; and nothing is sent twice.
"""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.endpoint import Security
from sync.smtp.content import END, Content
from sync.smtp.errors import AnswerLost, Nonsense, Rejected, SmtpError, TryAgain
from sync.smtp.submission import Phase
from tests.smtp.sending import BOB, MESSAGE, PHASES, hand_over
from tests.support.authority import Authority
from tests.support.scripted_smtp import Behaviour, ScriptedSmtp

LOST = {"closed", "network"}  # how the end of a line looks depends on what was on its way
STEPS = ["greeting", "EHLO", "AUTH", "MAIL", "RCPT", f"RCPT {BOB}", "DATA"]
# greeting, EHLO, AUTH, MAIL, RCPT, RCPT, DATA, end, QUIT
REPLIES, REPLIES_BEFORE_THE_END = 9, 7


def outcome(server: ScriptedSmtp, **changed: object) -> str:
    """→ "receipt", or the error's kind. Checks the codes on the way."""
    try:
        hand_over(server.endpoint, **changed)  # type: ignore[arg-type]
    except SmtpError as error:
        assert error.code in LOST
        return type(error).__name__
    return "receipt"


def once_it_is_cut(server: ScriptedSmtp, replies_before_the_end: int) -> Callable[[Phase], None]:
    """Before the end is sent the cut after the answer to DATA has happened: then it is noticed in time."""

    def wait(phase: Phase) -> None:
        if phase == "final_dot" and server.always.cut_after_replies == replies_before_the_end:
            assert server.hung_up.wait(5)

    return wait


@pytest.mark.parametrize("replies", range(1, REPLIES + 1))
def test_a_line_cut_after_any_reply(replies: int) -> None:
    with ScriptedSmtp(Behaviour(cut_after_replies=replies)) as server:
        became = outcome(server, on_phase=once_it_is_cut(server, REPLIES_BEFORE_THE_END))
        assert became == ("receipt" if replies > REPLIES_BEFORE_THE_END else "TryAgain")
        assert len(server.accepted) == (became == "receipt")
        assert server.connections == 1


@pytest.mark.parametrize("replies", range(1, REPLIES + 3))
def test_a_line_with_starttls_cut_after_any_reply(authority: Authority, replies: int) -> None:
    before = REPLIES_BEFORE_THE_END + 2  # STARTTLS and the second EHLO
    cut = Behaviour(cut_after_replies=replies)
    with ScriptedSmtp(cut, tls=authority.server(), security="starttls") as server:
        became = outcome(server, on_phase=once_it_is_cut(server, before), tls=authority.client())
        assert became == ("receipt" if replies > before else "TryAgain")
        assert len(server.accepted) == (became == "receipt")


@pytest.mark.parametrize("step", STEPS)
def test_a_line_cut_instead_of_an_answer(step: str) -> None:
    with ScriptedSmtp(Behaviour(cut_at=step, answers={f"RCPT {BOB}": b"250 ok\r\n"})) as server:
        assert outcome(server) == "TryAgain"
        assert server.accepted == []


@pytest.mark.parametrize("step", STEPS)
def test_an_answer_that_never_comes(step: str) -> None:
    with ScriptedSmtp(Behaviour(silent_at=step, answers={f"RCPT {BOB}": b"250 ok\r\n"})) as server:
        with pytest.raises(TryAgain, match="timeout"):
            hand_over(server.endpoint, read_timeout_s=0.1)
        assert server.accepted == []


@pytest.mark.parametrize("behaviour", [Behaviour(cut_at="end"), Behaviour(silent_at="end")])
def test_an_accepted_mail_whose_answer_is_lost_is_never_called_unsent(behaviour: Behaviour) -> None:
    phases: list[Phase] = []
    with ScriptedSmtp(behaviour) as server:
        with pytest.raises(AnswerLost):
            hand_over(server.endpoint, phases=phases, final_timeout_s=0.2)
        assert phases == PHASES
        assert len(server.accepted) == server.connections == 1


SHORT = b"Subject: x\r\n\r\n.Guten\r\nTag\r\n"
SHORT_WIRE = b"".join(Content(SHORT).pieces())


@pytest.mark.parametrize("size_bytes", range(len(SHORT_WIRE) + len(END) + 1))
def test_a_line_cut_after_any_byte_of_the_content(size_bytes: int) -> None:
    def wait(phase: Phase) -> None:
        if phase == "final_dot" and size_bytes <= len(SHORT_WIRE):
            assert server.hung_up.wait(5)

    with ScriptedSmtp(Behaviour(interrupt_after_bytes=size_bytes)) as server:
        became = outcome(server, message=SHORT, on_phase=wait)
        if size_bytes <= len(SHORT_WIRE):
            assert became == "TryAgain"
        else:
            assert became == ("receipt" if size_bytes == len(SHORT_WIRE + END) else "AnswerLost")
        assert len(server.accepted) == (became == "receipt")


@settings(max_examples=40, deadline=None)
@given(size_bytes=st.integers(0, 600_000), part=st.floats(0, 1), secured=st.booleans())
def test_a_large_content_cut_anywhere_was_accepted_by_nobody(
    authority: Authority, size_bytes: int, part: float, secured: bool
) -> None:
    message = b"Subject: x\r\n\r\n" + b"0123456789\r\n" * (size_bytes // 12)
    cut = Behaviour(interrupt_after_bytes=int(part * len(message)))
    security: Security = "tls" if secured else "plain"
    phases: list[Phase] = []
    with ScriptedSmtp(cut, tls=authority.server(), security=security) as server:
        became = outcome(server, message=message, phases=phases, tls=authority.client())
        # Whether the end was on its way already when the cut was noticed is a race; what is said of it is not.
        assert became == "TryAgain" or (became == "AnswerLost" and phases == PHASES)
        assert server.accepted == []


def once_it_spoke(server: ScriptedSmtp) -> Callable[[Phase], None]:
    def wait(phase: Phase) -> None:
        if phase == "final_dot":
            assert server.interrupted.wait(5)

    return wait


@pytest.mark.parametrize("message", [MESSAGE, MESSAGE + b"Guten Tag\r\n" * 300_000], ids=["small", "large"])
@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (b"552 5.3.4 Too much\r\n", Rejected, "too_large"),
        (b"554 5.6.0 Not like this\r\n", Rejected, "message_refused"),
        (b"452 4.3.1 Disk full\r\n", TryAgain, "busy"),
        (b"421 4.3.2 Going down\r\n", TryAgain, "busy"),
        (b"250 2.0.0 Ok\r\n", Nonsense, "unsolicited"),
    ],
)
def test_an_answer_in_the_middle_of_the_content_is_heard_and_is_never_a_yes(
    message: bytes, answer: bytes, kind: type[SmtpError], code: str
) -> None:
    early = Behaviour(interrupt_after_bytes=50, answers={"content": answer}, cut_after_interrupting=False)
    with ScriptedSmtp(early) as server:
        with pytest.raises(SmtpError) as raised:
            hand_over(server.endpoint, message=message, on_phase=once_it_spoke(server))
        assert (type(raised.value), raised.value.code) == (kind, code)
        assert server.left.wait(5)
        assert not bytes(server.received).endswith((END, b"QUIT\r\n"))
        assert server.accepted == []


def test_last_words_are_heard_when_the_line_is_cut_after_them() -> None:
    """As far as the network brings them: it may drop them with the line."""
    last = Behaviour(interrupt_after_bytes=len(MESSAGE) - 2, answers={"content": b"552 5.3.4 Too much\r\n"})
    with ScriptedSmtp(last) as server:
        with pytest.raises(Rejected, match="too_large"):
            hand_over(server.endpoint, on_phase=once_it_spoke(server))
        assert server.accepted == []


def test_last_words_are_heard_when_the_server_had_stopped_reading() -> None:
    """The refusal and the end of the line meet a client that waits for room to send."""
    last = Behaviour(interrupt_after_bytes=50, answers={"content": b"552 5.3.4 Too much\r\n"}, read_pause_s=0.3)

    phases: list[Phase] = []

    def stall(phase: Phase) -> None:
        if phase == "data":
            server.release.clear()

    with ScriptedSmtp(last) as server:
        server.release.set()  # no pauses before the content
        with pytest.raises(Rejected, match="too_large"):
            hand_over(server.endpoint, message=MESSAGE + b"Guten Tag\r\n" * 700_000, on_phase=stall, phases=phases)
        assert phases == PHASES[:-1]
        assert server.accepted == []


def test_after_a_cut_the_next_attempt_is_a_new_one() -> None:
    with ScriptedSmtp(faults=[Behaviour(cut_at="MAIL"), Behaviour(interrupt_after_bytes=10)]) as server:
        results = [outcome(server, message=MESSAGE * 1000) for _ in range(3)]
        assert results[0] == "TryAgain"
        assert results[1] in ("TryAgain", "AnswerLost")
        assert results[2] == "receipt"
        assert len(server.accepted) == 1
        assert server.connections == 3


def test_nobody_listens() -> None:
    with ScriptedSmtp() as server:
        endpoint = server.endpoint
    with pytest.raises(TryAgain, match="network"):
        hand_over(endpoint)
