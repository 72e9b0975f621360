"""People without a right to approve try it all the same: outsiders, roles that do not decide, rights that ended meanwhile."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from drafts.models import Delivery
from governance.models import AccountShare, Approval, PortfolioGroupGrant, User
from tests.drafts.scene import moment, routine_case
from tests.factories import day, grant, make_portfolio, make_user

pytestmark = pytest.mark.django_db


def nothing_was_approved():
    assert not Approval.objects.exists()
    assert not Delivery.objects.exists()


def superuser(desk):
    return make_user(is_superuser=True, is_staff=True)


def of_another_portfolio(desk):
    return make_user("reviewer", make_portfolio())


def with_an_expired_grant(desk):
    person = make_user()
    grant(person, "reviewer", desk.portfolio, ends_on=day(-1))
    return person


def with_a_future_grant(desk):
    person = make_user()
    grant(person, "reviewer", desk.portfolio, starts_on=day(1))
    return person


def in_a_group_whose_grant_ended(desk):
    person, group = make_user(), Group.objects.get(name="Reviewer")
    person.groups.add(group)
    make_user("reviewer", desk.portfolio)
    permission = desk.portfolio.portfoliousergrant_set.first().permission
    PortfolioGroupGrant.objects.create(group=group, permission=permission, content_object=desk.portfolio, ends_on=day(-1))
    return person


def machine(desk):
    return make_user("reviewer", desk.portfolio, is_service=True)


OUTSIDERS = [superuser, of_another_portfolio, with_an_expired_grant, with_a_future_grant, in_a_group_whose_grant_ended, machine]


@pytest.mark.parametrize("who", OUTSIDERS)
def test_people_without_a_right_here_do_not_even_find_the_draft(browser, who):
    case = routine_case()
    response = browser(who(case.desk)).approve(case)
    assert response.status_code in (302, 403, 404)
    nothing_was_approved()


@pytest.mark.parametrize("role", ["compliance_auditor", "leadership", "policy_admin", "system_admin"])
@pytest.mark.parametrize("everywhere", [False, True])
def test_roles_that_do_not_decide_approve_nothing_whatever_else_they_are(browser, role, everywhere):
    case = routine_case()
    person = make_user(role, None if everywhere else case.desk.portfolio, is_superuser=True)
    assert browser(person).approve(case).status_code in (403, 404)
    nothing_was_approved()


def test_an_account_routed_for_a_day_is_closed_the_day_after(browser):
    case = routine_case()
    person = make_user("reviewer", make_portfolio())
    share = {"account_id": case.account.pk, "user": person, "role": "reviewer", "reason": "please look", "starts_at": moment(-48)}
    AccountShare.objects.create(**share, ends_at=moment(-24))
    assert browser(person).approve(case).status_code == 404
    nothing_was_approved()
    AccountShare.objects.update(ends_at=moment(24))
    assert browser(person).approve(case).status_code == 302


def test_a_share_of_one_account_does_not_open_its_neighbour(browser):
    case = routine_case()
    neighbour = routine_case(case.desk)
    person = make_user()
    AccountShare.objects.create(account_id=neighbour.account.pk, user=person, role="reviewer", reason="x", starts_at=moment(-1))
    assert browser(person).approve(case).status_code == 404
    nothing_was_approved()


def test_a_live_session_ends_with_the_persons_deactivation(browser):
    case = routine_case()
    client = browser(case.desk.reviewer)
    token = client.token()
    User.objects.filter(pk=case.desk.reviewer.pk).update(is_active=False)
    form = {"fingerprint": case.draft.fingerprint, "csrfmiddlewaretoken": token}
    assert client.post(reverse("admin:act_approve", args=[case.follow_up.pk]), form).status_code in (302, 403)
    nothing_was_approved()


def test_a_live_session_loses_the_right_with_the_grant(browser):
    case = routine_case()
    client = browser(case.desk.reviewer)
    assert client.get(reverse("admin:review", args=[case.follow_up.pk])).status_code == 200
    case.desk.portfolio.portfoliousergrant_set.filter(user=case.desk.reviewer).update(ends_on=day(-1))
    assert client.approve(case).status_code == 404
    nothing_was_approved()
