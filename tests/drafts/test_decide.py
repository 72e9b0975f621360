"""Decisions: by the deciding role only, and only exactly what was decided may be written."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from drafts import states
from drafts.models import Delivery, Draft
from drafts.review import Blocked, NotAllowed, Term, decide, edit, withdraw_term
from governance.models import ApprovedTerm, Decision, Event, Hold
from tests.drafts.scene import AS_OF, Desk, prepared, stop_clock
from tests.factories import make_message, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_as_of(settings):
    stop_clock(settings)


def enterprise():
    case = prepared(Desk(), [{}], tier="enterprise")
    return case, Decision.objects.get(account_id=case.account.pk, kind="relationship_path")


def asks_for_a_plan():
    desk = Desk()
    account = desk.account()
    make_message(account, at=AS_OF - timedelta(hours=20), body="Could we please agree on a payment plan in three instalments?")
    from drafts.detection import scan
    from tests.drafts.scene import Case
    from tests.factories import make_invoice

    case = Case(desk, account, [make_invoice(account, amount_minor=90_000)])
    scan(at=AS_OF)
    case.prepare()
    return case, Decision.objects.get(account_id=account.pk, kind="payment_plan")


def test_no_draft_exists_before_the_executive_decided_and_one_appears_after():
    case, decision = enterprise()
    assert not Draft.objects.filter(follow_up__account=case.account).exists()
    decide(decision.pk, "proceed", by=case.desk.executive, at=AS_OF)
    assert case.follow_up.status == states.READY, case.follow_up.hold_reason
    assert case.draft is not None
    decision.refresh_from_db()
    assert (decision.state, decision.decided_by, decision.decided_at) == ("decided", case.desk.executive, AS_OF)
    assert Event.objects.filter(action="decision.recorded").count() == 1


def test_no_contact_until_a_day_closes_and_holds():
    case, decision = enterprise()
    until = (AS_OF + timedelta(days=14)).date()
    decide(decision.pk, "no_contact", by=case.desk.executive, at=AS_OF, valid_until=until)
    hold = Hold.objects.get(account_id=case.account.pk)
    assert (hold.kind, hold.expires_at.date()) == ("do_not_contact", until)
    assert not Draft.objects.filter(follow_up__account=case.account).exists()
    case.prepare()
    assert case.follow_up.status in (states.CLOSED, states.ON_HOLD)
    assert not Delivery.objects.exists()


def test_no_contact_needs_a_day_in_the_future():
    case, decision = enterprise()
    for until in (None, AS_OF.date()):
        with pytest.raises(Blocked, match="until which day"):
            decide(decision.pk, "no_contact", by=case.desk.executive, at=AS_OF, valid_until=until)
    decision.refresh_from_db()
    assert decision.state == "open"


@pytest.mark.parametrize("role", ["reviewer", "account_owner", "finance_approver", "legal_approver", "leadership", "system_admin"])
def test_nobody_but_the_deciding_role_decides(role):
    case, decision = enterprise()
    with pytest.raises(NotAllowed, match="only the role executive"):
        decide(decision.pk, "proceed", by=make_user(role, case.desk.portfolio, is_superuser=True), at=AS_OF)
    decision.refresh_from_db()
    assert decision.state == "open"


def test_an_option_that_was_not_prepared_is_refused_and_a_free_one_needs_words():
    case, decision = enterprise()
    with pytest.raises(Blocked, match="prepared options"):
        decide(decision.pk, "sue", by=case.desk.executive, at=AS_OF)
    with pytest.raises(Blocked, match="in words"):
        decide(decision.pk, "free", by=case.desk.executive, at=AS_OF)


def test_a_free_decision_lets_a_message_be_prepared_only_if_it_says_so():
    case, decision = enterprise()
    decide(decision.pk, "free", by=case.desk.executive, at=AS_OF, text="I will call their CFO first")
    assert case.follow_up.status == states.ON_HOLD
    assert case.draft is None
    case, decision = enterprise()
    decide(decision.pk, "proceed_free", by=case.desk.executive, at=AS_OF, text="write, in my name")
    assert case.follow_up.status == states.READY


def test_a_decision_is_made_once():
    case, decision = enterprise()
    decide(decision.pk, "proceed", by=case.desk.executive, at=AS_OF)
    with pytest.raises(Blocked, match="already"):
        decide(decision.pk, "proceed", by=case.desk.executive, at=AS_OF)


PLAN = Term("payment_plan", "EUR", (("450.00", date(2026, 6, 1)), ("450.00", date(2026, 7, 1))), date(2026, 7, 31))


def test_a_payment_plan_needs_its_exact_amounts_and_dates():
    case, decision = asks_for_a_plan()
    assert case.follow_up.status == states.AWAITING_DECISION
    with pytest.raises(Blocked, match="exact amounts"):
        decide(decision.pk, "proceed_plan", by=case.desk.finance, at=AS_OF)
    decide(decision.pk, "proceed_plan", by=case.desk.finance, at=AS_OF, term=PLAN)
    term = ApprovedTerm.objects.get()
    assert term.schedule == [{"amount": "450.00", "date": "2026-06-01"}, {"amount": "450.00", "date": "2026-07-01"}]
    assert (term.account_id, term.approved_by, term.decision) == (case.account.pk, case.desk.finance, decision)


@pytest.mark.parametrize("amount", ["450.001", "-1.00", "0.00", "many"])
def test_an_instalment_is_an_amount_of_its_currency(amount):
    case, decision = asks_for_a_plan()
    term = Term("payment_plan", "EUR", ((amount, date(2026, 6, 1)),), date(2026, 7, 31))
    with pytest.raises(Blocked):
        decide(decision.pk, "proceed_plan", by=case.desk.finance, at=AS_OF, term=term)
    assert not ApprovedTerm.objects.exists()


def test_refusing_a_plan_prepares_a_message_without_an_offer():
    case, decision = asks_for_a_plan()
    decide(decision.pk, "refuse", by=case.desk.finance, at=AS_OF)
    assert not ApprovedTerm.objects.exists()
    assert case.follow_up.status == states.READY, (case.follow_up.status, case.follow_up.hold_reason)


def test_an_offer_nobody_decided_is_blocked_in_the_text():
    case, decision = asks_for_a_plan()
    decide(decision.pk, "refuse", by=case.desk.finance, at=AS_OF)
    body = case.draft.body + "\nYou may pay in three monthly instalments of EUR 300.00."
    draft = edit(case.follow_up.pk, case.draft.subject, body, case.draft.revision, by=case.desk.owner, at=AS_OF)
    assert draft.findings.filter(severity="block").exists()


def test_a_withdrawn_term_is_no_fact_any_more():
    case, decision = asks_for_a_plan()
    decide(decision.pk, "proceed_plan", by=case.desk.finance, at=AS_OF, term=PLAN)
    term = ApprovedTerm.objects.get()
    with pytest.raises(NotAllowed):
        withdraw_term(term.pk, "they broke it", by=case.desk.reviewer, at=AS_OF)
    withdraw_term(term.pk, "they broke it", by=case.desk.finance, at=AS_OF)
    term.refresh_from_db()
    assert term.withdrawn_at == AS_OF
