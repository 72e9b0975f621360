"""The demo's clock: it starts on a business morning and a visitor may jump to the next leaving time.

The clock is one row (``Installation.clock_offset_seconds``) that services and database guards read alike.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from accounts import readiness
from accounts.models import Source
from drafts import states
from drafts.models import Delivery
from governance import calendar, clock
from governance.audit import Entry, record
from governance.models import Event, Installation, User
from governance.policies import PolicyParameters, active_parameters

HOME = ZoneInfo("Europe/Berlin")
COUNTRY = "DE"
OPENS = time(9, 10)
# Just after: a message is due from its leaving time on, and the sweep should find it at its next look.
AFTER = timedelta(seconds=5)
WAITING = (states.SCHEDULED, states.FAILED_TEMPORARY)


def business_morning(wall: datetime) -> datetime:
    """09:10 in Berlin on the day of ``wall`` when that is a business day in Germany, else on the next one."""
    day = wall.astimezone(HOME).date()
    if not calendar.is_business_day(day, COUNTRY):
        day = calendar.add_business_days(day, 1, COUNTRY)
    return datetime.combine(day, OPENS, HOME).astimezone(UTC)


def set_to(moment: datetime) -> None:
    """Put the demo clock to ``moment``. Raises ``RuntimeError`` on a database that is not a demo."""
    seconds = ceil((moment - timezone.now()).total_seconds())  # never before it
    demo = Installation.objects.filter(pk=1, kind=Installation.Kind.DEMO)
    if not demo.update(clock_offset_seconds=seconds):
        raise RuntimeError("only a demo database moves its clock")


def next_leaving(at: datetime | None = None) -> datetime | None:
    """The earliest leaving time still to come; None when nothing waits to leave."""
    waiting = Delivery.objects.filter(state__in=WAITING, leaves_at__gt=at or clock.now())
    return waiting.order_by("leaves_at").values_list("leaves_at", flat=True).first()


def jump(*, by: User | None) -> datetime | None:
    """Move the clock to just after the next leaving time and record it; the sweep then hands over.

    Feeds that were fresh stay fresh: they would have gone on arriving meanwhile. Returns the new moment, or
    None when nothing waits.
    Raises ``RuntimeError`` on a database that is not a demo.
    """
    with transaction.atomic():
        Installation.objects.select_for_update().filter(pk=1).first()
        before = clock.now()
        leaving = next_leaving(before)
        if leaving is None:
            return None
        moment = leaving + AFTER
        set_to(moment)
        keep_feeds_arriving(before, moment - before)
        data = {"seconds": round((moment - before).total_seconds())}
        record([Entry("system", "system.clock_moved", "installation", 1, data)], by=by, at=moment)
    return moment


def keep_feeds_arriving(before: datetime, passed: timedelta) -> None:
    """Sources within their age limit at ``before`` are as young after ``passed``; the others grow older."""
    policy = active_parameters()
    answering = Source.objects.filter(status=Source.Status.OK, as_of__isnull=False)
    rows = [row for row in answering if _fresh(row, before, policy)]
    for row in rows:
        row.as_of = row.as_of + passed
    Source.objects.bulk_update(rows, ["as_of"])


def _fresh(row: Source, at: datetime, policy: PolicyParameters) -> bool:
    return row.as_of is not None and at - row.as_of <= readiness.age_limit(row.kind, policy)


def resume() -> datetime:
    """Let the clock go on where it stood when the demo was last used, so that a book kept overnight is fresh.

    Returns the moment it shows now.
    """
    last = Event.objects.order_by("-at").values_list("at", flat=True).first()
    if last is not None and clock.now() - last > timedelta(hours=1):
        set_to(last + timedelta(minutes=1))
    return clock.now()
