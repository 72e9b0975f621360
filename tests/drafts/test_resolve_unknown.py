"""An unknown outcome is settled by evidence and a second named person, never by sending again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from drafts import states
from drafts.delivery import handover, outbox
from drafts.review import Blocked, NotAllowed, propose_outcome, reopen, resolve_unknown
from governance.models import Event
from tests.drafts.scene import AS_OF, routine_case, stop_clock
from tests.factories import make_user

pytestmark = pytest.mark.django_db

LEAVES = AS_OF + timedelta(minutes=10)
LATER = AS_OF + timedelta(hours=1)


@pytest.fixture(autouse=True)
def at_as_of(settings):
    stop_clock(settings)


def unknown():
    case = routine_case()
    case.approve()
    handover.begin(outbox.claim(LEAVES, "worker"), at=LEAVES)
    outbox.park_crashed(LATER)
    assert case.delivery.state == states.OUTCOME_UNKNOWN
    return case


def test_evidence_and_another_person_settle_it_as_sent():
    case = unknown()
    propose_outcome(case.delivery.pk, "sent", "mail log 10:12: queued as A1", by=case.desk.reviewer, at=LATER)
    assert case.delivery.state == states.OUTCOME_UNKNOWN
    resolve_unknown(case.delivery.pk, "sent", by=case.desk.owner, at=LATER)
    delivery = case.delivery
    assert (delivery.state, delivery.resolved_by, delivery.resolution) == (states.ACCEPTED, case.desk.owner, "mail log 10:12: queued as A1")
    assert case.follow_up.status == states.SENT
    assert Event.objects.filter(action="delivery.resolved").count() == 1


def test_settled_as_not_sent_it_needs_a_new_approval():
    case = unknown()
    propose_outcome(case.delivery.pk, "not_sent", "no line in the log", by=case.desk.reviewer, at=LATER)
    resolve_unknown(case.delivery.pk, "not_sent", by=case.desk.finance, at=LATER)
    assert case.delivery.state == states.FAILED_PERMANENT
    assert case.follow_up.status == states.STOPPED
    assert handover.deliver_due(LATER) == {}
    reopen(case.follow_up.pk, by=case.desk.reviewer, at=LATER)
    assert handover.deliver_due(LATER) == {}


def test_without_evidence_nobody_settles_it():
    case = unknown()
    with pytest.raises(Blocked, match="what shows the outcome"):
        resolve_unknown(case.delivery.pk, "sent", by=case.desk.owner, at=LATER)
    with pytest.raises(Blocked):
        propose_outcome(case.delivery.pk, "sent", "  ", by=case.desk.reviewer, at=LATER)


def test_the_person_with_the_evidence_does_not_confirm_it():
    case = unknown()
    propose_outcome(case.delivery.pk, "sent", "the log", by=case.desk.owner, at=LATER)
    with pytest.raises(NotAllowed, match="another person confirms"):
        resolve_unknown(case.delivery.pk, "sent", by=case.desk.owner, at=LATER)
    assert case.delivery.state == states.OUTCOME_UNKNOWN


def test_the_confirmation_is_of_the_outcome_that_was_shown():
    case = unknown()
    propose_outcome(case.delivery.pk, "not_sent", "the log", by=case.desk.reviewer, at=LATER)
    with pytest.raises(Blocked, match="other outcome"):
        resolve_unknown(case.delivery.pk, "sent", by=case.desk.owner, at=LATER)


@pytest.mark.parametrize("role", ["reviewer", "compliance_auditor", "system_admin"])
def test_only_owners_and_finance_confirm(role):
    case = unknown()
    propose_outcome(case.delivery.pk, "sent", "the log", by=case.desk.reviewer, at=LATER)
    with pytest.raises(NotAllowed):
        resolve_unknown(case.delivery.pk, "sent", by=make_user(role, case.desk.portfolio), at=LATER)


def test_a_known_outcome_is_not_settled():
    case = routine_case()
    case.approve()
    with pytest.raises(Blocked, match="is known"):
        propose_outcome(case.delivery.pk, "sent", "the log", by=case.desk.reviewer, at=LATER)
