"""Flags, in both directions."""

from sync.mail import Flag
from tests.support.mirrored import Mirrored
from tests.support.world import World


def test_read_and_flagged_elsewhere_shows_here(mirrored: Mirrored, world: World) -> None:
    world.append("INBOX", subject="eins")
    mirrored.sync()
    world.flag("INBOX", "eins", "\\Seen", "\\Flagged")
    mirrored.sync()
    assert Flag(mirrored.row("eins").flags) == Flag.SEEN | Flag.FLAGGED
    assert mirrored.folder("INBOX").unread == 0
    world.unflag("INBOX", "eins", "\\Seen")
    mirrored.sync()
    assert mirrored.folder("INBOX").unread == 1


def test_a_flag_set_here_is_set_there_and_keeps_what_others_set(mirrored: Mirrored, world: World) -> None:
    world.append("INBOX", subject="eins")
    mirrored.sync()
    world.flag("INBOX", "eins", "\\Answered")
    row = mirrored.act("flag", mirrored.row("eins").id, add=int(Flag.FLAGGED), remove=0)
    assert row.state == "done"
    assert {"\\Flagged", "\\Answered"} <= world.flags_of("INBOX", "eins")
    assert Flag(mirrored.row("eins").flags) == Flag.FLAGGED | Flag.ANSWERED


def test_forwarded_and_own_keywords_travel(mirrored: Mirrored, world: World) -> None:
    world.append("INBOX", subject="eins")
    world.flag("INBOX", "eins", "$Forwarded", "Labor")
    mirrored.sync()
    row = mirrored.row("eins")
    assert row.flags & Flag.FORWARDED
    assert [keyword.lower() for keyword in row.keywords] == ["labor"]


def test_marked_deleted_in_outlook_leaves_the_list_and_can_be_restored(mirrored: Mirrored, world: World) -> None:
    world.append("INBOX", subject="weg")
    mirrored.sync()
    world.mark_deleted("INBOX", "weg")
    mirrored.sync()
    assert mirrored.rows() == []
    assert (mirrored.folder("INBOX").total, mirrored.folder("INBOX").marked_deleted) == (0, 1)
    (marked,) = mirrored.rows(marked_deleted=True)
    assert mirrored.act("flag", marked.id, add=0, remove=int(Flag.DELETED)).state == "done"
    assert mirrored.subjects() == ["weg"]
    assert "\\Deleted" not in world.flags_of("INBOX", "weg")


def test_a_flag_for_a_message_that_is_gone_is_a_noop(mirrored: Mirrored, world: World) -> None:
    world.append("INBOX", subject="eins")
    mirrored.sync()
    target = mirrored.row("eins").id
    world.delete("INBOX", "eins")
    assert mirrored.act("flag", target, add=int(Flag.SEEN), remove=0).state == "noop"
    mirrored.sync()
    assert mirrored.rows() == []


def test_the_echo_of_our_own_store_changes_nothing_more(mirrored: Mirrored, world: World) -> None:
    world.append("INBOX", subject="eins")
    mirrored.sync()
    mirrored.act("flag", mirrored.row("eins").id, add=int(Flag.SEEN), remove=0)
    seq = mirrored.replica.catch_up().seq
    mirrored.sync()
    assert mirrored.replica.catch_up().seq == seq
