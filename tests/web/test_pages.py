"""Pages of a folder: newest first, no row twice, none left out."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.mirrored import Mirrored
from tests.support.world import World
from tests.web.person import Person

DAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def month(mirrored: Mirrored, world: World) -> Mirrored:
    """Twelve mails; three share each second. Every fourth is read, every third is flagged."""
    for number in range(12):
        flags = " ".join(flag for flag, every in (("\\Seen", 4), ("\\Flagged", 3)) if number % every == 0)
        world.append("INBOX", subject=f"mail {number:02}", at=DAY + timedelta(seconds=number // 3), flags=flags)
    return mirrored.sync()


def walk(person: Person, limit: int, **query: Any) -> list[Any]:
    """All pages of the Inbox, as a browser scrolls."""
    pages = [person.page(limit=limit, **query)]
    while not pages[-1]["complete"]:
        down_to = pages[-1]["down_to"]
        before = {"before_received_at": down_to["received_at"], "before_id": down_to["id"]}
        pages.append(person.page(limit=limit, **before, **query))
    return [row for page in pages for row in page["messages"]]


@pytest.mark.parametrize("limit", [1, 2, 5, 11, 12, 13, 500])
def test_scrolling_shows_every_mail_once_newest_first(alice: Person, month: Mirrored, limit: int) -> None:
    rows = walk(alice, limit)
    places = [(row["received_at"], row["id"]) for row in rows]
    assert places == sorted(places, reverse=True)
    assert sorted(row["subject"] for row in rows) == [f"mail {number:02}" for number in range(12)]


def test_unread_and_flagged_are_lists_of_their_own(alice: Person, month: Mirrored) -> None:
    unread, flagged = walk(alice, 2, kind="unread"), walk(alice, 2, kind="flagged")
    assert sorted(row["subject"] for row in unread) == [f"mail {n:02}" for n in range(12) if n % 4]
    assert sorted(row["subject"] for row in flagged) == [f"mail {n:02}" for n in range(12) if n % 3 == 0]


def test_a_page_says_where_it_ends_and_whether_there_is_more(alice: Person, month: Mirrored) -> None:
    page = alice.page(limit=5)
    last = page["messages"][-1]
    assert page["down_to"] == {"received_at": last["received_at"], "id": last["id"]}
    assert page["complete"] is False
    rest = alice.page(limit=50)
    assert (rest["down_to"], rest["complete"]) == (None, True)
    assert page["seq"] == alice.snapshot()["seq"]
    assert page["epoch"] == alice.snapshot()["epoch"]


def test_an_empty_folder_is_a_complete_page(alice: Person, month: Mirrored) -> None:
    page = alice.page("Trash")
    assert (page["messages"], page["down_to"], page["complete"]) == ([], None, True)


def test_a_row_tells_what_a_list_shows_and_nothing_of_the_server(
    alice: Person, filled: Callable[..., Mirrored]
) -> None:
    filled("Befund")
    (row,) = alice.page()["messages"]
    assert (row["subject"], row["senders"]) == ("Befund", [{"name": "Labor Medica", "email": "befunde@labor.example"}])
    assert row["preview"] == "Guten Tag"
    assert {"uid", "modseq", "envelope", "parts", "twin"}.isdisjoint(row)


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0},
        {"limit": 501},
        {"limit": "all"},
        {"kind": "spam"},
        {"before_received_at": 1, "before_id": "last"},
        {"before_received_at": "yesterday"},
    ],
)
def test_a_page_out_of_bounds_is_bad_input(alice: Person, month: Mirrored, query: dict[str, Any]) -> None:
    answer = alice.get(f"/api/folders/{alice.folder()['id']}/messages", **query)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_input")


def test_a_page_before_times_beyond_all_numbers_is_no_error(alice: Person, month: Mirrored) -> None:
    inbox = alice.folder()["id"]
    late = alice.page(before_received_at=2**70, before_id=inbox)
    early = alice.page(before_received_at=-(2**70), before_id=inbox)
    assert (len(late["messages"]), early["messages"]) == (12, [])


def test_a_folder_that_was_deleted_is_missing(alice: Person, mirrored: Mirrored, world: World) -> None:
    world.create("Kasse")
    folder = mirrored.sync().folder("Kasse").id
    world.delete_folder("Kasse")
    mirrored.sync()
    answer = alice.get(f"/api/folders/{folder}/messages")
    assert (answer.status_code, answer.json()) == (404, {"code": "missing"})
