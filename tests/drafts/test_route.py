"""Routing: another owner, a dated share where it is needed, and never a role that was not given before."""

from __future__ import annotations

from datetime import timedelta

import pytest

from drafts import states
from drafts.models import FollowUp
from drafts.review import Blocked, NotAllowed, WrongState, route
from governance.models import AccountShare, Event
from governance.rights import can
from tests.drafts.scene import AS_OF, exception_case, routine_case, stop_clock
from tests.factories import make_hold, make_portfolio, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_as_of(settings):
    stop_clock(settings)


def test_routing_to_a_role_moves_it_to_that_queue():
    case = routine_case()
    row = route(case.follow_up.pk, by=case.desk.reviewer, at=AS_OF, note="asks for a credit", role="finance_approver")
    assert (row.status, row.owner_role, row.owner) == (states.READY, "finance_approver", None)
    assert not AccountShare.objects.exists()
    assert Event.objects.filter(action="account.routed").count() == 1


def test_routing_to_a_person_outside_opens_this_one_account_for_thirty_days():
    case = routine_case()
    lawyer = make_user("legal_approver", make_portfolio())
    assert not FollowUp.objects.visible_to(lawyer).exists()
    route(case.follow_up.pk, by=case.desk.reviewer, at=AS_OF, note="legal wording", role="legal_approver", user=lawyer)
    share = AccountShare.objects.get()
    assert (share.account_id, share.user, share.role, share.routed_by) == (case.account.pk, lawyer, "legal_approver", case.desk.reviewer)
    assert share.ends_at == AS_OF + timedelta(days=30)
    assert can(lawyer, "see_account", case.account)
    assert list(FollowUp.objects.visible_to(lawyer)) == [case.follow_up]
    other = routine_case(case.desk)
    assert not can(lawyer, "see_account", other.account)


def test_a_person_who_has_the_role_here_gets_no_share():
    case = routine_case()
    row = route(case.follow_up.pk, by=case.desk.reviewer, at=AS_OF, note="yours", user=case.desk.finance)
    assert (row.owner, row.owner_role) == (case.desk.finance, "finance_approver")
    assert not AccountShare.objects.exists()


def test_routing_cannot_make_a_role():
    case = exception_case()
    colleague = make_user("reviewer", case.desk.portfolio)
    with pytest.raises(Blocked, match="routing cannot give it"):
        route(case.follow_up.pk, by=case.desk.reviewer, at=AS_OF, note="please approve", role="finance_approver", user=colleague)
    assert not AccountShare.objects.exists()


def test_nobody_opens_an_account_to_themselves():
    case = routine_case()
    other_finance = make_user("finance_approver", make_portfolio())
    from tests.factories import grant

    grant(other_finance, "reviewer", case.desk.portfolio)
    with pytest.raises(Blocked, match="open an account to yourself"):
        route(case.follow_up.pk, by=other_finance, at=AS_OF, note="mine", role="finance_approver", user=other_finance)


@pytest.mark.parametrize(("role", "words"), [("", "choose a role or a person"), ("leadership", "does not decide")])
def test_a_target_that_decides_nothing_is_refused(role, words):
    case = routine_case()
    with pytest.raises(Blocked, match=words):
        route(case.follow_up.pk, by=case.desk.reviewer, at=AS_OF, note="somewhere", role=role)


def test_a_note_is_required():
    case = routine_case()
    with pytest.raises(Blocked, match="reason"):
        route(case.follow_up.pk, by=case.desk.reviewer, at=AS_OF, note="  ", role="finance_approver")


def test_what_is_on_hold_stays_on_hold_with_another_owner():
    case = routine_case()
    make_hold(case.account)
    case.prepare()
    row = route(case.follow_up.pk, by=case.desk.reviewer, at=AS_OF, note="yours", user=case.desk.owner)
    assert (row.status, row.owner) == (states.ON_HOLD, case.desk.owner)


def test_an_approved_message_is_not_routed_away():
    case = routine_case()
    case.approve()
    with pytest.raises(WrongState):
        route(case.follow_up.pk, by=case.desk.reviewer, at=AS_OF, note="too late", role="finance_approver")


def test_an_auditor_cannot_route():
    case = routine_case()
    with pytest.raises(NotAllowed):
        route(case.follow_up.pk, by=make_user("compliance_auditor"), at=AS_OF, note="x", role="finance_approver")
