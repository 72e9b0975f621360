"""The Celery application: the doorbell, never the queue of record.

Every task takes ids, calls one verb and may run twice or never; the database knows what is due and the sweep finds it. Redis may
be flushed at any time with no effect but delay. Start workers with ``REMAP_SIGTERM=SIGQUIT`` in their environment: a deploy's SIGTERM then
lets a worker finish or hand back what it holds (Celery reads the variable before this module is imported, so it cannot be set here).
"""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collections_site.settings")

from celery import Celery
from django.conf import settings

from collections_site.beat import schedule

LONGEST_TASK_SECONDS = 30 * 60

app = Celery("collections_desk")
app.conf.update(
    broker_url=settings.CELERY_BROKER_URL or "memory://",
    task_ignore_result=True,
    task_acks_late=True,
    # A killed pool child gives its task back at once. Tasks whose work carries no attempts counter opt out (drafts.tasks).
    task_reject_on_worker_lost=True,
    task_time_limit=LONGEST_TASK_SECONDS,
    worker_prefetch_multiplier=1,
    worker_soft_shutdown_timeout=60,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    broker_connection_timeout=5,
    # Shorter than a task, the visibility timeout would run that task again while it still runs (seen four times over).
    broker_transport_options={
        "visibility_timeout": 2 * LONGEST_TASK_SECONDS,
        "socket_timeout": 30,
        "socket_connect_timeout": 5,
        "socket_keepalive": True,
    },
    beat_schedule=schedule(settings.SWEEP_SECONDS),
    timezone="UTC",
    enable_utc=True,
)
app.autodiscover_tasks(["drafts", "governance", "collections_site"])
