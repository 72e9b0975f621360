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


def test_two_administrators_are_made_at_once_and_a_lone_one_is_told_to_find_a_colleague(capsys):
    call_command("bootstrap", preset="standard", admin=["it@desk.example"])
    assert "there is one administrator" in capsys.readouterr().out
    call_command("bootstrap", preset="standard", admin=["it@desk.example", "ops@desk.example"])
    told = capsys.readouterr().out
    assert "there is one administrator" not in told and "give roles under Roles" in told
    assert AllPortfoliosGrant.objects.filter(role="system_admin").count() == 2


def test_the_small_preset_says_that_every_lane_can_be_run_and_what_to_do_next(capsys):
    call_command("bootstrap", preset="small", person=["a@desk.example", "b@desk.example", "c@desk.example"])
    told = capsys.readouterr().out
    assert "Every lane can be run" in told and "Attention" not in told and "Next: 1." in told


def test_a_second_run_brings_back_no_grant_that_was_ended_and_records_nothing():
    people = ["a@desk.example", "b@desk.example", "c@desk.example"]
    call_command("bootstrap", preset="small", person=people)
    AllPortfoliosGrant.objects.filter(role="leadership").update(ends_on="2020-01-01")
    before = Event.objects.count()
    call_command("bootstrap", preset="small", person=[people[0].upper(), *people[1:]])
    assert str(AllPortfoliosGrant.objects.get(role="leadership").ends_on) == "2020-01-01"
    assert (User.objects.count(), Event.objects.count()) == (3, before)


def test_a_person_who_was_switched_off_is_not_made_administrator_again():
    call_command("bootstrap", preset="standard", admin="it@desk.example")
    User.objects.update(is_active=False)
    with pytest.raises(CommandError, match="switched off"):
        call_command("bootstrap", preset="standard", admin="it@desk.example")


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


@pytest.mark.parametrize(
    "bad",
    [
        {"preset": "small", "person": ["a@x.example"]},
        {"preset": "small", "person": ["a@x.example", "A@x.example", "c@x.example"]},
        {"preset": "standard"},
        {"preset": "standard", "admin": "nobody"},
        {"preset": "standard", "admin": "a@x.example", "currency": "EURO"},
    ],
)
def test_bad_input_is_refused_and_nothing_is_written(bad):
    with pytest.raises(CommandError):
        call_command("bootstrap", **bad)
    assert not User.objects.exists() and not Portfolio.objects.exists()
