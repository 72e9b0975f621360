"""Holds put and lifted by people, and the pause of all sending."""

from __future__ import annotations

from datetime import timedelta

import pytest

from drafts import states, sweeping
from drafts.review import Blocked, NotAllowed, lift_hold, mark_disputed, pause_sending, put_hold, resume_sending
from governance import holds
from governance.models import Event, Hold
from tests.drafts.scene import AS_OF, routine_case, stop_clock
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_as_of(settings):
    stop_clock(settings)


def held(case, **kwargs):
    return put_hold("account", case.account.pk, kind="do_not_contact", reason="trade fair week", by=case.desk.reviewer, at=AS_OF, **kwargs)


def test_a_hold_stops_what_is_leaving_and_holds_the_follow_up():
    case = routine_case()
    delivery = case.approve()
    hold = held(case)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.stop_code) == (states.DELIVERY_STOPPED, "hold")
    assert case.follow_up.status == states.ON_HOLD
    assert "trade fair week" in case.follow_up.hold_reason
    assert hold.created_by == case.desk.reviewer


def test_a_hold_needs_a_reason():
    case = routine_case()
    with pytest.raises(Blocked):
        put_hold("account", case.account.pk, kind="pause", reason=" ", by=case.desk.reviewer, at=AS_OF)
    assert not Hold.objects.exists()


def test_the_same_hold_again_changes_nothing_and_another_end_is_refused():
    case = routine_case()
    pk, end = case.account.pk, AS_OF + timedelta(days=1)
    put = {"kind": "pause", "reason": "holiday", "by": case.desk.reviewer, "at": AS_OF}
    hold = put_hold("account", pk, expires_at=end, **put)
    assert put_hold("account", pk, expires_at=end, **put) == hold
    with pytest.raises(Blocked, match="already hold this until"):
        put_hold("account", pk, expires_at=end + timedelta(days=7), **put)
    assert Hold.objects.get().expires_at == end


def test_a_reviewer_puts_and_an_owner_lifts():
    case = routine_case()
    hold = held(case)
    with pytest.raises(NotAllowed):
        lift_hold(hold.pk, "over", by=case.desk.reviewer, at=AS_OF)
    lift_hold(hold.pk, "the fair is over", by=case.desk.owner, at=AS_OF)
    assert case.follow_up.status == states.READY
    assert case.draft.revision == 2


def test_an_expired_hold_ends_by_itself_at_the_next_round():
    case = routine_case()
    held(case, expires_at=AS_OF + timedelta(hours=2))
    assert sweeping.prepare_released(AS_OF + timedelta(hours=1)) == 0
    assert case.follow_up.status == states.ON_HOLD
    assert sweeping.prepare_released(AS_OF + timedelta(hours=3)) == 1
    assert case.follow_up.status == states.READY
    assert sweeping.prepare_released(AS_OF + timedelta(hours=3)) == 0


def test_a_disputes_hold_is_not_lifted_by_hand():
    case = routine_case()
    mark_disputed(case.follow_up.pk, [case.invoices[0].pk], category="price", quote="x", by=case.desk.reviewer, at=AS_OF)
    with pytest.raises(Blocked, match="belongs to a dispute"):
        lift_hold(Hold.objects.get().pk, "enough", by=case.desk.finance, at=AS_OF)
    assert Hold.objects.get().released_at is None


@pytest.mark.parametrize("role", ["reviewer", "compliance_auditor", "leadership", "policy_admin", "system_admin"])
def test_anyone_with_a_role_may_pause_sending(role):
    person = make_user(role)
    pause_sending("wrong balances", by=person, at=AS_OF)
    assert holds.sending_paused(AS_OF).created_by == person
    assert Event.objects.filter(stream="system", action="system.sending_paused").count() == 1


def test_a_person_without_a_role_may_not_pause():
    with pytest.raises(NotAllowed):
        pause_sending("fun", by=make_user(is_superuser=True), at=AS_OF)
    assert holds.sending_paused(AS_OF) is None


def test_finance_resumes_and_a_system_administrator_only_after_somebody_else():
    admin, finance = make_user("system_admin"), make_user("finance_approver")
    pause_sending("wrong balances", by=admin, at=AS_OF)
    with pytest.raises(NotAllowed, match="a second person resumes"):
        resume_sending("fixed", by=admin, at=AS_OF)
    with pytest.raises(NotAllowed):
        resume_sending("fixed", by=make_user("reviewer"), at=AS_OF)
    resume_sending("fixed", by=finance, at=AS_OF)
    assert holds.sending_paused(AS_OF) is None
    with pytest.raises(Blocked, match="not paused"):
        resume_sending("again", by=finance, at=AS_OF)
