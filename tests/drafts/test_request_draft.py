"""A person asks for a draft now: what is due is written as in every round, and they are told what came of it."""

from __future__ import annotations

import pytest

from drafts import states
from drafts.models import Draft
from drafts.review import NotAllowed, request_draft
from governance.models import Event
from tests.drafts.scene import AS_OF, Case, Desk, stop_clock
from tests.factories import make_hold, make_invoice

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(settings):
    """An account with an overdue invoice that no round of preparation has seen."""
    stop_clock(settings)
    desk = Desk()
    account = desk.account()
    return Case(desk, account, [make_invoice(account)])


def asked(case, person=None):
    return request_draft(case.account.pk, by=person or case.desk.reviewer, at=AS_OF)


def test_what_is_due_is_written_at_once_and_the_asking_is_on_record(case):
    assert asked(case) == "A draft is ready."
    assert case.follow_up.status == states.READY and case.draft.author is None
    event = Event.objects.get(action="draft.requested")
    assert (event.actor_id, event.roles, event.data) == (case.desk.reviewer.pk, "reviewer", "{}")
    assert asked(case, case.desk.owner).startswith("Nothing new is written: ") and Draft.objects.count() == 1


def test_nothing_is_due_sooner_because_somebody_asked(case):
    case.invoices[0].delete()
    assert asked(case).startswith("Nothing new is written: ") and not Draft.objects.exists()


def test_a_hold_and_a_decision_come_first_and_are_said(case):
    make_hold(case.account)
    assert asked(case) == "Nothing is written. On hold: asked not to be contacted"
    other = case.desk.account(tier="enterprise")
    make_invoice(other)
    assert request_draft(other.pk, by=case.desk.owner, at=AS_OF) == "A decision comes first; it has been prepared."
    assert not Draft.objects.exists()


@pytest.mark.parametrize("role", ["finance_approver", "legal_approver", "executive", "compliance_auditor", "leadership", "policy_admin", "system_admin"])
def test_nobody_else_asks(case, role):
    person = case.hand_to(role) if role in ("legal_approver", "executive") else case.desk.person(role)
    with pytest.raises(NotAllowed, match="because"):
        asked(case, person)
    assert not Draft.objects.exists() and not Event.objects.filter(action="draft.requested").exists()
