"""A message that no parser can read gets a row of its own and stops nothing."""

import pytest

from sync.imap import messages as wrapper
from sync.imap.errors import Nonsense
from sync.mail import Flag
from tests.support.mirrored import Mirrored
from tests.support.world import World


@pytest.fixture
def _unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dovecot sends nothing broken by itself: the reader gives up on one subject, as it does on a broken structure."""
    read = wrapper._parsed

    def parsed(response: list[object]) -> list[wrapper.FetchItem]:
        if b"Subject: kaputt" in b"".join(part for item in response if isinstance(item, tuple) for part in item):
            raise Nonsense("fetch")
        return read(response)

    monkeypatch.setattr(wrapper, "_parsed", parsed)


@pytest.mark.usefixtures("_unreadable")
def test_one_unreadable_message_becomes_a_placeholder_and_the_others_come(mirrored: Mirrored, world: World) -> None:
    for subject in ("eins", "zwei", "kaputt", "drei", "vier"):
        world.append("INBOX", subject=subject)
    mirrored.sync()
    assert mirrored.subjects() == ["", "drei", "eins", "vier", "zwei"]
    (placeholder,) = [row for row in mirrored.rows() if row.unparsed]
    assert placeholder.size > 0
    assert placeholder.received_at > 0
    assert (mirrored.folder("INBOX").total, mirrored.folder("INBOX").unread) == (5, 5)
    assert mirrored.folder("INBOX").complete


@pytest.mark.usefixtures("_unreadable")
def test_a_placeholder_that_arrives_later_is_flagged_and_moved_like_any_other(mirrored: Mirrored, world: World) -> None:
    mirrored.sync()
    world.append("INBOX", subject="eins")
    world.append("INBOX", subject="kaputt")
    mirrored.sync()
    world.append("INBOX", subject="nachher")
    mirrored.sync()
    assert mirrored.subjects() == ["", "eins", "nachher"]
    target = mirrored.row("").id
    assert mirrored.act("flag", target, add=int(Flag.SEEN), remove=0).state == "done"
    assert world.flags_of("INBOX", "kaputt") == {"\\Seen"}
    assert mirrored.act("trash", target).state == "done"
    assert world.subjects("Trash") == ["kaputt"]
    mirrored.sync()
    assert [row.id for row in mirrored.rows("Trash")] == [target]
