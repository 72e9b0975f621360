"""Business days and business hours, per country, from the ``holidays`` library."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays

SATURDAY = 5


@lru_cache(maxsize=256)
def _holidays(country: str, year: int) -> frozenset[date]:
    # An unknown country still has weekends; its public holidays are simply not known to us.
    if country not in holidays.list_supported_countries():
        return frozenset()
    return frozenset(holidays.country_holidays(country, years=year))


@lru_cache(maxsize=16_384)
def is_business_day(day: date, country: str = "") -> bool:
    """Monday to Friday and no public holiday of ``country`` (ISO 3166 alpha-2; empty: weekends only)."""
    return day.weekday() < SATURDAY and (not country or day not in _holidays(country, day.year))


def add_business_days(day: date, count: int, country: str = "") -> date:
    """The ``count``-th business day after ``day``."""
    while count > 0:
        day += timedelta(days=1)
        if is_business_day(day, country):
            count -= 1
    return day


def business_days_between(start: date, end: date, country: str = "") -> int:
    """Business days after ``start`` up to and including ``end``; 0 when ``end`` is not later."""
    days = (end - start).days
    return sum(1 for n in range(1, days + 1) if is_business_day(start + timedelta(days=n), country))


@lru_cache(maxsize=512)
def zone(name: str) -> ZoneInfo:
    """The time zone, UTC when the name is unknown (import refuses unknown names; this keeps old rows readable)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def day_begins(local: datetime) -> datetime:
    """Midnight of the day of ``local``, in its time zone."""
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def business_minutes(since: datetime, until: datetime, time_zone: str, country: str = "", start_hour: int = 9, end_hour: int = 17) -> int:
    """Whole minutes between two moments that lie inside business hours of business days; 0 when ``until`` is not later."""
    here, total = zone(time_zone), timedelta(0)
    day, last = since.astimezone(here).date(), until.astimezone(here).date()
    ends = time(end_hour) if end_hour < 24 else time(23, 59, 59)
    while day <= last:
        if is_business_day(day, country):
            opens, closes = datetime.combine(day, time(start_hour), here), datetime.combine(day, ends, here)
            # Moments are compared in UTC: within one zone Python compares wall clocks, which skip and repeat an hour twice a year.
            total += max(timedelta(0), min(_utc(until), _utc(closes)) - max(_utc(since), _utc(opens)))
        day += timedelta(days=1)
    return int(total.total_seconds() // 60)


def _utc(at: datetime) -> datetime:
    return at.astimezone(ZoneInfo("UTC"))


def business_moment(at: datetime, time_zone: str, country: str = "", start_hour: int = 9, end_hour: int = 17) -> datetime:
    """The first moment at or after ``at`` inside business hours at the customer, in UTC."""
    local = at.astimezone(zone(time_zone))
    if is_business_day(local.date(), country):
        if local.hour < start_hour:
            return datetime.combine(local.date(), time(start_hour), zone(time_zone)).astimezone(ZoneInfo("UTC"))
        if local.hour < end_hour:
            return at.astimezone(ZoneInfo("UTC"))
    day = add_business_days(local.date(), 1, country)
    return datetime.combine(day, time(start_hour), zone(time_zone)).astimezone(ZoneInfo("UTC"))
