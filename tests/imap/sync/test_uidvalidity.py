"""A folder that starts over: what it still holds is the same mail under other UIDs."""

from dataclasses import replace
from datetime import UTC, datetime

from sync.mail import Flag
from sync.pull import Mirror, backfill, begin, pull_listing
from sync.pull.backfill import FIRST_WINDOW
from sync.push import drain
from sync.store.folders import Cursor
from tests.support.messages import make_message
from tests.support.mirrored import Mirrored, once
from tests.support.world import World


def test_the_same_mail_in_a_folder_made_anew_keeps_its_ids(mirrored: Mirrored, world: World) -> None:
    raws = [make_message(subject=f"mail {number}") for number in range(3)]
    world.create("Labor")
    for raw in raws:
        world.append("Labor", raw)
    mirrored.sync()
    before = {row.subject: row.id for row in mirrored.rows("Labor")}
    received = {row.subject: row.received_at for row in mirrored.rows("Labor")}

    world.delete_folder("Labor")
    world.create("Labor")
    # As a server does that rebuilds: other UIDs, the same dates of arrival.
    world.append("Labor", subject="neu")
    for number in (2, 0):
        world.append("Labor", raws[number], at=_at(received[f"mail {number}"]))
    mirrored.sync()

    assert mirrored.subjects("Labor") == ["mail 0", "mail 2", "neu"]
    after = {row.subject: row.id for row in mirrored.rows("Labor")}
    assert (after["mail 0"], after["mail 2"]) == (before["mail 0"], before["mail 2"])


def test_an_action_on_a_message_of_a_rebuilt_folder_reaches_the_new_uid(mirrored: Mirrored, world: World) -> None:
    raw = make_message(subject="Befund")
    world.create("Labor")
    world.append("Labor", raw)
    mirrored.sync()
    row = mirrored.row("Befund", "Labor")
    world.delete_folder("Labor")
    world.create("Labor")
    world.append("Labor", subject="eins")
    world.append("Labor", raw, at=_at(row.received_at))
    mirrored.sync()
    assert mirrored.act("flag", row.id, add=int(Flag.FLAGGED), remove=0).state == "done"
    assert world.flags_of("Labor", "Befund") == {"\\Flagged"}
    assert world.flags_of("Labor", "eins") == set()


def test_an_action_on_a_message_that_the_history_is_still_to_bring_waits_for_it(
    mirrored: Mirrored, world: World
) -> None:
    raw = make_message(subject="Befund")
    world.create("Labor")
    world.append("Labor", raw)
    world.append("INBOX", subject="eins")
    mirrored.sync()
    row, other = mirrored.row("Befund", "Labor"), mirrored.row("eins")
    world.delete_folder("Labor")
    world.create("Labor")
    world.append("Labor", raw, at=_at(row.received_at))
    for number in range(FIRST_WINDOW):
        world.append("Labor", subject=f"neu {number}")
    mirrored.pull("Labor")

    waiting = mirrored.enqueue("flag", row.id, add=int(Flag.FLAGGED), remove=0)
    assert mirrored.act("flag", other.id, add=int(Flag.SEEN), remove=0).state == "done", "others go on"
    assert mirrored.ledger()[waiting.id].state == "waiting"
    mirrored.sync()
    drain(mirrored.connection, mirrored.mirror)
    assert mirrored.ledger()[waiting.id].state == "done"
    assert world.flags_of("Labor", "Befund") == {"\\Flagged"}


