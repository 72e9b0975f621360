"""Gathering the facts of accounts."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.facts import facts_for
from accounts.models import Account, Contact, Invoice
from governance.policies import DEFAULT
from tests import factories as f

pytestmark = pytest.mark.django_db


def facts_of(account, as_of=f.AS_OF, policy=DEFAULT):
    return facts_for([account.pk], as_of, policy=policy)[account.pk]


def book(count):
    """``count`` accounts of two invoices, a contact and a payment each."""
    portfolio = f.make_portfolio()
    accounts = Account.objects.bulk_create(
        Account(portfolio=portfolio, external_id=f"{count}-{n}", name=f"Book {n}", currency="EUR") for n in range(count)
    )
    Contact.objects.bulk_create(Contact(account=a, name="K", email=f"k{a.pk}@x.example", verified_at=f.AS_OF) for a in accounts)
    Invoice.objects.bulk_create(
        Invoice(
            portfolio=portfolio, account=a, number=f"{a.pk}-{n}", issued_on=f.day(-40), due_on=f.day(-10), currency="EUR",
            amount_minor=100, balance_minor=100,
        )
        for a in accounts
        for n in range(2)
    )  # fmt: skip
    for account in accounts[:20]:
        f.make_payment(account)
    return [a.pk for a in accounts]


def test_the_number_of_queries_does_not_grow_with_the_number_of_accounts():
    counts = []
    for size in (10, 200):
        ids = book(size)
        with CaptureQueriesContext(connection) as queries:
            assert len(facts_for(ids, f.AS_OF, policy=DEFAULT)) == size
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 25


def test_an_unknown_account_is_absent_and_no_account_costs_no_query(django_assert_num_queries):
    assert facts_for([999_999], f.AS_OF, policy=DEFAULT) == {}
    with django_assert_num_queries(0):
        assert facts_for([], f.AS_OF, policy=DEFAULT) == {}


def test_facts_never_hold_a_row_of_another_account():
    mine, other = f.make_account(), f.make_account()
    f.make_invoice(other)
    for make in (f.make_payment, f.make_credit_note, f.make_promise, f.make_ticket, f.make_contract, f.make_message, f.make_signal):
        make(other)
    facts = facts_for([mine.pk, other.pk], f.AS_OF, policy=DEFAULT)[mine.pk]
    assert not any(
        (facts.invoices, facts.payments, facts.credits, facts.promises, facts.tickets, facts.contracts, facts.messages, facts.signals)
    )


def test_an_invoice_due_today_is_not_overdue_and_one_due_yesterday_is():
    account = f.make_account()
    today, yesterday = f.make_invoice(account, days_overdue=0), f.make_invoice(account, days_overdue=1)
    facts = facts_of(account)
    assert [i.id for i in facts.overdue_invoices] == [yesterday.pk]
    assert {i.id: i.days_overdue for i in facts.invoices} == {today.pk: 0, yesterday.pk: 1}


@pytest.mark.parametrize(
    ("time_zone", "today"), [("Pacific/Auckland", date(2026, 5, 13)), ("America/Los_Angeles", date(2026, 5, 12)), ("Nowhere/Land", date(2026, 5, 12))]
)
def test_today_is_the_date_in_the_accounts_own_time_zone(time_zone, today):
    account = f.make_account(time_zone=time_zone)
    f.make_invoice(account, due_on=date(2026, 5, 12))
    facts = facts_of(account, datetime(2026, 5, 12, 15, 0, tzinfo=UTC))
    assert facts.today == today
    assert bool(facts.overdue_invoices) is (today > date(2026, 5, 12))


def test_only_what_remains_of_an_invoice_counts_and_settled_ones_are_never_listed():
    account = f.make_account()
    part = f.make_invoice(account, amount_minor=100_000, balance_minor=40_000)
    f.make_settled_invoice(account)
    f.make_invoice(account, status="cancelled", balance_minor=0)
    facts = facts_of(account)
    assert [(i.id, i.balance_minor, i.paid_minor) for i in facts.invoices] == [(part.pk, 40_000, 60_000)]
    assert facts.balances["EUR"].overdue_minor == 40_000


def test_a_posted_credit_explains_a_smaller_balance_and_is_no_payment():
    account = f.make_account()
    invoice = f.make_invoice(account, amount_minor=100_000, balance_minor=90_000)
    f.make_credit_note(account, invoice=invoice, amount_minor=10_000, open_minor=0)
    assert facts_of(account).invoices[0].paid_minor == 0


def test_currencies_are_never_added():
    account = f.make_account()
    f.make_invoice(account, amount_minor=100_000)
    f.make_invoice(account, amount_minor=50_000, currency="JPY", days_overdue=40)
    facts = facts_of(account)
    assert {c: b.overdue_minor for c, b in facts.balances.items()} == {"EUR": 100_000, "JPY": 50_000}
    assert facts.ageing["EUR"]["1_30"] == 100_000
    assert facts.ageing["JPY"]["31_60"] == 50_000


def test_days_to_pay_are_counted_from_issue_to_due_date():
    account = f.make_account()
    f.make_invoice(account, issued_on=date(2026, 3, 1), due_on=date(2026, 4, 15))
    assert facts_of(account).invoices[0].terms_days == 45


def test_habit_comes_from_settled_invoices_and_judged_promises():
    account = f.make_account()
    f.make_settled_invoice(account, days_late=10)
    f.make_settled_invoice(account, days_late=20)
    f.make_promise(account, status="kept")
    f.make_promise(account, status="broken")
    habit = facts_of(account).habit
    assert (habit.settled, habit.average_days_late) == (2, 15)
    assert (habit.promises_kept, habit.promises_broken) == (1, 1)


def test_the_recipient_is_a_usable_accounts_payable_contact_and_never_an_executive():
    account = f.make_account(contact=False)
    f.make_contact(account, role="executive")
    assert facts_of(account).recipient is None
    f.make_contact(account, bounced_at=f.AS_OF)
    f.make_contact(account, opted_out_at=f.AS_OF)
    f.make_contact(account, verified_at=None)
    assert facts_of(account).recipient is None
    buyer = f.make_contact(account, role="buyer")
    assert facts_of(account).recipient.id == buyer.pk
    payable = f.make_contact(account)
    assert facts_of(account).recipient.id == payable.pk


def test_the_owner_comes_with_the_deputy_who_is_really_there():
    deputy = f.make_user()
    owner = f.make_user(away_until=f.day(3), deputy=deputy)
    account = f.make_account(owner=owner)
    person = facts_of(account).owner
    assert (person.id, person.away_until, person.deputy_id) == (owner.pk, f.day(3), deputy.pk)
    deputy.is_active = False
    deputy.save()
    assert facts_of(account).owner.deputy_id is None


def test_messages_after_the_moment_are_not_known_yet():
    account = f.make_account()
    f.make_message(account, at=f.moment(2))
    seen = f.make_message(account, direction="out", at=f.moment(-30))
    facts = facts_of(account)
    assert [m.id for m in facts.messages] == [seen.pk]
    assert facts.last_out_at == f.moment(-30)
    assert facts.last_in_at is None
    assert facts.contacted_on == (f.day(-1),)


def test_the_last_contact_is_known_however_long_ago_it_was():
    account = f.make_account()
    f.make_message(account, direction="out", at=f.moment(-24 * 210))
    facts = facts_of(account)
    assert facts.last_out_at == f.moment(-24 * 210)
    assert facts.messages == ()


def test_a_message_from_the_customers_executive_is_marked():
    account = f.make_account()
    f.make_contact(account, role="executive", email="CEO@customer.example")
    f.make_message(account, sender="ceo@customer.example")
    f.make_message(account, sender="somebody@customer.example", at=f.moment(-250))
    assert [m.from_executive for m in facts_of(account).messages] == [True, False]


def test_solved_tickets_are_no_facts():
    account = f.make_account()
    f.make_ticket(account, status="solved")
    waiting = f.make_ticket(account, status="pending", topics="legal")
    assert [(t.id, t.topics) for t in facts_of(account).tickets] == [(waiting.pk, ("legal",))]
