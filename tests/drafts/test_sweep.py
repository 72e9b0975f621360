"""The sweep finds everything that is due by the state of the database, and may run any number of times."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from drafts import states, sweeping
from drafts.delivery import handover
from drafts.models import FollowUp
from drafts.review import approve, open_for_review, request_changes
from governance import approvals
from governance.models import ApprovalRequest
from tests.drafts.scene import AS_OF, Desk, exception_case, routine_case, stop_clock
from tests.factories import make_portfolio, make_signal, make_ticket

pytestmark = pytest.mark.django_db

LEAVES = AS_OF + timedelta(minutes=10)


@pytest.fixture(autouse=True)
def at_as_of(settings):
    stop_clock(settings)


def test_one_round_sends_what_is_due_and_the_next_has_nothing_left():
    case = routine_case()
    case.approve()
    assert sweeping.sweep(LEAVES)["delivered"] == 1
    assert case.follow_up.status == states.SENT
    assert set(sweeping.sweep(LEAVES).values()) == {0}


def test_a_dispute_in_a_new_ticket_is_read_before_anything_leaves():
    case = routine_case()
    case.approve()
    make_ticket(
        case.account, subject=f"Invoice {case.invoices[0].number} is wrong", updated_at=LEAVES,
        body=f"We dispute {case.invoices[0].number}: the quantity is wrong, we received only half of it and refuse to pay.",
    )  # fmt: skip
    done = sweeping.sweep(LEAVES)
    assert done["detected"] == 1
    assert case.delivery.state == states.DELIVERY_STOPPED
    assert case.delivery.stop_code == "dispute_signal"


def test_nothing_leaves_while_words_of_the_account_are_unread():
    case = routine_case()
    case.approve()
    make_ticket(case.account, subject="A question", body="Could you send us the delivery note?", updated_at=LEAVES)
    assert sweeping.deliver(LEAVES) == 1
    later = LEAVES + handover.READ_FIRST
    assert (case.delivery.state, case.delivery.leaves_at) == (states.SCHEDULED, later)
    assert case.follow_up.status == states.APPROVED
    done = sweeping.sweep(later)
    assert (done["detected"], done["delivered"]) == (0, 1)
    assert case.delivery.state == states.ACCEPTED


def test_what_waits_in_preparing_is_prepared():
    case = routine_case()
    request_changes(case.follow_up.pk, ["tone"], "", by=case.desk.reviewer, at=AS_OF)
    assert sweeping.sweep(AS_OF)["prepared"] == 1
    assert case.follow_up.status == states.READY


def test_a_claim_that_ran_out_goes_back_to_the_queue():
    case = routine_case()
    open_for_review(case.follow_up.pk, by=case.desk.reviewer, at=AS_OF)
    sweeping.sweep(AS_OF + timedelta(minutes=29))
    assert case.follow_up.status == states.IN_REVIEW
    sweeping.sweep(AS_OF + timedelta(minutes=31))
    assert (case.follow_up.status, case.follow_up.claimed_by) == (states.READY, None)


def test_an_expired_request_sends_the_half_approved_draft_back_to_be_prepared():
    case = exception_case()
    approve(case.follow_up.pk, case.draft.fingerprint, by=case.desk.owner, at=AS_OF, acknowledged=case.warnings(), reason="checked_source")
    late = ApprovalRequest.objects.get().expires_at
    assert sweeping.expire_requests(late - timedelta(seconds=1)) == 0
    sweeping.expire_requests(late)
    assert case.follow_up.status == states.PREPARING
    assert ApprovalRequest.objects.get().state == "expired"
    assert sweeping.expire_requests(late) == 0


def test_a_draft_nobody_decided_expires_by_business_days():
    case = routine_case()
    FollowUp.objects.filter(pk=case.follow_up.pk).update(ready_at=AS_OF)
    assert sweeping.expire_old(AS_OF + timedelta(days=8)) == 0  # five business days: a weekend and a public holiday do not count
    assert sweeping.expire_old(AS_OF + timedelta(days=9)) == 1
    assert case.follow_up.status == states.EXPIRED


@pytest.mark.parametrize(
    ("ready", "zone", "before", "over"),
    [
        # In Auckland it is Wednesday already when it is Tuesday evening in London: five business days end on Wednesday 20 May there, at noon here.
        ("2026-05-12T20:00+00:00", "Pacific/Auckland", "2026-05-20T11:59:59+00:00", "2026-05-20T12:00+00:00"),
        # In Los Angeles it is still Tuesday when it is Wednesday in London.
        ("2026-05-13T05:00+00:00", "America/Los_Angeles", "2026-05-20T06:59:59+00:00", "2026-05-20T07:00+00:00"),
    ],
)
def test_a_draft_expires_at_the_moment_an_approval_asked_for_then_would(ready, zone, before, over):
    """By the account's clocks and the calendar of the portfolio, whatever country the account is in (14 May is a holiday in Germany)."""
    desk = Desk(make_portfolio(country="GB"))
    case = routine_case(desk, time_zone=zone, country="DE")
    ready_at = datetime.fromisoformat(ready)
    FollowUp.objects.filter(pk=case.follow_up.pk).update(ready_at=ready_at)
    assert approvals.expiry(ready_at, 5, "GB", zone) == datetime.fromisoformat(over)
    assert sweeping.expire_old(datetime.fromisoformat(before)) == 0
    assert sweeping.expire_old(datetime.fromisoformat(over)) == 1
    assert case.follow_up.status == states.EXPIRED


def test_the_order_of_the_queue_ages():
    case = routine_case()
    sweeping.rerank(AS_OF)
    before = case.follow_up
    assert sweeping.rerank(AS_OF) == 0
    assert sweeping.rerank(before.due_at + timedelta(hours=1)) == 1
    assert case.follow_up.why_first == "late"
    assert case.follow_up.work_rank < before.work_rank


def test_a_pending_signal_moves_its_account_up():
    case = routine_case()
    make_signal(case.account, found_at=AS_OF)
    sweeping.rerank(AS_OF)
    assert case.follow_up.why_first == "dispute"


def test_one_broken_step_does_not_keep_the_others(monkeypatch):
    case = routine_case()
    case.approve()

    def broken(at):
        raise RuntimeError("no detector")

    steps = tuple((name, broken if name == "detected" else step) for name, step in sweeping.STEPS)
    monkeypatch.setattr(sweeping, "STEPS", steps)
    done = sweeping.sweep(LEAVES)
    assert (done["detected"], done["delivered"]) == (-1, 1)


def test_the_slower_round_prepares_due_accounts_and_changes_nothing_twice():
    case = routine_case()
    revision = case.draft.revision
    sweeping.prepare_due(AS_OF)
    sweeping.prepare_due(AS_OF)
    assert case.draft.revision == revision
    assert FollowUp.objects.count() == 1
