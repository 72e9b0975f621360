"""Lists kept as JSON are asked for one element, on either database, and never by words that stand elsewhere in them."""

from __future__ import annotations

import pytest

from drafts.models import FollowUp
from drafts.models.follow_up import has_rule, needs, routed_to
from tests.factories import make_account, moment

pytestmark = pytest.mark.django_db


def follow_up(reasons=(), roles=()):
    account = make_account()
    found = [{"rule": rule, "words": "said of rule dispute_open and \"finance_approver\""} for rule in reasons]
    return FollowUp.objects.create(
        account=account, portfolio=account.portfolio, opened_at=moment(0), reasons=found, required_roles=[[role, '"reviewer" is named'] for role in roles]
    )


def rows(condition):
    return set(FollowUp.objects.filter(condition))


def test_a_rule_is_found_among_several_and_only_by_its_whole_name():
    both, open_one, none = follow_up(["po_missing", "dispute_open"]), follow_up(["dispute_open"]), follow_up(["dispute_opening"])
    follow_up()
    assert rows(has_rule("dispute_open")) == {both, open_one}
    assert rows(has_rule("dispute_open", "dispute_opening")) == {both, open_one, none}
    assert rows(~has_rule("dispute_open", "dispute_opening")) == set(FollowUp.objects.exclude(pk__in=[both.pk, open_one.pk, none.pk]))


def test_a_name_that_ends_in_a_colon_stands_for_all_that_begin_with_it():
    row = follow_up(["check:G02"])
    follow_up(["checked"])
    assert rows(has_rule("check:")) == {row}


def test_a_role_is_needed_where_it_stands_as_a_role_and_not_in_the_words():
    row = follow_up(roles=["account_owner", "finance_approver"])
    assert rows(needs("finance_approver")) == {row} and rows(needs("reviewer")) == set()
    assert set(routed_to("account_owner")) == {(row.account_id,)}
