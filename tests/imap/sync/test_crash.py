"""Die between any two steps of an action; a new owner finishes it, and nothing is lost or done twice."""

import pytest

from sync.imap.errors import TryAgain
from sync.mail import Flag
from sync.plan.actions import plan_action
from sync.push import drain
from sync.push.commands import run_step
from sync.store import actions
from sync.store.actions import Effect, JournalStep
from sync.store.commit import FenceLost
from tests.support.mirrored import Mirrored
from tests.support.world import World


def begin_move(mirrored: Mirrored, target: str, folder: str) -> JournalStep:
    """Up to the journal, as `drain` does."""
    mirrored.enqueue("move", target, to=folder)
    (action,) = actions.due(mirrored.account_id)
    plan = plan_action(action, actions.placements(mirrored.account_id, action.targets), folder)
    (step,) = actions.begin(mirrored.account_id, mirrored.fence, action, plan.commands)
    return step


@pytest.fixture
def befund(mirrored: Mirrored, world: World) -> str:
    world.create("Labor")
    world.append("INBOX", subject="Befund")
    return mirrored.sync().row("Befund").id


def test_died_after_the_journal_before_the_command(mirrored: Mirrored, world: World, befund: str) -> None:
    step = begin_move(mirrored, befund, mirrored.folder("Labor").id)
    assert mirrored.ledger().popitem()[1].state == "sending"
    drain(mirrored.connect(), mirrored.mirror)
    assert mirrored.ledger().popitem()[1].state == "done"
    assert world.subjects("Labor") == ["Befund"]
    assert mirrored.row("Befund", "Labor").id == befund
    assert step.target_uidnext >= 1


def test_died_after_the_command_before_its_outcome_was_stored(mirrored: Mirrored, world: World, befund: str) -> None:
    step = begin_move(mirrored, befund, mirrored.folder("Labor").id)
    run_step(mirrored.connect(), step, Effect())
    drain(mirrored.connect(), mirrored.mirror)
    assert mirrored.ledger().popitem()[1].state == "done"
    assert world.subjects("Labor") == ["Befund"]
    assert world.subjects("INBOX") == []
    assert mirrored.row("Befund", "Labor").id == befund


def test_died_after_the_command_and_outlook_moved_it_on(mirrored: Mirrored, world: World, befund: str) -> None:
    world.create("Spital")
    step = begin_move(mirrored, befund, mirrored.folder("Labor").id)
    run_step(mirrored.connect(), step, Effect())
    world.move("Labor", "Befund", "Spital")
    drain(mirrored.connect(), mirrored.mirror)
    assert mirrored.ledger().popitem()[1].state == "unknown"
    mirrored.sync()
    assert mirrored.row("Befund", "Spital").id == befund


def test_a_cut_line_leaves_the_action_in_the_journal_for_the_next_connection(
    mirrored: Mirrored, world: World, befund: str
) -> None:
    row = mirrored.enqueue("flag", befund, add=int(Flag.SEEN), remove=0)
    broken = mirrored.connect()
    broken.shutdown()
    with pytest.raises(TryAgain):
        drain(broken, mirrored.mirror)
    assert mirrored.ledger()[row.id].state == "sending"
    drain(mirrored.connect(), mirrored.mirror)
    assert mirrored.ledger()[row.id].state == "done"
    assert "\\Seen" in world.flags_of("INBOX", "Befund")


def test_a_repeated_post_is_one_action(mirrored: Mirrored, world: World, befund: str) -> None:
    intent = actions.Intent(
        id="0190c8f2-0000-7000-8000-000000000001",
        n=1,
        kind="flag",
        targets=[befund],
        args={"add": int(Flag.SEEN), "remove": 0},
        base_seq=0,
    )
    for _ in range(3):
        rows = actions.enqueue(mirrored.account_id, device_id="phone", device_name="phone", person="", intents=[intent])
        assert len(rows) == 1
    drain(mirrored.connection, mirrored.mirror)
    assert len(mirrored.ledger()) == 1


def test_the_former_owner_writes_nothing_after_a_take_over(mirrored: Mirrored, world: World, befund: str) -> None:
    former = mirrored.mirror
    step = begin_move(mirrored, befund, mirrored.folder("Labor").id)
    successor = mirrored.expire_and_take_over()
    with pytest.raises(FenceLost):
        actions.settle(former.account_id, former.fence, step.action, "failed", detail="late")
    drain(mirrored.connect(), successor)
    assert mirrored.ledger().popitem()[1].state == "done"
    assert world.subjects("Labor") == ["Befund"]
