"""Moves keep the message's id, whoever makes them."""

from deploy.embedded.dovecot import Dovecot
from sync.mail import Flag
from tests.support.mirrored import Mirrored
from tests.support.world import World


def test_our_own_move_keeps_the_id(mirrored: Mirrored, world: World) -> None:
    world.create("Labor")
    world.append("INBOX", subject="Befund")
    mirrored.sync()
    before = mirrored.row("Befund").id
    assert mirrored.act("move", before, to=mirrored.folder("Labor").id).state == "done"
    assert mirrored.row("Befund", "Labor").id == before
    assert world.subjects("Labor") == ["Befund"]
    assert world.subjects("INBOX") == []
    mirrored.sync()
    assert mirrored.row("Befund", "Labor").id == before
    assert len(mirrored.rows("Labor")) == 1


def test_a_move_in_outlook_keeps_the_id(mirrored: Mirrored, world: World) -> None:
    world.create("Labor")
    world.append("INBOX", subject="Befund")
    mirrored.sync()
    before = mirrored.row("Befund").id
    world.move("INBOX", "Befund", "Labor")
    mirrored.sync()
    assert mirrored.rows() == []
    assert mirrored.row("Befund", "Labor").id == before


def test_the_destination_seen_before_the_source_still_keeps_the_id(mirrored: Mirrored, world: World) -> None:
    from sync.pull import pull_news
    from sync.store import folders

    world.create("Archiv-Test")
    world.append("INBOX", subject="Befund")
    mirrored.sync()
    before = mirrored.row("Befund").id
    world.move("INBOX", "Befund", "Archiv-Test")
    cursor = folders.cursor(mirrored.folder("Archiv-Test").id)
    assert cursor is not None
    pull_news(mirrored.connection, mirrored.mirror, cursor)
    assert mirrored.row("Befund", "Archiv-Test").id == before


def test_two_messages_of_one_message_id_stay_two(mirrored: Mirrored, world: World) -> None:
    world.append("INBOX", subject="doppelt", message_id="<same@x.example>")
    world.append("INBOX", subject="doppelt", message_id="<same@x.example>")
    mirrored.sync()
    assert len({row.id for row in mirrored.rows()}) == 2


def test_what_was_expunged_elsewhere_is_buried_after_a_look_around(mirrored: Mirrored, world: World) -> None:
    from sync.store import reading

    world.append("INBOX", subject="weg")
    mirrored.sync()
    target = mirrored.row("weg").id
    world.delete("INBOX", "weg")
    mirrored.sync()
    assert mirrored.rows() == []
    mirrored.bury()
    assert reading.account_of_message(target) is None


def test_the_first_mover_wins_and_the_second_is_told_where_it_went(mirrored: Mirrored, world: World) -> None:
    world.create("Labor")
    world.append("INBOX", subject="Befund")
    mirrored.sync()
    target, base_seq = mirrored.row("Befund").id, mirrored.replica.catch_up().seq
    assert mirrored.act("move", target, to=mirrored.folder("Labor").id, device="desk").state == "done"
    late = mirrored.act("trash", target, device="phone", base_seq=base_seq)
    assert (late.state, late.detail, late.where) == ("conflict", "moved", mirrored.folder("Labor").id)
    assert world.subjects("Labor") == ["Befund"]


def test_whoever_saw_that_a_colleague_wished_a_move_goes_on_from_there(mirrored: Mirrored, world: World) -> None:
    world.create("Labor")
    world.append("INBOX", subject="Befund")
    mirrored.sync()
    target = mirrored.row("Befund").id
    first = mirrored.enqueue("move", target, to=mirrored.folder("Labor").id, device="desk")
    seen = first.seq  # the mail server has not heard of it; the phone shows it in Labor
    assert mirrored.act("trash", target, device="phone", base_seq=seen).state == "done"
    assert mirrored.ledger()[first.id].state == "done"
    assert (world.subjects("Labor"), world.subjects("Trash")) == ([], ["Befund"])


def test_whoever_had_not_seen_it_is_overtaken(mirrored: Mirrored, world: World) -> None:
    world.create("Labor")
    world.append("INBOX", subject="Befund")
    mirrored.sync()
    target = mirrored.row("Befund").id
    first = mirrored.enqueue("move", target, to=mirrored.folder("Labor").id, device="desk")
    assert mirrored.act("trash", target, device="phone", base_seq=first.seq - 1).state == "conflict"
    assert world.subjects("Labor") == ["Befund"]


def test_what_left_for_elsewhere_a_moment_before_our_move_is_overtaken_not_done(
    mirrored: Mirrored, world: World
) -> None:
    world.create("Labor")
    world.append("INBOX", subject="Befund")
    mirrored.sync()
    target = mirrored.row("Befund").id
    world.move("INBOX", "Befund", "Labor")
    late = mirrored.act("trash", target)
    assert (late.state, late.detail) == ("conflict", "gone")
    mirrored.sync()
    assert (world.subjects("Labor"), world.subjects("Trash")) == (["Befund"], [])
    assert mirrored.row("Befund", "Labor").id == target


