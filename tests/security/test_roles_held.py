"""Roles that are held: when a grant counts, how it ends, what the page shows of it, and what a demotion stops."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from drafts import states
from drafts.delivery import handover
from governance import assignment
from governance.assignment import Wish
from governance.decisions import NotAllowed
from governance.models import AllPortfoliosGrant, Event, PortfolioGroupGrant, PortfolioUserGrant, RoleRequest, User
from governance.rights import scope_of
from tests.drafts.scene import AS_OF, routine_case
from tests.factories import day, grant, make_portfolio, make_user
from tests.security.asked_roles import answer, asked, give, roles

pytestmark = pytest.mark.django_db


@pytest.fixture
def two():
    return make_user("system_admin"), make_user("system_admin")


@pytest.fixture
def portfolio():
    return make_portfolio()


def test_an_administrator_of_one_portfolio_neither_asks_nor_confirms_nor_ends_elsewhere(browser, two):
    own, other = make_portfolio(), make_portfolio()
    local, colleague = make_user("system_admin", own), make_user("reviewer", other)
    client = browser(local)
    for where in (other.pk, "all"):
        assert give(browser, local, role="reviewer", user=colleague.pk, portfolio=where).status_code in (403, 409)
    row = asked(two[0], user=colleague, portfolio=other)
    assert answer(browser, local, row).status_code == 404
    foreign = PortfolioUserGrant.objects.get(user=colleague)
    assert client.act(reverse("admin:end_role", args=["person", foreign.pk]), {"sure": "1", "reason": "x"}).status_code == 404
    assert give(browser, local, user=colleague.pk, group=Group.objects.get(name="Leadership").pk).status_code == 403
    page = client.get(reverse("admin:roles"), {"portfolio": other.pk}).content.decode()
    assert other.name not in page and str(row) not in page
    assert roles(colleague) == {"reviewer"}


def test_a_role_ends_at_once_with_a_reason_and_never_by_its_holder(browser, two, portfolio):
    colleague = make_user("reviewer", portfolio)
    row = PortfolioUserGrant.objects.get()
    url = reverse("admin:end_role", args=["person", row.pk])
    assert browser(two[0]).act(url, {"sure": "1"}).status_code == 409
    assert roles(colleague) == {"reviewer"}
    assert browser(two[0]).act(url, {"sure": "1", "reason": "moved on"}).status_code == 302
    assert roles(colleague) == frozenset()
    event = Event.objects.get(action="rights.withdrawn")
    assert "reason_sha256" in event.data and "moved on" not in event.data
    own = AllPortfoliosGrant.objects.get(user=two[0])
    assert browser(two[0]).act(reverse("admin:end_role", args=["everywhere", own.pk]), {"sure": "1", "reason": "x"}).status_code == 403
    assert roles(two[0]) == {"system_admin"}


def test_a_grant_begins_and_ends_by_its_dates_without_any_job(portfolio):
    person = make_user()
    grant(person, "reviewer", portfolio, starts_on=day(1), ends_on=day(3))
    held = [bool(scope_of(person, on=day(n)).all_roles) for n in range(5)]
    assert held == [False, True, True, True, False]


def test_a_role_given_again_after_its_end_is_the_same_row_with_new_dates(two, portfolio):
    colleague = make_user()
    grant(colleague, "finance_approver", portfolio, ends_on=day(-10))
    row = asked(two[0], user=colleague, portfolio=portfolio)
    assignment.confirm(row.pk, by=two[1], at=AS_OF)
    given = PortfolioUserGrant.objects.get()
    assert (given.ends_on, given.history.count()) == (None, 2)


def test_before_saving_the_page_shows_who_could_approve_what_and_who_is_missing(browser, two, portfolio):
    ana = make_user("account_owner", portfolio, first_name="Ana", last_name="Ruiz")
    preview = give(browser, two[0], role="finance_approver", user=ana.pk, portfolio=portfolio.pk, sure="")
    page = preview.content.decode()
    assert preview.status_code == 200 and not RoleRequest.objects.exists()
    assert "Ana Ruiz would be needed twice" in page and "Nobody is account owner or legal approver" not in page
    assert "Nobody is legal approver" in page and 'value="joins the team"' in page
    row = PortfolioUserGrant.objects.get(user=ana)
    before = browser(two[0]).act(reverse("admin:end_role", args=["person", row.pk]))
    assert "Nobody is account owner or finance approver" in before.content.decode()
    assert roles(ana) == {"account_owner"}


def test_a_refused_form_comes_back_with_what_was_typed(browser, two, portfolio):
    page = give(browser, two[0], role="reviewer", user=make_user().pk, portfolio=portfolio.pk, reason="for Ana", ends_on="tomorrow").content.decode()
    assert "is not a date" in page and 'value="for Ana"' in page


def test_auditors_read_the_page_and_change_nothing_and_others_do_not_see_it(browser, two, portfolio):
    auditor = make_user("compliance_auditor")
    row = asked(two[0], user=make_user(), portfolio=portfolio)
    page = browser(auditor).get(reverse("admin:roles"))
    assert page.status_code == 200 and str(row.user) in page.content.decode() and "Give a role" not in page.content.decode()
    assert answer(browser, auditor, row).status_code == 403
    for role in ("reviewer", "finance_approver", "executive", "leadership", "policy_admin"):
        client = browser(make_user(role, is_superuser=True, is_staff=True))
        assert client.get(reverse("admin:roles")).status_code == 403
        assert client.act(reverse("admin:answer_role", args=[row.pk]), {"answer": "confirm"}).status_code == 403
    row.refresh_from_db()
    assert row.state == "waiting"


def test_of_three_people_with_two_administrators_everybody_can_get_a_role(portfolio):
    """The small preset: two ask and confirm for the third; for one of the two, the third becomes an administrator first."""
    a, b, c = make_user("system_admin"), make_user("system_admin"), make_user("reviewer", portfolio)
    row = asked(a, user=c, portfolio=portfolio)
    assignment.confirm(row.pk, by=b, at=AS_OF)
    mine = asked(a, user=b, portfolio=portfolio)
    with pytest.raises(NotAllowed):
        assignment.confirm(mine.pk, by=b, at=AS_OF)
    third = assignment.ask(Wish("system_admin", "so that b can be given a role", user=c), by=a, at=AS_OF)
    assignment.confirm(third.pk, by=b, at=AS_OF)
    assignment.confirm(mine.pk, by=c, at=AS_OF)
    assert "finance_approver" in roles(b) and "finance_approver" in roles(c)


@pytest.mark.parametrize("loss", ["role", "last day", "group", "active"])
def test_a_demotion_between_approval_and_hand_over_stops_the_message(settings, loss, two):
    settings.MAIL_TRANSPORT = "outbox"
    case = routine_case()
    approver = case.desk.reviewer
    if loss == "group":
        group = Group.objects.get(name="Reviewer")
        PortfolioUserGrant.objects.filter(user=approver).delete()
        AllPortfoliosGrant.objects.filter(user=approver).delete()
        PortfolioGroupGrant.objects.create(group=group, content_object=case.account.portfolio, permission=reviewer_permission())
        approver.groups.add(group)
    delivery = case.approve()
    if loss == "active":
        User.objects.filter(pk=approver.pk).update(is_active=False)
    elif loss == "last day":  # a date that passed, no job and no act
        PortfolioUserGrant.objects.filter(user=approver).update(ends_on=AS_OF.date() - timedelta(days=1))
        AllPortfoliosGrant.objects.filter(user=approver).update(ends_on=AS_OF.date() - timedelta(days=1))
    elif loss == "group":
        assignment.leave_group(approver, Group.objects.get(name="Reviewer"), "moved on", by=two[0], at=AS_OF)
    else:
        for row in [*PortfolioUserGrant.objects.filter(user=approver), *AllPortfoliosGrant.objects.filter(user=approver)]:
            assignment.end(row, "moved on", by=two[0], at=AS_OF)
    handover.deliver_due(delivery.leaves_at)
    delivery.refresh_from_db()
    assert delivery.state == states.DELIVERY_STOPPED
    assert "may no longer approve" in delivery.stop_reason


def reviewer_permission():
    from django.contrib.auth.models import Permission

    return Permission.objects.get(content_type__model="portfolio", codename="reviewer")
