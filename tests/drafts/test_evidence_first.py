"""Evidence first: which drafts, whom it asks, that nothing gets round it, and what is known afterwards."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from drafts import review, states
from drafts.review import evidence_first
from drafts.review.looking import looked
from governance import pace
from governance.measuring import kinds
from governance.measuring.rebuilding import compare
from governance.models import Event, Measure
from governance.policies import DEFAULT
from tests.drafts.scene import AS_OF, Case, Desk, exception_case, routine_case, stop_clock
from tests.policy import set_policy

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_as_of(settings):
    stop_clock(settings)


def policy_of(percent=0, in_a_row=10):
    return set_policy(evidence_first_percent=percent, quick_approvals_in_a_row=in_a_row).typed


def quickly(case: Case, seconds=3, by=None):
    """Opened and approved before anybody can have read it."""
    by = by or case.desk.reviewer
    looked(case.follow_up.pk, case.draft.pk, by=by, at=AS_OF)
    return case.approve(by, at=AS_OF + timedelta(seconds=seconds))


def test_the_sample_is_about_the_share_the_same_every_time_and_only_grows():
    def drawn(percent):
        policy = DEFAULT.model_copy(update={"evidence_first_percent": percent})
        return {pk for pk in range(1, 4001) if evidence_first.sampled(pk, policy)}

    five, ten = drawn(5), drawn(10)
    assert 150 < len(five) < 250 and five < ten and drawn(5) == five
    assert drawn(0) == set() and len(drawn(100)) == 4000


def test_by_default_nothing_is_asked_and_nothing_is_in_the_way():
    case = routine_case()
    assert DEFAULT.evidence_first_percent == 0
    assert evidence_first.asked(case.follow_up, DEFAULT, by=case.desk.reviewer, at=AS_OF) == ""
    assert case.approve().state == states.SCHEDULED


def test_no_approval_and_no_edit_before_the_answer_and_both_after_it():
    case, _ = routine_case(), policy_of(100)
    reviewer, draft = case.desk.reviewer, case.draft
    with pytest.raises(review.Blocked, match="answer whether there is any reason not to write") as refused:
        case.approve()
    assert refused.value.code == "E-FIRST"
    with pytest.raises(review.Blocked, match="any reason not to write"):
        review.edit(case.follow_up.pk, draft.subject, draft.body + " Thank you.", draft.revision, by=reviewer, at=AS_OF)
    assert case.draft == draft and not Event.objects.filter(action__in=("approval.given", "draft.edited")).exists()
    assert evidence_first.answer(case.follow_up.pk, "no", by=reviewer, at=AS_OF)
    assert case.approve().state == states.SCHEDULED


DECISIONS = {
    "request changes": lambda case, by: review.request_changes(case.follow_up.pk, ["tone"], "", by=by, at=AS_OF),
    "reject": lambda case, by: review.reject(case.follow_up.pk, "wrong_fact", "the amount is wrong", by=by, at=AS_OF),
    "route to a role": lambda case, by: review.route(case.follow_up.pk, note="asks for a credit", role="finance_approver", by=by, at=AS_OF),
    "route to a person": lambda case, by: review.route(case.follow_up.pk, note="yours", user=case.desk.finance, by=by, at=AS_OF),
}
PROTECTION = {
    "hold": lambda case, by: review.put_hold("account", case.account.pk, kind="pause", reason="on holiday", by=by, at=AS_OF),
    "put off": lambda case, by: review.snooze(case.follow_up.pk, AS_OF + timedelta(days=2), "asked for two days", by=by, at=AS_OF),
    "dispute": lambda case, by: review.mark_disputed(
        case.follow_up.pk, [case.invoices[0].pk], category="quantity", quote="half of it is missing", by=by, at=AS_OF
    ),
}


@pytest.mark.parametrize("decision", DECISIONS)
def test_no_other_decision_before_the_answer_either_and_each_after_it(decision):
    case, _ = routine_case(), policy_of(100)
    reviewer, before = case.desk.reviewer, case.follow_up
    with pytest.raises(review.Blocked, match="any reason not to write") as refused:
        DECISIONS[decision](case, reviewer)
    after = case.follow_up
    assert refused.value.code == "E-FIRST" and (after.status, after.version, after.owner_role) == (before.status, before.version, before.owner_role)
    assert evidence_first.answer(case.follow_up.pk, "no", by=reviewer, at=AS_OF)
    DECISIONS[decision](case, reviewer)
    assert case.follow_up.version > before.version


@pytest.mark.parametrize("act", PROTECTION)
def test_what_protects_the_customer_waits_for_no_answer(act):
    case, _ = routine_case(), policy_of(100)
    PROTECTION[act](case, case.desk.reviewer)
    assert case.follow_up.status == states.ON_HOLD and not Event.objects.filter(action=evidence_first.ACTION).exists()


def test_a_message_on_its_way_is_stopped_by_who_never_answered():
    case, _ = routine_case(), policy_of(100)
    evidence_first.answer(case.follow_up.pk, "no", by=case.desk.reviewer, at=AS_OF)
    delivery = case.approve()
    assert review.stop(delivery.pk, "they called", by=case.desk.owner, at=AS_OF).state == states.DELIVERY_STOPPED


def test_each_person_answers_for_themselves_once_and_the_first_answer_stands():
    case, _ = exception_case(), policy_of(100)
    owner, finance = case.desk.owner, case.desk.finance
    assert evidence_first.answer(case.follow_up.pk, "yes", "reject", by=owner, at=AS_OF)
    assert not evidence_first.answer(case.follow_up.pk, "no", by=owner, at=AS_OF)
    event = Event.objects.get(action=evidence_first.ACTION)
    assert json.loads(event.data) == {"follow_up": case.follow_up.pk, "answer": "yes", "why": "sampled", "next": "reject"}
    with pytest.raises(review.Blocked, match="any reason not to write"):
        case.approve(finance)


@pytest.mark.parametrize(("said", "step"), [("yes", ""), ("no", "reject"), ("yes", "approve"), ("perhaps", "")])
def test_an_answer_is_yes_with_what_it_calls_for_or_no(said, step):
    case, _ = routine_case(), policy_of(100)
    with pytest.raises(ValueError, match="answer yes with what it calls for, or no"):
        evidence_first.answer(case.follow_up.pk, said, step, by=case.desk.reviewer, at=AS_OF)


def test_a_draft_somebody_else_works_on_can_be_answered_and_read_and_not_approved():
    case, _ = exception_case(), policy_of(100)
    review.open_for_review(case.follow_up.pk, by=case.desk.owner, at=AS_OF)
    assert evidence_first.answer(case.follow_up.pk, "no", by=case.desk.finance, at=AS_OF)
    with pytest.raises(review.Blocked, match="is working on this"):
        case.approve(case.desk.finance)


def test_who_may_not_approve_answers_nothing():
    case, _ = routine_case(), policy_of(100)
    with pytest.raises(review.NotAllowed):
        evidence_first.answer(case.follow_up.pk, "no", by=case.desk.person("compliance_auditor"), at=AS_OF)


@pytest.mark.parametrize(
    ("said", "decide", "end"),
    [
        ("no", lambda case, by: case.approve(), "no_approved"),
        ("yes", lambda case, by: case.approve(), "yes_approved"),
        ("yes", lambda case, by: review.reject(case.follow_up.pk, "wrong_fact", "the amount is wrong", by=by, at=AS_OF), "yes_refused"),
        ("no", lambda case, by: review.request_changes(case.follow_up.pk, ["tone"], "", by=by, at=AS_OF), "no_refused"),
    ],
)
def test_the_answer_stands_beside_the_decision_in_the_measures(said, decide, end):
    case, _ = routine_case(), policy_of(100)
    evidence_first.answer(case.follow_up.pk, said, "reject" if said == "yes" else "", by=case.desk.reviewer, at=AS_OF)
    first = Measure.objects.filter(kind=kinds.FIRST, stands=True)
    assert first.get().outcome == said
    decide(case, case.desk.reviewer)
    row = first.get()
    assert (row.outcome, row.code, row.actor_id) == (end, "sampled", case.desk.reviewer.pk)
    assert not compare().count


def test_more_quick_approvals_in_a_row_than_the_policy_allows_ask_for_the_evidence_first():
    desk, policy = Desk(), policy_of(in_a_row=2)
    for _ in range(2):
        quickly(routine_case(desk))
    third, fourth = routine_case(desk), routine_case(desk)
    assert evidence_first.asked(third.follow_up, policy, by=desk.reviewer, at=AS_OF) == ""
    quickly(third)
    assert evidence_first.asked(fourth.follow_up, policy, by=desk.reviewer, at=AS_OF) == "quick"
    assert evidence_first.asked(fourth.follow_up, policy, by=desk.owner, at=AS_OF) == ""
    with pytest.raises(review.Blocked, match="any reason not to write"):
        fourth.approve()


def test_a_refusal_an_edit_or_a_slow_approval_ends_the_row():
    desk = Desk()
    policy_of(in_a_row=1)
    since = pace.begin_of_day(desk.reviewer, AS_OF)

    def run():
        return pace.runs(since)[desk.reviewer.pk].now

    quickly(routine_case(desk))
    assert run() == 1
    slow = routine_case(desk)
    quickly(slow, seconds=300)
    assert run() == 0
    quickly(routine_case(desk))
    edited = routine_case(desk)
    review.edit(edited.follow_up.pk, edited.draft.subject, edited.draft.body.replace("Kind", "Very kind"), 1, by=desk.reviewer, at=AS_OF)
    quickly(edited)
    assert run() == 0 and pace.runs(since)[desk.reviewer.pk].longest == 1


def test_yesterdays_row_is_over_and_a_portfolio_counts_its_own():
    desk = Desk()
    quickly(routine_case(desk))
    assert pace.runs(AS_OF + timedelta(days=1)) == {}
    assert pace.runs(AS_OF - timedelta(hours=1), portfolios=[desk.portfolio.pk + 1]) == {}
    assert pace.runs(AS_OF - timedelta(hours=1), portfolios=[desk.portfolio.pk])[desk.reviewer.pk] == pace.Run(1, 1, None)


def test_who_leads_one_portfolio_is_told_of_it_and_of_all_of_their_own_in_one_question(django_assert_num_queries):
    led, elsewhere = Desk(), Desk()
    for desk in (led, elsewhere):
        quickly(routine_case(desk))
    quickly(routine_case(elsewhere), by=elsewhere.finance)
    since = AS_OF - timedelta(hours=1)
    with django_assert_num_queries(1):
        found = pace.runs(since, people=[elsewhere.finance.pk], portfolios=[led.portfolio.pk])
    assert set(found) == {led.reviewer.pk, elsewhere.finance.pk}
    assert set(pace.runs(since)) == {*found, elsewhere.reviewer.pk} and pace.runs(since, people=[]) == {}
