"""Notices: each thing is told once, to whom it concerns, in a list that is always there and names no customer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.checks import run_checks
from django.urls import reverse

from accounts.models import Source
from collections_site.health.machine import LEDGER
from collections_site.notices import telling
from drafts.models import FollowUp
from drafts.review import pause_sending, resume_sending
from governance.audit import Entry, record
from governance.models import ControlResult, Notice, Told
from tests.drafts.scene import Desk, routine_case
from tests.factories import AS_OF, make_user
from tests.site.notices import CUSTOMER, stopped_message, told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_as_of")]
KINDS = Notice.Kind


@pytest.fixture
def desk():
    return Desk()


def test_a_stopped_message_is_told_to_who_approved_it_and_not_to_who_stopped_it(desk):
    case = stopped_message(desk)
    assert telling.tell_due(AS_OF) == 1
    assert telling.tell_due(AS_OF) == 0
    assert (told(desk.reviewer), told(desk.finance)) == ([KINDS.STOPPED], [])
    assert Notice.objects.get().path == reverse("admin:review", args=[case.follow_up.pk])


def test_a_pause_is_told_to_everybody_but_who_paused_and_its_end_too(desk):
    people = [desk.reviewer, desk.legal, make_user("compliance_auditor"), make_user("system_admin")]
    nobody = make_user()
    pause_sending("wrong balances", by=desk.finance, at=AS_OF)
    telling.tell_due(AS_OF)
    resume_sending("they were right", by=desk.finance, at=AS_OF + timedelta(minutes=5))
    telling.tell_due(AS_OF + timedelta(minutes=5))
    for person in people:
        assert told(person) == [KINDS.PAUSED, KINDS.RESUMED]
    assert told(desk.finance) == told(nobody) == []


def test_work_about_to_be_late_is_told_to_who_leads_there(desk):
    case, other = routine_case(desk), make_user("finance_approver", Desk().portfolio)
    FollowUp.objects.filter(pk=case.follow_up.pk).update(due_at=AS_OF + timedelta(minutes=31))
    assert desk.finance and desk.reviewer  # people of a desk are made when named
    assert telling.tell_due(AS_OF) == 0
    assert telling.tell_due(AS_OF + timedelta(minutes=2)) == 1
    assert (told(desk.finance), told(desk.reviewer), told(other)) == ([KINDS.LATE], [], [])
    FollowUp.objects.filter(pk=case.follow_up.pk).update(due_at=AS_OF + timedelta(minutes=45))
    assert telling.tell_due(AS_OF + timedelta(minutes=20)) == 1


def test_a_source_past_its_limit_is_told_once_for_each_time_it_fails(desk):
    finance = desk.finance
    assert telling.tell_due(AS_OF) == 0
    source = Source.objects.filter(portfolio=desk.portfolio).first()
    for began in (AS_OF - timedelta(hours=1), AS_OF - timedelta(minutes=5)):
        Source.objects.filter(pk=source.pk).update(status="failed", failed_since=began)
        assert telling.tell_due(AS_OF) == 1
        assert telling.tell_due(AS_OF + timedelta(minutes=1)) == 0
    Source.objects.filter(pk=source.pk).update(status="ok", failed_since=None, as_of=AS_OF - timedelta(days=30))
    assert telling.tell_due(AS_OF) == 1
    assert told(finance) == [KINDS.SOURCE] * 3


def test_a_policy_in_force_and_a_record_that_does_not_verify_are_told(desk):
    auditor, admin, policy = make_user("compliance_auditor"), make_user("system_admin"), make_user("policy_admin")
    record([Entry("policy", "policy.activated", "policy", 1, {"policy": 13})], by=policy, at=AS_OF)
    look = {"control": LEDGER, "state": "failing", "words": "broken", "at": AS_OF}
    ControlResult.objects.create(**look)
    assert telling.tell_due(AS_OF) == 2
    ControlResult.objects.create(**look)
    assert telling.tell_due(AS_OF) == 0
    ControlResult.objects.create(**{**look, "state": "error"})
    assert telling.tell_due(AS_OF) == 0, "a look that failed is no news of the record"
    ControlResult.objects.create(**{**look, "state": "evidence"})
    ControlResult.objects.create(**look)
    assert telling.tell_due(AS_OF) == 1
    assert told(auditor) == told(admin) == [KINDS.CHAIN, KINDS.CHAIN, KINDS.POLICY]
    assert told(policy) == []


def test_the_list_is_ones_own_counted_beside_its_link_and_read_by_a_button(desk, signed_in):
    stopped_message(desk)
    pause_sending("wrong balances", by=desk.finance, at=AS_OF)
    telling.tell_due(AS_OF)
    client, url = signed_in(desk.reviewer), reverse("admin:notices")
    page = client.get(url)
    assert b"A message was stopped before sending" in page.content
    assert b"2 new." in page.content
    assert CUSTOMER not in page.content.decode().partition("<main")[2]
    theirs = Told.objects.exclude(person=desk.reviewer).first()
    other = signed_in(make_user("leadership"))
    assert b"No notices" in other.get(url).content
    other.post(reverse("admin:read_notices"), {"notice": theirs.notice_id} if theirs else {})
    client.post(reverse("admin:read_notices"), {"notice": Notice.objects.get(kind=KINDS.STOPPED).pk})
    assert Told.objects.filter(person=desk.reviewer, read_at__isnull=True).count() == 1
    client.post(reverse("admin:read_notices"))
    assert b"Nothing new." in client.get(url).content


def test_what_is_old_is_forgotten_and_the_record_keeps_it(desk):
    stopped_message(desk)
    telling.tell_due(AS_OF)
    assert telling.forget_old(AS_OF + timedelta(days=89)) == 0
    telling.forget_old(AS_OF + timedelta(days=91))
    assert not Told.objects.exists()


@pytest.mark.parametrize(
    ("url", "hours", "wrong"),
    [("http://chat.example/x", "", {"desk.E080"}), ("https://chat.example/x", "19:00-07:30", set()), ("", "at night", {"desk.E081"}), ("http://127.0.0.1:1/x", "", set())],
)
def test_a_wrong_channel_does_not_start(settings, url, hours, wrong):
    settings.NOTICE_WEBHOOK_URL, settings.NOTICE_WEBHOOK_QUIET = url, hours
    assert {found.id for found in run_checks(tags=["notices"])} == wrong
