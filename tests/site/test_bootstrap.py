"""The first people of an installation."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from governance import rights
from governance.models import AllPortfoliosGrant, Event, Portfolio, User
from governance.roles import ALL_ROLES

pytestmark = pytest.mark.django_db


def test_three_people_hold_every_role_between_them(capsys):
    call_command("bootstrap", preset="small", person=["a@desk.example", "b@desk.example", "c@desk.example"])
    held = set().union(*(rights.scope_of(u).all_roles for u in User.objects.all()))
    assert held == set(ALL_ROLES)
    assert capsys.readouterr().out.count("shown once") == 3
    assert Event.objects.filter(action="rights.granted").count() == 3


def test_roles_that_must_differ_are_held_by_two_people():
    call_command("bootstrap", preset="small", person=["a@desk.example", "b@desk.example", "c@desk.example"])
    portfolio = Portfolio.objects.get()
    for first, second in (("reviewer", "finance_approver"), ("account_owner", "finance_approver")):
        assert set(rights.people_with(first, portfolio.pk)) - set(rights.people_with(second, portfolio.pk))
    assert len(list(rights.people_with("policy_admin", portfolio.pk))) == 2


def test_the_standard_preset_makes_one_administrator_who_sees_no_account():
    call_command("bootstrap", preset="standard", admin="it@desk.example")
    user = User.objects.get()
    assert rights.can(user, "assign_roles") and not rights.can(user, "see_account")
    assert not user.is_superuser and user.is_staff


def test_a_second_run_changes_nothing_and_resets_no_password():
    call_command("bootstrap", preset="standard", admin="it@desk.example")
    before = User.objects.get().password
    call_command("bootstrap", preset="standard", admin="it@desk.example")
    assert User.objects.get().password == before and AllPortfoliosGrant.objects.count() == 1


@pytest.mark.parametrize("bad", [{"preset": "small", "person": ["a@x.example"]}, {"preset": "standard"}, {"preset": "standard", "admin": "nobody"}])
def test_bad_input_is_refused_and_nothing_is_written(bad):
    with pytest.raises(CommandError):
        call_command("bootstrap", **bad)
    assert not User.objects.exists() and not Portfolio.objects.exists()
