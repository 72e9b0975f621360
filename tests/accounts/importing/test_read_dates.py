"""Dates in the orders people write: read exactly, or asked about; day and month are never swapped."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.importing.errors import Doubt, Unreadable
from accounts.importing.formats import Dates, Evidence, Formats, read_date, read_moment

days = st.dates(date(1990, 1, 1), date(2099, 12, 31))
PATTERNS = {
    "dmy": ["%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%-d/%-m/%Y", "%-d.%-m.%Y"],
    "mdy": ["%m/%d/%Y", "%m-%d-%Y", "%-m/%-d/%Y"],
    "ymd": ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y-%m-%dT00:00:00"],
}
CASES = [(order, pattern) for order, patterns in PATTERNS.items() for pattern in patterns]


@given(days, st.sampled_from(CASES))
def test_a_date_is_read_exactly_under_its_order(day, case):
    order, pattern = case
    assert read_date(day.strftime(pattern), Formats(order=order, settled=True)) == day.isoformat()


@given(st.lists(days, min_size=1, max_size=8), st.sampled_from(CASES))
def test_what_a_file_proves_about_its_date_order_is_true_or_it_is_asked(found, case):
    order, pattern = case
    evidence = Evidence()
    for row, day in enumerate(found):
        evidence.date(row, day.strftime(pattern))
    try:
        formats = evidence.settle()
    except Unreadable as question:
        assert "--date-order" in str(question) and order != "ymd"
        assert all(day.day <= 12 for day in found)
        return
    assert [read_date(day.strftime(pattern), formats) for day in found] == [day.isoformat() for day in found]


def test_an_answer_settles_what_the_file_leaves_open():
    evidence = Evidence()
    evidence.date(2, "03/04/2026")
    assert read_date("03/04/2026", evidence.settle(order="dmy")) == "2026-04-03"
    assert read_date("03/04/2026", evidence.settle(order="mdy")) == "2026-03-04"


def test_day_first_and_month_first_in_one_file_are_named_with_their_rows():
    evidence = Evidence()
    evidence.date(3, "31/01/2026")
    evidence.date(9, "01/31/2026")
    with pytest.raises(Unreadable, match=r'row 3 writes "31/01/2026" and row 9'):
        evidence.settle()


@pytest.mark.parametrize("text", ["31.02.2026", "2026-02-30", "00/05/2026"])
def test_a_day_the_calendar_does_not_have_is_refused(text):
    with pytest.raises(ValueError, match="not a date of the calendar"):
        read_date(text, Formats(order="dmy", settled=True))


@pytest.mark.parametrize("text", ["soon", "31.12.26", "2026", "20260531", "2026-5", "May 5 2026", "1/2-2026", "2026-05-31 14:00"])
def test_what_is_not_a_date_is_refused(text):
    with pytest.raises(ValueError, match="is not a date"):
        read_date(text, Formats(order="dmy", settled=True))


def test_an_unusual_date_raises_doubt_before_the_file_was_looked_at():
    with pytest.raises(Doubt):
        read_date("03/04/2026", Formats())


def test_a_year_no_ledger_holds_is_refused():
    with pytest.raises(ValueError, match="1970"):
        read_date("0026-05-31", Formats())


def test_dates_are_remembered_and_empty_means_none():
    dates = Dates(Formats())
    assert dates[" 2026-05-31 "] == "2026-05-31" and dates[""] is None and len(dates) == 2


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-04-09T08:15:00Z", datetime(2026, 4, 9, 8, 15, tzinfo=UTC)),
        ("2026-04-09T10:15:00+02:00", datetime(2026, 4, 9, 8, 15, tzinfo=UTC)),
        ("2026-04-09 08:15", datetime(2026, 4, 9, 8, 15, tzinfo=UTC)),
        ("2026-04-09", datetime(2026, 4, 9, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_with_its_offset_and_as_utc_without_one(text, moment):
    assert read_moment(text, Dates(Formats())) == moment
