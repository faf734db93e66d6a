"""A browser that was away asks what changed, and holds afterwards what a fresh one would read."""

from collections.abc import Callable
from typing import Any

import pytest

from sync.models import Account, Action
from sync.store import reading
from tests.support.mirrored import Mirrored
from tests.support.world import World
from tests.web.person import Person

RESET = {"reset": True}


class Screen:
    """What one browser holds, kept up through the API alone."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.cursor = person.snapshot()
        self.folders = {row["id"]: row for row in self.cursor["folders"]}
        self.actions = {row["id"]: row for row in self.cursor["actions"]}
        self.account = self.cursor["account"]
        self.rows: dict[str, Any] = {}
        self.windows: list[Any] = []

    def open(self, path: str, **query: Any) -> "Screen":
        page = self.person.page(path, **query)
        self.rows |= {row["id"]: row for row in page["messages"]}
        folder = self.person.folder(path)["id"]
        self.windows.append({"folder": folder, "kind": query.get("kind", "all"), "down_to": page["down_to"]})
        return self

    def catch_up(self) -> "Screen":
        while True:
            delta = self.person.changes(self.cursor, *self.windows)
            assert delta["prev"] == self.cursor["seq"]
            self.cursor = delta
            self.rows |= {row["id"]: row for row in delta["messages"]}
            self.folders |= {row["id"]: row for row in delta["folders"]}
            self.actions |= {row["id"]: row for row in delta["actions"]}
            self.account = delta["account"] or self.account
            for lost in delta["lost"]:
                self.rows.pop(lost, None)
            for lost in delta["lost_folders"]:
                self.folders.pop(lost, None)
            if not delta["more"]:
                return self

    def view(self) -> object:
        return self.rows, self.folders, self.actions, self.account, self.cursor["seq"]


def subjects(screen: Screen) -> list[str]:
    return sorted(row["subject"] for row in screen.rows.values())


def test_what_a_browser_had_and_what_changed_is_what_a_fresh_one_reads(
    alice: Person, bob: Person, filled: Callable[..., Mirrored], world: World
) -> None:
    mirrored = filled("Befund", "Rezept", "Termin")
    screen = Screen(alice).open("INBOX").open("Trash")
    world.append("INBOX", subject="Neu")
    world.flag("INBOX", "Rezept", "\\Seen")
    world.move("INBOX", "Termin", "Trash")
    world.delete("INBOX", "Befund")
    world.create("Kasse")
    mirrored.sync().bury()
    mirrored.act("flag", mirrored.row("Neu").id, add=2, remove=0)
    fresh = Screen(bob).open("INBOX").open("Trash")
    assert screen.catch_up().view() == fresh.view()
    assert subjects(screen) == ["Neu", "Rezept", "Termin"]


def test_nothing_new_is_nothing(alice: Person, filled: Callable[..., Mirrored]) -> None:
    filled("Befund")
    screen = Screen(alice).open("INBOX")
    delta = alice.changes(screen.cursor, *screen.windows)
    empty: dict[str, Any] = {
        "messages": [],
        "lost": [],
        "folders": [],
        "lost_folders": [],
        "actions": [],
        "account": None,
    }
    assert {name: delta[name] for name in empty} == empty
    assert (delta["seq"], delta["more"]) == (screen.cursor["seq"], False)


def test_a_row_outside_every_window_travels_as_a_count_only(
    alice: Person, filled: Callable[..., Mirrored], world: World
) -> None:
    mirrored = filled("Befund")
    screen = Screen(alice).open("Trash")
    world.append("INBOX", subject="Neu")
    mirrored.sync()
    screen.catch_up()
    inbox = next(row for row in screen.folders.values() if row["path"] == "INBOX")
    assert (screen.rows, inbox["total"], inbox["unread"]) == ({}, 2, 2)


def test_a_row_that_is_read_leaves_the_window_of_unread_ones(
    alice: Person, filled: Callable[..., Mirrored], world: World
) -> None:
    mirrored = filled("Befund", "Rezept")
    screen = Screen(alice).open("INBOX", kind="unread")
    world.flag("INBOX", "Befund", "\\Seen")
    mirrored.sync()
    assert subjects(screen.catch_up()) == ["Rezept"]


def test_what_came_by_the_socket_and_went_while_away_is_lost_though_older_pages_are_owed(
    alice: Person, filled: Callable[..., Mirrored], world: World
) -> None:
    """A browser that stored a page asks once more from where that page was read, behind what it holds."""
    mirrored = filled()
    screen = Screen(alice).open("INBOX").open("INBOX", kind="unread")
    inbox, unread = screen.windows
    screen.windows = [unread, {**inbox, "folder": alice.folder("Trash")["id"]}]
    owed = screen.cursor
    world.create("Kasse")
    for subject in ("gelesen", "weg", "bleibt"):
        world.append("INBOX", subject=subject)
    mirrored.sync()
    assert subjects(screen.catch_up()) == ["bleibt", "gelesen", "weg"]
    assert "Kasse" in {row["path"] for row in screen.folders.values()}
    world.delete_folder("Kasse")
    world.flag("INBOX", "gelesen", "\\Seen")
    world.delete("INBOX", "weg")
    mirrored.sync()
    screen.cursor = owed
    assert subjects(screen.catch_up()) == ["bleibt"]
    assert "Kasse" not in {row["path"] for row in screen.folders.values()}


def test_a_long_absence_comes_in_portions_cut_between_seqs(
    alice: Person, filled: Callable[..., Mirrored], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = reading.changes

    def in_portions(*arguments: Any, limit: int = 3) -> Any:
        return whole(*arguments, limit=min(limit, 3))

    mirrored = filled()
    screen = Screen(alice).open("INBOX")
    for number in range(8):
        world.append("INBOX", subject=f"mail {number}")
        mirrored.sync()
    monkeypatch.setattr("sync.store.reading.changes", in_portions)
    assert alice.changes(screen.cursor, *screen.windows)["more"] is True
    assert subjects(screen.catch_up()) == [f"mail {number}" for number in range(8)]


def test_a_first_look_brings_what_is_pending_however_old_it_is(
    alice: Person, filled: Callable[..., Mirrored], monkeypatch: pytest.MonkeyPatch
) -> None:
    mirrored = filled("Befund")
    ends = [("flag", "waiting"), ("send", "sending"), ("send", "held"), ("send", "failed"), ("send", "unknown")]
    over = [("flag", "failed"), ("flag", "held"), ("send", "done"), ("flag", "done")]
    lines: list[str] = []
    for kind, state in [*ends, *over]:
        line = mirrored.enqueue("flag", mirrored.row("Befund").id, add=1, remove=0).id
        Action.objects.filter(intent=line).update(kind=kind, state=state)
        lines.append(line)
    with monkeypatch.context() as shorter:
        shorter.setattr("sync.store.reading.LEDGER_ROWS", 1)
        told = [row["id"] for row in alice.snapshot()["actions"]]
    assert told == [*lines[: len(ends)], lines[-1]]


def test_a_cursor_of_another_epoch_starts_over(alice: Person) -> None:
    cursor = alice.snapshot()
    for epoch in ("", "00000000-0000-0000-0000-000000000000", cursor["epoch"].upper()):
        assert alice.changes({**cursor, "epoch": epoch}) == RESET


def test_a_cursor_from_the_future_starts_over(alice: Person) -> None:
    cursor = alice.snapshot()
    for seq in (cursor["seq"] + 1, 2**63, 2**70):
        assert alice.changes({**cursor, "seq": seq}) == RESET


def test_a_cursor_older_than_the_oldest_tombstone_starts_over(alice: Person, filled: Callable[..., Mirrored]) -> None:
    mirrored = filled("Befund")
    at, below = alice.snapshot(), {**alice.snapshot(), "seq": alice.snapshot()["seq"] - 1}
    Account.objects.filter(pk=mirrored.account_id).update(floor=at["seq"])
    assert alice.changes(below) == RESET
    assert alice.changes(at) != RESET


@pytest.mark.parametrize(
    "body",
    [
        {"since": -1},
        {"since": "now"},
        {"windows": [{"folder": "INBOX"}]},
        {"windows": [{"folder": "' OR 1=1 --"}]},
        {"windows": [{"folder": "00000000-0000-0000-0000-000000000000", "kind": "all mine"}]},
        {"windows": [{"folder": "00000000-0000-0000-0000-000000000000"}] * 601},
        {"windows": [{"folder": "00000000-0000-0000-0000-000000000000", "down_to": {"received_at": 1}}]},
        {"epoch": "x" * 501},
        {"secret": "unknown"},
    ],
)
def test_a_question_out_of_bounds_is_bad_input(alice: Person, body: dict[str, Any]) -> None:
    answer = alice.post("/api/changes", {"epoch": "", "since": 0, "windows": [], **body})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_input")


def test_six_hundred_windows_are_answered(alice: Person, filled: Callable[..., Mirrored]) -> None:
    filled("Befund")
    inbox, cursor = alice.folder()["id"], alice.snapshot()
    bounds = [{"received_at": number, "id": inbox} for number in range(600)]
    windows = [{"folder": inbox, "kind": "unread", "down_to": bound} for bound in bounds]
    delta = alice.changes({**cursor, "seq": 0}, *windows)
    assert [row["subject"] for row in delta["messages"]] == ["Befund"]


def test_a_bound_beyond_all_numbers_is_no_error(alice: Person, filled: Callable[..., Mirrored]) -> None:
    filled("Befund")
    inbox, cursor = alice.folder()["id"], alice.snapshot()
    for received_at, seen in ((2**70, []), (-(2**70), ["Befund"])):
        window = {"folder": inbox, "down_to": {"received_at": received_at, "id": inbox}}
        delta = alice.changes({**cursor, "seq": 0}, window)
        assert [row["subject"] for row in delta["messages"]] == seen
