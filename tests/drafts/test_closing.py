"""The end of what was sent: all paid, dealt with, or overtaken."""

from __future__ import annotations

from datetime import timedelta

import pytest

from drafts import states
from drafts.delivery import handover
from drafts.models import FollowUp
from drafts.responses import Incoming, close_overtaken, close_paid, record_reply, resolve
from drafts.review import Blocked, WrongState
from tests.drafts.scene import AS_OF, Desk, routine_case, stop_clock

pytestmark = pytest.mark.django_db

LEAVES = AS_OF + timedelta(minutes=10)


@pytest.fixture(autouse=True)
def at_as_of(settings):
    stop_clock(settings)


def sent(invoices=1, desk=None):
    case = routine_case(desk, invoices=invoices)
    case.approve()
    handover.deliver_due(LEAVES)
    return case


def pay(invoice):
    invoice.status, invoice.balance_minor = "paid", 0
    invoice.save()


def test_it_closes_when_every_invoice_is_settled_not_when_the_last_row_is():
    case = sent(invoices=2)
    pay(case.invoices[1])
    assert close_paid(at=LEAVES) == 0
    assert case.follow_up.status == states.SENT
    pay(case.invoices[0])
    assert close_paid(at=LEAVES) == 1
    assert case.follow_up.status == states.CLOSED
    assert close_paid(at=LEAVES) == 0


def test_only_the_accounts_asked_for_are_looked_at():
    case = sent()
    pay(case.invoices[0])
    assert close_paid([case.account.pk + 1], at=LEAVES) == 0
    assert close_paid([case.account.pk], at=LEAVES) == 1


def test_many_are_closed_with_a_constant_number_of_queries(django_assert_max_num_queries):
    desk = Desk()
    cases = [sent(desk=desk) for _ in range(6)]
    for case in cases:
        pay(case.invoices[0])
    with django_assert_max_num_queries(25):
        assert close_paid(at=LEAVES) == 6


def test_an_answered_follow_up_is_resolved_by_a_person_with_a_note():
    case = sent()
    record_reply(Incoming(case.account.pk, "x@y.example", "Re", "Who is my contact?", LEAVES), by=case.desk.reviewer, at=LEAVES)
    assert case.follow_up.status == states.ANSWERED
    with pytest.raises(Blocked):
        resolve(case.follow_up.pk, "", by=case.desk.reviewer, at=LEAVES)
    assert resolve(case.follow_up.pk, "called them", by=case.desk.reviewer, at=LEAVES).status == states.CLOSED
    with pytest.raises(WrongState):
        resolve(case.follow_up.pk, "again", by=case.desk.reviewer, at=LEAVES)


def test_the_next_step_opens_a_new_follow_up_and_closes_the_old_one():
    case = sent()
    later = AS_OF + timedelta(days=9)
    from accounts.models import Source

    Source.objects.update(as_of=later)
    case.prepare(later)
    first, second = FollowUp.objects.filter(account=case.account).order_by("pk")
    assert (first.status, second.step) == (states.SENT, 2)
    assert close_overtaken(at=later) == 1
    first.refresh_from_db()
    assert first.status == states.CLOSED
    assert case.follow_up.status == states.READY
