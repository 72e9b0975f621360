"""The one clock of services, commands and views. Rules never ask it: they receive ``as_of``.

Outside a demo database it is the wall clock. A demo moves it forward through ``Installation.clock_offset_seconds`` so that a visitor can
jump to the leaving time of a message; the database guards read the same row.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from governance.models import Installation

_read: ContextVar[list[timedelta] | None] = ContextVar("clock_offset", default=None)


@contextmanager
def read_once() -> Iterator[None]:
    """Within the block the offset is asked for once: for a request that only reads, and so does not move the clock."""
    token = _read.set([])
    try:
        yield
    finally:
        _read.reset(token)


def offset() -> timedelta:
    """How far this installation's clock stands from the wall clock (zero unless this is a demo database)."""
    if not settings.DEMO_MODE:
        return timedelta(0)
    known = _read.get()
    if known:
        return known[0]
    found = timedelta(seconds=Installation.objects.filter(kind="demo").values_list("clock_offset_seconds", flat=True).first() or 0)
    if known is not None:
        known.append(found)
    return found


def now() -> datetime:
    """The current moment, aware, UTC."""
    return timezone.now() + offset()


def today() -> date:
    """The current date in UTC; rules that need the account's own date convert with its time zone."""
    return now().date()
