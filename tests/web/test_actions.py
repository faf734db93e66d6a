"""The outbox's other end: accepted means durable, a repeat is harmless, and each refusal says which and why."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from sync.push import drain
from tests.support.mirrored import Mirrored
from tests.support.world import World
from tests.web.person import Person

NOBODY = "00000000-0000-4000-8000-000000000000"


def intent(kind: str, *targets: str, **fields: Any) -> dict[str, Any]:
    made = {"v": 1, "id": str(uuid.uuid4()), "n": 1, "kind": kind, "targets": list(targets), "args": {}, "base_seq": 0}
    return {**made, **fields}


def states(person: Person) -> dict[str, str]:
    return {row["id"]: row["state"] for row in person.snapshot()["actions"]}


@pytest.fixture
def mailbox(filled: Callable[..., Mirrored]) -> Mirrored:
    return filled("Befund", "Rezept")


def test_an_accepted_action_is_in_everyones_ledger_with_the_name_of_the_device(
    alice: Person, bob: Person, mailbox: Mirrored
) -> None:
    wish = intent("flag", mailbox.row("Befund").id, args={"add": 1}, base_seq=mailbox.replica.seq)
    answer = alice.act(wish)
    assert answer["refused"] == []
    (accepted,) = answer["accepted"]
    assert (accepted["id"], accepted["state"], accepted["device_name"]) == (wish["id"], "waiting", "Empfang 1")
    assert accepted["args"] == {"add": 1, "remove": 0}
    assert bob.snapshot()["actions"] == [accepted]


def test_an_accepted_action_reaches_the_server(alice: Person, mailbox: Mirrored, world: World) -> None:
    alice.act(intent("flag", mailbox.row("Befund").id, args={"add": 1}))
    drain(mailbox.connection, mailbox.mirror)
    assert world.flags_of("INBOX", "Befund") == {"\\Seen"}
    assert list(states(alice).values()) == ["done"]


def test_a_repeat_is_answered_with_what_became_of_it(alice: Person, mailbox: Mirrored, world: World) -> None:
    wish = intent("trash", mailbox.row("Befund").id, base_seq=alice.snapshot()["seq"])
    alice.act(wish)
    drain(mailbox.connection, mailbox.mirror)
    seq = alice.snapshot()["seq"]
    (again,) = alice.act(wish)["accepted"]
    assert (again["id"], again["state"]) == (wish["id"], "done")
    assert alice.snapshot()["seq"] == seq
    assert world.subjects("Trash") == ["Befund"]


def test_a_repeat_may_come_with_new_ones_and_twice_in_a_batch(alice: Person, mailbox: Mirrored) -> None:
    first, second = (intent("flag", mailbox.row("Befund").id, n=n, args={"add": 1}) for n in (1, 2))
    alice.act(first)
    answer = alice.act(first, second, second)
    assert [row["id"] for row in answer["accepted"]] == [first["id"], second["id"]]
    assert len(alice.snapshot()["actions"]) == 2


def test_a_repeat_by_another_device_does_not_change_the_first(alice: Person, bob: Person, mailbox: Mirrored) -> None:
    wish = intent("flag", mailbox.row("Befund").id, args={"add": 1})
    alice.act(wish)
    (row,) = bob.act({**wish, "kind": "trash", "args": {}})["accepted"]
    assert (row["kind"], row["device_name"]) == ("flag", "Empfang 1")


def test_the_same_id_in_two_mailboxes_is_two_actions(alice: Person, charlie: Person, mailbox: Mirrored) -> None:
    wish = intent("flag", mailbox.row("Befund").id, args={"add": 1})
    alice.act(wish)
    (row,) = charlie.act(wish)["accepted"]
    assert row["targets"] == []
    assert alice.snapshot()["actions"][0]["targets"] == wish["targets"]


def test_a_batch_is_queued_in_the_order_of_the_device(alice: Person, mailbox: Mirrored) -> None:
    wishes = [intent("flag", mailbox.row("Befund").id, n=n, args={"add": 1}) for n in (3, 1, 2)]
    alice.act(*wishes)
    ledger = [row["id"] for row in alice.snapshot()["actions"]]
    assert ledger == [wishes[1]["id"], wishes[2]["id"], wishes[0]["id"]]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"kind": "flag", "args": {"add": 64}}, "bad_input"),
        ({"kind": "flag", "args": {"add": -1}}, "bad_input"),
        ({"kind": "flag", "args": {"add": "seen"}}, "bad_input"),
        ({"kind": "flag", "args": {"wipe": True}}, "bad_input"),
        ({"kind": "move", "args": {"to": "INBOX"}}, "bad_input"),
        ({"kind": "move", "args": {"to": 7}}, "bad_input"),
        ({"kind": "move", "args": {}}, "no_folder"),
        ({"kind": "move", "args": {"to": NOBODY}}, "no_folder"),
        ({"kind": "flag", "n": 2**63}, "bad_input"),
        ({"kind": "flag", "base_seq": 2**63}, "bad_input"),
    ],
)
def test_a_refused_action_is_named_and_the_others_are_accepted(
    alice: Person, mailbox: Mirrored, fields: dict[str, Any], code: str
) -> None:
    target = mailbox.row("Befund").id
    good, bad = intent("flag", target, args={"add": 1}), intent("flag", target) | fields
    answer = alice.act(bad, good)
    assert answer["refused"] == [{"id": bad["id"], "code": code}]
    assert [row["id"] for row in answer["accepted"]] == [good["id"]]


@pytest.mark.parametrize(
    "fields",
    [
        {"v": 2},
        {"id": "1"},
        {"n": -1},
        {"kind": "format"},
        {"targets": ["INBOX"]},
        {"targets": [NOBODY] * 501},
        {"base_seq": -1},
        {"args": {"to": {"folder": NOBODY}}},
        {"unknown": 1},
    ],
)
def test_a_batch_that_is_not_of_this_version_is_refused_whole(
    alice: Person, mailbox: Mirrored, fields: dict[str, Any]
) -> None:
    answer = alice.post("/api/actions", {"actions": [intent("flag"), intent("flag") | fields]})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_input")
    assert alice.snapshot()["actions"] == []


def test_a_batch_has_one_to_a_hundred_actions(alice: Person, mailbox: Mirrored) -> None:
    for number, status in ((0, 422), (101, 422), (100, 200)):
        answer = alice.post("/api/actions", {"actions": [intent("flag", args={"add": 1}) for _ in range(number)]})
        assert answer.status_code == status


def test_foreign_and_unknown_targets_are_dropped(
    alice: Person, charlie: Person, mailbox: Mirrored, world: World
) -> None:
    mine = mailbox.row("Befund").id
    (row,) = alice.act(intent("trash", NOBODY, mine))["accepted"]
    assert row["targets"] == [mine]
    (row,) = charlie.act(intent("trash", mine))["accepted"]
    assert row["targets"] == []
    assert sorted(world.subjects()) == ["Befund", "Rezept"]


def test_what_was_deleted_before_the_phone_had_a_signal_is_reported_as_gone(
    alice: Person, mailbox: Mirrored, world: World
) -> None:
    deleted = mailbox.row("Befund").id
    world.delete("INBOX", "Befund")
    mailbox.sync()
    mailbox.bury()
    late = [intent("archive", deleted), intent("flag", deleted, n=2, args={"add": 1})]
    assert [row["targets"] for row in alice.act(*late)["accepted"]] == [[deleted], [deleted]]
    drain(mailbox.connection, mailbox.mirror)
    told = {row["id"]: (row["state"], row["detail"]) for row in alice.snapshot()["actions"]}
    assert told == {wish["id"]: ("noop", "gone") for wish in late}


def test_a_foreign_folder_is_no_folder(alice: Person, charlie: Person, mailbox: Mirrored) -> None:
    answer = charlie.act(intent("move", args={"to": mailbox.folder("Trash").id}))
    assert [refusal["code"] for refusal in answer["refused"]] == ["no_folder"]


def test_a_discarded_action_is_not_carried_out(alice: Person, bob: Person, mailbox: Mirrored, world: World) -> None:
    wish = intent("trash", mailbox.row("Befund").id)
    alice.act(wish)
    assert bob.post(f"/api/actions/{wish['id']}/discard").status_code == 200
    drain(mailbox.connection, mailbox.mirror)
    (row,) = alice.snapshot()["actions"]
    assert (row["state"], row["detail"]) == ("noop", "discarded")
    assert world.subjects("Trash") == []


def test_a_conflict_is_carried_out_when_a_person_says_so(alice: Person, mailbox: Mirrored, world: World) -> None:
    """Destroying is for the Trash only; once the mail is there, the same action may be tried again."""
    target = mailbox.row("Befund").id
    wish = intent("destroy", target)
    alice.act(wish)
    drain(mailbox.connection, mailbox.mirror)
    assert states(alice)[wish["id"]] == "conflict"
    alice.act(intent("trash", target, base_seq=alice.snapshot()["seq"]))
    drain(mailbox.connection, mailbox.mirror)
    assert alice.post(f"/api/actions/{wish['id']}/retry").status_code == 200
    assert states(alice)[wish["id"]] == "waiting"
    drain(mailbox.connection, mailbox.mirror)
    assert states(alice)[wish["id"]] == "done"
    assert world.subjects("Trash") == []


def test_what_is_done_can_neither_be_retried_nor_discarded(alice: Person, mailbox: Mirrored) -> None:
    wish = intent("flag", mailbox.row("Befund").id, args={"add": 1})
    alice.act(wish)
    drain(mailbox.connection, mailbox.mirror)
    before = alice.snapshot()["actions"]
    for verb in ("retry", "discard"):
        assert alice.post(f"/api/actions/{wish['id']}/{verb}").status_code == 200
    assert alice.snapshot()["actions"] == before


def test_an_action_that_never_was_is_missing(alice: Person) -> None:
    for verb in ("retry", "discard"):
        answer = alice.post(f"/api/actions/{NOBODY}/{verb}")
        assert (answer.status_code, answer.json()) == (404, {"code": "missing"})


def test_the_ledger_says_when_it_was_decided_not_when_it_arrived(alice: Person, mailbox: Mirrored) -> None:
    hour_ms = 3_600_000
    late = intent("flag", mailbox.row("Befund").id, args={"add": 1}, ago_ms=hour_ms)
    now = intent("flag", mailbox.row("Rezept").id, args={"add": 1})
    alice.act(late, now)
    at = {row["id"]: row["created_at"] for row in alice.snapshot()["actions"]}
    assert hour_ms <= at[now["id"]] - at[late["id"]] < hour_ms + 60_000


def test_nothing_was_decided_before_the_ledger_begins(alice: Person, mailbox: Mirrored) -> None:
    ancient = intent("flag", mailbox.row("Befund").id, args={"add": 1}, ago_ms=31 * 24 * 3_600_000)
    assert alice.post("/api/actions", {"actions": [ancient]}).status_code == 422


def test_a_move_tells_everybody_where_it_came_from(alice: Person, bob: Person, mailbox: Mirrored) -> None:
    inbox, trash = alice.folder("INBOX")["id"], alice.folder("Trash")["id"]
    moved = intent("move", mailbox.row("Befund").id, args={"to": trash, "from": inbox})
    deleted = intent("trash", mailbox.row("Rezept").id, args={"from": inbox, "to": trash, "create": True})
    alice.act(moved, deleted)
    told = {row["id"]: row["args"] for row in bob.snapshot()["actions"]}
    assert told == {moved["id"]: {"to": trash, "from": inbox}, deleted["id"]: {"from": inbox}}
