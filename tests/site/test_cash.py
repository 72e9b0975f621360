"""The cash beside the measures, against the same figures computed one by one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import Q

from accounts import ageing as bands
from accounts.models import Invoice
from collections_site import cash
from governance.measuring import kinds
from governance.models import Measure
from tests.factories import AS_OF, TODAY, make_account, make_invoice, make_payment, make_portfolio

pytestmark = pytest.mark.django_db


def test_ageing_is_that_of_the_rules_per_currency():
    account = make_account(make_portfolio())
    for days in (-3, 0, 1, 30, 31, 60, 61, 90, 91, 400):
        make_invoice(account, days_overdue=days, amount_minor=1_000 + days, currency="EUR")
        make_invoice(account, days_overdue=days, amount_minor=7, currency="GBP")
    table = cash.ageing(Q(), TODAY)
    for currency, row in table.items():
        wanted = dict.fromkeys(bands.BUCKETS, 0)
        for invoice in Invoice.objects.filter(currency=currency):
            wanted[bands.bucket((TODAY - invoice.due_on).days)] += invoice.balance_minor
        assert row == wanted
    assert set(table) == {"EUR", "GBP"}


def test_effectiveness_counts_all_sales_of_the_period():
    """Beginning 1,000; sold 3,000, of which 1,000 was paid at once; paid 500 of the old; the rest is not due yet."""
    account, first = make_account(make_portfolio()), TODAY - timedelta(days=29)
    old = make_invoice(account, amount_minor=1_000, balance_minor=500, issued_on=first - timedelta(days=60), due_on=first - timedelta(days=30))
    make_payment(account, invoice=old, amount_minor=500, value_on=TODAY - timedelta(days=2))
    make_invoice(account, amount_minor=1_000, balance_minor=0, status="paid", settled_on=TODAY - timedelta(days=1), issued_on=first, due_on=TODAY)
    make_invoice(account, amount_minor=2_000, issued_on=first, due_on=TODAY + timedelta(days=5))
    make_invoice(account, amount_minor=9_999, balance_minor=0, status="cancelled", issued_on=first, due_on=TODAY)
    (row,) = cash.cash(Q(), first, TODAY)
    assert (row.beginning, row.sales, row.ending, row.ending_not_due) == (1_000, 3_000, 2_500, 2_000)
    assert row.cei == pytest.approx(1_500 / 2_000)
    assert row.dso == pytest.approx(2_500 / 3_000 * 30)
    assert row.at_risk == 0


def test_without_sales_there_is_no_dso():
    account = make_account(make_portfolio())
    make_invoice(account, amount_minor=100, issued_on=TODAY - timedelta(days=400), due_on=TODAY - timedelta(days=300))
    (row,) = cash.cash(Q(), TODAY - timedelta(days=5), TODAY)
    assert row.dso is None
    assert row.at_risk == 1


def test_coverage_is_of_accounts_with_something_overdue():
    portfolio = make_portfolio()
    worked, waiting, current = (make_account(portfolio) for _ in range(3))
    make_invoice(worked)
    make_invoice(waiting)
    make_invoice(current, days_overdue=-5)
    for number, account in enumerate((worked, current)):
        Measure.objects.create(event_id=number, kind=kinds.DECIDED, at=AS_OF, day=TODAY, account_id=account.pk)
    found = cash.coverage(Q(portfolio=portfolio), Q(day=TODAY), TODAY)
    assert (found["eligible"], found["decided"], found["share"]) == (2, 1, 0.5)
