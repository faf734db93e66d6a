"""What an older version left in the tables."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import StateApps
from django.test.utils import CaptureQueriesContext

from sync.store import actions


def migrate(*to: tuple[str, str]) -> StateApps:
    """→ the models as they are then."""
    executor = MigrationExecutor(connection)
    targets = list(to) or executor.loader.graph.leaf_nodes()
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


@pytest.fixture
def before_moves_were_told(transactional_db: None) -> Iterator[StateApps]:
    yield migrate(("sync", "0004_writing"))
    migrate()


def test_an_upgrade_writes_no_message_and_lets_the_old_worker_store_some(before_moves_were_told: StateApps) -> None:
    """Half a million rows in one statement would stop everybody for minutes."""
    older = before_moves_were_told.get_model("sync", "Message")
    account = before_moves_were_told.get_model("sync", "Account").objects.create(port=143, shard=0)

    def store(at_seq: int) -> str:
        return str(older.objects.create(account=account, seq=at_seq, created_seq=at_seq, moved_seq=at_seq).pk)

    moved = store(7)
    with CaptureQueriesContext(connection) as caught:
        migrate()
    assert [query["sql"] for query in caught if query["sql"].startswith('UPDATE "sync_message"')] == []
    placed = actions.placements(str(account.pk), [moved, store(9)])
    assert [placement.moved_seq for placement in placed] == [7, 9]
