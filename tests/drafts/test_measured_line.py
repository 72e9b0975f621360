"""What the real verbs leave as measures: looks, edits, approvals, stops, replies; and that the ledger alone gives the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from drafts.delivery import handover
from drafts.models import ReviewTime
from drafts.responses import Incoming, record_reply
from drafts.review import NotAllowed, edit, request_changes, stop
from drafts.review.looking import looked
from drafts.review.timing import beat, seconds_of
from governance import calendar
from governance.measuring import kinds, rebuilding
from governance.models import Measure
from tests.drafts.scene import AS_OF, routine_case, stop_clock
from tests.factories import make_payment, make_user

pytestmark = pytest.mark.django_db

LEAVES = AS_OF + timedelta(minutes=10)


@pytest.fixture(autouse=True)
def at_as_of(settings):
    stop_clock(settings)


@pytest.fixture(autouse=True)
def the_ledger_agrees():
    yield
    found = rebuilding.compare()
    assert not found.count, found.words


def of(kind):
    return Measure.objects.filter(kind=kind, stands=True)


def test_a_message_from_preparation_to_acceptance():
    case = routine_case()
    offered = of(kinds.DRAFT).get()
    assert (offered.portfolio_id, offered.model, offered.machine, offered.complete, offered.outcome) == (case.desk.portfolio.pk, "template", True, True, "pending")
    assert offered.amounts == {case.invoices[0].currency: sum(i.balance_minor for i in case.invoices)}
    assert offered.template == str(case.draft.template_version_id)
    assert offered.words > 40
    case.approve()
    handover.deliver_due(LEAVES)
    decided, sent = of(kinds.DECIDED).get(), of(kinds.SENT).get()
    assert (decided.outcome, decided.substantive, decided.complete, decided.code) == (kinds.UNCHANGED, False, True, "")
    assert (sent.reworked, sent.outcome, sent.ref) == (False, "", case.delivery.pk)
    assert of(kinds.DISPATCH).get().complete
    assert not of(kinds.VIOLATION).exists()


def test_an_edited_amount_is_a_critical_correction_of_a_fact_only_once_it_is_approved():
    case = routine_case()
    draft = case.draft
    body = draft.body.replace("Kind regards", "With kind regards and many thanks for your long partnership")
    edit(case.follow_up.pk, f"{draft.subject} - a friendly word", body, draft.revision, by=case.desk.reviewer, at=AS_OF)
    assert of(kinds.EDITED).get().draft_id == case.draft.pk
    assert not of(kinds.CORRECTION).exists()
    case.approve()
    row = of(kinds.DECIDED).get()
    assert (row.outcome, row.critical, row.draft_id) == (kinds.CHANGED, False, case.draft.pk)
    assert 0 < row.permille < 500
    assert of(kinds.CORRECTION).exists()


def test_a_draft_sent_back_counts_as_refused_and_its_successor_is_another():
    case = routine_case()
    request_changes(case.follow_up.pk, ["tone"], "too stiff", by=case.desk.reviewer, at=AS_OF)
    row = of(kinds.DECIDED).get()
    assert (row.outcome, row.code, row.substantive, row.critical) == (kinds.SENT_BACK, "tone", True, False)


def test_a_stop_by_a_person_is_a_mistake_only_suspected():
    case = routine_case()
    delivery = case.approve()
    stop(delivery.pk, "wrong week", by=case.desk.reviewer, at=AS_OF)
    row = of(kinds.STOPPED).get()
    assert (row.outcome, row.code, row.ref) == ("person", "person", delivery.pk)
    assert (of(kinds.MISTAKE).get().outcome, of(kinds.MISTAKE).get().confirmed) == ("person", False)


def test_a_payment_before_the_hand_over_is_a_mistake_surely_stopped():
    case = routine_case()
    case.approve()
    for invoice in case.invoices:
        invoice.status, invoice.balance_minor, invoice.settled_on = "paid", 0, AS_OF.date()
        invoice.save()
    handover.deliver_due(LEAVES)
    row = of(kinds.MISTAKE).get()
    assert (row.outcome, row.code, row.confirmed) == ("last_look", "paid", True)
    assert of(kinds.DRIFT).get().outcome == "after approval"
    assert not of(kinds.SENT).exists()


def reply_of(case, body, at):
    return record_reply(
        Incoming(case.account.pk, case.draft.to_address, "Re: reminder", body, at, message_id=f"<{at:%d%H%M}@x.example>", in_reply_to=case.delivery.message_id),
        by=None, at=at,
    )  # fmt: skip


def test_a_customer_who_had_paid_before_we_wrote_was_contacted_needlessly():
    case = routine_case()
    case.approve()
    handover.deliver_due(LEAVES)
    make_payment(case.account, unapplied_minor=10_000)
    reply_of(case, "We have already paid this invoice last week by bank transfer.", LEAVES + timedelta(days=1))
    sent, reply = of(kinds.SENT).get(), of(kinds.REPLY).get()
    assert (reply.outcome, reply.code) == ("paid", "source")
    assert (sent.outcome, sent.code) == ("paid", "source")


def test_a_customer_with_news_was_not():
    case = routine_case()
    case.approve()
    handover.deliver_due(LEAVES)
    reply_of(case, "We have already paid this invoice last week by bank transfer.", LEAVES + timedelta(days=1))
    assert of(kinds.SENT).get().code == ""


def test_time_with_a_draft_adds_up_but_never_faster_than_the_clock():
    case, at = routine_case(), AS_OF
    reader, draft = case.desk.reviewer, case.draft
    looked(case.follow_up.pk, draft.pk, by=reader, at=at)
    for _ in range(4):
        at += timedelta(seconds=5)
        assert beat(case.follow_up.pk, draft.pk, 5, by=reader, at=at)
    assert not beat(case.follow_up.pk, draft.pk, 30, by=reader, at=at)
    assert beat(case.follow_up.pk, draft.pk, 999, by=reader, at=at + timedelta(seconds=3))
    assert ReviewTime.objects.get().seconds == 23
    assert seconds_of(draft, reader, at + timedelta(seconds=3)) == 23
    assert seconds_of(draft, reader, at + timedelta(hours=3)) == 28
    assert seconds_of(draft, case.desk.finance, at) is None


def test_time_counts_only_for_the_text_in_force_and_people_who_may_approve():
    case = routine_case()
    with pytest.raises(NotAllowed):
        beat(case.follow_up.pk, case.draft.pk, 5, by=make_user("leadership", case.desk.portfolio), at=AS_OF)
    assert not beat(case.follow_up.pk, case.draft.pk + 1, 5, by=case.desk.reviewer, at=AS_OF)
    assert not beat(case.follow_up.pk, case.draft.pk, 0, by=case.desk.reviewer, at=AS_OF)
    draft = case.draft
    case.approve()
    assert not beat(case.follow_up.pk, draft.pk, 5, by=case.desk.reviewer, at=AS_OF)
    assert not ReviewTime.objects.exists()


def test_an_approval_after_a_glance_is_unread_and_after_a_proper_look_it_is_not():
    glance, proper = routine_case(), routine_case()
    for case, seconds in ((glance, 5), (proper, 240)):
        at = AS_OF
        while seconds > 0:
            beat(case.follow_up.pk, case.draft.pk, 5, by=case.desk.reviewer, at=at)
            at, seconds = at + timedelta(seconds=5), seconds - 5
        case.approve()
    rows = {row.follow_up_id: row for row in of(kinds.ANSWER)}
    assert (rows[glance.follow_up.pk].timed, rows[glance.follow_up.pk].unread) == (True, True)
    assert (rows[proper.follow_up.pk].timed, rows[proper.follow_up.pk].unread) == (True, False)
    assert of(kinds.DECIDED).get(follow_up_id=proper.follow_up.pk).seconds >= 235


def test_business_minutes_leave_out_nights_weekends_and_holidays():
    friday = datetime(2026, 5, 8, 14, 0, tzinfo=UTC)  # 16:00 in Berlin
    monday = datetime(2026, 5, 11, 8, 30, tzinfo=UTC)  # 10:30
    assert calendar.business_minutes(friday, monday, "Europe/Berlin", "DE") == 60 + 90
    assert calendar.business_minutes(monday, friday, "Europe/Berlin", "DE") == 0
    ascension = datetime(2026, 5, 14, 8, 0, tzinfo=UTC)
    assert calendar.business_minutes(ascension, ascension + timedelta(hours=5), "Europe/Berlin", "DE") == 0
