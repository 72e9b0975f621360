"""Who may approve a text, and who may not: roles, editors, portfolios, and people who left."""

from __future__ import annotations

from datetime import timedelta

import pytest

from drafts import states
from drafts.review import NotAllowed, approve, dismiss_signal, edit
from governance import policies
from governance.models import Approval, PolicyVersion
from tests.drafts.approving import approve_as, nothing_is_leaving
from tests.drafts.scene import AS_OF, Desk, exception_case, routine_case, stop_clock
from tests.factories import make_portfolio, make_signal, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_as_of(settings):
    stop_clock(settings)


def test_an_exception_draft_needs_two_roles_by_two_people():
    case = exception_case()
    roles = [role for role, _ in case.follow_up.required_roles]
    assert roles == ["account_owner", "finance_approver"]
    first = approve_as(case, case.desk.owner)
    assert not first.complete
    assert first.remaining == ("finance_approver",)
    assert case.follow_up.status == states.AWAITING_APPROVAL
    assert case.follow_up.owner_role == "finance_approver"
    assert nothing_is_leaving(case)
    second = approve_as(case, case.desk.finance)
    assert second.complete
    assert second.delivery.leaves_at == AS_OF + timedelta(minutes=30)


def test_one_person_with_both_roles_fills_only_one_of_them():
    desk = Desk()
    both = make_user("account_owner", desk.portfolio)
    from tests.factories import grant

    grant(both, "finance_approver", desk.portfolio)
    case = exception_case(desk)
    assert not approve_as(case, both).complete
    with pytest.raises(NotAllowed, match="you already answered"):
        approve_as(case, both)
    assert nothing_is_leaving(case)


def test_a_reviewer_cannot_fill_a_role_of_the_exception_lane():
    case = exception_case()
    with pytest.raises(NotAllowed, match="it still needs: account owner, finance approver"):
        approve_as(case, case.desk.reviewer)
    assert not Approval.objects.exists()


def test_the_editor_of_an_exception_draft_cannot_approve_it():
    case = exception_case()
    edit(case.follow_up.pk, case.draft.subject, case.draft.body + "\nThank you.", 1, by=case.desk.finance, at=AS_OF)
    with pytest.raises(NotAllowed, match="because you edited this text"):
        approve_as(case, case.desk.finance)
    assert not Approval.objects.exists()


def test_an_earlier_editor_in_the_chain_cannot_approve_either():
    case = exception_case()
    second = make_user("finance_approver", case.desk.portfolio)
    edit(case.follow_up.pk, case.draft.subject, case.draft.body + "\nThank you.", 1, by=case.desk.finance, at=AS_OF)
    later = AS_OF + timedelta(hours=1)
    edit(case.follow_up.pk, case.draft.subject, case.draft.body + "\nGoodbye.", 2, by=second, at=later)
    with pytest.raises(NotAllowed, match="because you edited this text"):
        approve(case.follow_up.pk, case.draft.fingerprint, by=case.desk.finance, at=later + timedelta(hours=1), acknowledged=case.warnings(), reason="checked_source")


def test_the_routine_editor_may_approve_only_while_policy_allows_it():
    case = routine_case()
    edit(case.follow_up.pk, case.draft.subject, case.draft.body + "\nThank you.", 1, by=case.desk.reviewer, at=AS_OF)
    active = policies.active()
    active.state = "retired"
    active.save()
    parameters = {**active.parameters, "routine_editor_may_approve": False}
    stricter = PolicyVersion.objects.create(number=2, state="active", parameters=parameters, activated_at=AS_OF)
    with pytest.raises(NotAllowed, match="because you edited this text"):
        approve_as(case, case.desk.reviewer)
    stricter.state = "retired"
    stricter.save()
    PolicyVersion.objects.create(number=3, state="active", parameters=active.parameters, activated_at=AS_OF)
    assert approve_as(case, case.desk.reviewer).complete


def test_who_dismissed_a_dispute_signal_does_not_approve_the_message():
    case = routine_case()
    signal = make_signal(case.account, invoice=case.invoices[0])
    case.prepare()
    assert case.follow_up.status == states.ON_HOLD
    dismiss_signal(signal.pk, "it is about another order", "the order number in line 2", by=case.desk.reviewer, at=AS_OF)
    assert case.follow_up.status == states.READY, case.follow_up.hold_reason
    with pytest.raises(NotAllowed, match="because you dismissed a dispute signal"):
        approve_as(case, case.desk.reviewer)
    assert approve_as(case, make_user("reviewer", case.desk.portfolio)).complete


@pytest.mark.parametrize("role", ["compliance_auditor", "leadership", "policy_admin", "system_admin", None])
def test_roles_that_do_not_decide_cannot_approve_not_even_as_superuser(role):
    case = routine_case()
    person = make_user(role, case.desk.portfolio if role else None, is_superuser=True, is_staff=True)
    with pytest.raises(NotAllowed):
        approve_as(case, person)
    assert nothing_is_leaving(case)
    assert not Approval.objects.exists()


def test_a_reviewer_of_another_portfolio_cannot_approve():
    case = routine_case()
    with pytest.raises(NotAllowed, match="you have no role in this portfolio"):
        approve_as(case, make_user("reviewer", make_portfolio()))


def test_a_deactivated_person_cannot_approve():
    case = routine_case()
    person = case.desk.reviewer
    person.is_active = False
    person.save()
    with pytest.raises(NotAllowed, match="not active"):
        approve_as(case, person)
