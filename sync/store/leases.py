"""Leases on shards, by the database's clock.

Taking a lease raises its fence and writes it to its accounts: from then on the former owner's transactions find no
account row to raise `seq` on. Leases live here and not in Redis, which may come back empty.
"""

from django.db import connection, transaction
from django.db.models import F, OuterRef, Q, Subquery

from sync.bus.doorbell import SHARDS
from sync.models import Account, Shard

TTL_MS = 4000


def prepare_shards() -> None:
    """The 64 rows, made once."""
    Shard.objects.bulk_create([Shard(id=number) for number in range(SHARDS)], ignore_conflicts=True)


def renew(owner: str) -> dict[int, int]:
    """Prolong what is ours and not expired. → shard → fence of what we still hold."""
    now = _database_now_ms()
    Shard.objects.filter(owner=owner, expires_at__gt=now).update(expires_at=now + TTL_MS)
    return dict(Shard.objects.filter(owner=owner, expires_at__gt=now).values_list("id", "fence"))


def acquire(owner: str, *, limit: int = SHARDS) -> dict[int, int]:
    """Take free and expired shards. → shard → new fence of what we just took."""
    now = _database_now_ms()
    free = Shard.objects.filter(Q(owner="") | Q(expires_at__lte=now)).order_by("id")
    if not free.exists():
        return {}  # asked every second: no writer waits for that
    with transaction.atomic():
        # What another worker is taking this moment is passed over; SQLite lets one writer in at a time anyway.
        ids = list(free.select_for_update(skip_locked=True).values_list("id", flat=True)[:limit])
        ours = Shard.objects.filter(id__in=ids)
        ours.update(owner=owner, fence=F("fence") + 1, expires_at=now + TTL_MS)
        fence = Subquery(Shard.objects.filter(id=OuterRef("shard")).values("fence"))
        Account.objects.filter(shard__in=ids).update(fence=fence)
        return dict(ours.values_list("id", "fence"))


def release(owner: str) -> None:
    """Give all back at once, so that the next worker need not wait for the expiry."""
    Shard.objects.filter(owner=owner).update(owner="", expires_at=0)


def expire_all(owner: str) -> None:
    """As if the owner had died TTL_MS ago: the next one may take over, with a higher fence."""
    Shard.objects.filter(owner=owner).update(expires_at=0)


def accounts_of(shards: list[int]) -> list[str]:
    return [str(pk) for pk in Account.objects.filter(shard__in=shards).values_list("pk", flat=True)]


def adopt(account_id: str, owner: str) -> int | None:
    """The fence to write an account with, if we hold its shard; also for one that was created after we took it."""
    with transaction.atomic():
        shard = Account.objects.values_list("shard", flat=True).filter(pk=account_id).first()
        if shard is None:
            return None
        held = Shard.objects.filter(pk=shard, owner=owner, expires_at__gt=_database_now_ms()).first()
        if held is None:
            return None
        Account.objects.filter(pk=account_id).update(fence=held.fence)
        return held.fence


def _database_now_ms() -> int:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")
        else:
            cursor.execute("SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)")
        (now,) = cursor.fetchone()
        return int(now)
