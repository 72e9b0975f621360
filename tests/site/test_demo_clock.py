"""The demo's clock: where it starts, and the jump to the leaving time."""

from __future__ import annotations

import email
from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Source
from collections_site.demo import clock as demo_clock
from collections_site.demo.days import Days
from drafts import preparation, review, states, sweeping
from drafts.delivery import mime
from drafts.models import Delivery, FollowUp
from governance import clock
from governance.models import Event, Installation
from tests.factories import AS_OF, make_account, make_invoice, make_portfolio, make_user


@pytest.fixture
def demo(db, settings):
    settings.DEMO_MODE = True
    settings.MAIL_TRANSPORT = "outbox"
    Installation.objects.update_or_create(pk=1, defaults={"kind": "demo"})
    demo_clock.set_to(AS_OF)


@pytest.mark.parametrize(
    ("wall", "shown"),
    [
        (datetime(2026, 5, 12, 22, 30, tzinfo=UTC), datetime(2026, 5, 13, 7, 10, tzinfo=UTC)),  # already Wednesday in Berlin
        (datetime(2026, 5, 16, 12, 0, tzinfo=UTC), datetime(2026, 5, 18, 7, 10, tzinfo=UTC)),  # Saturday → Monday
        (datetime(2026, 12, 25, 12, 0, tzinfo=UTC), datetime(2026, 12, 28, 8, 10, tzinfo=UTC)),  # Christmas, winter time
        (datetime(2026, 5, 12, 3, 0, tzinfo=UTC), datetime(2026, 5, 12, 7, 10, tzinfo=UTC)),
    ],
)
def test_the_demo_begins_at_ten_past_nine_on_a_business_day(wall, shown):
    assert demo_clock.business_morning(wall) == shown


def test_business_days_are_counted_both_ways():
    days = Days(AS_OF.date())  # a Tuesday
    assert days.business(-2).isoformat() == "2026-05-08" and days.business(1).isoformat() == "2026-05-13"
    assert days.business(0) == days.today == days.ago(0)


def test_a_production_database_never_moves_its_clock(db, settings):
    settings.DEMO_MODE = True
    Installation.objects.update_or_create(pk=1, defaults={"kind": "production"})
    with pytest.raises(RuntimeError):
        demo_clock.set_to(AS_OF)
    assert Installation.objects.get().clock_offset_seconds == 0


def approved_message():
    """One routine message, approved now by one reviewer."""
    portfolio = make_portfolio()
    person = make_user("reviewer", portfolio)
    make_invoice(make_account(portfolio))
    preparation.prepare_accounts([FollowUp.account.field.related_model.objects.get().pk], as_of=clock.now())
    follow_up = FollowUp.objects.get()
    assert follow_up.status == states.READY and follow_up.lane == states.ROUTINE, follow_up.reasons
    review.approve(follow_up.pk, follow_up.draft.fingerprint, by=person, at=clock.now())
    return person, Delivery.objects.get()


def test_the_jump_leads_the_message_through_the_sweep_to_the_outbox_with_exactly_the_approved_bytes(demo):
    person, delivery = approved_message()
    approved = delivery.mime
    assert sweeping.sweep(clock.now())["delivered"] == 0
    moment = demo_clock.jump(by=person)
    assert moment == delivery.leaves_at + demo_clock.AFTER
    assert abs(clock.now() - moment) < timedelta(seconds=5)
    sweeping.sweep(clock.now())
    delivery.refresh_from_db()
    assert delivery.state == states.ACCEPTED and "demo outbox" in delivery.server_answer
    assert delivery.mime == approved and mime.differences(delivery.draft, delivery.mime) == []
    assert body_of(approved).replace("\r\n", "\n").strip() == delivery.draft.body.strip()
    assert FollowUp.objects.get().status == states.SENT


def body_of(text: str) -> str:
    part = email.message_from_string(text)
    while part.is_multipart():
        part = part.get_payload(0)
    raw = part.get_payload(decode=True)
    assert isinstance(raw, bytes)
    return raw.decode("utf-8")


def test_the_jump_is_recorded_with_the_person_and_the_seconds(demo):
    person, delivery = approved_message()
    before = clock.now()
    demo_clock.jump(by=person)
    event = Event.objects.get(action="system.clock_moved")
    assert event.actor_id == person.pk and event.stream == "system"
    assert str(round((delivery.leaves_at + demo_clock.AFTER - before).total_seconds())) in event.data


def test_nothing_moves_when_nothing_waits_to_leave(demo):
    offset = Installation.objects.get().clock_offset_seconds
    assert demo_clock.jump(by=None) is None
    assert Installation.objects.get().clock_offset_seconds == offset
    assert not Event.objects.filter(action="system.clock_moved").exists()


def test_fresh_feeds_stay_fresh_over_a_jump_and_old_ones_grow_older(demo):
    person, _ = approved_message()
    fresh = Source.objects.filter(kind="invoices").get()
    old = Source.objects.filter(kind="contacts").get()
    Source.objects.filter(pk=old.pk).update(as_of=AS_OF - timedelta(days=4))
    before = clock.now()
    moment = demo_clock.jump(by=person)
    passed = moment - before
    assert abs(Source.objects.get(pk=fresh.pk).as_of - (fresh.as_of + passed)) < timedelta(seconds=2)
    assert Source.objects.get(pk=old.pk).as_of == AS_OF - timedelta(days=4)


def test_a_demo_kept_overnight_goes_on_where_it_stood(demo):
    approved_message()
    last = Event.objects.latest("at").at
    Installation.objects.update(clock_offset_seconds=Installation.objects.get().clock_offset_seconds + 20 * 3600)
    moment = demo_clock.resume()
    assert timedelta(0) < moment - last < timedelta(minutes=2)
    assert demo_clock.resume() - moment < timedelta(seconds=5)
