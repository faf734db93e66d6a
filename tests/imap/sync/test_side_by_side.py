"""History is fetched on one lane while news are read on another: what changes in between is not lost."""

import pytest

from sync.imap.connection import Connection
from sync.mail import Fetched, Flag, UidSet
from sync.pull import backfill, begin, pull_listing, pull_news
from sync.store import folders
from sync.store.folders import Cursor
from tests.support.mirrored import Mirrored
from tests.support.world import World


def _inbox(mirrored: Mirrored) -> Cursor:
    return next(cursor for cursor in folders.cursors(mirrored.account_id) if cursor.path == "INBOX")


@pytest.mark.parametrize("qresync", [True, False])
def test_what_outlook_changes_while_a_window_is_on_its_way_is_seen(
    mirrored: Mirrored, world: World, monkeypatch: pytest.MonkeyPatch, qresync: bool
) -> None:
    for subject in ("weg", "gelesen", "bleibt"):
        world.append(subject=subject)
    if not qresync:
        mirrored.connection.capabilities -= {"QRESYNC", "CONDSTORE"}
    pull_listing(mirrored.connection, mirrored.mirror)
    begin(mirrored.connection, mirrored.mirror, _inbox(mirrored))
    other_lane = mirrored.connect()
    whole = Connection.fetch_messages

    def fetched_and_then_changed(self: Connection, uids: UidSet) -> list[Fetched]:
        window = list(whole(self, uids))
        if self is other_lane:
            world.delete("INBOX", "weg")
            world.flag("INBOX", "gelesen", "\\Seen")
            world.append(subject="neu")
            pull_news(mirrored.connection, mirrored.mirror, _inbox(mirrored))
        return window

    with monkeypatch.context() as patch:
        patch.setattr(Connection, "fetch_messages", fetched_and_then_changed)
        backfill(other_lane, mirrored.mirror, _inbox(mirrored), window=100)
    mirrored.sync()
    assert mirrored.subjects() == ["bleibt", "gelesen", "neu"]
    assert mirrored.row("gelesen").flags & Flag.SEEN


def test_a_window_of_a_folder_that_was_made_anew_meanwhile_is_not_stored(
    mirrored: Mirrored, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.create("Labor")
    world.append("Labor", subject="Diagnose")
    pull_listing(mirrored.connection, mirrored.mirror)
    labor = next(cursor for cursor in folders.cursors(mirrored.account_id) if cursor.path == "Labor")
    at = begin(mirrored.connection, mirrored.mirror, labor)
    world.delete_folder("Labor")
    world.create("Labor")
    world.append("Labor", subject="andere")
    assert not backfill(mirrored.connect(), mirrored.mirror, at, window=100)
    mirrored.connection = mirrored.connect()
    mirrored.sync()
    assert mirrored.subjects("Labor") == ["andere"]
