"""Claims: who works on it, until when, and how a lead takes over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from drafts import states
from drafts.review import Blocked, Conflict, NotAllowed, WrongState, edit, leave, open_for_review, take_over
from governance.models import Event
from tests.drafts.scene import AS_OF, routine_case, stop_clock
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_as_of(settings):
    stop_clock(settings)


def test_opening_claims_it_for_half_an_hour_and_again_extends_it():
    case = routine_case()
    row = open_for_review(case.follow_up.pk, by=case.desk.reviewer, at=AS_OF)
    assert (row.status, row.claimed_by, row.claimed_until) == (states.IN_REVIEW, case.desk.reviewer, AS_OF + timedelta(minutes=30))
    later = AS_OF + timedelta(minutes=20)
    open_for_review(case.follow_up.pk, by=case.desk.reviewer, at=later)
    assert case.follow_up.claimed_until == later + timedelta(minutes=30)


def test_somebody_elses_claim_is_respected_until_it_ends():
    case = routine_case()
    open_for_review(case.follow_up.pk, by=case.desk.reviewer, at=AS_OF)
    other = make_user("reviewer", case.desk.portfolio)
    with pytest.raises(Blocked) as blocked:
        edit(case.follow_up.pk, "S", "text", 1, by=other, at=AS_OF)
    assert blocked.value.code == "E-CLAIM"
    assert str(case.desk.reviewer) in blocked.value.words
    after = AS_OF + timedelta(minutes=31)
    assert open_for_review(case.follow_up.pk, by=other, at=after).claimed_by == other


def test_a_finance_approver_takes_over_and_that_is_on_record():
    case = routine_case()
    open_for_review(case.follow_up.pk, by=case.desk.reviewer, at=AS_OF)
    with pytest.raises(NotAllowed, match="only a finance approver"):
        take_over(case.follow_up.pk, by=case.desk.owner, at=AS_OF)
    assert take_over(case.follow_up.pk, by=case.desk.finance, at=AS_OF).claimed_by == case.desk.finance
    assert Event.objects.get(action="follow_up.taken_over").actor_id == case.desk.finance.pk


def test_leaving_gives_it_back_unchanged():
    case = routine_case()
    open_for_review(case.follow_up.pk, by=case.desk.reviewer, at=AS_OF)
    row = leave(case.follow_up.pk, by=case.desk.reviewer, at=AS_OF)
    assert (row.status, row.claimed_by) == (states.READY, None)
    assert case.follow_up.drafts.count() == 1


def test_what_is_leaving_cannot_be_opened():
    case = routine_case()
    case.approve()
    with pytest.raises(WrongState):
        open_for_review(case.follow_up.pk, by=case.desk.reviewer, at=AS_OF)


def test_a_stale_screen_is_a_conflict():
    case = routine_case()
    seen = case.follow_up.version
    open_for_review(case.follow_up.pk, by=case.desk.reviewer, at=AS_OF)
    with pytest.raises(Conflict):
        open_for_review(case.follow_up.pk, by=case.desk.reviewer, at=AS_OF, version=seen)


def test_an_auditor_claims_nothing():
    case = routine_case()
    with pytest.raises(NotAllowed):
        open_for_review(case.follow_up.pk, by=make_user("compliance_auditor"), at=AS_OF)
    assert case.follow_up.claimed_by is None
