"""Stopping a message before its hand-over, and bringing it back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from drafts import states
from drafts.delivery import handover, outbox
from drafts.review import Blocked, NotAllowed, approve, reopen, stop
from governance.models import ApprovalRequest
from tests.drafts.scene import AS_OF, routine_case, stop_clock
from tests.factories import make_user

pytestmark = pytest.mark.django_db

LEAVES = AS_OF + timedelta(minutes=10)


@pytest.fixture(autouse=True)
def at_as_of(settings):
    stop_clock(settings)


def test_a_stopped_message_keeps_its_text_and_never_leaves():
    case = routine_case()
    delivery = case.approve()
    stopped = stop(delivery.pk, "wrong week", by=case.desk.reviewer, at=AS_OF)
    assert (stopped.state, stopped.stop_reason, stopped.stopped_by) == (states.DELIVERY_STOPPED, "wrong week", case.desk.reviewer)
    assert case.follow_up.status == states.STOPPED
    assert ApprovalRequest.objects.get().state == "void"
    assert handover.deliver_due(LEAVES) == {}


def test_stopping_twice_is_stopping_once():
    case = routine_case()
    delivery = case.approve()
    stop(delivery.pk, "", by=case.desk.reviewer, at=AS_OF)
    assert stop(delivery.pk, "", by=case.desk.finance, at=AS_OF).stopped_by == case.desk.reviewer


@pytest.mark.parametrize("role", ["reviewer", "legal_approver", "executive", "compliance_auditor", "system_admin"])
def test_everybody_who_may_see_trouble_may_stop(role):
    case = routine_case()
    delivery = case.approve()
    stop(delivery.pk, "trouble", by=make_user(role, case.desk.portfolio), at=AS_OF)
    assert case.delivery.state == states.DELIVERY_STOPPED


def test_leadership_cannot_stop():
    case = routine_case()
    delivery = case.approve()
    with pytest.raises(NotAllowed):
        stop(delivery.pk, "x", by=make_user("leadership", case.desk.portfolio, is_superuser=True), at=AS_OF)
    assert case.delivery.state == states.SCHEDULED


def test_too_late_to_stop_says_when_it_was_handed_over():
    case = routine_case()
    delivery = case.approve()
    handover.deliver_due(LEAVES)
    with pytest.raises(Blocked, match="handed to the mail server at 08:10:00 UTC") as blocked:
        stop(delivery.pk, "x", by=case.desk.reviewer, at=LEAVES)
    assert blocked.value.code == "E-SENT"
    assert case.delivery.state == states.ACCEPTED


def test_a_message_being_connected_for_can_still_be_stopped():
    case = routine_case()
    delivery = case.approve()
    claim = outbox.claim(LEAVES, "worker")
    stop(delivery.pk, "wait", by=case.desk.reviewer, at=LEAVES)
    assert handover.begin(claim, at=LEAVES) is None
    assert case.delivery.state == states.DELIVERY_STOPPED


def test_a_reopened_message_needs_a_new_approval():
    case = routine_case()
    delivery = case.approve()
    stop(delivery.pk, "wait", by=case.desk.reviewer, at=AS_OF)
    assert reopen(case.follow_up.pk, by=case.desk.reviewer, at=AS_OF).status == states.READY
    assert handover.deliver_due(LEAVES) == {}
    result = approve(case.follow_up.pk, case.draft.fingerprint, by=case.desk.reviewer, at=AS_OF, acknowledged=case.warnings(), reason="checked_source")
    assert result.delivery.pk != delivery.pk
    assert handover.deliver_due(LEAVES) == {"accepted": 1}
