"""Signs of life: workers and jobs leave one as they go, and Health and the queue say when there is none.

By the wall clock, also in a demo whose clock was moved: a machine does not time-travel. A sign of life that cannot be written never stops
the work it tells of.
"""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from governance.models import Beat, JobFailure

log = logging.getLogger(__name__)

# Seldom enough to cost nothing, often enough to be believed.
EVERY_SECONDS = 5.0
KEPT = timedelta(days=15)
_last: dict[tuple[str, str], float] = {}


def worker_name() -> str:
    """This process: host and process number."""
    return f"{socket.gethostname()}:{os.getpid()}"[:120]


def beat(job: str = "") -> None:
    """Leave a sign of life of this worker, or that ``job`` ended well; at most one every few seconds."""
    kind, name = (Beat.Kind.JOB, job) if job else (Beat.Kind.WORKER, worker_name())
    moment = time.monotonic()
    if moment - _last.get((kind, name), -EVERY_SECONDS) < EVERY_SECONDS:
        return
    _last[kind, name] = moment
    now = timezone.now()
    row = Beat(kind=kind, name=name, started_at=now, at=now)
    with _never_in_the_way():
        Beat.objects.bulk_create([row], update_conflicts=True, unique_fields=["kind", "name"], update_fields=["at"])


def failed(job: str, error: BaseException) -> None:
    """Note that a job or one of its steps raised."""
    with _never_in_the_way():
        JobFailure.objects.create(job=job[:80], error=type(error).__name__[:120], at=timezone.now())


@contextmanager
def _never_in_the_way() -> Iterator[None]:
    try:
        if connection.in_atomic_block:
            with transaction.atomic():
                yield
        else:
            yield
    except Exception:  # whatever it was: the work goes on, and silence is what Health notices
        log.warning("a sign of life could not be written", exc_info=True)


@contextmanager
def job(name: str) -> Iterator[None]:
    """The block is one run of a job: a sign of life at its beginning and end, a note when it raises."""
    beat()
    try:
        yield
    except Exception as error:
        failed(name, error)
        raise
    beat(name)


def patience() -> timedelta:
    """How long all workers may be silent before something is wrong: four missed sweeps, a minute at least."""
    return timedelta(seconds=max(60.0, 4 * settings.SWEEP_SECONDS))


def last_beat() -> datetime | None:
    """The newest sign of life of any worker, wall clock; None when there never was one. One query."""
    newest: datetime | None = Beat.objects.filter(kind=Beat.Kind.WORKER).aggregate(at=Max("at"))["at"]
    return newest


def silence(wall: datetime | None = None) -> str:
    """Why drafts are not being prepared, in words; empty while a worker gives signs of life. One query."""
    wall, newest = wall or timezone.now(), last_beat()
    if newest is None:
        return "no worker has ever given a sign of life"
    age = wall - newest
    return f"no worker has given a sign of life for {int(age.total_seconds())} s" if age > patience() else ""


def tidy(wall: datetime) -> None:
    """Forget workers and failures of long ago."""
    Beat.objects.filter(kind=Beat.Kind.WORKER, at__lt=wall - timedelta(days=2)).delete()
    JobFailure.objects.filter(at__lt=wall - KEPT).delete()
