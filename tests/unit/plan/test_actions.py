"""What an intent becomes, depending on where its targets are by the time it arrives."""

from dataclasses import replace
from typing import Any

from sync.mail import Flag, Flags
from sync.plan.actions import Outcome, Placement, QueuedAction, plan_action, sum_up

INBOX, LAB, TRASH = "folder-inbox", "folder-lab", "folder-trash"

IN_INBOX = Placement(id="m1", folder=INBOX, path="INBOX", role="inbox", uid=7, flags=Flags(), moved_seq=3, moved_by="")
IN_TRASH = replace(IN_INBOX, folder=TRASH, path="Trash", role="trash")


def action(kind: Any, targets: list[str] | None = None, **args: Any) -> QueuedAction:
    return QueuedAction(
        pk=1,
        id="a1",
        device="phone",
        device_name="Handy",
        draft="",
        kind=kind,
        targets=targets or ["m1"],
        args=args,
        base_seq=10,
        created_at=0,
    )


def test_a_flag_change_becomes_one_store_of_deltas() -> None:
    plan = plan_action(action("flag", add=int(Flag.SEEN), remove=int(Flag.FLAGGED)), [IN_INBOX], "")
    (command,) = plan.commands
    assert (command.kind, command.path, command.uids) == ("store", "INBOX", {"m1": 7})
    assert (command.add.bits, command.remove.bits) == (Flag.SEEN, Flag.FLAGGED)


def test_targets_in_two_folders_become_a_command_for_each() -> None:
    other = replace(IN_INBOX, id="m2", folder=LAB, path="Labor", uid=9)
    plan = plan_action(action("move", ["m1", "m2"]), [IN_INBOX, other], TRASH)
    assert {command.path for command in plan.commands} == {"INBOX", "Labor"}
    assert not plan.outcomes


def test_a_move_that_a_colleague_made_first_is_a_conflict_that_says_where_it_is() -> None:
    moved = replace(IN_INBOX, folder=LAB, path="Labor", moved_seq=11, moved_by="desk")
    plan = plan_action(action("trash"), [moved], TRASH)
    assert not plan.commands
    assert plan.outcomes["m1"] == Outcome(state="conflict", detail="moved", place=LAB)


def test_a_move_in_another_mail_program_counts_like_a_colleagues() -> None:
    moved = replace(IN_INBOX, folder=LAB, path="Labor", moved_seq=11, moved_by="")
    assert plan_action(action("trash"), [moved], TRASH).outcomes["m1"].state == "conflict"


def test_ones_own_earlier_move_is_no_conflict() -> None:
    moved = replace(IN_INBOX, folder=LAB, path="Labor", moved_seq=11, moved_by="phone")
    assert plan_action(action("move"), [moved], INBOX).commands[0].kind == "move"


def test_trash_of_what_is_in_trash_already_is_a_noop_and_never_destroys() -> None:
    plan = plan_action(action("trash"), [IN_TRASH], TRASH)
    assert not plan.commands
    assert plan.outcomes["m1"].state == "noop"


def test_destroying_works_only_where_the_message_is_in_trash_now() -> None:
    assert plan_action(action("destroy"), [IN_TRASH], "").commands[0].kind == "expunge"
    rescued = plan_action(action("destroy"), [IN_INBOX], "")
    assert rescued.outcomes["m1"] == Outcome(state="conflict", detail="not_in_trash")


def test_a_message_that_is_gone_makes_no_error() -> None:
    gone = replace(IN_INBOX, folder="", path="", role="")
    assert plan_action(action("flag", add=1), [gone], "").outcomes["m1"].state == "noop"
    assert plan_action(action("flag", add=1), [], "").outcomes["m1"].state == "noop"


def test_archiving_without_an_archive_says_so() -> None:
    assert plan_action(action("archive"), [IN_INBOX], "").outcomes["m1"].detail == "no_archive_folder"


def test_the_ledger_line_shows_what_needs_an_eye_first() -> None:
    done, conflict = Outcome(state="done", detail=""), Outcome(state="conflict", detail="moved")
    assert sum_up([done, conflict]).state == "conflict"
    assert sum_up([done, Outcome(state="noop", detail="gone")]).state == "done"
    assert sum_up([]).state == "noop"
