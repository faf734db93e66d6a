"""History is fetched on one lane while the other reads news: whatever falls between two steps of a window still counts.

`may_go_on` is asked when a window was fetched and is not stored; when it was stored and nobody knows yet; and when it
was looked at again and what differs is not stored: there the tests let the world and the command lane do their part.
"""

from collections.abc import Callable
from typing import Any

import pytest

from deploy.embedded.dovecot import Dovecot
from sync.mail import Flag
from sync.pull import Mirror, backfill, begin, pull_listing
from sync.store import folders, messages
from sync.store.commit import change
from sync.store.folders import Cursor
from tests.support.mirrored import Mirrored
from tests.support.world import World

MAILS, WINDOW = 12, 4


@pytest.fixture(params=["qresync", "plain"])
def mailbox(request: pytest.FixtureRequest, transactional_db: None, dovecot: Dovecot, user: str) -> "Mailbox":
    server = dovecot if request.param == "qresync" else request.getfixturevalue("plain_dovecot")
    opened = Mailbox(server, user)
    request.addfinalizer(opened.close)
    return opened


class Mailbox:
    """An Inbox whose newest window is here, and a second line for the transfer lane."""

    def __init__(self, server: Dovecot, user: str) -> None:
        self.world = World("127.0.0.1", server.port, user)
        for number in range(MAILS):
            self.world.append("INBOX", subject=f"mail {number:02}")
        self.mirrored = Mirrored("127.0.0.1", server.port, user)
        pull_listing(self.mirrored.connection, self.mirrored.mirror)
        begun = begin(self.mirrored.connection, self.mirrored.mirror, self.mirrored.cursor("INBOX"))
        backfill(self.mirrored.connection, self.mirrored.mirror, begun, window=WINDOW)
        self.transfer = self.mirrored.connect()

    @property
    def cursor(self) -> Cursor:
        return self.mirrored.cursor("INBOX")

    def next_window(self, *meanwhile: Callable[[], object] | None) -> None:
        """The transfer lane's next window; `meanwhile`: what happens before each of its steps."""
        steps = list(meanwhile)

        def asked() -> bool:
            step = steps.pop(0) if steps else None
            if step is not None:
                step()
            return True

        mirror = Mirror(account_id=self.mirrored.account_id, fence=self.mirrored.fence, may_go_on=asked)
        backfill(self.transfer, mirror, self.cursor, window=WINDOW)
        assert not steps

    def finish(self) -> None:
        """The rest of the history, and the news until there are none."""
        while backfill(self.transfer, self.mirrored.mirror, self.cursor, window=WINDOW):
            continue
        self.mirrored.sync()

    def agree(self) -> None:
        """The tables say what the server says."""
        server = {subject: frozenset(flags) for subject, flags in self.world.dump()["INBOX"].values()}
        tables = {
            row.subject: frozenset({"\\Seen"} if row.flags & Flag.SEEN else ())
            for marked in (False, True)
            for row in self.mirrored.rows(marked_deleted=marked)
        }
        assert tables == server
        assert self.mirrored.folder("INBOX").complete
        assert self.mirrored.folder("INBOX").total == len(server)

    def close(self) -> None:
        self.mirrored.check_laws()
        self.mirrored.close()
        self.world.close()


def test_news_leave_a_window_alone_that_was_stored_and_not_noted_yet(mailbox: Mailbox) -> None:
    def mail_arrives() -> None:
        mailbox.world.append("INBOX", subject="neu")
        mailbox.mirrored.pull("INBOX")

    mailbox.next_window(None, mail_arrives, None)
    mailbox.finish()
    mailbox.agree()


@pytest.mark.parametrize("step", range(3), ids=["not stored", "not noted", "looked at again"])
def test_what_changed_between_two_steps_of_a_window_is_seen(mailbox: Mailbox, step: int) -> None:
    def outlook_acts() -> None:
        mailbox.world.flag("INBOX", "mail 06", "\\Seen")
        mailbox.world.delete("INBOX", "mail 05")
        mailbox.mirrored.pull("INBOX")

    steps: list[Callable[[], object] | None] = [None, None, None]
    steps[step] = outlook_acts
    mailbox.next_window(*steps)
    mailbox.finish()
    mailbox.agree()


def test_a_pass_that_began_before_a_window_was_noted_does_not_close_the_book_on_it(mailbox: Mailbox) -> None:
    """It read how far the mirror reaches, then the window came; what changed in the window is none of its news."""
    before = mailbox.cursor
    mailbox.next_window()
    mailbox.world.flag("INBOX", "mail 06", "\\Seen")
    mailbox.world.delete("INBOX", "mail 05")
    mailbox.mirrored.pull_at(before)
    assert folders.cursor(before.id) != before
    mailbox.finish()
    mailbox.agree()


def test_what_is_expunged_right_after_such_a_pass_is_missed(mailbox: Mailbox) -> None:
    """Its count of a folder with one more would hide that there is one less: all read, so nothing else tells."""
    for number in range(MAILS):
        mailbox.world.flag("INBOX", f"mail {number:02}", "\\Seen")
    mailbox.next_window()
    mailbox.world.append("INBOX", subject="neu", flags="\\Seen")
    before = mailbox.cursor
    mailbox.next_window()  # the last one
    mailbox.mirrored.pull_at(before)
    mailbox.world.delete("INBOX", "mail 02")
    mailbox.finish()
    mailbox.agree()


def test_both_lanes_may_bring_the_same_message_at_once(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """The transfer lane stores between the other's look at what is held and its writing, and notes nothing yet."""
    cursor = mailbox.cursor
    answers = iter([True, False])
    half = Mirror(account_id=mailbox.mirrored.account_id, fence=mailbox.mirrored.fence, may_go_on=lambda: next(answers))

    def changing(account_id: str, fence: int) -> Any:
        monkeypatch.setattr(messages, "change", change)
        backfill(mailbox.transfer, half, cursor, window=WINDOW)
        return change(account_id, fence)

    monkeypatch.setattr(messages, "change", changing)
    backfill(mailbox.mirrored.connection, mailbox.mirrored.mirror, cursor, window=WINDOW)
    assert next(answers, None) is None
    mailbox.finish()
    mailbox.agree()
    assert len(mailbox.mirrored.rows()) == MAILS


def test_what_was_seen_of_a_window_a_moment_ago_undoes_nothing_that_came_after(mailbox: Mailbox) -> None:
    """Outlook moves a message away; before that absence is stored, our own wish has found out where it went."""
    mirrored, world = mailbox.mirrored, mailbox.world
    found: list[str] = []

    def outlook_moves_it() -> None:
        world.move("INBOX", "mail 06", "Archive")

    def we_look_for_it() -> None:
        found.append(mirrored.row("mail 06").id)
        mirrored.act("trash", found[0])
        mirrored.pull("Archive")
        assert mirrored.row("mail 06", "Archive").id == found[0]

    mirrored.pull("Archive")
    mailbox.next_window(None, outlook_moves_it, we_look_for_it)
    mailbox.finish()
    mailbox.agree()
    assert [row.id for row in mirrored.rows("Archive")] == found
