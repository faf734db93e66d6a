"""The Celery app. Messages are wake-ups, never the record of anything, and all settings follow from that."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webmail.settings")

from django.conf import settings

from sync.worker.bootsteps import install

app = Celery("praxispost")
app.conf.update(
    broker_url=settings.REDIS_BROKER_URL,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "visibility_timeout": 60,
        "socket_keepalive": True,
        "socket_timeout": 5,  # above the second that a BRPOP waits; a tap waits for it when Redis hangs
        "socket_connect_timeout": 3,
        "health_check_interval": 10,
    },
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    task_acks_late=False,
    worker_pool="threads",
    worker_disable_prefetch=True,
    worker_hijack_root_logger=False,
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    task_default_queue="praxispost",
)
app.autodiscover_tasks(["sync"])
install(app)
