"""Tasks of the installation: each calls one verb and may run twice or never."""

from __future__ import annotations

from celery import shared_task

from collections_site.health import look
from collections_site.measures import digest as letters
from collections_site.notices import job
from governance import clock, heartbeat


@shared_task(name="collections_site.health", reject_on_worker_lost=False)
def health() -> None:
    """One look at everything, unless another worker has just taken it."""
    with heartbeat.job("collections_site.health"):
        look.look_due(clock.now())


@shared_task(name="collections_site.digest", reject_on_worker_lost=False)
def digest() -> None:
    """The letter of the week that ended, to whoever has not had it yet."""
    with heartbeat.job("collections_site.digest"):
        letters.send_due(clock.now())


@shared_task(name="collections_site.notices", reject_on_worker_lost=False)
def notices() -> None:
    """What is new is told, what waits in the outbox of notices is sent."""
    with heartbeat.job("collections_site.notices"):
        job.run_due(clock.now())
