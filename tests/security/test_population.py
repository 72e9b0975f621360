"""I27 and its neighbours: the population is complete, and each gap names the row."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db.models import Q

from drafts.invariants import broken
from drafts.invariants.population import population
from drafts.models import Generation
from drafts.review import reject
from governance.models import Event, Quarantine
from tests.drafts.scene import AS_OF, Desk, exception_case, routine_case, stop_clock
from tests.factories import make_message
from tests.security.broken_rows import one_of, sent, tamper

pytestmark = pytest.mark.django_db


def test_generated_is_the_sum_of_the_parts_for_all_and_for_a_slice():
    desk = Desk()
    sent(routine_case(desk))
    turned_down = routine_case(desk)
    reject(turned_down.follow_up.pk, "tone", "too firm", by=desk.reviewer, at=AS_OF)
    exception_case(desk)
    routine_case()
    found = population()
    assert found == {"generated": 4, "decided": 2, "pending": 2, "expired": 0, "superseded": 0, "withdrawn": 0}
    assert population(Q(portfolio=desk.portfolio)) == {**found, "generated": 3, "pending": 1}
    assert broken(["I27"]) == []


def test_a_follow_up_that_vanished_and_one_that_nobody_began_are_named():
    case = sent(routine_case())
    waiting = routine_case(case.desk)
    pk = waiting.follow_up.pk
    tamper("UPDATE governance_event SET subject_id = subject_id + 1000000 WHERE action = 'follow_up.prepare' AND subject_id = %s", pk)
    found = one_of("I27")
    assert f"follow_up {pk}: it exists, and nothing says that it was begun" in found
    assert "there is no row of it any more" in found


def test_an_accepted_message_that_the_mail_log_does_not_have():
    case = sent(routine_case())
    tamper("UPDATE accounts_message SET message_id = 'other' WHERE message_id = %s", case.delivery.message_id)
    assert "the mail log has 0 messages" in one_of("I27")


def test_a_mail_log_that_has_more_than_was_accepted():
    case = routine_case()
    case.approve()
    make_message(case.account, direction="out", message_id=case.delivery.message_id, external_id=case.delivery.message_id)
    assert "its delivery was never accepted" in one_of("I27")


def test_a_complete_approval_without_a_delivery():
    case = sent(routine_case())
    other = routine_case(case.desk)
    other.approve()
    tamper("DELETE FROM drafts_delivery WHERE id = %s", other.delivery.pk)
    assert "no delivery came of it" in one_of("I27")


def test_a_lane_that_was_lowered():
    case = exception_case()
    tamper("UPDATE drafts_classification SET lane = 'routine' WHERE follow_up_id = %s", case.follow_up.pk)
    assert "the rules said exception, it was made routine" in one_of("I26")


def test_a_day_that_cost_more_than_any_budget():
    follow_up = routine_case().follow_up
    Generation.objects.create(follow_up=follow_up, account=follow_up.account, brief=follow_up.brief, state="done", cost_micro=10**12, created_at=AS_OF)
    assert "the budget was" in one_of("I18")


def test_a_message_that_hangs_without_a_word(settings):
    stop_clock(settings)
    case = routine_case()
    case.approve()
    stop_clock(settings, case.delivery.leaves_at + timedelta(minutes=10))
    assert broken(["I4"]) == []
    stop_clock(settings, case.delivery.leaves_at + timedelta(minutes=20))
    assert "nothing says why it did not" in one_of("I4")


def test_a_hand_over_during_a_quarantine():
    case = sent(routine_case())
    Quarantine.objects.create(cause="behind", words="test", found_at=case.delivery.handed_over_at - timedelta(minutes=1))
    assert "while quarantine" in one_of("I24")


def test_the_parts_of_the_population_are_read_from_rows_that_the_ledger_began():
    case = routine_case()
    told = Event.objects.get(action="follow_up.prepare", subject_id=case.follow_up.pk)
    assert json.loads(told.data)["to"] == "preparing"
