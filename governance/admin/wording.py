"""Times and ages in the words of the screens: "22 min", "2 days", "in 2 h 10", "tomorrow 09:00". Never "recently"."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone

MINUTE, HOUR, DAY = 60, 3600, 86400


def age(moment: datetime | None, now: datetime) -> str:
    """How old: "just now", "22 min", "3 h", "1 day", "210 days"; "unknown" without a moment."""
    if moment is None:
        return "unknown"
    return span((now - moment).total_seconds())


def span(seconds: float) -> str:
    """A length of time in one unit."""
    seconds = max(0, int(seconds))
    if seconds < MINUTE:
        return "just now"
    if seconds < HOUR:
        return f"{seconds // MINUTE} min"
    if seconds < DAY:
        return f"{seconds // HOUR} h"
    days = seconds // DAY
    return "1 day" if days == 1 else f"{days} days"


def _hours(seconds: float) -> str:
    minutes = int(seconds) // MINUTE
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02d}" if rest else f"{hours} h"


def due(moment: datetime | None, now: datetime) -> tuple[str, str]:
    """(words, tone) for a deadline: "2 h late" (bad), "in 2 h 10" (warn under four hours), "tomorrow 09:00", "Mon 24 Nov"."""
    if moment is None:
        return "no deadline", ""
    left = (moment - now).total_seconds()
    if left < 0:
        late = -left
        return (f"{_hours(late)} late" if late < DAY else f"{span(late)} late"), "bad"
    local, today = timezone.localtime(moment), timezone.localtime(now).date()
    if local.date() == today:
        return f"in {_hours(left)}", "warn" if left < 4 * HOUR else ""
    if local.date() == today + timedelta(days=1):
        return f"tomorrow {local:%H:%M}", ""
    return f"{local:%a} {local.day} {local:%b}", ""


def clock_time(moment: datetime, now: datetime) -> str:
    """A moment as people say it: "13:51" today, "tomorrow 09:00", "Mon 24 Nov 09:00", with the year when it is another."""
    local, today = timezone.localtime(moment), timezone.localtime(now).date()
    if local.date() == today:
        return f"{local:%H:%M}"
    if local.date() == today + timedelta(days=1):
        return f"tomorrow {local:%H:%M}"
    year = f" {local.year}" if local.year != today.year else ""
    return f"{local:%a} {local.day} {local:%b}{year} {local:%H:%M}"


def day(value: date | None) -> str:
    """ "3 Nov 2026"; empty without a date."""
    return f"{value.day} {value:%b} {value.year}" if value else ""


def days_overdue(due_on: date, today: date) -> str:
    """ "67 d" past due, "due today", or "due in 4 d"."""
    late = (today - due_on).days
    if late > 0:
        return f"{late} d"
    return "due today" if late == 0 else f"due in {-late} d"
