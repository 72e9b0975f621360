"""The first people of an installation."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from governance import rights, signing
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


def test_it_makes_the_key_that_signs_checkpoints_and_shows_its_public_half(settings, tmp_path, capsys):
    settings.LEDGER_KEY_FILE = tmp_path / "key.pem"
    call_command("bootstrap", preset="standard", admin="it@desk.example")
    assert signing.public_pem().decode() in capsys.readouterr().out
    assert settings.LEDGER_KEY_FILE.stat().st_mode & 0o077 == 0
    call_command("checkpoint", "--public-key")
    assert capsys.readouterr().out.strip() == signing.public_pem().decode().strip()


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
