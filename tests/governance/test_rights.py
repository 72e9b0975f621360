"""One function decides."""

from __future__ import annotations

import pytest

from accounts.models import Account, Invoice
from governance import clock, rights
from governance.models import AccountShare
from governance.roles import ACTIONS, ALL_ROLES
from tests.factories import grant, make_account, make_invoice, make_portfolio, make_user

pytestmark = pytest.mark.django_db

# The matrix of the controls page, one row per action: who may.
MAY = {
    "see_draft": {"reviewer", "account_owner", "finance_approver", "legal_approver", "executive", "compliance_auditor"},
    "approve": {"reviewer", "account_owner", "finance_approver", "legal_approver", "executive"},
    "decide_relationship": {"executive"},
    "stop": {"reviewer", "account_owner", "finance_approver", "legal_approver", "executive", "compliance_auditor", "system_admin"},
    "lift_hold": {"account_owner", "finance_approver", "legal_approver", "executive"},
    "import": {"finance_approver", "system_admin"},
    "write_policy": {"policy_admin"},
    "assign_roles": {"system_admin"},
    "pause_sending": set(ALL_ROLES),
    "resume_sending": {"finance_approver", "system_admin"},
}


@pytest.mark.parametrize("action", MAY)
def test_the_role_matrix_holds_for_every_role(action):
    portfolio = make_portfolio()
    account = make_account(portfolio)
    for role in ALL_ROLES:
        person = make_user(role, portfolio)
        if role in ACTIONS[action].routed:
            assert not rights.can(person, action, account), (role, action)
            AccountShare.objects.create(account_id=account.pk, user=person, role=role, reason="look", starts_at=clock.now())
        answer = rights.can(person, action, account)
        assert bool(answer) == (role in MAY[action]), (role, action)


def test_no_grant_means_none():
    account = make_account()
    make_invoice(account)
    stranger = make_user(is_superuser=True)
    assert not Account.objects.visible_to(stranger).exists()
    assert not Invoice.objects.visible_to(stranger).exists()
    for action in ACTIONS:
        assert not rights.can(stranger, action, account)


def test_lists_show_own_portfolios_and_routed_accounts_only():
    mine, routed, other = make_account(), make_account(), make_account()
    person = make_user("reviewer", mine.portfolio)
    AccountShare.objects.create(
        account_id=routed.pk, user=person, role="legal_approver", reason="clause", starts_at=clock.now()
    )
    assert set(Account.objects.visible_to(person)) == {mine, routed}
    assert rights.can(person, "approve", routed)
    assert not rights.can(person, "see_account", other)


def test_an_all_portfolios_grant_of_a_role_that_reads_no_accounts_shows_none():
    make_account()
    assert not Account.objects.visible_to(make_user("policy_admin")).exists()
    assert Account.objects.visible_to(make_user("compliance_auditor")).count() == 1


def test_lists_cost_the_same_for_few_and_many_rows(django_assert_max_num_queries):
    portfolio = make_portfolio()
    person = make_user("reviewer", portfolio)
    for _ in range(30):
        make_account(portfolio, contact=False)
    with django_assert_max_num_queries(6):
        assert len(Account.objects.visible_to(person)) == 30


def test_people_with_a_role_are_found_by_grant_group_and_everywhere():
    portfolio = make_portfolio()
    direct, everywhere = make_user("executive", portfolio), make_user("executive")
    gone = make_user("executive", portfolio, is_active=False)
    grant(make_user(), "executive", make_portfolio())
    assert list(rights.people_with("executive", portfolio.pk)) == [direct, everywhere]
    assert gone not in rights.people_with("executive", portfolio.pk)