def test_two_wishes_for_a_message_that_the_history_is_to_bring_keep_their_order(
    mirrored: Mirrored, world: World
) -> None:
    """It turns up between the two: the second must not be carried out before the first."""
    world.create("Labor")
    world.append("Labor", subject="alt")
    world.append("INBOX", subject="Befund")
    mirrored.sync()
    befund = mirrored.row("Befund").id
    world.move("INBOX", "Befund", "Labor")
    world.append("Labor", subject="neu")
    mirrored.pull("INBOX")
    begun = begin(mirrored.connection, mirrored.mirror, mirrored.cursor("Labor"))  # as after another UIDVALIDITY
    backfill(mirrored.connection, mirrored.mirror, begun, window=1)
    read = mirrored.enqueue("flag", befund, add=int(Flag.SEEN), remove=0)
    unread = mirrored.enqueue("flag", befund, add=0, remove=int(Flag.SEEN))
    asked: list[int] = []

    def it_turns_up_after_the_first() -> bool:
        asked.append(0)
        if len(asked) == 3:  # before it looks, before the first, before the second
            backfill(transfer, mirrored.mirror, mirrored.cursor("Labor"), window=500)
        return True

    transfer = mirrored.connect()
    interrupted = replace(mirrored.mirror, may_go_on=it_turns_up_after_the_first)
    drain(mirrored.connection, interrupted)
    drain(mirrored.connection, mirrored.mirror)
    assert [mirrored.ledger()[wish.id].state for wish in (read, unread)] == ["done", "done"]
    assert world.flags_of("Labor", "Befund") == set()


def test_an_action_queued_before_the_folder_started_over_touches_no_other_mail(
    mirrored: Mirrored, world: World
) -> None:
    """UID 1 of the old folder is not UID 1 of the new one."""
    world.create("Labor")
    world.append("Labor", subject="alt")
    mirrored.sync()
    target = mirrored.row("alt", "Labor").id
    world.delete_folder("Labor")
    world.create("Labor")
    world.append("Labor", subject="fremd")
    mirrored.act("trash", target)
    assert world.subjects("Labor") == ["fremd"]
    assert world.subjects("Trash") == []


def test_what_is_gone_after_the_rebuild_is_buried(mirrored: Mirrored, world: World) -> None:
    world.create("Labor")
    world.append("Labor", subject="alt")
    mirrored.sync()
    world.delete_folder("Labor")
    world.create("Labor")
    mirrored.sync()
    mirrored.bury()
    assert mirrored.rows("Labor") == []
    assert mirrored.folder("Labor").total == 0


def test_history_is_not_read_from_a_folder_that_started_over(mirrored: Mirrored, world: World) -> None:
    """The transfer lane comes back with its cursor of before: UIDs of the new folder are not those it looks for."""
    world.create("Labor")
    world.append("Labor", subject="alt")
    cursor = _begun(mirrored, "Labor")
    world.delete_folder("Labor")
    world.create("Labor")
    world.append("Labor", subject="fremd")
    assert not backfill(mirrored.connect(), mirrored.mirror, cursor, window=10)
    assert mirrored.rows("Labor") == []
    assert not mirrored.folder("Labor").complete
    mirrored.sync()
    assert mirrored.subjects("Labor") == ["fremd"]


def test_a_window_fetched_before_the_folder_started_over_is_not_stored_after_it(
    mirrored: Mirrored, world: World
) -> None:
    world.create("Labor")
    for number in range(3):
        world.append("Labor", subject=f"alt {number}")
    cursor = _begun(mirrored, "Labor")

    def started_over_meanwhile() -> bool:
        world.delete_folder("Labor")
        world.create("Labor")
        world.append("Labor", subject="neu")
        mirrored.connection = mirrored.connect()
        mirrored.pull("Labor")
        return True

    transfer = Mirror(account_id=mirrored.account_id, fence=mirrored.fence, may_go_on=once(started_over_meanwhile))
    assert not backfill(mirrored.connect(), transfer, cursor, window=10)
    mirrored.sync()
    assert mirrored.subjects("Labor") == ["neu"]


def _begun(mirrored: Mirrored, path: str) -> Cursor:
    """The folder's first look is done, its history not yet."""
    pull_listing(mirrored.connection, mirrored.mirror)
    return begin(mirrored.connection, mirrored.mirror, mirrored.cursor(path))


def _at(received_ms: int) -> datetime:
    return datetime.fromtimestamp(received_ms / 1000, UTC)