def test_what_outlook_took_a_moment_before_our_move_is_outlooks(mirrored: Mirrored, world: World) -> None:
    """Also for the device whose move came too late: its next wish is as old as the first."""
    world.create("Labor")
    world.append("INBOX", subject="Befund")
    mirrored.sync()
    target, base_seq = mirrored.row("Befund").id, mirrored.replica.catch_up().seq
    world.move("INBOX", "Befund", "Labor")
    assert mirrored.act("trash", target, base_seq=base_seq).detail == "gone"
    again = mirrored.act("trash", target, base_seq=base_seq)
    assert (again.state, again.where) == ("conflict", mirrored.folder("Labor").id)


def test_what_outlook_flagged_a_moment_before_our_move_arrives_with_it(mirrored: Mirrored, world: World) -> None:
    world.create("Labor")
    world.append("Labor", subject="alt")
    world.append("INBOX", subject="Befund")
    mirrored.sync()
    target = mirrored.row("Befund").id
    world.flag("INBOX", "Befund", "\\Answered")
    assert mirrored.act("move", target, to=mirrored.folder("Labor").id).state == "done"
    mirrored.sync()
    assert mirrored.row("Befund", "Labor").flags == Flag.ANSWERED


def test_what_outlook_took_away_a_moment_after_our_move_is_gone(mirrored: Mirrored, world: World) -> None:
    world.create("Labor")
    world.append("Labor", subject="alt")
    world.append("INBOX", subject="Befund")
    mirrored.sync()
    assert mirrored.act("move", mirrored.row("Befund").id, to=mirrored.folder("Labor").id).state == "done"
    world.append("Labor", subject="Rezept")
    world.delete("Labor", "Befund")
    mirrored.sync()
    assert mirrored.subjects("Labor") == ["Rezept", "alt"]
    assert mirrored.folder("Labor").total == 2


def test_a_wish_for_a_message_between_two_folders_waits_until_it_has_turned_up(
    mirrored: Mirrored, world: World
) -> None:
    world.create("Labor")
    world.append("INBOX", subject="Befund")
    world.append("INBOX", subject="Rezept")
    mirrored.sync()
    befund, rezept = mirrored.row("Befund").id, mirrored.row("Rezept").id
    for subject in ("Befund", "Rezept"):
        world.move("INBOX", subject, "Labor")
    mirrored.pull("INBOX")
    late = mirrored.act("trash", befund)
    assert (late.state, late.where) == ("conflict", mirrored.folder("Labor").id)
    assert mirrored.act("flag", rezept, add=int(Flag.FLAGGED), remove=0).state == "done"
    assert world.flags_of("Labor", "Rezept") == {"\\Flagged"}


def test_trash_then_undo_from_the_same_phone_brings_it_back(mirrored: Mirrored, world: World) -> None:
    world.append("INBOX", subject="Befund")
    mirrored.sync()
    target, base_seq = mirrored.row("Befund").id, mirrored.replica.catch_up().seq
    assert mirrored.act("trash", target, base_seq=base_seq).state == "done"
    assert mirrored.act("move", target, to=mirrored.folder("INBOX").id, base_seq=base_seq).state == "done"
    assert world.subjects("INBOX") == ["Befund"]


def test_delete_for_good_works_only_in_trash(mirrored: Mirrored, world: World) -> None:
    world.append("INBOX", subject="weg")
    mirrored.sync()
    target = mirrored.row("weg").id
    assert mirrored.act("destroy", target).state == "conflict"
    assert mirrored.act("trash", target).state == "done"
    assert mirrored.act("destroy", target).state == "done"
    assert world.subjects("Trash") == []
    assert mirrored.rows("Trash") == []


def test_archiving_without_an_archive_asks_and_then_makes_one(
    dovecot_without_special_folders: Dovecot, user: str, transactional_db: None
) -> None:
    world = World("127.0.0.1", dovecot_without_special_folders.port, user)
    mirrored = Mirrored("127.0.0.1", dovecot_without_special_folders.port, user)
    world.append("INBOX", subject="alt")
    target = mirrored.sync().row("alt").id
    asked = mirrored.act("archive", target)
    assert (asked.state, asked.detail) == ("failed", "no_archive_folder")
    assert mirrored.act("archive", target, create=True).state == "done"
    assert world.subjects("Archive") == ["alt"]
    world.close()
    mirrored.close()


def test_a_stranger_target_is_never_touched(mirrored: Mirrored, world: World) -> None:
    world.append("INBOX", subject="eins")
    mirrored.sync()
    result = mirrored.act("move", mirrored.row("eins").id, to="00000000-0000-7000-8000-000000000000")
    assert (result.state, result.detail) == ("failed", "no_move_folder")
    assert world.subjects("INBOX") == ["eins"]
