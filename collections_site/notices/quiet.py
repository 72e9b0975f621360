"""Quiet hours: when a letter or a message to the channel may leave."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from django.conf import settings

from governance.calendar import zone


def ends(at: datetime, in_zone: str, begins: time, until: time) -> datetime:
    """``at``, or the end of the quiet hours it falls into, in UTC. Hours over midnight are meant so; equal ones mean none."""
    local = at.astimezone(zone(in_zone))
    now = local.time()
    over_midnight = begins > until
    if not (now >= begins or now < until if over_midnight else begins <= now < until):
        return at
    day = local.date() + timedelta(days=1 if over_midnight and now >= begins else 0)
    return datetime.combine(day, until, zone(in_zone)).astimezone(UTC)


def hours(words: str) -> tuple[time, time]:
    """ "19:00-07:30" as two times. Raises ``ValueError`` for anything else; empty means none."""
    if not words.strip():
        return time(0), time(0)
    begins, _, until = words.partition("-")
    return time.fromisoformat(begins.strip()), time.fromisoformat(until.strip())


def channel_may(at: datetime) -> datetime:
    """When the channel may be written to."""
    return ends(at, settings.NOTICE_TIME_ZONE, *hours(settings.NOTICE_WEBHOOK_QUIET))
