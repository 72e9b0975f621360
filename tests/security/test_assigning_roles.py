"""Two administrators give a role, and neither of them to themselves, by whatever way round."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.urls import reverse

from governance import assignment, clock
from governance.assignment import Wish
from governance.decisions import NotAllowed
from governance.models import AllPortfoliosGrant, Event, PortfolioGroupGrant, PortfolioUserGrant, RoleRequest, User
from governance.rights import can
from governance.roles import ALL_ROLES, STRONG
from tests.drafts.scene import AS_OF
from tests.factories import day, make_portfolio, make_user
from tests.security.asked_roles import answer, asked, give, roles

pytestmark = pytest.mark.django_db


@pytest.fixture
def two():
    return make_user("system_admin"), make_user("system_admin")


@pytest.fixture
def portfolio():
    return make_portfolio()


def test_a_role_that_decides_has_no_effect_until_another_administrator_confirms(browser, two, portfolio):
    first, second = two
    colleague = make_user()
    assert give(browser, first, role="finance_approver", user=colleague.pk, portfolio=portfolio.pk).status_code == 302
    assert roles(colleague) == frozenset() and not PortfolioUserGrant.objects.exists()
    row = RoleRequest.objects.get()
    assert "without effect until confirmed" in browser(first).get(reverse("admin:roles")).content.decode()
    assert answer(browser, second, row).status_code == 302
    assert roles(colleague) == {"finance_approver"} and can(colleague, "approve", portfolio)
    given = PortfolioUserGrant.objects.get()
    assert (given.granted_by, given.reason) == (first, "joins the team")
    acts = list(Event.objects.filter(stream="rights").order_by("id").values_list("action", "actor_id"))
    assert acts == [("rights.asked", first.pk), ("rights.granted", second.pk)]
    assert "joins the team" not in "".join(Event.objects.values_list("data", flat=True))


def test_the_asker_does_not_confirm(browser, two, portfolio):
    row = asked(two[0], user=make_user(), portfolio=portfolio)
    assert answer(browser, two[0], row).status_code == 403
    row.refresh_from_db()
    assert row.state == "waiting" and not PortfolioUserGrant.objects.exists()


def test_the_database_refuses_a_request_confirmed_by_its_asker_or_holder(two, portfolio):
    colleague = make_user()
    row = asked(two[0], user=colleague, portfolio=portfolio)
    for who in (two[0], colleague):
        with pytest.raises(IntegrityError), transaction.atomic():
            RoleRequest.objects.filter(pk=row.pk).update(state="confirmed", decided_by=who)


def test_nobody_gives_a_role_to_themselves_or_confirms_their_own(browser, two, portfolio):
    first, second = two
    for fields in ({"portfolio": portfolio.pk}, {"portfolio": "all"}):
        assert give(browser, first, role="reviewer", user=first.pk, **fields).status_code in (403, 409)
    with pytest.raises(NotAllowed):
        asked(first, user=first, portfolio=portfolio)
    row = asked(first, user=second, portfolio=portfolio)
    assert answer(browser, second, row).status_code == 403
    assert roles(first) == roles(second) == {"system_admin"}


def test_nobody_gives_a_role_to_a_group_they_belong_to_nor_joins_one(browser, two, portfolio):
    first, second = two
    group = Group.objects.get(name="Finance approver")
    first.groups.add(group)
    assert give(browser, first, role="finance_approver", group=group.pk, portfolio=portfolio.pk).status_code == 403
    row = asked(second, group=group, portfolio=portfolio)
    assert answer(browser, first, row).status_code == 403
    with pytest.raises(NotAllowed):
        assignment.ask(Wish("", "me too", user=second, group=Group.objects.get(name="Executive")), by=second, at=AS_OF)
    assert roles(first) == roles(second) == {"system_admin"}


def test_joining_a_group_with_roles_takes_two_and_a_group_without_roles_one(two):
    first, second = two
    colleague, empty, full = make_user(), Group.objects.get(name="Leadership"), Group.objects.get(name="Reviewer")
    AllPortfoliosGrant.objects.create(group=full, role="reviewer")
    assert assignment.ask(Wish("", "joins", user=colleague, group=empty), by=first, at=AS_OF).state == "confirmed"
    row = assignment.ask(Wish("", "joins", user=colleague, group=full), by=first, at=AS_OF)
    assert row.state == "waiting" and roles(colleague) == frozenset()
    assignment.confirm(row.pk, by=second, at=AS_OF)
    assert roles(colleague) == {"reviewer"}
    assignment.leave_group(colleague, full, "left the team", by=first, at=AS_OF)
    assert roles(colleague) == frozenset()
    assert Event.objects.filter(action="rights.left_group", actor_id=first.pk).exists()


def test_who_joined_the_group_after_asking_for_its_role_gains_nothing(two, portfolio):
    first, second = two
    group = Group.objects.get(name="Finance approver")
    row = asked(first, group=group, portfolio=portfolio)
    first.groups.add(group)
    with pytest.raises(NotAllowed, match="would gain"):
        assignment.confirm(row.pk, by=second, at=AS_OF)
    assert not PortfolioGroupGrant.objects.exists()


def test_only_a_role_that_neither_approves_nor_administers_is_given_by_one(two, portfolio):
    assert frozenset(ALL_ROLES) - STRONG == {"leadership"}
    for role in ALL_ROLES:
        row = asked(two[0], role=role, user=make_user(), portfolio=portfolio)
        assert row.state == ("confirmed" if role == "leadership" else "waiting"), role


def test_whoever_reset_a_colleagues_sign_in_is_not_confirmed_by_that_colleague(browser, two, portfolio):
    first, second = two
    password = "a long enough phrase 7"
    browser(first).act(reverse("admin:auth_user_password_change", args=[second.pk]), {"password1": password, "password2": password, "usable_password": "true"})
    now = clock.now()
    row = asked(first, now, user=make_user(), portfolio=portfolio)
    with pytest.raises(NotAllowed, match="changed your sign-in"):
        assignment.confirm(row.pk, by=second, at=now)
    assignment.confirm(row.pk, by=make_user("system_admin"), at=now)
    other = asked(first, now, user=make_user(), portfolio=portfolio)
    assignment.confirm(other.pk, by=second, at=now + timedelta(days=8))


def test_a_changed_mail_address_counts_like_a_reset_because_single_sign_on_knows_people_by_it(browser, two, portfolio):
    first, second = two
    form = {"username": second.username, "email": "taken@desk.example", "is_active": "on", "time_zone": "UTC", "language": "en"}
    assert browser(first).act(reverse("admin:governance_user_change", args=[second.pk]), form).status_code == 302
    now = clock.now()
    row = asked(first, now, user=make_user(), portfolio=portfolio)
    with pytest.raises(NotAllowed, match="changed your sign-in"):
        assignment.confirm(row.pk, by=second, at=now)


def test_a_request_dies_with_the_rights_of_its_asker_with_time_and_with_its_holder(two, portfolio):
    first, second = two
    colleague = make_user()
    row = asked(first, user=colleague, portfolio=portfolio)
    with pytest.raises(NotAllowed, match="14 days"):
        assignment.confirm(row.pk, by=second, at=AS_OF + timedelta(days=15))
    colleague.is_active = False
    colleague.save()
    with pytest.raises(ValueError, match="cannot sign in"):
        assignment.confirm(row.pk, by=second, at=AS_OF)
    User.objects.filter(pk=colleague.pk).update(is_active=True)
    AllPortfoliosGrant.objects.filter(user=first).update(ends_on=day(-1))
    with pytest.raises(NotAllowed, match="assigns roles there no more"):
        assignment.confirm(row.pk, by=second, at=AS_OF)
    assert roles(colleague) == frozenset()


def test_a_request_is_answered_once(two, portfolio):
    row = asked(two[0], user=make_user(), portfolio=portfolio)
    assignment.confirm(row.pk, by=two[1], at=AS_OF)
    for act in (lambda: assignment.confirm(row.pk, by=two[1], at=AS_OF), lambda: assignment.refuse(row.pk, "no", by=two[1], at=AS_OF)):
        with pytest.raises(ValueError, match="answered already"):
            act()


def test_a_refusal_and_a_withdrawal_give_nothing_and_are_on_record(browser, two, portfolio):
    first, second = two
    refused, withdrawn = asked(first, user=make_user(), portfolio=portfolio), asked(first, user=make_user(), portfolio=portfolio)
    assert answer(browser, second, refused, "refuse").status_code == 409
    assert answer(browser, second, refused, "refuse", reason="not needed").status_code == 302
    assert answer(browser, first, withdrawn, "refuse", reason="a mistake").status_code == 302
    assert set(RoleRequest.objects.values_list("state", flat=True)) == {"refused", "withdrawn"}
    assert not PortfolioUserGrant.objects.exists()
    assert set(Event.objects.values_list("action", flat=True)) == {"rights.asked", "rights.refused", "rights.recalled"}


@pytest.mark.parametrize("wrong", [
    {"reason": " "}, {"role": "superuser"}, {"ends_on": day(-1)}, {"starts_on": day(5), "ends_on": day(4)}, {"user": None},
])  # fmt: skip
def test_what_is_missing_or_wrong_is_said_and_nothing_is_asked(two, portfolio, wrong):
    with pytest.raises(ValueError):
        asked(two[0], **{"user": make_user(), "portfolio": portfolio, **wrong})
    assert not RoleRequest.objects.exists()


def test_the_same_is_not_asked_for_twice(two, portfolio):
    colleague = make_user()
    asked(two[0], user=colleague, portfolio=portfolio)
    with pytest.raises(ValueError, match="asked for already"):
        asked(two[1], user=colleague, portfolio=portfolio)
