"""A server without modseqs: STATUS does not tell of every change, so somebody has to look. Where, and how far?"""

from datetime import UTC, datetime

import pytest

from sync.mail import Flag, UidSet
from sync.plan.folder import LOOK_OPEN_MS
from sync.pull import Mirror, Pass, news, pull_news
from sync.worker.conductor import LIST_EVERY_SWEEPS
from tests.support.by_hand import Office
from tests.support.messages import make_message


@pytest.fixture
def office(plain_office: Office) -> Office:
    """Seven mails in a folder and in the Inbox, all mirrored."""
    plain_office.world.create("Labor")
    for folder in ("INBOX", "Labor"):
        for number in range(7):
            plain_office.world.append(folder, subject=f"mail {number}")
    plain_office.start()
    return plain_office


@pytest.fixture
def _small_scans(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven mails are as many as seven thousand."""
    monkeypatch.setattr(news, "SHALLOW_UIDS", 2)
    monkeypatch.setattr(news, "SCAN_UIDS", 3)


def flags(office: Office, subject: str, path: str = "Labor") -> Flag:
    return Flag(office.mirrored.row(subject, path).flags)


def test_read_in_another_folder_is_seen_by_the_next_sweep(office: Office) -> None:
    office.world.flag("Labor", "mail 6", "\\Seen")
    office.hand.work()
    assert flags(office, "mail 6") == Flag.SEEN
    assert office.mirrored.folder("Labor").unread == 6


@pytest.mark.usefixtures("_small_scans")
def test_read_far_down_in_a_large_folder_is_seen_as_well(office: Office) -> None:
    office.world.flag("Labor", "mail 0", "\\Seen")
    office.hand.work()
    assert flags(office, "mail 0") == Flag.SEEN


def test_a_folder_whose_count_of_unread_mail_stays_strange_is_not_looked_at_for_ever(office: Office) -> None:
    """Two sweeps see the same number: the first one did what could be done."""
    office.world.flag("Labor", "mail 6", "\\Seen")
    office.hand.work()
    before = commands_sent(office)
    office.hand.work()
    assert commands_sent(office) - before <= len(office.world.folders()) + 2


def test_flagged_and_marked_deleted_in_a_folder_nobody_looks_at_are_seen_after_some_minutes(office: Office) -> None:
    office.world.flag("Labor", "mail 5", "\\Flagged")
    office.world.mark_deleted("Labor", "mail 6")
    office.hand.work()
    assert flags(office, "mail 5") == Flag(0)
    office.mirrored.time_passes()
    office.hand.work()
    assert flags(office, "mail 5") == Flag.FLAGGED
    assert office.mirrored.subjects("Labor") == [f"mail {number}" for number in range(6)]


def test_flagged_in_the_inbox_is_seen_by_the_next_sweep(office: Office) -> None:
    office.world.flag("INBOX", "mail 5", "\\Flagged")
    office.mirrored.time_passes(LOOK_OPEN_MS)
    office.hand.work()
    assert flags(office, "mail 5", "INBOX") == Flag.FLAGGED


def test_flagged_in_the_folder_somebody_opened_is_seen_by_the_next_sweep(office: Office) -> None:
    office.hand.conductor.poke("looking", office.mirrored.folder("Labor").id)
    office.world.flag("Labor", "mail 5", "\\Flagged")
    office.mirrored.time_passes(LOOK_OPEN_MS)
    office.hand.work()
    assert flags(office, "mail 5") == Flag.FLAGGED


def test_opening_a_folder_is_reason_enough_to_look(office: Office) -> None:
    office.hand.watch()
    office.world.flag("Labor", "mail 5", "\\Flagged")
    office.mirrored.time_passes(LOOK_OPEN_MS)
    office.hand.conductor.poke("looking", office.mirrored.folder("Labor").id)
    office.hand.settle()
    assert flags(office, "mail 5") == Flag.FLAGGED


@pytest.mark.usefixtures("_small_scans")
def test_a_look_costs_the_newest_flags_only(office: Office) -> None:
    office.world.flag("Labor", "mail 0", "\\Flagged")
    office.world.flag("Labor", "mail 6", "\\Flagged")
    before = office.mirrored.connection._imap.tagnum
    office.mirrored.pull("Labor")
    assert office.mirrored.connection._imap.tagnum - before == 2  # SELECT and one FETCH
    assert (flags(office, "mail 0"), flags(office, "mail 6")) == (Flag(0), Flag.FLAGGED)


@pytest.mark.usefixtures("_small_scans")
def test_every_flag_is_looked_at_now_and_then(office: Office) -> None:
    office.world.flag("Labor", "mail 0", "\\Flagged")
    office.mirrored.time_passes(news.FULL_SCAN_EVERY_MS + 1)
    office.hand.work()
    assert flags(office, "mail 0") == Flag.FLAGGED


@pytest.mark.usefixtures("_small_scans")
def test_a_look_at_every_flag_pauses_for_whoever_waits_and_goes_on_where_it_was(office: Office) -> None:
    for number in range(7):
        office.world.flag("Labor", f"mail {number}", "\\Flagged")
    office.mirrored.time_passes(news.FULL_SCAN_EVERY_MS + 1)
    polite = Mirror(account_id=office.mirrored.account_id, fence=office.mirrored.fence, must_pause=lambda: True)

    def look() -> Pass:
        return pull_news(office.mirrored.connection, polite, office.mirrored.cursor("Labor"))

    def flagged() -> list[str]:
        return sorted(row.subject for row in office.mirrored.rows("Labor") if row.flags & Flag.FLAGGED)

    assert (look(), flagged()) == (Pass.PAUSED, ["mail 4", "mail 5", "mail 6"])
    # Whoever comes next, after a crash too, finds it by the sweep.
    office.hand.work()
    assert flagged() == [f"mail {number}" for number in range(7)]
    assert office.mirrored.cursor("Labor").scan_below == 0


@pytest.mark.usefixtures("_small_scans")
def test_a_look_at_every_flag_that_is_wanted_during_another_begins_at_the_top(office: Office) -> None:
    office.mirrored.time_passes(news.FULL_SCAN_EVERY_MS + 1)
    polite = Mirror(account_id=office.mirrored.account_id, fence=office.mirrored.fence, must_pause=lambda: True)
    pull_news(office.mirrored.connection, polite, office.mirrored.cursor("Labor"))
    assert office.mirrored.cursor("Labor").scan_below == 5  # mail 4 was looked at, and is not among the newest
    office.world.flag("Labor", "mail 4", "\\Seen")
    for _ in range(3):
        office.hand.work()
    assert flags(office, "mail 4") == Flag.SEEN


def test_a_look_at_every_flag_after_a_twins_folder_was_read_looks_at_its_own(office: Office) -> None:
    """Outlook copied a mail here from a folder whose first has other flags than ours."""
    raw, at = make_message(subject="Befund"), datetime(2024, 1, 1, tzinfo=UTC)
    office.world.append("Labor", raw, at=at)
    office.world.flag("Labor", "mail 0", "\\Flagged")
    office.hand.work()
    office.mirrored.time_passes(news.FULL_SCAN_EVERY_MS + 1)
    office.world.append("INBOX", raw, at=at)
    office.mirrored.pull("INBOX")
    assert (flags(office, "mail 0", "INBOX"), flags(office, "mail 0")) == (Flag(0), Flag.FLAGGED)


def test_what_is_expunged_after_a_mail_came_during_a_pass_is_missed(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pass counted before it came, and knows its UID all the same: one more and one less is not nothing."""
    office.world.flag("INBOX", "mail 1", "\\Seen")
    office.hand.work()
    office.world.append("INBOX", subject="neu 1", flags="\\Seen")
    search, came = office.mirrored.connection.search_uids, list[int]()

    def searching(within: UidSet | None = None) -> UidSet:
        if not came:
            came.append(office.world.append("INBOX", subject="neu 2", flags="\\Seen"))
            office.mirrored.connection.noop()
        return search(within)

    monkeypatch.setattr(office.mirrored.connection, "search_uids", searching)
    office.mirrored.pull("INBOX")
    assert office.mirrored.cursor("INBOX").known.uidnext == came[0] + 1
    office.world.delete("INBOX", "mail 1")
    office.hand.work()
    assert office.mirrored.subjects() == office.world.subjects()


def test_what_was_expunged_far_down_is_missed_at_once(office: Office) -> None:
    office.world.delete("Labor", "mail 0")
    office.hand.work()
    assert office.mirrored.subjects("Labor") == [f"mail {number}" for number in range(1, 7)]


def test_a_quiet_mailbox_costs_a_status_a_folder(office: Office) -> None:
    for _ in range(LIST_EVERY_SWEEPS):
        office.hand.work()
    before = commands_sent(office)
    for _ in range(LIST_EVERY_SWEEPS):
        office.hand.work()
    # With a NOOP before them, since a folder stays open that cannot be left; and one LIST.
    assert commands_sent(office) - before == LIST_EVERY_SWEEPS * (len(office.world.folders()) + 1) + 1


def commands_sent(office: Office) -> int:
    line = office.hand.conductor._connections.peek("command")
    assert line is not None
    return line._imap.tagnum
