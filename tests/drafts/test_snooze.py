"""Putting something off: it waits, says until when, comes back by itself or by hand, and hides no dispute."""

from __future__ import annotations

from datetime import timedelta

import pytest

from drafts import states
from drafts.admin.work import mine
from drafts.delivery import handover
from drafts.models import FollowUp
from drafts.review import Blocked, NotAllowed, WrongState, lift_hold, open_for_review, snooze, wake
from drafts.sweeping import prepare_released
from governance.models import Event, Hold
from governance.rights import scope_of
from tests.drafts.scene import AS_OF, exception_case, routine_case, stop_clock
from tests.factories import make_portfolio, make_signal, make_user

pytestmark = pytest.mark.django_db
FRIDAY = AS_OF + timedelta(days=3)


@pytest.fixture(autouse=True)
def at_as_of(settings):
    stop_clock(settings)


def queue_of(person):
    return list(FollowUp.objects.visible_to(person).filter(mine(person, scope_of(person), AS_OF)))


def put_off(case, until=FRIDAY, by=None, reason="their bookkeeper is back on Friday", at=AS_OF):
    return snooze(case.follow_up.pk, until, reason, by=by or case.desk.reviewer, at=at)


def test_what_is_put_off_waits_on_hold_without_a_deadline_and_its_next_contact_names_the_day():
    case = routine_case()
    assert queue_of(case.desk.reviewer) == [case.follow_up]
    hold = put_off(case)
    row = case.follow_up
    assert (row.status, row.due_at) == (states.ON_HOLD, None)
    assert (hold.reason, hold.expires_at, hold.created_by, hold.kind) == ("their bookkeeper is back on Friday", FRIDAY, case.desk.reviewer, "pause")
    assert f"{FRIDAY.day} {FRIDAY:%B}" in row.next_contact or f"{FRIDAY.day} {FRIDAY:%b}" in row.next_contact, row.next_contact
    assert Event.objects.filter(action="hold.put", actor_id=case.desk.reviewer.pk).count() == 1
    assert queue_of(case.desk.reviewer) == []


def test_it_comes_back_by_itself_computed_anew():
    case = routine_case()
    put_off(case)
    assert prepare_released(FRIDAY - timedelta(minutes=1)) == 0
    assert prepare_released(FRIDAY) == 1
    assert case.follow_up.status == states.READY


def test_who_put_it_off_takes_it_up_again_and_so_does_who_lifts_holds_but_no_other_reviewer():
    case = routine_case()
    put_off(case)
    colleague = make_user("reviewer", case.desk.portfolio)
    with pytest.raises(NotAllowed, match="lift a hold"):
        wake(case.follow_up.pk, by=colleague, at=AS_OF)
    wake(case.follow_up.pk, by=case.desk.reviewer, at=AS_OF)
    assert case.follow_up.status == states.READY
    put_off(case)
    wake(case.follow_up.pk, by=case.desk.finance, at=AS_OF)
    assert case.follow_up.status == states.READY
    hold = put_off(case)
    lift_hold(hold.pk, "they rang", by=case.desk.owner, at=AS_OF)
    with pytest.raises(Blocked, match="not put off"):
        wake(case.follow_up.pk, by=case.desk.reviewer, at=AS_OF)


def test_approvals_of_what_is_put_off_fall_and_nothing_leaves():
    case = exception_case()
    from drafts.review import approve

    approve(case.follow_up.pk, case.draft.fingerprint, by=case.desk.finance, at=AS_OF, acknowledged=case.warnings(), reason="ok")
    assert case.follow_up.status == states.AWAITING_APPROVAL
    put_off(case, by=case.desk.owner)
    assert case.follow_up.status == states.ON_HOLD
    assert Event.objects.filter(action="approval.void").exists()
    assert not any(handover.deliver_due(AS_OF + timedelta(days=1)).values())


def test_an_exception_leaves_the_queue_while_it_is_put_off_and_a_dispute_brings_it_back():
    case = exception_case()
    put_off(case, by=case.desk.finance)
    assert queue_of(case.desk.finance) == []
    make_signal(case.account, invoice=case.invoices[0])
    case.prepare()
    assert queue_of(case.desk.finance) == [case.follow_up]


@pytest.mark.parametrize(
    ("until", "reason", "words"),
    [(AS_OF, "x", "over already"), (AS_OF + timedelta(days=31), "x", "30 days at most"), (FRIDAY, "  ", "write a reason")],
)
def test_a_snooze_has_a_reason_and_an_end_within_thirty_days(until, reason, words):
    case = routine_case()
    with pytest.raises(Blocked, match=words):
        put_off(case, until=until, reason=reason)
    assert not Hold.objects.exists() and case.follow_up.status == states.READY


def test_only_what_waits_for_a_person_can_be_put_off_by_one_who_may_hold_it_and_not_from_under_a_colleague():
    case = routine_case()
    with pytest.raises(NotAllowed):
        put_off(case, by=make_user("reviewer", make_portfolio()))
    with pytest.raises(NotAllowed):
        put_off(case, by=make_user("compliance_auditor"))
    open_for_review(case.follow_up.pk, by=case.desk.owner, at=AS_OF)
    with pytest.raises(Blocked, match="is working on this"):
        put_off(case)
    approved = routine_case()
    approved.approve()
    with pytest.raises(WrongState):
        put_off(approved)
    assert approved.follow_up.status == states.APPROVED and not Hold.objects.exists()
