"""Texts a person has judged already and that changed afterwards, and texts too long to be read."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.models import CallNote, DisputeSignal
from drafts.detection import scan
from drafts.detection.decided import unjudged
from drafts.detection.reading import unread
from governance.models import Hold
from tests import factories as f
from tests.drafts.test_classification_policy import overdue
from tests.drafts.test_detection import DISPUTE, HARMLESS

pytestmark = pytest.mark.django_db

NEW_WORDS = "Another thing: we were charged 12.90 a piece and 11.40 was agreed, we do not accept that price."


def judged_and_changed(body, **decided):
    """A ticket whose signal was decided, changed afterwards."""
    ticket = f.make_ticket(overdue(), body=f"{DISPUTE} We will not pay for what never came.")
    (signal,) = scan(at=f.AS_OF)
    if "dispute" in decided:
        decided["dispute"] = f.make_dispute(signal.account, status=decided["dispute"], outcome="valid" if decided["dispute"] == "resolved" else "")
    DisputeSignal.objects.update(decided_at=timezone.now(), **decided)
    Hold.objects.update(released_at=f.AS_OF)
    ticket.body, ticket.scanned_at = body(ticket.body), None
    ticket.save()
    return scan(at=f.AS_OF)


DISMISSED = {"status": "dismissed", "decision_reason": "about another supplier"}


def test_new_words_in_a_text_a_person_dismissed_are_a_new_signal_with_a_hold():
    (signal,) = judged_and_changed(lambda body: f"{body}\n\n{NEW_WORDS}", **DISMISSED)
    assert signal.quote in NEW_WORDS and signal.status == "pending"
    assert Hold.objects.filter(released_at__isnull=True, source=f"signal:{signal.pk}").exists()


@pytest.mark.parametrize("body", [lambda body: body, lambda body: f"Thank you.\n\n{body}", lambda body: body.split(".")[-2] + "."])
def test_the_words_a_person_dismissed_do_not_come_back_with_another_change(body):
    assert judged_and_changed(body, **DISMISSED) == []


@pytest.mark.parametrize(("subject", "signals"), [("Delivery note", 0), ("We do not accept this invoice, the price is wrong", 1)])
def test_a_subject_that_changed_after_a_dismissal_is_read_too(subject, signals):
    ticket = f.make_ticket(overdue(), subject="Your delivery", body=DISPUTE)
    assert len(scan(at=f.AS_OF)) == 1
    DisputeSignal.objects.update(decided_at=timezone.now(), **DISMISSED)
    ticket.subject, ticket.scanned_at = subject, None
    ticket.save()
    assert len(scan(at=f.AS_OF)) == signals


@pytest.mark.parametrize(("state", "signals"), [("open", 0), ("answered", 0), ("resolved", 1)])
def test_new_words_after_a_dispute_ended_begin_another_and_before_they_belong_to_it(state, signals):
    assert len(judged_and_changed(lambda body: f"{body}\n\n{NEW_WORDS}", status="confirmed", dispute=state)) == signals


def test_a_text_longer_than_any_detector_reads_is_held_for_a_person():
    f.make_message(overdue(), body="We hope that you are well. " * 900 + DISPUTE)
    assert len(scan(at=f.AS_OF)) == 1


def test_a_short_answer_above_a_long_quoted_thread_is_read_as_what_it_is():
    f.make_message(overdue(), body=HARMLESS + "\n\n-----Original Message-----\n" + "> We hope that you are well.\n" * 900)
    assert scan(at=f.AS_OF) == []


def test_any_number_of_judged_texts_of_every_channel_is_asked_about_in_one_statement(django_assert_num_queries):
    account = overdue()
    rows = [f.make_ticket(account, body=DISPUTE), f.make_ticket(account, body=DISPUTE), f.make_message(account, body=DISPUTE)]
    rows += [f.make_contract(account, notes=DISPUTE), CallNote.objects.create(account=account, at=f.AS_OF, by=f.make_user(), outcome="spoke", note=DISPUTE)]
    assert len(scan(at=f.AS_OF)) == len(rows)
    DisputeSignal.objects.update(decided_at=timezone.now(), **DISMISSED)
    for row in rows:
        column = next(name for name in ("body", "notes", "note") if hasattr(row, name))
        setattr(row, column, f"{DISPUTE} {NEW_WORDS}")
        row.scanned_at = None
        row.save()
    texts = unread(None, 100)
    with django_assert_num_queries(1):
        fresh = unjudged(texts)
    assert len(fresh) == len(rows) and {words.strip() for _, words in fresh.values()} == {NEW_WORDS}
