"""Every line of the default policy: the lane it asks for, who it goes to, what it lets happen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from accounts.facts.queries import WINDOW
from accounts.models import Account, Source
from governance.policies import DEFAULT, PolicyParameters
from tests import factories as f
from tests.drafts.judging import judge, reason, rules

pytestmark = pytest.mark.django_db

FINANCE, OWNER, LEGAL, REVIEWER, EXECUTIVE = "finance_approver", "account_owner", "legal_approver", "reviewer", "executive"


def overdue(**fields):
    """An account with one invoice 10 days overdue."""
    account = f.make_account(**fields)
    f.make_invoice(account)
    return account


def test_an_account_no_rule_raises_is_routine_for_the_reviewer():
    account = overdue()
    verdict = judge(account)
    assert (verdict.action, verdict.lane, verdict.owner_role, verdict.purpose) == ("draft", "routine", REVIEWER, "demand")
    assert verdict.required_roles == ((REVIEWER, "routine lane"),)
    assert rules(verdict) == ["routine"]
    assert "not connected: " in verdict.reasons[0].words
    assert verdict.chase_invoice_ids == (account.invoices.get().pk,)


def _invoice(account, **fields):
    account.invoices.all().delete()
    f.make_invoice(account, **fields)


def _stale(account):
    Source.objects.filter(kind="payments").update(as_of=f.moment(-13))


ROWS = [
    ("dispute_open", lambda a: f.make_dispute(a, invoice=a.invoices.get()), "exception", (FINANCE, OWNER), "hold"),
    ("dispute_signal", f.make_signal, "exception", (FINANCE, OWNER), "hold"),
    ("po_missing", lambda a: _invoice(a, po_required=True), "exception", (OWNER,), "draft"),
    ("invoice_not_delivered", lambda a: _invoice(a, delivery_status="failed"), "exception", (OWNER,), "draft"),
    ("customer_approval", lambda a: Account.objects.update(procurement_note="new buyer"), "exception", (OWNER,), "draft"),
    ("customer_approval", lambda a: f.make_message(a, kind="in_customer_approval"), "exception", (OWNER,), "draft"),
    ("source_gap", _stale, "exception", (REVIEWER,), "draft"),
    ("recipient_missing", lambda a: a.contacts.update(verified_at=None), "exception", (REVIEWER,), "hold"),
    ("terms_differ", lambda a: f.make_contract(a, terms_days=45), "exception", (REVIEWER,), "draft"),
    ("promised_credit", f.make_promised_credit, "exception", (FINANCE,), "draft"),
    ("credits_could_cover", f.make_credit_note, "exception", (FINANCE,), "draft"),
    ("credits_could_cover", lambda a: f.make_payment(a, unapplied_minor=5_000), "exception", (FINANCE,), "draft"),
    ("short_payment", lambda a: _invoice(a, balance_minor=90_000), "exception", (FINANCE,), "draft"),
    ("payment_in_flight", lambda a: f.make_payment(a, status="pending"), "exception", (FINANCE,), "draft"),
    ("payment_claimed", lambda a: f.make_message(a, kind="paid"), "exception", (FINANCE,), "draft"),
    ("ticket_urgent", lambda a: f.make_ticket(a, severity="urgent"), "exception", (OWNER,), "draft"),
    ("ticket_urgent", lambda a: f.make_ticket(a, escalated=True), "exception", (OWNER,), "draft"),
    ("tier_strategic", lambda a: Account.objects.update(tier="strategic"), "exception", (OWNER, FINANCE), "draft"),
    ("total_over_routine", lambda a: _invoice(a, amount_minor=2_500_001), "exception", (OWNER, FINANCE), "draft"),
    ("promise_broken", lambda a: f.make_promise(a, due_on=f.day(-10), made_on=f.day(-20)), "exception", (FINANCE,), "draft"),
    ("request_for_terms", lambda a: f.make_message(a, topics="plan"), "exception", (FINANCE,), "await_decision"),
    ("legal_wording", lambda a: f.make_contract(a, notes="Our lawyers are in litigation with them."), "exception", (LEGAL,), "hold"),
    ("legal_wording", lambda a: f.make_message(a, topics="legal"), "exception", (LEGAL,), "hold"),
    ("natural_person", lambda a: Account.objects.update(natural_person=True), "exception", (LEGAL,), "hold"),
    ("insolvency", lambda a: Account.objects.update(insolvent=True), "exception", (LEGAL,), "hold"),
    ("tier_enterprise", lambda a: Account.objects.update(tier="enterprise"), "executive_review", (EXECUTIVE, OWNER), "await_decision"),
    ("executive_escalation", lambda a: f.make_message(a, topics="escalation"), "executive_review", (EXECUTIVE, OWNER), "await_decision"),
    ("renewal_near", lambda a: f.make_contract(a, renewal_on=f.day(60)), "executive_review", (EXECUTIVE, OWNER), "await_decision"),
    ("renewal_near", lambda a: f.make_contract(a, renewal_stage="negotiation"), "executive_review", (EXECUTIVE, OWNER), "await_decision"),
    ("total_over_executive", lambda a: _invoice(a, amount_minor=25_000_001), "executive_review", (EXECUTIVE, OWNER), "await_decision"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "change", "lane", "routed_to", "action"), ROWS, ids=[f"{r[0]}-{n}" for n, r in enumerate(ROWS)])
def test_each_line_of_the_policy_asks_for_its_lane_and_its_people(rule, change, lane, routed_to, action):
    account = overdue()
    change(account)
    verdict = judge(account)
    found = reason(verdict, rule)
    assert (found.lane, found.routed_to) == (lane, routed_to)
    assert (verdict.lane, verdict.action) == (lane, action)
    assert verdict.owner_role == routed_to[0]
    assert found.evidence
    assert len({role for role, _ in verdict.required_roles}) >= 2
    assert "routine" not in rules(verdict)


QUIET = [
    ("terms_differ", lambda a: f.make_contract(a, terms_days=30)),
    ("renewal_near", lambda a: f.make_contract(a, renewal_on=f.day(61))),
    ("renewal_near", lambda a: f.make_contract(a, renewal_on=f.day(-1))),
    ("renewal_near", lambda a: f.make_contract(a, renewal_on=f.day(30), renewal_stage="signed")),
    ("ticket_urgent", lambda a: f.make_ticket(a, severity="high")),
    ("total_over_routine", lambda a: _invoice(a, amount_minor=2_500_000)),
    ("po_missing", lambda a: _invoice(a, po_required=True, po_number="PO-1")),
    ("credits_could_cover", lambda a: f.make_credit_note(a, future_only=True)),
    ("legal_wording", lambda a: f.make_contract(a, notes="Our legal name has changed. Governed by the laws of Germany.")),
    ("dispute_open", lambda a: f.make_dispute(a, status="resolved", outcome="invalid")),
    ("payment_claimed", lambda a: (f.make_message(a, kind="paid"), f.make_message(a, direction="out", at=f.moment(-200)))),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "change"), QUIET, ids=[f"{r[0]}-{n}" for n, r in enumerate(QUIET)])
def test_what_lies_just_inside_the_policy_stays_routine(rule, change):
    account = overdue()
    change(account)
    verdict = judge(account)
    assert rule not in rules(verdict)
    assert verdict.lane == "routine"


def test_the_strictest_lane_wins_and_every_reason_is_kept():
    account = overdue(tier="enterprise")
    f.make_ticket(account, severity="urgent", external_id="ZD-88123")
    f.make_contract(account, terms_days=45)
    verdict = judge(account)
    assert verdict.lane == "executive_review"
    assert rules(verdict) == ["tier_enterprise", "terms_differ", "ticket_urgent"]
    assert reason(verdict, "ticket_urgent").words == "Ticket ZD-88123 is urgent, open since 3 days"
    assert reason(verdict, "ticket_urgent").evidence == (f"ticket:{account.tickets.get().pk}",)


def test_a_limit_counts_each_currency_alone_and_never_their_sum():
    account = overdue()
    f.make_invoice(account, amount_minor=2_400_000)
    f.make_invoice(account, amount_minor=2_400_000, currency="USD")
    assert "total_over_routine" not in rules(judge(account))


def test_every_number_is_a_parameter():
    account = overdue()
    f.make_contract(account, renewal_on=f.day(70))
    assert "renewal_near" not in rules(judge(account))
    assert "renewal_near" in rules(judge(account, policy=DEFAULT.model_copy(update={"renewal_days": 70})))
    assert "total_over_routine" in rules(judge(account, policy=DEFAULT.model_copy(update={"routine_total_limit": 999})))


@pytest.mark.parametrize("status", ["failed", "not_permitted"])
@pytest.mark.parametrize("kind", ["invoices", "payments", "contacts"])
def test_an_unknown_required_source_never_counts_as_fine(kind, status):
    account = overdue()
    Source.objects.filter(kind=kind).update(status=status)
    verdict = judge(account)
    assert verdict.lane == "exception"
    assert reason(verdict, "source_gap").evidence == (f"source:{kind}",)


def test_an_optional_source_that_was_never_connected_does_not_raise_the_lane():
    assert judge(overdue()).lane == "routine"


@pytest.mark.parametrize("kind", ["tickets", "contracts", "messages"])
def test_an_optional_source_that_is_connected_and_stale_does(kind):
    account = overdue()
    f.make_source(account.portfolio, kind, as_of=f.moment(-25))
    assert rules(judge(account)) == ["source_gap"]


def test_no_policy_counts_messages_further_back_than_facts_carry_them():
    longest = next(limit.le for limit in PolicyParameters.model_fields["cap_window_days"].metadata if hasattr(limit, "le"))
    assert timedelta(days=longest) <= WINDOW
    with pytest.raises(ValidationError, match="cap_window_days"):
        PolicyParameters(cap_window_days=longest + 1)
