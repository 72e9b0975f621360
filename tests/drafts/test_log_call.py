"""A phone call, and what it means at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import CallNote, DisputeSignal, Promise
from drafts import states
from drafts.review import Blocked, NotAllowed, log_call
from governance.models import Event, Hold
from tests.drafts.scene import AS_OF, routine_case, stop_clock
from tests.factories import make_contact, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_as_of(settings):
    stop_clock(settings)


def call(case, outcome, **kwargs):
    return log_call(case.account.pk, outcome, by=case.desk.reviewer, at=AS_OF, **kwargs)


def test_nobody_answered_changes_nothing_else():
    case = routine_case()
    delivery = case.approve()
    call(case, "no_answer")
    delivery.refresh_from_db()
    assert delivery.state == states.SCHEDULED
    assert Event.objects.filter(action="call.logged").count() == 1


def test_a_promise_is_recorded_and_pauses_the_account():
    case = routine_case()
    note = call(case, "promise", note="pays on Friday", promised_on=(AS_OF + timedelta(days=3)).date(), invoice_id=case.invoices[0].pk)
    assert (note.promise.due_on, note.promise.quote, note.promise.invoice) == ((AS_OF + timedelta(days=3)).date(), "pays on Friday", case.invoices[0])
    assert case.follow_up.status == states.ON_HOLD
    assert "Promised to pay" in case.follow_up.hold_reason


def test_a_promise_without_a_date_stays_without_one():
    case = routine_case()
    call(case, "promise", note="soon")
    assert Promise.objects.get().due_on is None


def test_a_dispute_on_the_phone_opens_a_signal_with_a_hold_and_stops_what_is_leaving():
    case = routine_case()
    delivery = case.approve()
    call(case, "dispute", note="says two pallets are missing", invoice_id=case.invoices[0].pk)
    signal = DisputeSignal.objects.get()
    assert (signal.source_kind, signal.invoice, signal.quote) == ("call", case.invoices[0], "says two pallets are missing")
    assert Hold.objects.get().source == f"signal:{signal.pk}"
    delivery.refresh_from_db()
    assert delivery.state == states.DELIVERY_STOPPED
    assert case.follow_up.status == states.ON_HOLD


def test_says_it_is_paid_puts_a_hold():
    case = routine_case()
    call(case, "paid", note="transferred yesterday")
    assert Hold.objects.get().kind == "payment_claim"
    assert case.follow_up.status == states.ON_HOLD


def test_the_wrong_person_is_not_written_to():
    case = routine_case()
    contact = case.account.contacts.get()
    call(case, "wrong_person", contact_id=contact.pk)
    hold = Hold.objects.get()
    assert (hold.scope, hold.scope_id) == ("contact", contact.pk)
    assert case.follow_up.status == states.ON_HOLD


def test_reaching_somebody_stops_the_message_about_to_leave():
    case = routine_case()
    delivery = case.approve()
    call(case, "spoke", note="will look into it")
    delivery.refresh_from_db()
    assert (delivery.state, delivery.stop_code) == (states.DELIVERY_STOPPED, "call")
    assert case.follow_up.status == states.STOPPED


def test_somebody_elses_contact_and_an_auditor_are_refused():
    case = routine_case()
    foreign = make_contact(routine_case().account)
    with pytest.raises(Blocked, match="does not belong"):
        call(case, "spoke", contact_id=foreign.pk)
    with pytest.raises(NotAllowed):
        log_call(case.account.pk, "spoke", by=make_user("compliance_auditor"), at=AS_OF)
    with pytest.raises(ValueError, match="unknown outcome"):
        call(case, "shouted")
    assert not CallNote.objects.exists()
