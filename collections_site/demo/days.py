"""The demo's calendar: every date of the book hangs on the demo's business morning, so ages are sensible on any day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from collections_site.demo.clock import COUNTRY, HOME
from governance import calendar


class Days:
    """Dates relative to the demo's day. Calendar days by ``ago`` and ``ahead``, German business days by ``business``."""

    def __init__(self, today: date) -> None:
        self.today = today

    def ago(self, days: int) -> date:
        """The date ``days`` calendar days before the demo's day."""
        return self.today - timedelta(days=days)

    def ahead(self, days: int) -> date:
        """The date ``days`` calendar days after it."""
        return self.today + timedelta(days=days)

    def business(self, count: int) -> date:
        """The ``count``-th business day after the demo's day; negative counts back, 0 is the day itself."""
        if count >= 0:
            return calendar.add_business_days(self.today, count, COUNTRY)
        day = self.today
        while count < 0:
            day -= timedelta(days=1)
            if calendar.is_business_day(day, COUNTRY):
                count += 1
        return day

    def at(self, business_day: int, hour: int, minute: int = 0) -> datetime:
        """A moment of the ``business_day``-th business day, in Berlin time, as UTC."""
        return datetime.combine(self.business(business_day), time(hour, minute), HOME).astimezone(UTC)
