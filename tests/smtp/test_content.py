"""What crosses the line after DATA: every line end CR LF, every leading dot doubled, nothing that ends the mail early.

The scripted server here is a forgiving one, as some real ones are: it takes a bare CR or LF for a line end, so that a
body that says so would end its mail and begin another.
"""

import re
import socket

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sync.smtp.content import END, Content
from sync.smtp.transport import PIECE_BYTES
from tests.smtp.sending import hand_over, verbs
from tests.support.scripted_smtp import Behaviour, ScriptedSmtp

HEAD = b"Subject: x\r\n\r\n"
SECOND = b"MAIL FROM:<evil@x.example>\r\nRCPT TO:<bob@labor.example>\r\nDATA\r\nSubject: smuggled\r\n\r\nx"
ENDS = [b"\n.\n", b"\r.\r", b"\n.\r\n", b"\r.\r\n", b"\r\n.\n", b"\r\n.\r", b"\r\n.\r\n", b"\n.\r", b"\r\r\n.\r\r\n"]
bodies = st.lists(
    st.sampled_from([b"\r", b"\n", b"\r\n", b".", b"..", b"x", b"\0", b"\xfc", SECOND, *ENDS]), max_size=30
).map(b"".join)


def normal(message: bytes) -> bytes:
    """What must arrive, said in another way than the code says it."""
    lines = message.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    return b"\r\n".join(lines) + b"\r\n"


@settings(max_examples=300, deadline=None)
@given(message=bodies)
@example(message=b"")
@example(message=b".")
@example(message=b".\r\n")
@example(message=b"\r\n.")
@example(message=b"\r\n\r\n")
def test_no_bare_line_end_and_no_lone_dot_crosses_the_line(message: bytes) -> None:
    content = Content(message)
    wire = b"".join(content.pieces()) + END
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", wire)
    lines = wire.split(b"\r\n")
    assert lines[-2:] == [b".", b""]
    assert b"." not in lines[:-2]
    arrived = b"".join(line.removeprefix(b".") + b"\r\n" for line in lines[:-2])
    assert arrived == normal(message)
    assert content.size_bytes == len(arrived)


@pytest.mark.parametrize("offset", range(-4, 5))
def test_a_dot_at_the_border_of_two_pieces_is_doubled(offset: int) -> None:
    message = HEAD + b"x" * (PIECE_BYTES - len(HEAD) + offset) + b"\r\n.\r\n.x\r\n"
    assert b"".join(Content(message).pieces()) == message[:-7] + b"..\r\n..x"
    with ScriptedSmtp() as server:
        hand_over(server.endpoint, message=message)
        assert server.accepted[0].content == message


@pytest.mark.parametrize("forgiving", [False, True])
@pytest.mark.parametrize("end", ENDS, ids=repr)
def test_a_second_mail_cannot_be_smuggled_in(end: bytes, forgiving: bool) -> None:
    message = HEAD + b"Guten Tag" + end + SECOND + end + b"QUIT\r\n"
    with ScriptedSmtp(Behaviour(forgiving=forgiving)) as server:
        hand_over(server.endpoint, message=message)
        assert [mail.content for mail in server.accepted] == [normal(message)]
        assert verbs(server) == ["EHLO", "AUTH", "MAIL", "RCPT", "RCPT", "DATA", "QUIT"]


@settings(max_examples=60, deadline=None)
@given(body=bodies)
def test_any_body_arrives_as_it_was(body: bytes) -> None:
    with ScriptedSmtp(Behaviour(forgiving=True)) as server:
        hand_over(server.endpoint, message=HEAD + body)
        assert [mail.content for mail in server.accepted] == [normal(HEAD + body)]


def test_the_forgiving_server_would_be_fooled() -> None:
    """The test above can fail: the same bytes, sent as they are."""
    with ScriptedSmtp(Behaviour(forgiving=True)) as server:
        with socket.create_connection(("127.0.0.1", server.port), 5) as line:
            reader = line.makefile("rb")
            for sent in (b"", b"MAIL FROM:<a@x.example>\r\n", b"RCPT TO:<b@x.example>\r\n", b"DATA\r\n"):
                line.sendall(sent)
                reader.readline()
            line.sendall(HEAD + b"x\n.\n" + SECOND + b"\r\n.\r\n")
            for _ in range(5):  # end, MAIL, RCPT, DATA, end
                reader.readline()
        assert [mail.sender for mail in server.accepted] == ["a@x.example", "evil@x.example"]
