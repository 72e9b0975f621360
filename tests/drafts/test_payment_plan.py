"""From a customer's request to a plan that was decided and told: only exactly what was decided passes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from accounts.models import Message
from collections_site.provider.recorded import answerer
from collections_site.provider.server import Provider
from drafts import states
from drafts.detection import scan
from drafts.generation import runner
from drafts.models import Delivery, Draft
from drafts.preparation import prepare_accounts
from drafts.review import Blocked, Term, approve, decide, edit, withdraw_term
from governance.models import ApprovedTerm, Decision
from tests.drafts.scene import AS_OF, Case, Desk, stop_clock
from tests.factories import make_invoice, make_message, make_promise, moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("model_may_write")]

PLAN = Term(
    "payment_plan", "EUR", (("300.00", date(2026, 6, 1)), ("300.00", date(2026, 7, 1)), ("300.50", date(2026, 8, 3))), date(2026, 8, 31)
)
LINES = ("1 June 2026: EUR 300.00", "1 July 2026: EUR 300.00", "3 August 2026: EUR 300.50")


@pytest.fixture
def case(settings):
    """A customer asked for a plan; a model prepared options; nothing is decided."""
    stop_clock(settings)
    desk = Desk()
    account = desk.account(name="Netherby Ltd", language="en")
    case = Case(desk, account, [make_invoice(account, number="INV-4711", amount_minor=90_050)])
    make_message(account, subject="Payment", body="Dear Jonas, could we agree a payment plan, in three instalments?", at=moment(-3))
    scan([account.pk], at=AS_OF)
    with Provider(answerer()) as provider:
        settings.LLM_BASE_URL, settings.LLM_MODEL = provider.base_url, "recorded-1"
        for _ in range(3):
            prepare_accounts([account.pk], as_of=AS_OF)
            runner.run(lambda: AS_OF, concurrency=2)
    settings.LLM_BASE_URL = settings.LLM_MODEL = ""
    return case


def settle(case, outcome="model-payment_plan-1", term=PLAN):
    return decide(Decision.objects.get(account_id=case.account.pk).pk, outcome, by=case.desk.finance, at=AS_OF, term=term)


def test_nothing_is_written_before_finance_decides(case):
    assert case.follow_up.status == states.AWAITING_DECISION
    decision = Decision.objects.get()
    assert (decision.kind, decision.deciding_role) == ("payment_plan", "finance_approver")
    assert all(option["facts"] for option in decision.options)
    assert not Draft.objects.exists() and not ApprovedTerm.objects.exists()


def test_choosing_the_models_option_without_exact_values_is_refused(case):
    with pytest.raises(Blocked, match="exact amounts and dates"):
        settle(case, term=None)
    assert Decision.objects.get().state == "open" and not ApprovedTerm.objects.exists()


def test_the_decided_plan_is_told_exactly_approved_and_sent_once(case):
    settle(case)
    follow_up, draft = case.follow_up, case.draft
    assert (follow_up.status, follow_up.purpose, follow_up.lane) == (states.READY, "answer", "exception")
    assert all(line in draft.body for line in LINES) and "INV-4711" in draft.body
    assert {role for role, _ in follow_up.required_roles} == {"finance_approver", "account_owner"}
    assert not draft.findings.filter(severity="block").exists()
    delivery = case.approve(case.desk.owner, case.desk.finance)
    assert delivery.state == states.SCHEDULED and all(line.split(": ")[1] in case.draft.body for line in LINES)
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1 June 2026: EUR 300.00", "1 June 2026: EUR 300.01"),
        ("1 June 2026: EUR 300.00", "1 June 2026: EUR 299.99"),
        ("1 June 2026", "2 June 2026"),
        ("3 August 2026", "31 August 2026"),
        ("3 August 2026: EUR 300.50", "3 August 2026: EUR 300.05"),
        ("1 June 2026: EUR 300.00\n", ""),
        ("3 August 2026: EUR 300.50", "3 August 2026: EUR 300.50\n1 September 2026: EUR 100.00"),
    ],
)
def test_a_text_that_deviates_by_a_cent_a_day_or_a_line_is_blocked(case, old, new):
    settle(case)
    draft = case.draft
    assert old in draft.body
    edit(case.follow_up.pk, draft.subject, draft.body.replace(old, new), draft.revision, by=case.desk.reviewer, at=AS_OF)
    assert case.draft.findings.filter(severity="block", registered=False).exists()
    with pytest.raises(Blocked):
        approve(case.follow_up.pk, case.draft.fingerprint, by=case.desk.owner, at=AS_OF, acknowledged=case.warnings(), reason="checked_source")
    assert not Delivery.objects.exists()


def test_once_told_the_plan_is_waited_for_and_nothing_else_is_written(case):
    settle(case)
    later = AS_OF + timedelta(hours=2)
    Message.objects.create(account=case.account, external_id="OUT-1", direction="out", at=later, subject="As agreed", body="…")
    prepare_accounts([case.account.pk], as_of=later + timedelta(hours=1))
    assert case.follow_up.status == states.ON_HOLD and "is being kept" in case.follow_up.hold_reason


def test_a_promise_without_a_date_does_not_keep_an_agreed_plan_from_being_told(case):
    make_promise(case.account, due_on=None, made_on=AS_OF.date())
    settle(case)
    assert case.follow_up.status == states.READY and case.draft.purpose == "answer"


def test_a_plan_that_is_withdrawn_is_not_told(case):
    settle(case)
    case.approve(case.desk.owner, case.desk.finance)
    withdraw_term(ApprovedTerm.objects.get().pk, "agreed by mistake", by=case.desk.finance, at=AS_OF)
    from drafts.delivery import last_look

    look = last_look.take(case.delivery, case.delivery.leaves_at)
    assert look.reasons, "the last look stops a message about a plan that is none any more"


def test_refusing_the_plan_asks_for_payment_without_any_offer(case):
    settle(case, "refuse", None)
    assert case.follow_up.status == states.READY and case.follow_up.purpose == "demand"
    assert "instalment" not in case.draft.body
