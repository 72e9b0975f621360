"""What the labels of a sample come to: the result that is locked, the incident of a miss, and numbers only where there are enough."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from accounts.models import DisputeSignal
from drafts.labelling import judging, misses
from drafts.labelling.judging import Answer
from drafts.labelling.units import FLAGGED, units_of
from drafts.review import Blocked, confirm_signal, dismiss_signal, mark_disputed
from governance.models import Event, Incident, Label, SampleFrame, SampleItem, SampleResult, SampleVerdict
from tests.drafts.labelling import LATER, NO, SINCE, UNTIL, WORDS, decided, label_all, sample, send, strata
from tests.drafts.scene import AS_OF, routine_case
from tests.factories import make_signal, make_user, moment

pytestmark = pytest.mark.django_db


def thirty(desk, *, mail=WORDS):
    decided(desk, 20)
    return decided(desk, 15, mail=mail)


def test_the_result_is_locked_with_the_last_verdict_and_never_changes(desk, auditor, second, settings):
    case = thirty(desk)
    flagged = decided(desk, 1, mail="we dispute this invoice")
    signal = make_signal(flagged.account, invoice=flagged.invoices[0], status="confirmed", found_at=moment(-1), decided_by=desk.owner, decided_at=moment(2))
    frame = sample(auditor)
    assert set(frame.units) == {"neither", "mail", FLAGGED}
    miss = next(key for key in frame.units["mail"])
    label_all(frame, auditor, yes=[miss])
    assert not SampleResult.objects.exists()
    label_all(frame, second, yes=[miss])
    row = SampleResult.objects.get()
    assert (row.labelled, row.found, row.caught, row.wrong, row.pending, row.unclear) == (35, 1, 1, 0, 0, 0)
    assert row.share == pytest.approx(0.5) and row.low <= row.share <= row.high
    assert row.twice >= 7 and row.agreed == row.twice
    assert Event.objects.filter(action="sample.locked").count() == 1
    for rows, words in ((SampleResult, "locked"), (SampleVerdict, "locked"), (SampleItem, "stays drawn"), (SampleFrame, "never changes")):
        column = "version" if rows is SampleResult else "labels" if rows is SampleVerdict else "stratum" if rows is SampleItem else "seed"
        with pytest.raises(DatabaseError, match=words), transaction.atomic():
            rows.objects.update(**{column: 3})
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.objects.all()[:1].get().delete()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Label.objects.filter(answer="yes").update(answer="no", code="")
    with pytest.raises(Blocked, match="settled"):
        judging.label(frame.items.first().pk, NO, by=make_user("compliance_auditor"), at=LATER)
    assert case.account.pk and DisputeSignal.objects.get(pk=signal.pk).status == "confirmed"


def test_twelve_labels_give_no_number(desk, auditor, second):
    decided(desk, 12)
    frame = sample(auditor)
    label_all(frame, auditor, second)
    row = SampleResult.objects.get()
    assert (row.labelled, row.share, row.low, row.high) == (12, None, None, None)
    with pytest.raises(DatabaseError), transaction.atomic():
        SampleResult.objects.create(frame=SampleFrame.objects.create(
            kind="recall", seed="x", starts_at=SINCE, ends_at=UNTIL, population=1, sha256="x", by=auditor, at=LATER
        ), version=1, labelled=29, found=0, share=1.0, low=0.9, high=1.0, at=LATER)  # fmt: skip


def test_what_nobody_can_judge_is_neither_a_label_nor_a_find(desk, auditor, second):
    decided(desk, 32)
    frame = sample(auditor)
    unclear = frame.items.first().unit
    label_all(frame, auditor, second, yes=[unclear], answer=Answer("unsure", reason="the text is cut off"))
    row = SampleResult.objects.get()
    assert (row.labelled, row.unclear, row.found) == (31, 1, 0)


def test_flagged_units_among_the_items_hide_what_was_found_and_do_not_count(desk, auditor, second):
    thirty(desk)
    for status in ("confirmed", "dismissed", "pending"):
        case = decided(desk, 1)
        judged = {} if status == "pending" else {"decided_by": desk.owner, "decided_at": moment(2), "decision_reason": "looked at it"}
        make_signal(case.account, invoice=case.invoices[0], status=status, found_at=moment(-1), **judged)
    frame = sample(auditor)
    assert frame.sizes[FLAGGED] == 3 and frame.items.filter(stratum=FLAGGED).count() == 3
    label_all(frame, auditor, second)
    row = SampleResult.objects.get()
    assert (row.labelled, row.caught, row.wrong, row.pending) == (35, 1, 1, 1)


def test_signals_people_raised_are_no_finds_of_the_detector(desk):
    case = decided(desk, 1)
    make_signal(case.account, invoice=case.invoices[0], detector="person", found_at=moment(-1))
    assert strata(units_of(SINCE, UNTIL)) == {"neither": 1}


def test_a_miss_opens_an_incident_and_is_listed_with_its_words_and_why(desk, auditor, second, settings):
    case = decided(desk, 1, mail=f"Hello, {WORDS}.")
    send(settings, case)
    frame = sample(auditor)
    item = frame.items.get()
    label_all(frame, auditor, second, yes=[item.unit])
    incident = Incident.objects.get()
    assert (incident.source, incident.severity, incident.account_id) == (f"sample_item:{item.pk}", "high", case.account.pk)
    (miss,) = misses.listed(list(misses.rows("recall")))
    assert miss.label.quote == WORDS and miss.why == "the detector read it and saw no dispute" and miss.incident == incident
    assert miss.invoice == case.invoices[0].number and miss.verdict.item.frame == frame
    assert list(misses.rows("recall", [desk.portfolio.pk + 1])) == [] and list(misses.rows("escape")) == []


def test_a_no_opens_nothing(desk, auditor, second):
    decided(desk, 3)
    label_all(sample(auditor), auditor, second)
    assert not Incident.objects.exists() and not misses.rows("recall").exists()


def test_the_known_floor_counts_what_was_noticed_and_what_customers_raised_within_thirty_days(desk, auditor, second, settings):
    noticed = routine_case(desk)
    mark_disputed(noticed.follow_up.pk, [noticed.invoices[0].pk], category="price", quote="too dear", by=desk.reviewer, at=moment(1))
    raised, silent = decided(desk, 1), decided(desk, 1)
    send(settings, raised, silent)
    signal = make_signal(raised.account, invoice=raised.invoices[0], found_at=moment(4))
    confirm_signal(signal.pk, by=desk.owner, at=moment(5))
    frame = sample(auditor)
    label_all(frame, auditor, second)
    row = SampleResult.objects.get()
    assert (row.floor_found, row.sent, row.latent) == (2, 2, 1)


def test_a_defect_found_in_a_message_that_left_opens_the_incident_of_that_message(desk, auditor, second, settings):
    case, fine = decided(desk, 1), decided(desk, 1)
    send(settings, case, fine)
    frame = sample(auditor, kind="escape")
    assert frame.units == {"routine unedited": sorted([str(case.delivery.pk), str(fine.delivery.pk)], key=int)}
    quote = case.draft.body.strip().splitlines()[0]
    bad = Answer("yes", "tone", True, quote, "the greeting is wrong")
    label_all(frame, auditor, second, yes=[str(case.delivery.pk)], answer=bad)
    incident = Incident.objects.get()
    assert (incident.source, incident.severity) == (f"delivery:{case.delivery.pk}", "high")
    row = SampleResult.objects.get()
    assert (row.labelled, row.found, row.share, row.sent) == (2, 1, None, 2)


def test_messages_are_drawn_by_lane_and_by_whether_a_person_edited(desk, auditor, settings):
    from drafts.review import edit, leave

    edited = routine_case(desk)
    draft = edited.draft
    edit(edited.follow_up.pk, draft.subject, draft.body + "\n", draft.revision, by=desk.owner, at=AS_OF)
    if edited.draft.revision == draft.revision:
        edit(edited.follow_up.pk, draft.subject, draft.body.replace("Kind regards", "Best regards"), draft.revision, by=desk.owner, at=AS_OF)
    leave(edited.follow_up.pk, by=desk.owner, at=AS_OF)
    edited.approve()
    plain = decided(desk, 1)
    send(settings, edited, plain)
    frame = sample(auditor, kind="escape")
    assert {name: len(keys) for name, keys in frame.units.items()} == {"routine edited": 1, "routine unedited": 1}


def test_dismissed_signals_are_wrong_flags(desk, auditor, second):
    case = routine_case(desk)
    signal = make_signal(case.account, invoice=case.invoices[0], found_at=moment(-1))
    dismiss_signal(signal.pk, "another invoice", "the mail of 3 May", by=desk.owner, at=moment(1))
    decided(desk, 2)
    frame = sample(auditor)
    assert len(frame.units[FLAGGED]) == 1
    label_all(frame, auditor, second)
    assert SampleResult.objects.values_list("caught", "wrong").get() == (0, 1)
