"""What an answer costs the database does not grow with the mailbox."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from tests.support.mirrored import Mirrored
from tests.support.world import World
from tests.web.person import Person

SIGNED_IN = 2  # the session and the device


@pytest.fixture
def mailbox(filled: Callable[..., Mirrored]) -> Mirrored:
    return filled(*(f"mail {number}" for number in range(3)))


def grow(mirrored: Mirrored, world: World) -> None:
    for number in range(40):
        world.append("INBOX", subject=f"more {number}")
    for number in range(6):
        world.create(f"Folder {number}")
    mirrored.sync()
    for row in mirrored.rows()[:20]:
        mirrored.enqueue("flag", row.id, add=1, remove=0)


def cost(ask: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as caught:
        ask()
    return len(caught)


def test_a_snapshot_costs_the_same_whatever_the_mailbox_holds(
    alice: Person, mailbox: Mirrored, world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    before = cost(alice.snapshot)
    grow(mailbox, world)
    with django_assert_max_num_queries(SIGNED_IN + 4):
        assert len(alice.snapshot()["folders"]) > 10
    assert cost(alice.snapshot) == before


def test_changes_cost_the_same_however_much_has_changed(
    alice: Person, mailbox: Mirrored, world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    cursor = alice.snapshot()
    windows = [{"folder": row["id"]} for row in cursor["folders"]]
    before = cost(lambda: alice.changes(cursor, *windows))
    grow(mailbox, world)
    with django_assert_max_num_queries(SIGNED_IN + 6):
        assert len(alice.changes(cursor, *windows)["messages"]) == 40
    assert cost(lambda: alice.changes(cursor, *windows)) == before


def test_a_page_costs_the_same_however_long_it_is(
    alice: Person, mailbox: Mirrored, world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    url = f"/api/folders/{alice.folder()['id']}/messages"
    before = cost(lambda: alice.get(url, limit=1))
    grow(mailbox, world)
    with django_assert_max_num_queries(SIGNED_IN + 4):
        assert len(alice.get(url, limit=500).json()["messages"]) == 43
    assert cost(lambda: alice.get(url, limit=500)) == before


def test_an_import_costs_the_same_however_many_contacts_it_brings(alice: Person) -> None:
    def people(first: int, last: int, **more: str) -> list[dict[str, Any]]:
        return [
            {"id": str(uuid.uuid4()), "name": f"Nr. {number}", "emails": [f"nr{number}@labor.example"], **more}
            for number in range(first, last)
        ]

    def cost_of(contacts: list[dict[str, Any]]) -> int:
        def take() -> None:
            assert alice.post("/api/contacts", {"contacts": contacts}).status_code == 200

        return cost(take)

    assert cost_of(people(1, 51)) == cost_of(people(0, 1))
    # Those that are there already, with a gap filled.
    assert cost_of(people(1, 51, phone="044 123 45 67")) == cost_of(people(0, 1, phone="044 123 45 67"))
