"""How often, when, and after which conversation a customer may be written to; and the same told before anybody approves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from accounts.facts import facts_for
from accounts.models import Message
from drafts import states
from drafts.classification.contact import address_cap, quiet_period
from drafts.classification.presend import forecast
from drafts.delivery import handover
from drafts.review import Blocked, log_call
from governance.policies import active_parameters
from tests import factories as f
from tests.drafts.scene import AS_OF, Desk, prepared, routine_case, stop_clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_as_of(settings):
    stop_clock(settings)


@pytest.fixture
def desk():
    return Desk()


def written(account, days_ago, **fields):
    """A message of ours, sent by hand outside the product and imported."""
    return f.make_message(account, direction="out", at=AS_OF - timedelta(days=days_ago), **fields)


def facts_of(case):
    return facts_for([case.account.pk], AS_OF)[case.account.pk]


def test_messages_to_one_mailbox_count_together_over_all_accounts(desk):
    case = routine_case(desk)
    address = case.account.contacts.get().email
    for days_ago in (1, 3, 5):
        written(desk.account(), days_ago, recipient=address.upper())
    written(desk.account(), 2, recipient="somebody@else.example")
    cap = address_cap(facts_of(case), active_parameters())
    assert (cap.not_before, cap.why) == (date(2026, 5, 14), "3 messages to this address in 7 days")
    with pytest.raises(Blocked, match="3 messages to this address in 7 days, all accounts together"):
        case.approve()


def test_the_last_look_counts_them_again(desk):
    case = routine_case(desk)
    delivery = case.approve()
    for days_ago in (1, 3, 5):
        written(desk.account(), days_ago, recipient=case.account.contacts.get().email)
    handover.deliver_due(AS_OF + timedelta(hours=1))
    delivery.refresh_from_db()
    assert (delivery.state, delivery.stop_code) == (states.DELIVERY_STOPPED, "cap")
    assert not Message.objects.filter(message_id=delivery.message_id).exists()


def test_no_message_is_prepared_while_the_mailbox_had_enough(desk):
    address = "shared@payables.example"
    for days_ago in (1, 3, 5):
        written(desk.account(), days_ago, recipient=address)
    account = desk.account()
    account.contacts.update(email=address)
    f.make_invoice(account)
    from drafts.preparation import prepare_accounts

    summary = prepare_accounts([account.pk], as_of=AS_OF)
    assert summary.skipped["written to recently"] == 1


@pytest.mark.parametrize(("outcome", "quiet"), [("spoke", True), ("no_answer", False)])
def test_after_a_conversation_no_reminder_that_day(desk, outcome, quiet):
    case = routine_case(desk)
    log_call(case.account.pk, outcome, by=desk.reviewer, at=AS_OF, note="looks into it")
    cap = quiet_period(facts_of(case), active_parameters())
    assert bool(cap.why) == quiet
    if quiet:
        assert cap.not_before == date(2026, 5, 13)
        assert case.follow_up.status == states.ON_HOLD
        assert "the call of 12 May + 1 quiet business day" in case.follow_up.hold_reason
        assert case.prepare(AS_OF + timedelta(days=1)).status == states.READY


def test_a_reply_is_quiet_too_but_an_out_of_office_note_is_not(desk):
    case = routine_case(desk)
    f.make_message(case.account, at=AS_OF - timedelta(hours=1), kind="out_of_office")
    assert not quiet_period(facts_of(case), active_parameters()).why
    f.make_message(case.account, at=AS_OF - timedelta(hours=2), kind="question")
    assert quiet_period(facts_of(case), active_parameters()).why == "their message of 12 May + 1 quiet business day"


def test_the_quiet_ends_on_a_business_day_of_the_customer(desk):
    case = prepared(desk, [{}], country="DE")  # 14 May 2026 is Ascension Day in Germany
    f.make_call(case.account, desk.reviewer, at=AS_OF + timedelta(days=1), outcome="spoke")
    facts = facts_for([case.account.pk], AS_OF + timedelta(days=1, hours=3))[case.account.pk]
    assert quiet_period(facts, active_parameters()).not_before == date(2026, 5, 15)


def test_before_approving_it_is_said_what_one_more_message_would_be(desk):
    case = routine_case(desk)
    said = forecast(facts_of(case), active_parameters(), AS_OF.date())
    assert said.words == "This would be the first contact in 7 days; the next after this not before 19 May."
    written(case.account, 5, recipient=case.account.contacts.get().email)
    written(case.account, 6, recipient=case.account.contacts.get().email)
    said = forecast(facts_of(case), active_parameters(), AS_OF.date())
    assert said.words == "This would be the third contact in 7 days; the next after this not before 5 Jun."


def test_the_forecast_says_when_it_may_not_leave_and_counts_the_mailbox(desk):
    case = routine_case(desk)
    address = case.account.contacts.get().email
    written(case.account, 1, recipient=address)
    written(desk.account(), 2, recipient=address)
    said = forecast(facts_of(case), active_parameters(), AS_OF.date())
    assert "the second contact in 7 days (the third to this address, all accounts together)" in said.words
    assert "It may not leave yet: not before 15 May (message of 11 May + 3 business days)." in said.words


def test_after_a_full_window_the_next_day_is_when_the_window_moves_on(desk):
    case = routine_case(desk)
    for days_ago in (10, 20):
        written(case.account, days_ago)
    said = forecast(facts_of(case), active_parameters(), AS_OF.date())
    assert said.next_on == date(2026, 5, 22)  # the oldest of three leaves the 30 days: 22 April + 30


def test_answers_are_not_held_back_by_the_quiet(desk):
    case = routine_case(desk, procurement_note="waiting for their controller")
    assert case.follow_up.purpose == states.ANSWER
    log_call(case.account.pk, "spoke", by=desk.reviewer, at=AS_OF)
    assert case.follow_up.status == states.READY
