"""Who owns a shard, by the database's clock."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from sync.store import leases
from sync.store.commit import FenceLost, change
from tests.support.mirrored import Mirrored


@pytest.fixture
def owners(transactional_db: None) -> tuple[str, str]:
    leases.prepare_shards()
    return f"a-{uuid.uuid4()}", f"b-{uuid.uuid4()}"


def test_a_held_lease_is_not_taken_and_a_released_one_is_at_once(owners: tuple[str, str]) -> None:
    first, second = owners
    taken = leases.acquire(first)
    assert taken
    assert not set(leases.acquire(second)) & set(taken)
    leases.release(first)
    again = leases.acquire(second)
    assert set(taken) <= set(again)
    assert all(again[shard] > taken[shard] for shard in taken)
    leases.release(second)


def test_an_expired_lease_is_taken_with_a_higher_fence(owners: tuple[str, str]) -> None:
    first, second = owners
    taken = leases.acquire(first)
    leases.expire_all(first)
    again = leases.acquire(second)
    assert set(taken) <= set(again)
    assert leases.renew(first) == {}
    leases.release(second)


def test_workers_that_take_at_the_same_moment_share_no_shard(owners: tuple[str, str]) -> None:
    start = Barrier(4)

    def take(owner: str) -> dict[int, int]:
        start.wait(20)
        try:
            return leases.acquire(owner, limit=20)
        finally:
            connections.close_all()

    names = [f"{owners[0]}-{number}" for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(take, names))
    shards = [shard for held in taken for shard in held]
    assert len(shards) == len(set(shards)) >= 20
    assert [leases.renew(name) for name in names] == taken


def test_an_old_fence_opens_no_transaction(mirrored: Mirrored) -> None:
    former = mirrored.fence
    mirrored.expire_and_take_over()
    with pytest.raises(FenceLost), change(mirrored.account_id, former):
        pytest.fail("the body of a fenced change must not run")
