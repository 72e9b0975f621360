"""The six states of a source: unknown is never none."""

from __future__ import annotations

import pytest

from accounts import readiness
from accounts.models import Source
from governance.policies import DEFAULT
from tests import factories as f
from tests.accounts.test_facts import facts_of

pytestmark = pytest.mark.django_db


def states(account):
    return {kind: source.state for kind, source in facts_of(account).sources.items()}


def test_every_kind_of_source_has_a_state_on_every_account():
    assert set(states(f.make_account())) == set(Source.Kind.values)


def test_a_source_that_answered_is_present_or_checked_and_empty():
    account = f.make_account()
    f.make_invoice(account)
    found = states(account)
    assert found["invoices"] == "present"
    assert found["payments"] == "checked_empty"


def test_no_tickets_and_a_ticket_system_that_is_down_are_different_facts():
    account = f.make_account()
    assert states(account)["tickets"] == "not_configured"
    source = f.make_source(account.portfolio, "tickets")
    assert states(account)["tickets"] == "checked_empty"
    source.status = "failed"
    source.save()
    assert states(account)["tickets"] == "unavailable"
    source.status = "not_permitted"
    source.save()
    assert states(account)["tickets"] == "not_permitted"


@pytest.mark.parametrize(("kind", "hours", "state"), [
    ("invoices", 24, "checked_empty"), ("invoices", 25, "stale"), ("payments", 12, "checked_empty"), ("payments", 13, "stale"),
])  # fmt: skip
def test_facts_older_than_their_limit_are_stale(kind, hours, state):
    account = f.make_account()
    Source.objects.filter(portfolio=account.portfolio, kind=kind).update(as_of=f.moment(-hours))
    assert states(account)[kind] == state


def test_data_of_unknown_age_is_stale_not_fresh():
    account = f.make_account()
    Source.objects.filter(portfolio=account.portfolio, kind="payments").update(as_of=None)
    source = facts_of(account).sources["payments"]
    assert (source.state, source.age_seconds) == ("stale", None)


def test_what_a_source_said_about_one_account_stays_with_that_account():
    account = f.make_account()
    neighbour = f.make_account(account.portfolio)
    f.make_source_state(account, "payments", "not_permitted", detail="other bank")
    assert states(account)["payments"] == "not_permitted"
    assert states(neighbour)["payments"] == "checked_empty"


def test_one_accounts_good_answer_does_not_hide_that_the_whole_source_is_down():
    account = f.make_account()
    f.make_source_state(account, "payments", "ok", as_of=f.moment(-1))
    Source.objects.filter(portfolio=account.portfolio, kind="payments").update(status="failed")
    assert states(account)["payments"] == "unavailable"


def test_a_source_not_connected_is_a_gap_only_where_policy_always_asks_for_it():
    account = f.make_account(f.make_portfolio(sources=("invoices", "contacts")))
    facts = facts_of(account)
    assert [g.kind for g in readiness.gaps(facts, DEFAULT)] == ["payments"]
    assert "tickets" not in readiness.required_kinds(facts, DEFAULT)


def test_a_connected_ticket_system_is_asked_for_from_then_on():
    account = f.make_account()
    f.make_source(account.portfolio, "tickets", as_of=f.moment(-48))
    assert [g.kind for g in readiness.gaps(facts_of(account), DEFAULT)] == ["tickets"]
