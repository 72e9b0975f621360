"""Business days, business hours, exact money."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance import calendar, money


def test_public_holidays_and_weekends_are_no_business_days():
    assert not calendar.is_business_day(date(2026, 12, 25), "DE")
    assert calendar.is_business_day(date(2026, 7, 4 - 1), "DE")
    assert not calendar.is_business_day(date(2026, 5, 9), "DE")
    assert calendar.is_business_day(date(2026, 12, 25), "")


def test_business_days_are_counted_over_a_weekend():
    assert calendar.add_business_days(date(2026, 5, 8), 1, "DE") == date(2026, 5, 11)
    assert calendar.business_days_between(date(2026, 5, 8), date(2026, 5, 12), "DE") == 2
    assert calendar.business_days_between(date(2026, 5, 12), date(2026, 5, 8), "DE") == 0


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 5, 12, 8, 0, tzinfo=UTC), datetime(2026, 5, 12, 8, 0, tzinfo=UTC)),  # 10:00 in Berlin
        (datetime(2026, 5, 12, 5, 0, tzinfo=UTC), datetime(2026, 5, 12, 7, 0, tzinfo=UTC)),  # 07:00 waits for 09:00
        (datetime(2026, 5, 12, 15, 0, tzinfo=UTC), datetime(2026, 5, 13, 7, 0, tzinfo=UTC)),  # 17:00 is closing time
        (datetime(2026, 5, 15, 20, 0, tzinfo=UTC), datetime(2026, 5, 18, 7, 0, tzinfo=UTC)),  # Friday night
        (datetime(2026, 3, 27, 20, 0, tzinfo=UTC), datetime(2026, 3, 30, 7, 0, tzinfo=UTC)),  # over the change to summer time
    ],
)
def test_a_message_leaves_in_the_customers_business_hours(at, expected):
    assert calendar.business_moment(at, "Europe/Berlin", "DE") == expected


def test_an_unknown_time_zone_or_country_still_has_weekends():
    saturday = datetime(2026, 5, 9, 12, 0, tzinfo=UTC)
    assert calendar.business_moment(saturday, "Mars/Olympus", "XX").date() == date(2026, 5, 11)


@given(st.integers(min_value=-(10**15), max_value=10**15), st.sampled_from(["EUR", "JPY", "KWD", "USD"]))
def test_minor_units_and_decimals_are_the_same_amount(minor, currency):
    assert money.to_minor(money.to_decimal(minor, currency), currency) == minor


def test_nothing_is_rounded():
    with pytest.raises(ValueError, match="at most 2"):
        money.to_minor(Decimal("10.005"), "EUR")
    with pytest.raises(ValueError, match="at most 0"):
        money.to_minor(Decimal("10.5"), "JPY")
    with pytest.raises(ValueError):
        money.to_minor(Decimal("NaN"), "EUR")


def test_currencies_are_never_added():
    with pytest.raises(money.CurrencyMismatch):
        money.Money(1, "EUR") + money.Money(1, "USD")
    assert money.totals([("USD", 5), ("EUR", 1), ("USD", 2)]) == {"EUR": 1, "USD": 7}
