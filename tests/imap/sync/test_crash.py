"""Die between any two steps of an action, or of a first look at a folder; a new owner finishes it, and nothing is lost
or done twice."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection as database

from sync.imap.errors import TryAgain
from sync.mail import Flag
from sync.plan.actions import plan_action
from sync.pull import begin, pull_listing
from sync.push import drain
from sync.push.commands import run_step
from sync.store import actions, folders
from sync.store.actions import Effect, JournalStep
from sync.store.commit import FenceLost
from tests.support.messages import make_message
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


class Died(Exception):
    pass


@contextmanager
def dying_before_write(nth: int) -> Iterator[list[str]]:
    """Whatever writes to the tables dies before its `nth` statement, and the open transaction with it. → what was
    written."""
    written: list[str] = []

    def execute(run: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            if len(written) + 1 == nth:
                raise Died
            written.append(sql)
        return run(sql, *rest)

    with database.execute_wrapper(execute):
        yield written


def _first_look(mirrored: Mirrored) -> None:
    pull_listing(mirrored.connection, mirrored.mirror)
    for cursor in folders.cursors(mirrored.account_id):
        begin(mirrored.connection, mirrored.mirror, cursor)


def test_died_anywhere_in_the_first_look_at_a_folder(mirrored: Mirrored, world: World) -> None:
    for number in range(3):
        world.append("INBOX", subject=f"mail {number}")
    deaths = _die_everywhere(lambda: _first_look(mirrored))
    assert deaths > 3
    mirrored.sync()
    assert mirrored.subjects() == ["mail 0", "mail 1", "mail 2"]


@pytest.mark.parametrize("nth", range(1, 20))
def test_died_anywhere_while_a_folder_starts_over(mirrored: Mirrored, world: World, nth: int) -> None:
    raw = make_message(subject="bleibt")
    world.create("Labor")
    world.append("Labor", raw)
    world.append("Labor", subject="geht")
    mirrored.sync()
    before = mirrored.row("bleibt", "Labor")
    world.delete_folder("Labor")
    world.create("Labor")
    world.append("Labor", raw, at=datetime.fromtimestamp(before.received_at / 1000, UTC))
    world.append("Labor", subject="neu")
    with suppress(Died), dying_before_write(nth):
        mirrored.sync()
    mirrored.connection = mirrored.connect()
    mirrored.sync()
    assert mirrored.subjects("Labor") == ["bleibt", "neu"]
    assert mirrored.row("bleibt", "Labor").id == before.id


def _die_everywhere(work: Callable[[], None]) -> int:
    """Each try gets one write further than the one before. → how often it died."""
    deaths = 0
    while True:
        try:
            with dying_before_write(deaths + 1):
                work()
            return deaths
        except Died:
            deaths += 1
