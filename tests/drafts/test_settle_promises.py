"""A promise ends on record once: kept, kept late or broken, from what is settled and the grace of its payment method."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import Promise
from drafts import sweeping
from drafts.responses import settle_promises
from drafts.review.consequences import Heard, promise_of
from governance.measuring import kinds, rebuilding
from governance.models import Event, Measure
from tests.drafts.scene import AS_OF, routine_case, stop_clock

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def at_as_of(settings):
    stop_clock(settings)


def promised(days=3):
    """An account that promised to pay its invoice in some days."""
    from django.db import transaction

    case = routine_case()
    heard = Heard("message", 4711, "we will pay on Friday", AS_OF)
    with transaction.atomic():
        due_on = AS_OF.date() + days * DAY if days is not None else None
        promise_of(case.account, heard, due_on=due_on, invoice=case.invoices[0], made_on=AS_OF.date(), by=None, at=AS_OF)
    return case


def pay(invoice, on):
    invoice.status, invoice.balance_minor, invoice.settled_on = "paid", 0, on
    invoice.save()


def outcomes():
    return list(Measure.objects.filter(kind=kinds.PROMISE, stands=True).values_list("outcome", flat=True))


def settled():
    return Event.objects.filter(action="promise.settled").count()


def test_money_in_time_keeps_the_promise_and_it_is_told_once():
    case = promised()
    assert settle_promises(AS_OF + DAY) == 0 and outcomes() == ["open"]
    pay(case.invoices[0], AS_OF.date() + 2 * DAY)
    assert settle_promises(AS_OF + 2 * DAY) == 1
    assert settle_promises(AS_OF + 3 * DAY) == 0
    assert (outcomes(), settled()) == (["kept"], 1)
    assert rebuilding.compare().words == []


def test_within_the_grace_nothing_is_broken_yet():
    promised(days=1)
    assert settle_promises(AS_OF + 2 * DAY) == 0 and outcomes() == ["open"]


def test_without_money_it_is_broken_and_money_later_does_not_mend_it():
    case = promised()
    assert settle_promises(AS_OF + 30 * DAY) == 1 and outcomes() == ["broken"]
    pay(case.invoices[0], AS_OF.date() + 31 * DAY)
    assert settle_promises(AS_OF + 32 * DAY) == 0
    assert (outcomes(), settled()) == (["broken"], 1)


def test_money_after_the_grace_seen_at_once_is_late():
    case = promised()
    pay(case.invoices[0], AS_OF.date() + 29 * DAY)
    settle_promises(AS_OF + 30 * DAY)
    assert outcomes() == ["late"]


def test_a_promise_without_a_day_never_ends_on_record():
    case = promised(days=None)
    pay(case.invoices[0], AS_OF.date() + DAY)
    assert settle_promises(AS_OF + 60 * DAY) == 0 and outcomes() == ["undated"]


def test_what_a_source_calls_kept_is_kept_and_what_was_withdrawn_stays_open():
    promised()
    Promise.objects.update(status=Promise.Status.WITHDRAWN)
    assert settle_promises(AS_OF + 30 * DAY) == 0 and outcomes() == ["open"]
    Promise.objects.update(status=Promise.Status.KEPT)
    assert settle_promises(AS_OF + 30 * DAY) == 1 and outcomes() == ["kept"]


def test_the_slower_round_of_the_worker_does_it():
    promised()
    assert sweeping.prepare_due(AS_OF + 30 * DAY)["promises"] == 1
    assert outcomes() == ["broken"]
