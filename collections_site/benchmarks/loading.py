"""Pages loaded as people load them: signed in, over the whole stack, again and again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from itertools import cycle, islice
from typing import Any

from django.conf import settings
from django.test import Client
from django.test.utils import override_settings

from collections_site.benchmarks.yardsticks import Meter, Refused
from governance.models import User


def as_served(**more: Any) -> AbstractContextManager[None]:
    """For the block. Which address a stylesheet has is not measured, and a checkout may not have gathered its files."""
    plain = {**settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    return override_settings(STORAGES=plain, **more)


def reader(user: User) -> Client:
    """A browser in which ``user`` is signed in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def timed(ask: Callable[[], Any]) -> float:
    """Milliseconds of one page. Raises ``Refused`` when it is not shown."""
    began = time.perf_counter()
    answer = ask()
    if answer.status_code != 200:
        raise Refused(f"the page answered {answer.status_code}")
    return (time.perf_counter() - began) * 1000


def spread(load: Callable[[str], float], queries: Iterable[str], pages: int) -> tuple[float, dict[str, int]]:
    """``pages`` pages, the queries in turn: the milliseconds at the middle, and what is told of them."""
    meter = Meter()
    times = sorted(load(query) for query in islice(cycle(queries), pages))
    spent = meter.read()
    cpu = spent["python_cpu_seconds"] + spent["database_cpu_seconds"]
    # On a busy machine wall time is other people's work too; what the page itself costs is its processor time.
    figures = {"p50_ms": round(times[pages // 2]), "p95_ms": round(times[int(pages * 0.95)]), "cpu_ms": round(cpu / pages * 1000)}
    return times[pages // 2], figures
