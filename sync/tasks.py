"""Celery's entry point. A task is a wake-up: it sets a want and returns."""

from celery import shared_task

from sync.worker import runtime


@shared_task(name="sync.poke")  # type: ignore[untyped-decorator, unused-ignore]
def poke(account_id: str, reason: str, folder_id: str = "") -> None:
    running = runtime.current()
    if running is not None:
        running.poke(account_id, reason, folder_id)
