"""System administrators grant roles; whatever they try, never to themselves and never beyond their own reach."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from governance.models import AllPortfoliosGrant, Event, Portfolio, PortfolioUserGrant, User
from governance.rights import scope_of
from tests.factories import day, grant, make_portfolio, make_user

pytestmark = pytest.mark.django_db


def permission(role):
    return Permission.objects.get(content_type=ContentType.objects.get_for_model(Portfolio), codename=role)


def add(model):
    return reverse(f"admin:governance_{model}_add")


def change(row):
    return reverse(f"admin:governance_{row._meta.model_name}_change", args=[row.pk])


def roles(person):
    return User.objects.get(pk=person.pk) and scope_of(User.objects.get(pk=person.pk)).all_roles


@pytest.fixture
def admin_():
    return make_user("system_admin")


def test_the_rows_of_grants_are_added_and_changed_by_no_form_of_their_own(browser, admin_):
    """Roles are asked for and confirmed on the page Roles; the rows themselves are read-only to everybody."""
    colleague, portfolio = make_user(), make_portfolio()
    grant(colleague, "reviewer", portfolio, ends_on=day(-1))
    row, client = PortfolioUserGrant.objects.get(), browser(admin_)
    for model in ("portfoliousergrant", "portfoliogroupgrant", "allportfoliosgrant"):
        assert client.act(add(model), {"user": colleague.pk, "role": "reviewer"}).status_code == 403
    assert client.act(change(row), {"starts_on": "", "ends_on": ""}).status_code == 403
    assert client.act(reverse("admin:governance_portfoliousergrant_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    assert roles(colleague) == frozenset() and PortfolioUserGrant.objects.count() == 1


def test_an_administrator_changes_neither_their_own_account_nor_their_groups(browser, admin_):
    form = {"username": admin_.username, "is_active": "on", "groups": [Group.objects.get(name="Reviewer").pk], "time_zone": "UTC", "language": "en"}
    assert browser(admin_).act(change(admin_), form).status_code == 403
    assert not admin_.groups.exists()


def test_nobody_becomes_superuser_or_staff_by_a_form(browser, admin_):
    colleague = make_user()
    form = {
        "username": colleague.username, "is_active": "on", "time_zone": "UTC", "language": "en", "is_superuser": "on", "is_staff": "on",
        "user_permissions": [permission("reviewer").pk],
    }
    assert browser(admin_).act(change(colleague), form).status_code == 302
    colleague.refresh_from_db()
    assert (colleague.is_superuser, colleague.is_staff, colleague.user_permissions.count()) == (False, False, 0)


def test_nobody_enters_a_group_by_the_form_of_a_person(browser, admin_):
    colleague, group = make_user(), Group.objects.get(name="Reviewer")
    AllPortfoliosGrant.objects.create(group=group, role="reviewer")
    form = {"username": colleague.username, "is_active": "on", "time_zone": "UTC", "language": "en", "groups": [group.pk]}
    assert browser(admin_).act(change(colleague), form).status_code == 302
    assert roles(colleague) == frozenset() and not colleague.groups.exists()


def test_setting_somebody_elses_password_and_switching_people_on_and_off_is_on_record(browser, admin_):
    colleague = make_user("reviewer")
    url = reverse("admin:auth_user_password_change", args=[colleague.pk])
    password = "a long enough phrase 7"
    answer = browser(admin_).act(url, {"password1": password, "password2": password, "usable_password": "true"})
    assert answer.status_code == 302
    off = {"username": colleague.username, "time_zone": "UTC", "language": "en"}
    assert browser(admin_).act(change(colleague), off).status_code == 302
    acts = list(Event.objects.filter(stream="rights", subject_kind="user", subject_id=colleague.pk).values_list("action", flat=True))
    assert acts == ["rights.password_set", "rights.person_changed"]


def test_an_administrator_of_one_portfolio_does_not_touch_people_of_others(browser):
    """Whoever sets a password can sign in as that person."""
    own, other = make_portfolio(), make_portfolio()
    local, foreign = make_user("system_admin", own), make_user("finance_approver", other)
    url = reverse("admin:auth_user_password_change", args=[foreign.pk])
    assert browser(local).act(url, {"password1": "a long enough phrase 7", "password2": "a long enough phrase 7"}).status_code == 403
    form = {"username": foreign.username, "time_zone": "UTC", "language": "en"}
    assert browser(local).act(change(foreign), form).status_code == 403
    assert User.objects.get(pk=foreign.pk).is_active


@pytest.mark.parametrize("role", ["reviewer", "finance_approver", "compliance_auditor", "leadership", "policy_admin", "executive"])
def test_nobody_else_grants_anything(browser, role):
    colleague, portfolio = make_user(), make_portfolio()
    client = browser(make_user(role, is_superuser=True, is_staff=True))
    form = {"user": colleague.pk, "permission": permission("reviewer").pk, "content_object": portfolio.pk}
    assert client.act(add("portfoliousergrant"), form).status_code == 403
    assert client.act(add("allportfoliosgrant"), {"user": colleague.pk, "role": "reviewer"}).status_code == 403
    asked = {"role": "reviewer", "user": colleague.pk, "portfolio": "all", "reason": "please", "sure": "1"}
    assert client.act(reverse("admin:give_role"), asked).status_code == 403
    assert client.act(add("user"), {"username": "puppet", "password1": "a long enough phrase 7", "password2": "a long enough phrase 7"}).status_code == 403
    assert not PortfolioUserGrant.objects.filter(user=colleague).exists()
    assert not User.objects.filter(username="puppet").exists()


def test_a_group_is_neither_made_nor_renamed_nor_deleted_by_anybody(browser, admin_):
    group = Group.objects.get(name="Reviewer")
    client = browser(admin_)
    assert client.act(reverse("admin:auth_group_add"), {"name": "Shadow"}).status_code == 403
    assert client.act(reverse("admin:auth_group_change", args=[group.pk]), {"name": "Executive 2"}).status_code == 403
    assert client.act(reverse("admin:auth_group_delete", args=[group.pk]), {"post": "yes"}).status_code == 403
    assert Group.objects.filter(name="Reviewer").exists()


@pytest.mark.parametrize("role", ["compliance_auditor", "system_admin"])
def test_no_page_about_people_shows_a_password_hash(browser, role):
    colleague = make_user(password="a long enough phrase 7")
    viewer = make_user(role, password="another long phrase 8")
    for row in (colleague, viewer):
        for view in ("change", "history"):
            page = browser(viewer).get(reverse(f"admin:governance_user_{view}", args=[row.pk])).content.decode()
            assert row.password not in page
            assert row.password.split("$")[-1] not in page


def test_changing_a_portfolios_bank_account_is_on_record(browser, admin_):
    portfolio = make_portfolio()
    client = browser(admin_)
    page = client.get(reverse("admin:governance_portfolio_change", args=[portfolio.pk]))
    form = {k: v for k, v in page.context["adminform"].form.initial.items() if v is not None}
    form["bank_accounts"] = '[{"label": "New bank", "iban": "DE00", "bic": "X"}]'
    assert client.act(reverse("admin:governance_portfolio_change", args=[portfolio.pk]), form).status_code == 302
    event = Event.objects.get(action="portfolio.changed", subject_id=portfolio.pk)
    assert "bank_accounts" in event.data
    assert "DE00" not in event.data
