"""Tasks of governance: each calls one verb and may run twice or never."""

from __future__ import annotations

from celery import shared_task

from governance import clock, heartbeat
from governance.checkpoints import writing


@shared_task(name="governance.checkpoint", reject_on_worker_lost=False)
def checkpoint() -> None:
    """The hourly checkpoint of the ledger, unless another worker has just written it."""
    with heartbeat.job("governance.checkpoint"):
        writing.write_due(clock.now())
