"""What is told before each step, what goes over the line, and what is left when a step is not allowed."""

import threading

import pytest

from sync.smtp.errors import AnswerLost, TryAgain
from sync.smtp.submission import Offers, Phase, Receipt, probe
from tests.smtp.sending import ALICE, BOB, CHARLIE, LOCAL, MESSAGE, PHASES, hand_over, verbs
from tests.support.scripted_smtp import Accepted, Behaviour, ScriptedSmtp

# What the server has heard when a phase is told.
HEARD: dict[Phase, list[str]] = {
    "connect": [],
    "mail": ["EHLO", "AUTH"],
    "rcpt": ["EHLO", "AUTH", "MAIL"],
    "data": ["EHLO", "AUTH", "MAIL", "RCPT", "RCPT"],
    "final_dot": ["EHLO", "AUTH", "MAIL", "RCPT", "RCPT", "DATA"],
}


def test_a_mail_is_handed_over_once_with_its_envelope() -> None:
    phases: list[Phase] = []
    with ScriptedSmtp() as server:
        receipt = hand_over(server.endpoint, phases=phases)
        assert receipt == Receipt(reply="250 2.0.0 Ok: queued as 4711")
        assert server.accepted == [
            Accepted(
                sender=ALICE,
                recipients=(BOB, CHARLIE),
                content=MESSAGE,
                parameters=f"SIZE={len(MESSAGE)} BODY=8BITMIME",
                user="alice",
            )
        ]
        assert server.copies_of("<1@praxis.example>") == 1
        assert server.connections == 1
    assert phases == PHASES


@pytest.mark.parametrize("refused", PHASES)
def test_a_phase_is_told_before_its_step_and_what_it_raises_stops_there(refused: Phase) -> None:
    class NotAllowed(Exception):
        pass

    error = NotAllowed()

    def stop(phase: Phase) -> None:
        if phase == refused:
            assert verbs(server) == HEARD[refused]
            raise error

    with ScriptedSmtp() as server:
        with pytest.raises(NotAllowed) as raised:
            hand_over(server.endpoint, on_phase=stop)
        assert raised.value is error
        if refused != "connect":
            assert server.left.wait(5)
        assert verbs(server) == HEARD[refused]  # and no QUIT: who lost its lease says nothing more
        assert server.accepted == []


def test_the_end_is_not_sent_before_its_phase_is_told() -> None:
    arrived: list[bytes] = []

    def look(phase: Phase) -> None:
        if phase == "final_dot":
            arrived.append(bytes(server.received))

    with ScriptedSmtp() as server:
        hand_over(server.endpoint, on_phase=look, message=b"Subject: x\r\n\r\nx\r\n")
        assert b"\r\n.\r\n" not in arrived[0]
        assert bytes(server.received).endswith(b"\r\nx\r\n.\r\nQUIT\r\n")


def test_an_answer_that_takes_longer_than_others_may_is_waited_for() -> None:
    with ScriptedSmtp(Behaviour(hold_end=True)) as server:
        threading.Timer(0.4, server.release.set).start()
        receipt = hand_over(server.endpoint, read_timeout_s=0.2, final_timeout_s=10)
        assert receipt.reply.startswith("250")


def test_an_answer_that_does_not_come_in_time_leaves_it_open() -> None:
    phases: list[Phase] = []
    with ScriptedSmtp(Behaviour(hold_end=True)) as server:
        with pytest.raises(AnswerLost, match="timeout"):
            hand_over(server.endpoint, phases=phases, final_timeout_s=0.1)
        assert phases == PHASES
        assert len(server.accepted) == 1


@pytest.mark.parametrize("behaviour", [Behaviour(cut_at="QUIT"), Behaviour(silent_at="QUIT")])
def test_a_goodbye_that_fails_changes_nothing(behaviour: Behaviour) -> None:
    with ScriptedSmtp(behaviour) as server:
        assert hand_over(server.endpoint, read_timeout_s=0.1, final_timeout_s=0.1).reply.startswith("250")
        assert len(server.accepted) == 1


def test_each_piece_of_a_large_mail_has_its_own_time() -> None:
    """8 MB over a line that takes longer for them than one answer may."""
    large = b"Subject: x\r\n\r\n" + b"0123456789abcde\r\n" * 500_000
    with ScriptedSmtp(Behaviour(read_pause_s=0.015)) as server:
        hand_over(server.endpoint, message=large, read_timeout_s=1)
        assert server.accepted[0].content == large


def test_a_server_that_stops_reading_is_left() -> None:
    large = b"x" * 998 + b"\r\n"
    with ScriptedSmtp(Behaviour(read_pause_s=30)) as server:
        server.release.set()  # for what comes before the content

        def stall(phase: Phase) -> None:
            if phase == "data":
                server.release.clear()

        with pytest.raises(TryAgain, match="timeout"):
            hand_over(server.endpoint, message=large * 10_000, on_phase=stall, read_timeout_s=0.3, connect_timeout_s=5)
        assert server.accepted == []


def test_a_recipient_named_twice_is_asked_once() -> None:
    with ScriptedSmtp() as server:
        hand_over(server.endpoint, recipients=[BOB, BOB])
        assert server.accepted[0].recipients == (BOB,)


def test_nothing_of_the_practices_network_is_told() -> None:
    with ScriptedSmtp() as server:
        hand_over(server.endpoint)
        assert server.commands[0].upper() == "EHLO [127.0.0.1]"


@pytest.mark.parametrize(
    ("offer", "size_bytes"),
    [
        ("SIZE 1000", 1000),
        ("size 1000", 1000),
        ("SIZE", None),
        ("SIZE 0", None),
        ("SIZE many", None),
        ("SIZE ²", None),
        (f"SIZE {'9' * 5000}", None),
        ("PIPELINING", None),
    ],
)
def test_a_probe_tells_the_largest_mail_and_sends_none(offer: str, size_bytes: int | None) -> None:
    with ScriptedSmtp(offers=("AUTH PLAIN", offer[:2000])) as server:
        offers = probe(server.endpoint, LOCAL, user="alice", secret="secret", connect_timeout_s=5, read_timeout_s=5)
        assert offers == Offers(size_bytes=size_bytes)
        assert verbs(server) == ["EHLO", "AUTH", "QUIT"]
        assert server.sign_ins == [("alice", "secret")]
