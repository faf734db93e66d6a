"""The law of sending, with everything real: web server, worker, PostgreSQL, Postfix and Dovecot. Whatever is cut or
killed with -9, wherever, and whoever presses Send how often: the mail is accepted once, or not at all with a reason
that the screen names."""

import os
import random
import re
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from deploy.embedded.dovecot import Dovecot
from deploy.embedded.postfix import Postfix
from sync.endpoint import Endpoint
from sync.feed import Mailbox
from tests.smtp.faults import DEEDS, PLACES, Deed, Faults, Place, content, dot, reply
from tests.smtp.sending import hand_over
from tests.support.mortal import Browser, Mortal
from tests.support.tripwire import Tripwire
from tests.support.waiting import wait_for
from tests.support.world import World
from tests.support.writing import letter

LOCAL, PASSWORD = "127.0.0.1", "secret"
SEEDS = int(os.environ.get("SEEDS", "20"))
ENDED = ("done", "noop", "conflict", "failed", "unknown")
SUBJECT = "Re: Anfrage"
TEXT = "Guten Tag\n" * 60
A_MINUTE_MS = 61_000
WORDS = Path(__file__).parents[2] / "frontend" / "src" / "ui" / "activity" / "why.ts"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mortal]:
    with Mortal(tmp_path_factory.mktemp("mortal")) as running:
        yield running


class Practice:
    """Two devices on one mailbox with a question in it and an answer in its Drafts."""

    def __init__(self, product: Mortal, faults: Faults, ports: tuple[int, int], world: World, user: str) -> None:
        self.product, self.faults, self.world = product, faults, world
        self.user, self.other = user, f"o{uuid.uuid4().hex[:12]}"
        imap_port, smtp_port = ports
        world.append(subject="Anfrage", sender=address(self.other), message_id=f"<{uuid.uuid4()}@labor.example>")
        form: dict[str, Any] = {
            "address": address(user),
            "imap_user": user,
            "secret": PASSWORD,
            "preset": "other",
            "host": LOCAL,
        }
        form |= {"port": imap_port, "security": "plain"}
        self.desk, self.phone = (
            Browser(product, product.revive).sign_in({**form, "device_name": name}) for name in ("desk", "phone")
        )
        self.desk.insist("PUT", "/api/smtp", {"host": LOCAL, "port": smtp_port, "security": "plain"})
        self.sent: list[str] = []
        self._n = 0
        wait_for(lambda: self._original() != "")
        self.letter = letter(
            kind="reply",
            original=self._original(),
            subject=SUBJECT,
            text=TEXT,
            to=[Mailbox(name="", email=address(self.other))],
        )

    def save(self) -> None:
        saving = self._intent("draft")
        self.desk.insist("POST", "/api/actions", {"actions": [saving]})
        self.product.ring()
        wait_for(lambda: self._row(saving["id"]).get("state") == "done")

    def press_send(self, browser: Browser, *, repeats: int = 1, rings: int = 1) -> None:
        """`repeats`: how often the request is made; `rings`: how often the wake-up comes."""
        pressed = self._intent("send", base=self.desk.insist("GET", "/api/snapshot")["seq"])
        self.sent.append(pressed["id"])
        for _ in range(repeats):
            browser.insist("POST", "/api/actions", {"actions": [pressed]})
        for _ in range(rings):
            self.product.ring()

    def settle(self) -> list[dict[str, Any]]:
        """Until nothing is left to do, however much time that takes. → what the ledger says of each."""
        rows: list[dict[str, Any]] = []

        def ended() -> bool:
            self.product.revive()
            rows[:] = [self._row(sent) for sent in self.sent]
            if all(row.get("state") in ENDED for row in rows):
                return True
            if any(row.get("detail") for row in rows):
                self.product.time_passes(A_MINUTE_MS)
            return False

        wait_for(ended)
        return rows

    def _original(self) -> str:
        folders = self.desk.insist("GET", "/api/snapshot")["folders"]
        inbox = next((row["id"] for row in folders if row["path"] == "INBOX"), None)
        if inbox is None:
            return ""
        page = self.desk.insist("GET", f"/api/folders/{inbox}/messages?kind=all&limit=10")
        return next((row["id"] for row in page["messages"] if row["subject"] == "Anfrage"), "")

    def _row(self, sent: str) -> dict[str, Any]:
        actions = self.desk.insist("GET", "/api/snapshot")["actions"]
        return next((row for row in actions if row["id"] == sent), {})

    def _intent(self, kind: str, **fields: Any) -> dict[str, Any]:
        self._n += 1
        composition = {**asdict(self.letter), **fields}
        common = {"v": 1, "targets": [], "args": {}, "base_seq": 1_000_000}
        return {**common, "id": str(uuid.uuid4()), "n": self._n, "kind": kind, "composition": composition}


