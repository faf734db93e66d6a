"""python manage.py reseal: finish the rotation of PRAXISPOST_KEY."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sync.seal import WrongKey
from sync.store.reseal import reseal_all


class Command(BaseCommand):
    help = "Seals what is still under PRAXISPOST_KEY_OLD with PRAXISPOST_KEY. It may be cut off and begun again."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            for table, rows in reseal_all():
                self.stdout.write(f"{table}: {rows} resealed")
        except WrongKey:
            raise CommandError(
                "Something is sealed under a key that is neither PRAXISPOST_KEY nor PRAXISPOST_KEY_OLD. "
                "Set the missing one as PRAXISPOST_KEY_OLD and begin again; nothing was lost."
            ) from None
        self.stdout.write("Everything is under PRAXISPOST_KEY now: PRAXISPOST_KEY_OLD may be removed.")
