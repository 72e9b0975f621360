"""Who could approve what: nobody twice."""

from __future__ import annotations

from itertools import combinations

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from governance import coverage
from governance.models import Portfolio, PortfolioUserGrant, User
from tests.factories import make_portfolio, make_user

ROLES = ("a", "b", "c", "d")


@given(st.lists(st.sampled_from(ROLES), min_size=1, max_size=4), st.dictionaries(st.sampled_from(ROLES), st.sets(st.integers(1, 5))))
def test_a_choice_is_found_exactly_when_every_group_of_roles_has_enough_people(roles, able):
    """Hall's condition, asked over every subset of the roles."""
    enough = all(
        len(set().union(*(able.get(role, set()) for role in some))) >= len(some)
        for n in range(1, len(roles) + 1) for some in combinations(roles, n)
    )
    found = coverage.distinct(roles, able)
    assert (found is not None) == enough
    if found is not None:
        assert sorted(found.values()) == sorted(roles)
        assert all(person in able[role] for person, role in found.items())


@pytest.mark.django_db
def test_an_empty_portfolio_says_who_is_missing_for_each_kind_of_approval():
    problems = {s.need.words: s.problem for s in coverage.staffing(coverage.holders(make_portfolio().pk))}
    assert len(problems) == len(coverage.NEEDS)
    assert problems["legal wording"] == "nobody is account owner or legal approver"


@pytest.mark.django_db
def test_one_person_with_two_roles_is_named_as_needed_twice():
    portfolio = make_portfolio()
    person = make_user("account_owner", portfolio, first_name="Ana", last_name="Ruiz")
    held = coverage.holders(portfolio.pk, plus={"finance_approver": [person]})
    problems = {s.need.roles: s.problem for s in coverage.staffing(held)}
    assert "Ana Ruiz would be needed twice" in problems["account_owner", "finance_approver"]


@pytest.mark.django_db
def test_a_grant_that_would_end_is_left_out_and_others_still_count():
    portfolio = make_portfolio()
    make_user("finance_approver", portfolio)
    row, other = PortfolioUserGrant.objects.get(), make_user("finance_approver")
    assert len(coverage.holders(portfolio.pk)["finance_approver"]) == 2
    assert coverage.holders(portfolio.pk, without=row)["finance_approver"] == [other]


@pytest.mark.django_db
def test_the_small_preset_leaves_no_kind_of_approval_without_distinct_people_whoever_of_the_three_wrote_the_text():
    call_command("bootstrap", preset="small", person=["a@desk.example", "b@desk.example", "c@desk.example"])
    held = coverage.holders(Portfolio.objects.get().pk)
    assert not [s.problem for s in coverage.staffing(held) if s.problem]
    for writer in User.objects.all():
        others = {role: [p for p in people if p != writer] for role, people in held.items()}
        short = {s.need.roles for s in coverage.staffing(others) if s.problem}
        two = {n.roles for n in coverage.NEEDS if len(n.roles) == 2 and n.roles[0] not in ("policy_admin", "system_admin")}
        assert not short & two, (writer, short)
