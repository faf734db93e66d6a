"""A real server: what is handed over arrives, byte by byte; and the scripted one behaves as it does."""

import imaplib
import os
import re
import time

import pytest

from deploy.embedded.dovecot import Dovecot
from deploy.embedded.postfix import REFUSED_DOMAIN, Postfix
from sync.endpoint import Endpoint, Security
from sync.smtp.errors import Nonsense, Rejected, SignInRefused, TryAgain
from sync.smtp.submission import Offers, Phase, probe
from tests.smtp.sending import LOCAL, PHASES, hand_over
from tests.smtp.test_content import ENDS, HEAD, SECOND, normal
from tests.support.authority import Authority
from tests.support.files import png
from tests.support.scripted_smtp import ScriptedSmtp

ARRIVES_S = 20


class Mailbox:
    """What has arrived for one user, seen by a plain IMAP client."""

    def __init__(self, dovecot: Dovecot, user: str) -> None:
        self._imap = imaplib.IMAP4(LOCAL, dovecot.port, timeout=ARRIVES_S)
        self._imap.login(user, "secret")
        self._imap.select()

    def raw(self) -> list[bytes]:
        self._imap.noop()
        _, numbers = self._imap.search(None, "ALL")
        if not numbers[0]:
            return []
        _, parts = self._imap.fetch("1:*", "(BODY.PEEK[])")
        return [part[1] for part in parts if isinstance(part, tuple)]

    def wait_for(self, count: int) -> list[bytes]:
        """The raw messages, once there are `count` of them."""
        deadline = time.monotonic() + ARRIVES_S
        while len(found := self.raw()) < count:
            assert time.monotonic() < deadline, "it did not arrive"
        return found

    def close(self) -> None:
        self._imap.logout()


def endpoint(server: Postfix, security: Security) -> Endpoint:
    return Endpoint(host="localhost", port=server.tls_port if security == "tls" else server.port, security=security)


def address(user: str) -> str:
    return f"{user}@praxis.example"


def as_sent(raw: bytes, message: bytes) -> bool:
    """Is it the message, below the lines that servers put on top?"""
    top, found, _ = raw.partition(normal(message))
    return (
        bool(found)
        and raw.endswith(found)
        and all(re.match(rb"(Return-Path|Delivered-To|Received): |\s", line) for line in top.splitlines())
    )


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_mail_arrives(
    postfix: Postfix, postal_dovecot: Dovecot, authority: Authority, user: str, security: Security
) -> None:
    phases: list[Phase] = []
    message = b"Message-ID: <%s@praxis.example>\r\nSubject: Befund\r\n\r\nGuten Tag\r\n" % user.encode()
    receipt = hand_over(
        endpoint(postfix, security),
        tls=authority.client(),
        phases=phases,
        user=user,
        sender=address(user),
        recipients=[address(user)],
        message=message,
    )
    assert receipt.reply.startswith("250 2.0.0 Ok: queued as ")
    assert phases == PHASES
    mailbox = Mailbox(postal_dovecot, user)
    (raw,) = mailbox.wait_for(1)
    assert as_sent(raw, message)
    mailbox.close()


def test_without_tls_on_this_machine(postfix_in_the_clear: Postfix, postal_dovecot: Dovecot, user: str) -> None:
    hand_over(
        endpoint(postfix_in_the_clear, "plain"),
        user=user,
        sender=address(user),
        recipients=[address(user)],
        message=HEAD + b"x\r\n",
    )
    mailbox = Mailbox(postal_dovecot, user)
    assert as_sent(mailbox.wait_for(1)[0], HEAD + b"x\r\n")
    mailbox.close()


def test_two_recipients_get_it_once_each(
    postfix: Postfix, postal_dovecot: Dovecot, authority: Authority, user: str
) -> None:
    names = [user, f"{user}b"]
    hand_over(
        endpoint(postfix, "starttls"),
        tls=authority.client(),
        user=user,
        sender=address(user),
        recipients=[address(name) for name in names],
    )
    for name in names:
        mailbox = Mailbox(postal_dovecot, name)
        assert len(mailbox.wait_for(1)) == 1
        mailbox.close()


ODD_BODIES: list[bytes] = [
    b".\r\n..\r\n...\r\n.x\r\n",
    b"no line end at the end",
    b"\r\n\r\n\r\n",
    b"umlauts in eight bits: \xc3\xa4\xc3\xb6 \xfc\r\n",
    b"a line of 3000: " + b"x" * 3000 + b"\r\n",
    b"From the start of a line\r\n>From quoted\r\n",
    png(200, 200).replace(b"\0", b"0"),  # NUL is not for mail
    *(b"Guten Tag" + end + SECOND + end + b"QUIT\r\n" for end in ENDS),
]


def test_odd_bodies_and_smuggling_ones_arrive_as_they_are(
    postfix: Postfix, postal_dovecot: Dovecot, authority: Authority, user: str
) -> None:
    """Postfix is told to be forgiving about bare line feeds: a second mail would be accepted."""
    messages = [b"X-Number: %d\r\n" % number + HEAD + body for number, body in enumerate(ODD_BODIES)]
    for message in messages:
        hand_over(
            endpoint(postfix, "starttls"),
            tls=authority.client(),
            user=user,
            sender=address(user),
            recipients=[address(user)],
            message=message,
        )
    mailbox = Mailbox(postal_dovecot, user)
    arrived = mailbox.wait_for(len(messages))
    mailbox.close()
    assert len(arrived) == len(messages)
    for message in messages:
        assert sum(as_sent(raw, message) for raw in arrived) == 1, message[:80]


