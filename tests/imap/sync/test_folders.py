"""Folders that come, go and start over."""

from tests.support.mirrored import Mirrored
from tests.support.world import World


def test_a_folder_made_elsewhere_appears_and_one_deleted_goes(mirrored: Mirrored, world: World) -> None:
    mirrored.sync()
    world.create("Spital")
    mirrored.sync()
    assert mirrored.folder("Spital").role == ""
    world.delete_folder("Spital")
    mirrored.sync()
    assert "Spital" not in [row.path for row in mirrored.replica.catch_up().folders.values()]


def test_a_renamed_folder_keeps_the_ids_of_its_messages(mirrored: Mirrored, world: World) -> None:
    world.create("Spital")
    world.append("Spital", subject="Austritt")
    mirrored.sync()
    before = mirrored.row("Austritt", "Spital").id
    world.rename("Spital", "Spital Bern")
    mirrored.sync()
    assert mirrored.row("Austritt", "Spital Bern").id == before


def test_every_sent_like_folder_counts_as_sent(mirrored: Mirrored, world: World) -> None:
    world.create("Gesendete Elemente")
    mirrored.sync()
    assert mirrored.folder("Gesendete Elemente").role == "sent"
    assert mirrored.folder("Sent").role == "sent"


def test_a_folder_that_starts_over_finds_its_messages_again(mirrored: Mirrored, world: World) -> None:
    """UIDVALIDITY changes when a folder of the same name is made anew."""
    world.create("Labor")
    world.append("Labor", subject="alt", message_id="<alt@x.example>")
    mirrored.sync()
    world.delete_folder("Labor")
    world.create("Labor")
    world.append("Labor", subject="neu")
    mirrored.sync()
    assert mirrored.subjects("Labor") == ["neu"]
