"""The one clock of services, commands and views. Rules never ask it: they receive ``as_of``.

Outside a demo database it is the wall clock. A demo moves it forward through ``Installation.clock_offset_seconds`` so that a visitor can
jump to the leaving time of a message; the database guards read the same row.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from governance.models import Installation


def offset() -> timedelta:
    """How far this installation's clock stands from the wall clock (zero unless this is a demo database)."""
    if not settings.DEMO_MODE:
        return timedelta(0)
    seconds = Installation.objects.filter(kind="demo").values_list("clock_offset_seconds", flat=True).first()
    return timedelta(seconds=seconds or 0)


def now() -> datetime:
    """The current moment, aware, UTC."""
    return timezone.now() + offset()


def today() -> date:
    """The current date in UTC; rules that need the account's own date convert with its time zone."""
    return now().date()
