"""Blocks that beat any approval."""

from __future__ import annotations

from datetime import timedelta

import pytest

from governance import clock, holds
from governance.models import Event, Hold
from tests.factories import make_account, make_portfolio, make_user

pytestmark = pytest.mark.django_db


def test_a_hold_of_every_scope_reaches_the_account_in_one_query(django_assert_num_queries):
    account, other = make_account(), make_account()
    now = clock.now()
    holds.put("global", 0, kind="pause", reason="ledger shows wrong balances", by=None, at=now)
    holds.put("portfolio", account.portfolio_id, kind="pause", reason="migration", by=None, at=now)
    holds.put("account", account.pk, kind="legal", reason="with counsel", by=None, at=now)
    holds.put("invoice", 5, account_id=account.pk, kind="dispute", reason="price", by=None, at=now, source="signal:1")
    with django_assert_num_queries(1):
        found = holds.in_force({account.pk: account.portfolio_id, other.pk: other.portfolio_id}, now)
    assert [h.scope for h in found[account.pk]] == ["global", "portfolio", "account", "invoice"]
    assert [h.scope for h in found[other.pk]] == ["global"]


def test_the_same_cause_puts_one_hold():
    account, now = make_account(), clock.now()
    first = holds.put("account", account.pk, kind="dispute", reason="price", by=None, at=now, source="signal:1")
    again = holds.put("account", account.pk, kind="dispute", reason="price", by=None, at=now, source="signal:1")
    assert first.pk == again.pk
    assert Event.objects.filter(action="hold.put").count() == 1


def test_an_expired_or_released_hold_is_not_in_force():
    account, now, person = make_account(), clock.now(), make_user()
    accounts = {account.pk: account.portfolio_id}
    holds.put("account", account.pk, kind="pause", reason="holiday", by=person, at=now, expires_at=now + timedelta(days=1))
    hold = holds.put("account", account.pk, kind="legal", reason="with counsel", by=person, at=now)
    assert holds.release(hold.pk, by=person, at=now, reason="settled") == 1
    assert [h.kind for h in holds.in_force(accounts, now)[account.pk]] == ["pause"]
    assert holds.in_force(accounts, now + timedelta(days=2)) == {}
    assert hold.history.count() == 2
    assert holds.release(hold.pk, by=person, at=now, reason="again") == 0


def test_a_hold_whose_time_is_over_does_not_keep_a_new_one_of_the_same_cause_from_standing():
    account, now = make_account(), clock.now()
    cause = {"kind": "pause", "source": "person:1", "by": None}
    first = holds.put("account", account.pk, reason="holiday", at=now, expires_at=now + timedelta(days=1), **cause)
    later = now + timedelta(days=2)
    second = holds.put("account", account.pk, reason="holiday again", at=later, **cause)
    assert second.pk != first.pk
    assert [h.reason for h in holds.in_force({account.pk: account.portfolio_id}, later)[account.pk]] == ["holiday again"]
    first.refresh_from_db()
    assert (first.released_at, first.release_reason) == (later, "its time was over")


def test_a_hold_and_its_release_need_a_reason():
    account, now = make_account(), clock.now()
    with pytest.raises(ValueError, match="reason"):
        holds.put("account", account.pk, kind="pause", reason=" ", by=None, at=now)
    hold = holds.put("account", account.pk, kind="pause", reason="x", by=None, at=now)
    with pytest.raises(ValueError, match="reason"):
        holds.release(hold.pk, by=None, at=now, reason="")
    assert Hold.objects.get().released_at is None


def test_sending_is_paused_by_a_global_hold_only():
    account, now = make_account(make_portfolio()), clock.now()
    holds.put("account", account.pk, kind="pause", reason="x", by=None, at=now)
    assert holds.sending_paused(now) is None
    holds.put("global", 0, kind="pause", reason="wrong balances", by=None, at=now)
    assert holds.sending_paused(now).reason == "wrong balances"
