"""Rejecting and asking for changes: a reason each, nothing sent, approvals void."""

from __future__ import annotations

import pytest

from drafts import states
from drafts.models import Delivery
from drafts.review import Blocked, NotAllowed, WrongState, approve, reject, request_changes
from governance.models import ApprovalRequest, Event
from tests.drafts.scene import AS_OF, exception_case, routine_case, stop_clock
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_as_of(settings):
    stop_clock(settings)


def test_a_rejected_draft_is_the_end_of_its_follow_up():
    case = routine_case()
    row = reject(case.follow_up.pk, "wrong_time", "they moved offices this week", by=case.desk.reviewer, at=AS_OF)
    assert row.status == states.REJECTED
    assert row.ended_at == AS_OF
    assert row.draft is not None
    assert not Delivery.objects.exists()
    assert case.follow_up.history.order_by("-history_id").first().history_change_reason == "Wrong time: they moved offices this week"


def test_a_rejection_without_a_reason_is_refused():
    case = routine_case()
    with pytest.raises(Blocked):
        reject(case.follow_up.pk, "tone", " ", by=case.desk.reviewer, at=AS_OF)
    with pytest.raises(ValueError, match="unknown kind"):
        reject(case.follow_up.pk, "because", "x", by=case.desk.reviewer, at=AS_OF)
    assert case.follow_up.status == states.READY


def test_rejecting_voids_the_first_approval():
    case = exception_case()
    approve(case.follow_up.pk, case.draft.fingerprint, by=case.desk.owner, at=AS_OF, acknowledged=case.warnings(), reason="checked_source")
    reject(case.follow_up.pk, "wrong_fact", "the invoice was replaced", by=case.desk.finance, at=AS_OF)
    assert ApprovalRequest.objects.get().state == "void"


def test_an_approved_message_is_stopped_not_rejected():
    case = routine_case()
    case.approve()
    with pytest.raises(WrongState):
        reject(case.follow_up.pk, "other", "changed my mind", by=case.desk.reviewer, at=AS_OF)
    assert Delivery.objects.get().state == states.SCHEDULED


def test_an_auditor_cannot_reject():
    case = routine_case()
    with pytest.raises(NotAllowed):
        reject(case.follow_up.pk, "other", "no", by=make_user("compliance_auditor"), at=AS_OF)


def test_requested_changes_lead_to_the_next_revision_by_preparation():
    case = routine_case()
    row = request_changes(case.follow_up.pk, ["tone"], "too stiff", by=case.desk.reviewer, at=AS_OF)
    assert row.status == states.PREPARING
    assert Event.objects.get(action="follow_up.request_changes").actor_id == case.desk.reviewer.pk
    case.prepare()
    assert case.follow_up.status == states.READY
    assert case.draft.revision == 2


def test_a_request_for_changes_says_what():
    case = routine_case()
    with pytest.raises(Blocked):
        request_changes(case.follow_up.pk, [], "", by=case.desk.reviewer, at=AS_OF)
    with pytest.raises(ValueError, match="unknown kinds"):
        request_changes(case.follow_up.pk, ["nicer"], "", by=case.desk.reviewer, at=AS_OF)
    assert case.follow_up.status == states.READY
