"""python manage.py reseal: finish the rotation of PRAXISPOST_KEY."""

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sync.store.reseal import reseal_all

MOST_NAMED = 20  # of a table


class Command(BaseCommand):
    help = "Seals what is still under PRAXISPOST_KEY_OLD with PRAXISPOST_KEY. It may be cut off and begun again."

    def handle(self, *args: Any, **options: Any) -> None:
        left: Counter[str] = Counter()
        for progress in reseal_all():
            self.stdout.write(f"{progress.table}: {progress.resealed} resealed")
            for row_id in progress.unopened[: max(0, MOST_NAMED - left[progress.table])]:
                self.stderr.write(f"{progress.table} {row_id}: neither key opens it")
            left[progress.table] += len(progress.unopened)
        if left.total():
            counted = ", ".join(f"{table} {rows}" for table, rows in left.items() if rows)
            raise CommandError(
                f"Rows that neither PRAXISPOST_KEY nor PRAXISPOST_KEY_OLD opens: {left.total()} ({counted}). They were "
                "left as they are; everything else is under PRAXISPOST_KEY now. If there is another former key, set it "
                "as PRAXISPOST_KEY_OLD and begin again."
            )
        self.stdout.write("Everything is under PRAXISPOST_KEY now: PRAXISPOST_KEY_OLD may be removed.")