@pytest.fixture
def practice(product: Mortal, postal_dovecot: Dovecot, postfix_in_the_clear: Postfix, user: str) -> Iterator[Practice]:
    product.start_over()
    with (
        closing(World(LOCAL, postal_dovecot.port, user)) as world,
        Tripwire(LOCAL, postal_dovecot.port) as imap,
        Tripwire(LOCAL, postfix_in_the_clear.port) as smtp,
    ):
        yield Practice(product, Faults(product, smtp, imap), (imap.port, smtp.port), world, user)


@pytest.fixture
def theirs(postal_dovecot: Dovecot, practice: Practice) -> Iterator[World]:
    world = World(LOCAL, postal_dovecot.port, practice.other)
    yield world
    world.close()


def address(user: str) -> str:
    return f"{user}@praxis.example"


def copies(theirs: World, server: Postfix, practice: Practice) -> int:
    """Of the mail, in the recipient's mailbox, once something is there that was sent later."""
    hand_over(
        Endpoint(host="localhost", port=server.port, security="plain"),
        user=practice.user,
        sender=address(practice.user),
        recipients=[address(practice.other)],
        message=b"Subject: Ende\r\n\r\n",
    )
    wait_for(lambda: "Ende" in theirs.subjects("INBOX"))
    return theirs.subjects("INBOX").count(SUBJECT)


def check(rows: Sequence[dict[str, Any]], arrived: int, practice: Practice) -> None:
    states, world = [row["state"] for row in rows], practice.world
    assert arrived <= 1
    assert states.count("done") <= 1
    if "done" in states:
        assert arrived == 1
        assert (world.subjects("Sent"), world.subjects("Drafts")) == ([SUBJECT], [])
        assert "\\Answered" in world.flags_of("INBOX", "Anfrage")
    else:
        assert arrived == 0 or "unknown" in states
        assert (world.subjects("Sent"), world.subjects("Drafts")) == ([], [SUBJECT])
    for row in rows:
        assert row["state"] == "done" or re.search(rf"^  {row['detail']}: 'why\.", WORDS.read_text(), re.MULTILINE), row


# What was said there is lost with the line or with the worker that heard it. All others still know, whoever died.
MAY_BE_UNKNOWN = {"before final_dot", "in final_dot", "after final_dot", "before accepted", "after accepted"}


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("place", PLACES)
def test_wherever_it_breaks_the_mail_is_accepted_once_or_there_is_a_reason_to_see(
    practice: Practice, theirs: World, postfix_in_the_clear: Postfix, place: str, deed: Deed
) -> None:
    practice.save()
    practice.faults.expect((PLACES[place], deed))
    practice.press_send(practice.desk)
    rows = practice.settle()
    assert practice.faults.happened == [deed]
    check(rows, copies(theirs, postfix_in_the_clear, practice), practice)
    if deed in ("web", "database") or place not in MAY_BE_UNKNOWN:
        assert rows[0]["state"] == "done"


@pytest.mark.parametrize("replies", range(1, 8))
def test_cut_after_any_reply(practice: Practice, theirs: World, postfix_in_the_clear: Postfix, replies: int) -> None:
    practice.save()
    practice.faults.expect((reply(replies), "cut"))
    practice.press_send(practice.desk)
    rows = practice.settle()
    assert practice.faults.happened == ["cut"]
    check(rows, copies(theirs, postfix_in_the_clear, practice), practice)


@pytest.mark.parametrize("place", [*map(content, (0, 1, 2, 200, 700)), *map(dot, range(6))])
def test_cut_after_any_number_of_bytes_of_the_content(
    practice: Practice, theirs: World, postfix_in_the_clear: Postfix, place: Place
) -> None:
    practice.save()
    practice.faults.expect((place, "cut"))
    practice.press_send(practice.desk)
    rows = practice.settle()
    assert practice.faults.happened == ["cut"]
    check(rows, copies(theirs, postfix_in_the_clear, practice), practice)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_whatever_happens_it_is_accepted_once_or_there_is_a_reason_to_see(
    practice: Practice, theirs: World, postfix_in_the_clear: Postfix, seed: int
) -> None:
    chance = random.Random(seed)
    practice.save()
    practice.faults.expect(*[(_somewhere(chance), chance.choice(DEEDS)) for _ in range(chance.randint(1, 3))])
    # Two tabs of the desk, and the phone.
    for browser in chance.sample([practice.desk, practice.desk, practice.phone], chance.randint(1, 3)):
        practice.press_send(browser, repeats=chance.randint(1, 2), rings=chance.choice([0, 1, 1, 2]))
    rows = practice.settle()
    check(rows, copies(theirs, postfix_in_the_clear, practice), practice)


def _somewhere(chance: random.Random) -> Place:
    return chance.choice(
        [
            chance.choice(list(PLACES.values())),
            content(chance.randint(0, 800)),
            dot(chance.randint(0, 5)),
            reply(chance.randint(1, 7)),
        ]
    )
