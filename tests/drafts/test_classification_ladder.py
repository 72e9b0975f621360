"""The dunning ladder and the order of the queue."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from drafts.classification import Earlier, climb, due_at, dunning_step, work_rank
from governance.policies import DEFAULT
from tests import factories as f
from tests.drafts.judging import judge
from tests.drafts.test_classification_policy import overdue

TODAY = date(2026, 5, 12)
AT = datetime(2026, 5, 12, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(("days", "previous", "step"), [
    (1, 0, 1), (14, 0, 1), (15, 0, 1), (200, 0, 1),  # never more than one step at a time, however late we are
    (14, 1, 1), (15, 1, 2), (200, 1, 2), (29, 2, 2), (30, 2, 3), (60, 3, 4), (500, 4, 4),
    (3, 2, 2),  # a step once sent is not taken back
])  # fmt: skip
def test_a_step_is_earned_by_age_and_climbed_one_message_at_a_time(days, previous, step):
    assert dunning_step(days, previous, DEFAULT) == step


def test_missed_nights_lose_no_reminder_and_catch_up_with_one_message():
    due = TODAY - timedelta(days=45)
    rung = climb(due, [1], [], TODAY, DEFAULT)
    assert (rung.cycle, rung.step) == (1, 1)
    assert rung.not_before <= TODAY


def test_the_next_step_waits_for_its_own_day_and_for_the_rest_after_the_last_message():
    due = TODAY - timedelta(days=16)
    young = [Earlier(1, 1, TODAY - timedelta(days=3), invoice_ids=(1,))]
    assert climb(due, [1], young, TODAY, DEFAULT).not_before == TODAY + timedelta(days=4)
    early = [Earlier(1, 1, TODAY - timedelta(days=9), invoice_ids=(1,))]
    rung = climb(TODAY - timedelta(days=10), [1], early, TODAY, DEFAULT)
    assert (rung.step, rung.not_before) == (1, TODAY + timedelta(days=5))  # step 2 begins on day 15


def test_the_ladder_starts_again_when_the_old_debt_is_gone():
    earlier = [Earlier(1, 3, TODAY - timedelta(days=20), invoice_ids=(1, 2))]
    rung = climb(TODAY - timedelta(days=2), [7], earlier, TODAY, DEFAULT)
    assert (rung.cycle, rung.step) == (2, 1)
    assert rung.not_before <= TODAY


def test_one_invoice_of_the_old_debt_keeps_the_cycle():
    earlier = [Earlier(2, 2, TODAY - timedelta(days=20), invoice_ids=(1, 2))]
    rung = climb(TODAY - timedelta(days=40), [2, 7], earlier, TODAY, DEFAULT)
    assert (rung.cycle, rung.step) == (2, 3)


def test_the_top_of_the_ladder_is_repeated_at_most_once_a_window():
    earlier = [Earlier(1, 4, TODAY - timedelta(days=20), invoice_ids=(1,))]
    rung = climb(TODAY - timedelta(days=100), [1], earlier, TODAY, DEFAULT)
    assert (rung.step, rung.not_before) == (4, TODAY + timedelta(days=10))


def test_requests_and_answers_are_no_steps_of_the_ladder():
    earlier = [Earlier(1, 1, TODAY - timedelta(days=9), "po_request", (1,))]
    assert climb(TODAY - timedelta(days=50), [1], earlier, TODAY, DEFAULT).step == 1


@pytest.mark.django_db
def test_a_step_that_is_not_due_yet_is_skipped_with_its_day():
    account = overdue()
    earlier = [Earlier(1, 1, f.day(-9), invoice_ids=(account.invoices.get().pk,))]
    verdict = judge(account, earlier=earlier)
    assert (verdict.action, verdict.block, verdict.step) == ("skip", "step_not_due", 1)
    assert verdict.next_contact.startswith("not before 17 May")


@pytest.mark.django_db
def test_the_same_debt_gives_the_same_verdict_however_often_it_is_asked():
    account = overdue()
    assert judge(account) == judge(account)


def rank(**changes):
    base = {"lane": "routine", "totals": {"EUR": 100_000}, "days_overdue": 10, "due": AT + timedelta(days=2), "as_of": AT}
    return work_rank(**{**base, **changes})


def test_the_queue_puts_stopped_then_late_then_disputes_then_today_then_money_then_age():
    order = [
        rank(stopped=True),
        rank(due=AT - timedelta(hours=2)),
        rank(due=AT - timedelta(hours=1)),
        rank(signal_since=AT - timedelta(days=3)),
        rank(signal_since=AT - timedelta(days=1)),
        rank(due=AT + timedelta(hours=1), lane="executive_review"),
        rank(due=AT + timedelta(hours=1), lane="exception"),
        rank(due=AT + timedelta(hours=1), lane="routine", totals={"EUR": 9_000_000}),
        rank(totals={"EUR": 30_000_000}),
        rank(totals={"EUR": 9_000_000}),
        rank(days_overdue=90),
        rank(days_overdue=9),
    ]
    ranks = [r for r, _ in order]
    assert ranks == sorted(ranks) and len(set(ranks)) == len(ranks)
    assert max(ranks) < 2**63
    words = [why for _, why in order]
    assert words == ["stopped", "late", "late", "dispute", "dispute"] + ["due today"] * 3 + ["high amount"] * 2 + ["age"] * 2
    assert all(len(why) <= 12 for why in words)


def test_amounts_of_different_currencies_are_compared_and_never_added():
    both = rank(totals={"EUR": 2_000_000, "USD": 2_000_000})
    assert both == rank(totals={"EUR": 2_000_000})


def test_a_decision_is_due_within_the_lanes_hours_moved_into_business_hours():
    friday = datetime(2026, 5, 15, 14, 0, tzinfo=UTC)
    assert due_at("exception", AT.replace(hour=6), "Europe/Berlin", "DE", DEFAULT) == AT.replace(hour=14)
    monday = datetime(2026, 5, 18, 7, 0, tzinfo=UTC)
    assert due_at("exception", friday, "Europe/Berlin", "DE", DEFAULT) == monday
    assert due_at("routine", friday, "Europe/Berlin", "DE", DEFAULT) == monday
