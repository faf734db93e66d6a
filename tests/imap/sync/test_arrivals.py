"""Mail that arrives, and history that is filled in."""

from sync.pull import Mirror, Pass, backfill, begin, pull_listing, pull_news
from sync.store import folders
from tests.support.mirrored import Mirrored
from tests.support.scripted_server import OK, ScriptedServer, Turn
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


def test_history_has_previews_too_and_they_cost_a_round_trip_a_section(mirrored: Mirrored, world: World) -> None:
    for number in range(20):
        world.append("INBOX", subject=f"text {number}", body=f"Text {number}.")
        world.append("INBOX", subject=f"html {number}", body=f"Fassung {number}.", html=f"<p>Fassung {number}.</p>")
    pull_listing(mirrored.connection, mirrored.mirror)
    cursor = begin(mirrored.connection, mirrored.mirror, mirrored.cursor("INBOX"))
    before = commands_sent(mirrored)
    backfill(mirrored.connection, mirrored.mirror, cursor, window=100)
    assert commands_sent(mirrored) - before <= 5
    previews = {row.subject: row.preview for row in mirrored.rows()}
    assert previews["text 0"] == "Text 0."
    assert previews["html 19"] == "Fassung 19."
    assert all(previews.values())


def commands_sent(mirrored: Mirrored) -> int:
    return mirrored.connection._imap.tagnum


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


# A server that leaves UIDNEXT out of SELECT: it is asked for a moment later, and a mail came in between.
JUST_CAME = {
    "SELECT": Turn("", b"* 0 EXISTS\r\n* OK [UIDVALIDITY 1] v\r\n" + OK),
    "STATUS": Turn("", b"* STATUS INBOX (UIDNEXT 2 UIDVALIDITY 1)\r\n" + OK),
    "UID SEARCH": Turn("", b"* SEARCH 1\r\n" + OK),
    "UID FETCH 1": Turn(
        "", b'* 1 FETCH (UID 1 FLAGS () INTERNALDATE "01-Jan-2024 00:00:00 +0000" RFC822.SIZE 5)\r\n' + OK
    ),
}


def test_mail_that_comes_while_an_empty_folder_is_opened_is_not_lost(mirrored: Mirrored) -> None:
    pull_listing(mirrored.connection, mirrored.mirror)
    with ScriptedServer(defaults=JUST_CAME) as server:
        connection = server.signed_in()
        begun = begin(connection, mirrored.mirror, mirrored.cursor("INBOX"))
        assert not begun.complete
        backfill(connection, mirrored.mirror, begun, window=10)
    assert len(mirrored.rows()) == 1
    assert mirrored.folder("INBOX").complete


def test_a_heap_of_arrivals_comes_newest_first_and_pauses_for_whoever_waits(mirrored: Mirrored, world: World) -> None:
    mirrored.sync()
    for number in range(450):
        world.append("INBOX", subject=f"mail {number:03}")
    polite = Mirror(account_id=mirrored.account_id, fence=mirrored.fence, must_pause=lambda: True)

    def pull() -> tuple[Pass, int]:
        ended = pull_news(mirrored.connection, polite, mirrored.cursor("INBOX"))
        return ended, len(mirrored.rows())

    assert pull() == (Pass.PAUSED, 200)
    assert mirrored.subjects()[0] == "mail 250"
    world.append("INBOX", subject="mail 450")
    assert pull() == (Pass.PAUSED, 400)
    assert "mail 450" in mirrored.subjects()
    assert pull() == (Pass.DONE, 451)
    assert pull() == (Pass.DONE, 451)
    assert all(row.preview for row in mirrored.rows())


def test_a_message_moved_from_a_folder_that_was_deleted_since_arrives_all_the_same(
    mirrored: Mirrored, world: World
) -> None:
    world.create("Labor")
    world.append("Labor", subject="Befund")
    mirrored.sync()
    world.move("Labor", "Befund", "INBOX")
    world.delete_folder("Labor")
    mirrored.pull("INBOX")
    assert mirrored.subjects() == ["Befund"]


def test_a_database_copy_shows_no_subject_and_no_address(mirrored: Mirrored, world: World) -> None:
    from django.db import connection

    world.append("INBOX", subject="Geheimbefund", sender="Xaver <xaver@versteckt.example>", body="Diagnosetext")
    mirrored.sync()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM sync_message")
        rows = b"|".join(bytes(v) if isinstance(v, (bytes, memoryview)) else str(v).encode() for r in cursor for v in r)
    for word in (b"Geheimbefund", b"Xaver", b"versteckt", b"Diagnosetext"):
        assert word not in rows
