"""Flows ring the doorbell and publish: a broker and a Redis are there."""

import pytest

import webmail.celery  # noqa: F401  # the broker that pokes go to
from deploy.embedded.redis import Redis


@pytest.fixture(scope="session", autouse=True)
def _with_redis(redis: Redis) -> None:
    """Started once, before the first of these tests."""
