"""Who works on it, whose approval it takes, and what an executive must decide first."""

from __future__ import annotations

import pytest

from drafts.classification import DecisionFact, Earlier
from tests import factories as f
from tests.drafts.judging import judge, rules
from tests.drafts.test_classification_policy import overdue

pytestmark = pytest.mark.django_db


def roles_of(verdict):
    return [role for role, _ in verdict.required_roles]


def test_an_exception_takes_at_least_two_distinct_roles():
    account = overdue()
    f.make_credit_note(account)
    assert roles_of(judge(account)) == ["finance_approver", "reviewer"]


def test_the_roles_of_all_reasons_add_up():
    account = overdue()
    f.make_ticket(account, severity="urgent")
    f.make_contract(account, terms_days=45)
    assert set(roles_of(judge(account))) == {"account_owner", "reviewer", "finance_approver"}


def test_every_required_role_says_why():
    account = overdue(tier="strategic")
    assert dict(judge(account).required_roles)["account_owner"] == "Strategic account"


def test_an_executive_account_has_no_draft_before_a_decision_lets_it():
    account = overdue(tier="enterprise")
    verdict = judge(account)
    assert (verdict.action, verdict.owner_role, verdict.owner_id) == ("await_decision", "executive", None)
    assert [(d.kind, d.deciding_role) for d in verdict.decisions] == [("relationship_path", "executive")]
    assert verdict.decisions[0].why[0].rule == "tier_enterprise"


def test_a_decision_in_force_lets_it_proceed_with_owner_and_finance():
    account = overdue(tier="enterprise")
    verdict = judge(account, decisions=[DecisionFact(1, "relationship_path", "decided", "proceed", f.day(5), f.AS_OF)])
    assert (verdict.action, verdict.lane) == ("draft", "executive_review")
    assert roles_of(verdict) == ["account_owner", "finance_approver"]
    assert verdict.decisions == ()


@pytest.mark.parametrize("decision", [
    DecisionFact(1, "relationship_path", "open"),
    DecisionFact(1, "relationship_path", "lapsed", "proceed"),
    DecisionFact(1, "relationship_path", "decided", "proceed", f.day(-1), f.AS_OF),
    DecisionFact(1, "payment_plan", "decided", "proceed", f.day(5), f.AS_OF),
])  # fmt: skip
def test_no_other_decision_lets_it_proceed(decision):
    assert judge(overdue(tier="enterprise"), decisions=[decision]).action == "await_decision"


def test_a_decision_against_contact_is_a_hold():
    decision = DecisionFact(1, "relationship_path", "decided", "no_contact", f.day(5), f.AS_OF)
    verdict = judge(overdue(tier="enterprise"), decisions=[decision])
    assert (verdict.action, verdict.block) == ("hold", "decision")
    assert "until 17 May" in verdict.hold_reason


def test_suspension_considered_goes_to_an_executive():
    verdict = judge(overdue(), decisions=[DecisionFact(1, "suspension", "open")])
    assert (verdict.lane, rules(verdict)) == ("executive_review", ["suspension_considered"])


@pytest.mark.parametrize(("topics", "kind"), [("plan", "payment_plan"), ("extension", "payment_plan"), ("credit", "credit"), ("discount", "discount")])
def test_a_request_waits_for_finance_and_is_written_about_after_the_decision(topics, kind):
    account = overdue()
    message = f.make_message(account, topics=topics)
    verdict = judge(account)
    assert (verdict.action, verdict.owner_role) == ("await_decision", "finance_approver")
    assert [d.kind for d in verdict.decisions] == [kind]
    decided = judge(account, decisions=[DecisionFact(1, kind, "decided", "refuse", None, f.moment(-1))])
    assert (decided.action, decided.lane) == ("draft", "exception")
    before = DecisionFact(1, kind, "decided", "refuse", None, message.at.replace(year=2025))
    assert judge(account, decisions=[before]).action == "await_decision"


def test_the_owner_of_the_account_gets_it_or_the_deputy_or_the_roles_queue():
    deputy, owner = f.make_user(), f.make_user()
    account = overdue(tier="strategic", owner=owner)
    assert (judge(account).owner_role, judge(account).owner_id) == ("account_owner", owner.pk)
    owner.away_until, owner.deputy = f.TODAY, deputy
    owner.save()
    assert judge(account).owner_id == deputy.pk
    owner.away_until = f.day(-1)
    owner.save()
    assert judge(account).owner_id == owner.pk
    owner.is_active, owner.deputy = False, None
    owner.save()
    assert judge(account).owner_id is None


def test_a_missing_po_is_asked_for_and_not_demanded_around():
    account = overdue()
    complete = account.invoices.get()
    missing = f.make_invoice(account, po_required=True)
    verdict = judge(account)
    assert (verdict.purpose, verdict.chase_invoice_ids, verdict.owner_role) == ("po_request", (missing.pk,), "account_owner")
    asked = [Earlier(1, 1, f.day(-10), "po_request", (missing.pk,))]
    verdict = judge(account, earlier=asked)
    assert (verdict.purpose, verdict.chase_invoice_ids, verdict.lane) == ("demand", (complete.pk,), "exception")


def test_an_invoice_that_never_arrived_is_sent_about_and_not_demanded():
    account = overdue()
    f.make_invoice(account, delivery_status="failed")
    verdict = judge(account)
    assert (verdict.purpose, len(verdict.chase_invoice_ids)) == ("answer", 1)


def test_reasons_are_stored_with_rule_words_evidence_lane_and_people():
    account = overdue(tier="strategic")
    assert judge(account).reasons_json == [
        {
            "rule": "tier_strategic", "words": "Strategic account", "evidence": [f"account:{account.pk}"], "lane": "exception",
            "routed_to": ["account_owner", "finance_approver"],
        }
    ]  # fmt: skip
