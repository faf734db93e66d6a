"""What is gone is remembered for thirty days; who comes later than that starts over."""

from sync.models import Folder, Message
from sync.store import messages, reading
from sync.store.clock import now_ms
from tests.support.mirrored import Mirrored
from tests.support.replica import Replica
from tests.support.world import World


def test_a_tombstone_goes_and_a_browser_that_is_older_starts_over(mirrored: Mirrored, world: World) -> None:
    for subject in ("bleibt", "weg"):
        world.append(subject=subject)
    mirrored.sync()
    old = Replica(mirrored.account_id).open_all()
    world.delete("INBOX", "weg")
    mirrored.sync()
    mirrored.bury()
    assert messages.prune(mirrored.account_id, mirrored.fence, gone_before=now_ms() - messages.TOMBSTONES_MS) == 0
    assert Message.objects.filter(gone=True).count() == 1
    recent = Replica(mirrored.account_id).open_all()
    assert messages.prune(mirrored.account_id, mirrored.fence, gone_before=now_ms() + 1) == 1
    assert Message.objects.filter(gone=True).count() == 0
    assert reading.changes(mirrored.account_id, old.epoch, old.seq, []) is None
    assert reading.changes(mirrored.account_id, recent.epoch, recent.seq, []) is not None


def test_a_folder_that_is_gone_goes_with_the_tombstones_of_its_time(mirrored: Mirrored, world: World) -> None:
    for name in ("Spital", "Labor"):
        world.create(name)
    world.append(subject="weg")
    mirrored.sync()
    old = Replica(mirrored.account_id).open_all()
    world.delete_folder("Spital")
    mirrored.sync()
    world.delete("INBOX", "weg")
    mirrored.sync()
    mirrored.bury()
    world.delete_folder("Labor")
    mirrored.sync()
    assert messages.prune(mirrored.account_id, mirrored.fence, gone_before=now_ms() + 1) == 1
    assert [row.path for row in Folder.objects.filter(account_id=mirrored.account_id, gone=True)] == ["Labor"]
    assert reading.changes(mirrored.account_id, old.epoch, old.seq, []) is None
