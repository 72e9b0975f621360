"""Approval: exactly what was on the screen, by a person who may, on facts read again at that moment."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import Source
from drafts import states
from drafts.models import Delivery, Draft
from drafts.review import Blocked, Conflict, NotAllowed, WrongState, approve, edit
from governance.models import Approval, ApprovalRequest, Event
from tests.drafts.approving import approve_as, nothing_is_leaving
from tests.drafts.scene import AS_OF, Desk, exception_case, prepared, routine_case, stop_clock
from tests.factories import make_hold, make_message, make_signal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_as_of(settings):
    stop_clock(settings)


def test_one_reviewer_approves_a_routine_draft_and_it_waits_for_its_leaving_time():
    case = routine_case()
    result = approve_as(case, case.desk.reviewer)
    assert result.complete
    assert case.follow_up.status == states.APPROVED
    assert case.delivery.state == states.SCHEDULED
    assert case.delivery.leaves_at == AS_OF + timedelta(minutes=10)
    assert case.delivery.fingerprint == case.draft.fingerprint
    assert not Event.objects.filter(action="delivery.handing_over").exists()


def test_a_message_approved_in_the_evening_leaves_in_the_customers_next_business_hour():
    case = routine_case()
    evening = AS_OF.replace(hour=19)
    approve(case.follow_up.pk, case.draft.fingerprint, by=case.desk.reviewer, at=evening, acknowledged=case.warnings(), reason="checked_source")
    assert case.delivery.leaves_at == (AS_OF + timedelta(days=1)).replace(hour=7, minute=0)  # 9:00 in Berlin


def test_approving_another_text_than_the_one_in_force_is_a_conflict_and_schedules_nothing():
    case = routine_case()
    seen = case.draft.fingerprint
    edit(case.follow_up.pk, case.draft.subject, case.draft.body + "\nThank you.", 1, by=case.desk.finance, at=AS_OF)
    later = AS_OF + timedelta(hours=1)
    with pytest.raises(Conflict) as conflict:
        approve(case.follow_up.pk, seen, by=case.desk.reviewer, at=later)
    assert conflict.value.other == str(case.desk.finance)
    assert nothing_is_leaving(case)
    assert not Approval.objects.exists()


def test_a_payment_since_the_draft_refuses_the_approval_and_says_which_invoice():
    case = routine_case(invoices=2)
    paid = case.invoices[0]
    paid.status, paid.balance_minor = "paid", 0
    paid.save()
    with pytest.raises(Blocked) as blocked:
        approve_as(case, case.desk.reviewer)
    assert blocked.value.code == "E-EVID"
    assert blocked.value.changes == (f"{paid.number} is paid.",)
    assert nothing_is_leaving(case)
    # The machine wrote the next revision at once, about what is left.
    assert case.follow_up.status == states.READY
    assert case.draft.revision == 2
    assert case.draft.invoice_ids == [case.invoices[1].pk]


def test_a_changed_amount_refuses_the_approval_and_names_both_amounts():
    case = routine_case()
    case.invoices[0].balance_minor = 40_000
    case.invoices[0].save()
    with pytest.raises(Blocked, match=r"from EUR 1,000.00 to EUR 400.00"):
        approve_as(case, case.desk.reviewer)


def test_a_message_of_the_customer_since_the_brief_refuses_the_approval():
    case = routine_case()
    make_message(case.account, at=AS_OF, body="What is this about?")
    later = AS_OF + timedelta(minutes=5)
    make_message(case.account, at=later, body="Please call me.")
    with pytest.raises(Blocked) as blocked:
        approve(case.follow_up.pk, case.draft.fingerprint, by=case.desk.reviewer, at=later + timedelta(minutes=1))
    assert blocked.value.code == "E-EVID"
    assert "The customer wrote at 08:05 UTC" in blocked.value.words
    assert nothing_is_leaving(case)


def test_a_pending_dispute_signal_on_the_account_blocks_approval():
    case = routine_case()
    make_signal(case.account)
    with pytest.raises(Blocked, match="may be disputed: a signal was found"):
        approve_as(case, case.desk.reviewer)
    assert nothing_is_leaving(case)
    assert case.follow_up.status == states.ON_HOLD


def test_a_hold_beats_the_approval():
    case = routine_case()
    make_hold(case.account)
    with pytest.raises(Blocked, match="asked not to be contacted"):
        approve_as(case, case.desk.reviewer)
    assert nothing_is_leaving(case)


def test_a_paused_installation_still_lets_people_approve():
    case = routine_case()
    make_hold(None, kind="pause", reason="ERP wrong balances")
    assert approve_as(case, case.desk.reviewer).complete


def test_a_blocking_finding_refuses_everybody():
    case = routine_case()
    wrong = case.draft.body.replace("1,000.00", "9,999.00")
    assert wrong != case.draft.body
    edit(case.follow_up.pk, case.draft.subject, wrong, 1, by=case.desk.reviewer, at=AS_OF)
    for person in (case.desk.reviewer, case.desk.finance):
        with pytest.raises((Blocked, NotAllowed)):
            approve(case.follow_up.pk, case.draft.fingerprint, by=person, at=AS_OF + timedelta(hours=1), acknowledged=case.warnings(), reason="checked_source")
    assert nothing_is_leaving(case)
    assert not Approval.objects.exists()


def test_each_warning_must_be_ticked_and_is_recorded_with_its_reader():
    case = routine_case()
    draft = case.draft
    warning = draft.findings.create(check_id="G27", label="repetition", severity="warn", why="very similar to the last message")
    other = draft.findings.create(check_id="G23", label="uncited", severity="warn", why="a sentence has no source")
    with pytest.raises(Blocked, match="a sentence has no source"):
        approve(case.follow_up.pk, draft.fingerprint, by=case.desk.reviewer, at=AS_OF, acknowledged=[warning.pk], reason="checked_source")
    warning.refresh_from_db()
    assert warning.acknowledged_by is None  # nothing is half done
    approve(case.follow_up.pk, draft.fingerprint, by=case.desk.reviewer, at=AS_OF, acknowledged=[warning.pk, other.pk], reason="checked_source")
    other.refresh_from_db()
    assert other.acknowledged_by == case.desk.reviewer
    assert Event.objects.filter(action="finding.acknowledged").count() == 2


def test_an_executive_account_without_a_decision_has_nothing_to_approve():
    case = prepared(Desk(), [{}], tier="enterprise")
    assert case.follow_up.status == states.AWAITING_DECISION
    assert not Draft.objects.filter(follow_up=case.follow_up).exists()
    with pytest.raises(WrongState):
        approve(case.follow_up.pk, "0" * 64, by=case.desk.finance, at=AS_OF)


def test_a_stale_bank_blocks_the_approval_of_a_demand():
    case = routine_case()
    Source.objects.filter(kind="payments").update(as_of=AS_OF - timedelta(hours=13))
    with pytest.raises(Blocked, match="stale"):
        approve_as(case, case.desk.reviewer)
    assert nothing_is_leaving(case)


def test_a_second_click_approves_nothing_twice():
    case = routine_case()
    approve_as(case, case.desk.reviewer)
    with pytest.raises(WrongState):
        approve_as(case, case.desk.reviewer)
    assert Approval.objects.count() == Delivery.objects.count() == 1


def test_an_expired_request_is_asked_anew_and_old_approvals_do_not_count():
    case = exception_case()
    approve_as(case, case.desk.owner)
    first = ApprovalRequest.objects.get()
    late = first.expires_at + timedelta(hours=8)
    Source.objects.update(as_of=late)
    result = approve(case.follow_up.pk, case.draft.fingerprint, by=case.desk.finance, at=late, acknowledged=case.warnings(), reason="checked_source")
    assert not result.complete
    first.refresh_from_db()
    assert first.state == "void"
    assert nothing_is_leaving(case)


def test_while_somebody_else_holds_the_claim_nobody_approves_over_it():
    from drafts.review import open_for_review

    case = routine_case()
    open_for_review(case.follow_up.pk, by=case.desk.finance, at=AS_OF)
    with pytest.raises(Blocked) as blocked:
        approve_as(case, case.desk.reviewer)
    assert blocked.value.code == "E-CLAIM"


def test_a_lane_a_model_raised_stays_raised_at_approval():
    case = routine_case()
    row = case.follow_up
    reason = {
        "rule": "model_suggestion", "words": "The model suggests a closer look", "evidence": ["generation:1"], "lane": "exception",
        "routed_to": ["account_owner", "finance_approver"],
    }  # fmt: skip
    type(row).objects.filter(pk=row.pk).update(reasons=[reason], lane="exception")
    with pytest.raises(NotAllowed, match="it still needs: account owner, finance approver"):
        approve_as(case, case.desk.reviewer)
    assert not approve_as(case, case.desk.owner).complete
    assert nothing_is_leaving(case)


def test_a_typing_error_put_right_leaves_the_routine_lane_as_it_was():
    case = routine_case()
    good = case.draft.body
    edit(case.follow_up.pk, case.draft.subject, good.replace("1,000.00", "1,100.00"), 1, by=case.desk.reviewer, at=AS_OF)
    assert case.follow_up.lane == states.EXCEPTION
    edit(case.follow_up.pk, case.draft.subject, good + "\nThank you.", 2, by=case.desk.reviewer, at=AS_OF)
    assert case.follow_up.lane == states.ROUTINE
    assert approve_as(case, case.desk.reviewer).complete
