"""Mail that arrives, and history that is filled in."""

from sync.pull import backfill, begin, pull_listing
from sync.store import folders
from tests.support.mirrored import Mirrored
from tests.support.world import World


def test_a_new_message_appears_with_sender_subject_and_preview(mirrored: Mirrored, world: World) -> None:
    mirrored.sync()
    world.append("INBOX", subject="Befund Blutbild", sender="Labor <labor@labor.example>", body="Kalium erhöht.")
    mirrored.sync()
    (row,) = mirrored.rows()
    assert row.subject == "Befund Blutbild"
    assert (row.senders[0].name, row.senders[0].email) == ("Labor", "labor@labor.example")
    assert row.preview.startswith("Kalium")
    assert mirrored.folder("INBOX").unread == 1


def test_a_second_pass_without_news_writes_nothing(mirrored: Mirrored, world: World) -> None:
    world.append("INBOX", subject="eins")
    mirrored.sync()
    seq = mirrored.replica.catch_up().seq
    mirrored.sync()
    assert mirrored.replica.catch_up().seq == seq


def test_history_comes_newest_first_in_windows(mirrored: Mirrored, world: World) -> None:
    for number in range(7):
        world.append("INBOX", subject=f"mail {number}")
    pull_listing(mirrored.connection, mirrored.mirror)
    cursor = next(c for c in folders.cursors(mirrored.account_id) if c.path == "INBOX")
    begin(mirrored.connection, mirrored.mirror, cursor)

    def next_window() -> bool:
        at = folders.cursor(cursor.id)
        assert at is not None
        return backfill(mirrored.connection, mirrored.mirror, at, window=3)

    assert next_window()
    assert mirrored.subjects() == ["mail 4", "mail 5", "mail 6"]
    assert not mirrored.folder("INBOX").complete
    assert next_window()
    assert not next_window()
    assert len(mirrored.rows()) == 7
    assert mirrored.folder("INBOX").complete


def test_mail_that_arrives_during_the_history_is_not_lost(mirrored: Mirrored, world: World) -> None:
    for number in range(5):
        world.append("INBOX", subject=f"alt {number}")
    pull_listing(mirrored.connection, mirrored.mirror)
    cursor = next(c for c in folders.cursors(mirrored.account_id) if c.path == "INBOX")
    begin(mirrored.connection, mirrored.mirror, cursor)
    world.append("INBOX", subject="neu")
    mirrored.sync()
    assert "neu" in mirrored.subjects()
    assert len(mirrored.rows()) == 6


def test_a_database_copy_shows_no_subject_and_no_address(mirrored: Mirrored, world: World) -> None:
    from django.db import connection

    world.append("INBOX", subject="Geheimbefund", sender="Xaver <xaver@versteckt.example>", body="Diagnosetext")
    mirrored.sync()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM sync_message")
        rows = b"|".join(bytes(v) if isinstance(v, (bytes, memoryview)) else str(v).encode() for r in cursor for v in r)
    for word in (b"Geheimbefund", b"Xaver", b"versteckt", b"Diagnosetext"):
        assert word not in rows
