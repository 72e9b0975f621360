"""Rings a task by its name, after the commit. Nobody has to answer: the sweep finds the same work by the state of the database."""

from __future__ import annotations

import logging
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import transaction

log = logging.getLogger(__name__)


def ring(task: str, *args: Any) -> None:
    """Ask for ``task`` once the transaction is committed. A broker that is down costs delay, never the person's work."""
    if settings.CELERY_BROKER_URL:
        transaction.on_commit(lambda: ring_now(task, *args))


def ring_now(task: str, *args: Any) -> bool:
    """Ask for ``task`` at once; False (and a line in the log) when the broker did not take it."""
    try:
        current_app.send_task(task, args=args, ignore_result=True, retry=False)
    except Exception:
        log.warning("the doorbell for %s did not ring; the sweep will find the work", task, exc_info=True)
        return False
    return True
