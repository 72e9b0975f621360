"""Disputes, signals and promises as facts, and what they mean for single invoices."""

from __future__ import annotations

from datetime import date

import pytest

from accounts import promises
from accounts.ageing import bucket
from accounts.models import DisputeItem
from accounts.promises import Settlement, state_of
from governance.policies import DEFAULT
from tests import factories as f
from tests.accounts.test_facts import facts_of

pytestmark = pytest.mark.django_db


def test_a_dispute_about_part_of_an_invoice_leaves_the_rest_undisputed():
    account = f.make_account()
    invoice, other = f.make_invoice(account), f.make_invoice(account)
    dispute = f.make_dispute(account, invoice=invoice)
    DisputeItem.objects.create(dispute=dispute, description="2 pallets", amount_minor=30_000)
    found = {i.id: i for i in facts_of(account).invoices}
    assert (found[invoice.pk].disputed_minor, found[invoice.pk].undisputed_minor) == (30_000, 70_000)
    assert (found[other.pk].disputed_minor, found[other.pk].dispute_ids) == (0, ())


def test_a_dispute_without_an_amount_covers_the_whole_balance_and_never_more():
    account = f.make_account()
    invoice = f.make_invoice(account, balance_minor=60_000)
    f.make_dispute(account, invoice=invoice)
    f.make_dispute(account, invoice=invoice, amount_minor=50_000)
    assert facts_of(account).invoices[0].disputed_minor == 60_000


def test_a_dispute_that_names_no_invoice_covers_all_of_them():
    account = f.make_account()
    f.make_invoice(account)
    f.make_invoice(account)
    f.make_dispute(account, amount_minor=100)
    assert [i.undisputed_minor for i in facts_of(account).invoices] == [0, 0]


def test_a_resolved_dispute_is_no_fact_and_an_answered_one_is():
    account = f.make_account()
    f.make_dispute(account, status="resolved", outcome="invalid")
    answered = f.make_dispute(account, status="answered")
    assert [d.id for d in facts_of(account).disputes] == [answered.pk]


def test_only_signals_nobody_judged_are_facts():
    account = f.make_account()
    invoice = f.make_invoice(account)
    f.make_signal(account, status="dismissed", decision_reason="about another order")
    pending = f.make_signal(account, invoice=invoice)
    facts = facts_of(account)
    assert [s.id for s in facts.signals] == [pending.pk]
    assert facts.invoices[0].signalled


@pytest.mark.parametrize(("today", "state"), [
    (date(2026, 5, 8), "open"), (date(2026, 5, 11), "in_grace"), (date(2026, 5, 12), "broken"),
])  # fmt: skip
def test_a_promise_is_waited_for_until_its_date_plus_grace_in_business_days(today, state):
    due = date(2026, 5, 8)  # a Friday: two business days end on Tuesday
    until = promises.in_force_until(due, "transfer", "DE", DEFAULT)
    assert until == date(2026, 5, 12)
    assert state_of("open", due, until, Settlement(False), today) == state


def test_grace_depends_on_the_method_of_payment():
    due = date(2026, 5, 4)
    days = {m: (promises.in_force_until(due, m, "", DEFAULT) - due).days for m in ("card", "transfer", "direct_debit", "cheque", "")}
    assert days == {"card": 1, "transfer": 2, "direct_debit": 3, "cheque": 7, "": 2}


def test_a_settled_promise_is_kept_in_time_and_late_after_its_grace():
    until = date(2026, 5, 12)
    assert state_of("open", date(2026, 5, 8), until, Settlement(True, date(2026, 5, 12)), date(2026, 6, 1)) == "kept"
    assert state_of("open", date(2026, 5, 8), until, Settlement(True, date(2026, 5, 13)), date(2026, 6, 1)) == "late"


def test_no_date_is_ever_invented_for_a_promise_without_one():
    account = f.make_account()
    f.make_invoice(account)
    f.make_promise(account, due_on=None)
    facts = facts_of(account)
    assert (facts.promises[0].state, facts.promises[0].due_on) == ("undated", None)
    assert facts.invoices[0].promised_for is None


def test_a_promise_about_one_invoice_covers_only_that_one():
    account = f.make_account()
    promised, other = f.make_invoice(account), f.make_invoice(account)
    f.make_promise(account, invoice=promised, due_on=f.day(3))
    found = {i.id: i.promised_for for i in facts_of(account).invoices}
    assert found == {promised.pk: f.day(3), other.pk: None}


def test_a_promise_about_a_paid_invoice_counts_as_kept_without_anybody_saying_so():
    account = f.make_account()
    paid = f.make_settled_invoice(account, due_on=f.day(-20), days_late=10)
    f.make_promise(account, invoice=paid, made_on=f.day(-15), due_on=f.day(-9))
    facts = facts_of(account)
    assert facts.promises[0].state == "kept"
    assert (facts.habit.promises_kept, facts.habit.promises_broken) == (1, 0)


def test_a_promised_sum_is_kept_by_payments_that_add_up_to_it_since():
    account = f.make_account()
    f.make_invoice(account)
    promise = f.make_promise(account, made_on=f.day(-20), due_on=f.day(-10), amount_minor=15_000, currency="EUR")
    f.make_payment(account, value_on=f.day(-12), amount_minor=10_000)
    f.make_payment(account, value_on=f.day(-30), amount_minor=10_000)  # before the promise
    f.make_payment(account, value_on=f.day(-12), amount_minor=10_000, currency="USD")  # another currency
    assert facts_of(account).promises[0].state == "broken"
    f.make_payment(account, value_on=f.day(-11), amount_minor=5_000)
    assert [(p.id, p.state) for p in facts_of(account).promises] == [(promise.pk, "kept")]


@pytest.mark.parametrize(("days", "band"), [
    (-5, "not_due"), (0, "not_due"), (1, "1_30"), (30, "1_30"), (31, "31_60"), (60, "31_60"), (90, "61_90"), (91, "over_90"), (900, "over_90"),
])  # fmt: skip
def test_ageing_bands_begin_the_day_after_the_due_date(days, band):
    assert bucket(days) == band