def test_a_name_with_an_umlaut_is_taken(postfix: Postfix, authority: Authority, user: str) -> None:
    """By SMTPUTF8. It goes no further: nothing leaves this machine."""
    receipt = hand_over(
        endpoint(postfix, "starttls"),
        tls=authority.client(),
        user=user,
        sender="jürg@praxis.example",
        recipients=["rené@bücher.example"],
    )
    assert receipt.reply.startswith("250 2.0.0 Ok: queued as ")


def test_a_refused_secret(postfix: Postfix, postal_dovecot: Dovecot, authority: Authority, user: str) -> None:
    """Dovecot is asked, as for IMAP: a revoked token ends both."""
    postal_dovecot.refuse(user)
    with pytest.raises(SignInRefused) as raised:
        hand_over(endpoint(postfix, "starttls"), tls=authority.client(), user=user)
    assert raised.value.said is not None
    assert (raised.value.code, raised.value.said.reply_code) == ("credentials_refused", 535)
    postal_dovecot.allow(user)
    hand_over(
        endpoint(postfix, "starttls"),
        tls=authority.client(),
        user=user,
        sender=address(user),
        recipients=[address(user)],
    )


def test_a_certificate_of_another_name(postfix: Postfix, authority: Authority, user: str) -> None:
    for security in ("tls", "starttls"):
        asked = endpoint(postfix, security)
        other = Endpoint(host="other.example", port=asked.port, security=asked.security)
        with pytest.raises(TryAgain, match="certificate"):
            hand_over(other, tls=authority.client(), user=user)


def test_a_sign_in_in_the_clear_is_refused_by_the_server_too(postfix: Postfix, user: str) -> None:
    with pytest.raises(Nonsense, match="no_sign_in"):
        hand_over(endpoint(postfix, "plain"), user=user)


def test_the_size_that_the_server_takes(postfix_in_the_clear: Postfix, user: str) -> None:
    asked = endpoint(postfix_in_the_clear, "plain")
    offers = probe(asked, LOCAL, user=user, secret="secret")
    assert offers == Offers(size_bytes=postfix_in_the_clear.size_bytes)
    phases: list[Phase] = []
    with pytest.raises(Rejected, match="too_large"):
        hand_over(asked, phases=phases, user=user, message=HEAD + b"x" * 998 * 101)
    assert phases == ["connect"]


def test_a_recipient_whom_the_server_does_not_know_is_named(
    postfix: Postfix, postal_dovecot: Dovecot, authority: Authority, user: str
) -> None:
    unknown = f"weg@{REFUSED_DOMAIN}"
    with pytest.raises(Rejected) as raised:
        hand_over(
            endpoint(postfix, "starttls"),
            tls=authority.client(),
            user=user,
            sender=address(user),
            recipients=[address(user), unknown],
        )
    (refusal,) = raised.value.refused.values()
    assert list(raised.value.refused) == [unknown]
    assert (refusal.reply_code, refusal.enhanced) == (550, "5.1.1")
    assert "Nobody lives here" in refusal.words
    mailbox = Mailbox(postal_dovecot, user)
    assert mailbox.raw() == []
    mailbox.close()


def test_an_address_that_the_server_does_not_take_is_named(postfix: Postfix, authority: Authority, user: str) -> None:
    odd = f"{'x' * 300}@{'y' * 70}.example"
    with pytest.raises(Rejected) as raised:
        hand_over(
            endpoint(postfix, "starttls"),
            tls=authority.client(),
            user=user,
            sender=address(user),
            recipients=[address(user), odd],
        )
    assert list(raised.value.refused) == [odd]
    assert raised.value.refused[odd].words


def test_the_scripted_server_hears_what_the_real_one_hears(
    postfix_in_the_clear: Postfix, postal_dovecot: Dovecot, user: str
) -> None:
    """The same mail to both: the same phases, the same content."""
    message = HEAD + b".\r\n\n.\nx"
    told: list[list[Phase]] = []
    with ScriptedSmtp() as scripted:
        for server in (scripted.endpoint, endpoint(postfix_in_the_clear, "plain")):
            told.append([])
            hand_over(
                server,
                phases=told[-1],
                user=user,
                sender=address(user),
                recipients=[address(user)],
                message=message,
            )
        mailbox = Mailbox(postal_dovecot, user)
        assert mailbox.wait_for(1)[0].endswith(scripted.accepted[0].content)
        mailbox.close()
    assert told == [PHASES, PHASES]


# The fixtures themselves


def test_postfix_says_that_it_needs_root(postal_dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    server = Postfix(postal_dovecot)
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    with pytest.raises(RuntimeError, match="as root only"), server:
        pass
    assert not server.folder.exists()


def test_postfix_needs_a_dovecot_with_its_sockets() -> None:
    dovecot = Dovecot()
    with pytest.raises(ValueError, match="for_smtp"):
        Postfix(dovecot)
    dovecot.folder.rmdir()


def test_postfix_says_why_it_does_not_start(postal_dovecot: Dovecot) -> None:
    """Who else answers at its port is not taken for it."""
    with ScriptedSmtp() as taken:
        server = Postfix(postal_dovecot, port=taken.port)
        with pytest.raises(RuntimeError, match="Address already in use"), server:
            pass
    assert not server.folder.exists()


def test_dovecot_opens_its_sockets_only_when_asked(dovecot: Dovecot, postal_dovecot: Dovecot) -> None:
    assert postal_dovecot.lmtp_socket.is_socket()
    assert not dovecot.lmtp_socket.exists()
    assert "lmtp" not in (dovecot.folder / "dovecot.conf").read_text()
