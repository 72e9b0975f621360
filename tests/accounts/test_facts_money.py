"""Net balances: credits, unapplied cash and payments on their way."""

from __future__ import annotations

import pytest

from tests import factories as f
from tests.accounts.test_facts import facts_of

pytestmark = pytest.mark.django_db


def balance(account, currency="EUR"):
    return facts_of(account).balances[currency]


def test_net_is_what_is_left_after_cash_credits_and_payments_in_flight():
    account = f.make_account()
    f.make_invoice(account, amount_minor=100_000)
    f.make_payment(account, amount_minor=30_000, unapplied_minor=10_000)
    f.make_credit_note(account, amount_minor=5_000)
    f.make_payment(account, amount_minor=20_000, status="pending", value_on=f.day(1))
    b = balance(account)
    assert (b.gross_minor, b.unapplied_minor, b.credits_minor, b.in_flight_minor) == (100_000, 10_000, 5_000, 20_000)
    assert b.net_minor == 65_000


def test_a_credit_for_future_invoices_only_does_not_reduce_what_is_due():
    account = f.make_account()
    f.make_invoice(account)
    f.make_credit_note(account, future_only=True)
    assert balance(account).credits_minor == 0


def test_a_promised_credit_is_a_fact_of_its_own_and_reduces_nothing():
    account = f.make_account()
    f.make_invoice(account)
    f.make_promised_credit(account, amount_minor=None)
    f.make_promised_credit(account, status="withdrawn")
    facts = facts_of(account)
    assert [(c.promised, c.amount_minor) for c in facts.credits] == [(True, None)]
    assert facts.balances["EUR"].net_minor == 100_000


@pytest.mark.parametrize(("fields", "minor"), [
    ({"status": "pending"}, 10_000),
    ({"value_on": f.day(2)}, 10_000),
    ({"value_on": f.day(-1), "unapplied_minor": 4_000}, 4_000),  # still with the bank, nobody applied it
    ({"value_on": f.day(-6), "unapplied_minor": 4_000}, 0),  # long here: unapplied cash, not in flight
    ({"value_on": f.day(-1)}, 0),  # applied already
    ({"status": "failed", "value_on": f.day(2)}, 0),
])  # fmt: skip
def test_money_in_flight_is_pending_future_dated_or_still_with_the_bank(fields, minor):
    account = f.make_account()
    f.make_invoice(account)
    f.make_payment(account, **fields)
    assert balance(account).in_flight_minor == minor


def test_no_unit_of_cash_counts_twice():
    account = f.make_account()
    f.make_invoice(account)
    f.make_payment(account, value_on=f.day(0), unapplied_minor=10_000)
    b = balance(account)
    assert (b.in_flight_minor, b.unapplied_minor, b.net_minor) == (10_000, 0, 90_000)


def test_old_unapplied_cash_is_never_forgotten():
    account = f.make_account()
    f.make_payment(account, value_on=f.day(-400), unapplied_minor=2_500)
    f.make_payment(account, value_on=f.day(-400))
    assert [p.unapplied_minor for p in facts_of(account).payments] == [2_500]


def test_a_payment_names_the_open_invoices_it_was_put_on():
    account = f.make_account()
    invoice = f.make_invoice(account, balance_minor=90_000)
    f.make_payment(account, invoice=invoice)
    assert facts_of(account).payments[0].allocations == ((invoice.pk, 10_000),)
