"""Editing: a new revision, the same gate, nothing lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from drafts import states
from drafts.models import Draft, WorkingCopy
from drafts.review import Blocked, Conflict, NotAllowed, WrongState, approve, check_text, edit, save_working_copy
from governance.models import ApprovalRequest, Event
from tests.drafts.scene import AS_OF, exception_case, prepared, routine_case, stop_clock
from tests.factories import make_invoice, make_user

pytestmark = pytest.mark.django_db

LATER = AS_OF + timedelta(hours=1)


@pytest.fixture(autouse=True)
def at_as_of(settings):
    stop_clock(settings)


def save(case, body, *, by=None, base=None, at=AS_OF, subject=None):
    draft = case.draft
    return edit(
        case.follow_up.pk, subject or draft.subject, body, base or draft.revision, by=by or case.desk.reviewer, at=at
    )


def test_an_edit_is_a_new_revision_and_the_old_text_stays():
    case = routine_case()
    first = case.draft
    second = save(case, first.body + "\nThank you.")
    assert (second.revision, second.parent, second.author, second.author_kind) == (2, first, case.desk.reviewer, "person")
    assert second.fingerprint != first.fingerprint
    assert Draft.objects.get(pk=first.pk).body == first.body
    assert case.follow_up.draft == second
    assert case.follow_up.status == states.IN_REVIEW
    assert Event.objects.filter(action="draft.edited", subject_id=second.pk).count() == 1


def test_crlf_from_a_text_area_is_no_edit():
    case = routine_case()
    first = case.draft
    assert save(case, first.body.replace("\n", "\r\n")) == first
    assert case.follow_up.drafts.count() == 1
    assert case.follow_up.status == states.READY


def test_approvals_of_the_old_text_are_void():
    case = exception_case()
    approve(case.follow_up.pk, case.draft.fingerprint, by=case.desk.owner, at=AS_OF, acknowledged=case.warnings(), reason="checked_source")
    save(case, case.draft.body + "\nThank you.", by=case.desk.finance)
    assert [r.state for r in ApprovalRequest.objects.all()] == ["void"]
    assert case.follow_up.status == states.IN_REVIEW


def test_the_second_editor_gets_both_texts_and_loses_none():
    case = routine_case()
    base = case.draft
    priya, tom = case.desk.finance, make_user("reviewer", case.desk.portfolio)
    theirs = save(case, base.body + "\nWe are here to help.", by=priya)
    mine = base.body + "\nPlease call me."
    with pytest.raises(Conflict) as caught:
        edit(case.follow_up.pk, base.subject, mine, 1, by=tom, at=LATER)
    conflict = caught.value
    assert conflict.code == "E-LOCK"
    assert conflict.other == str(priya)
    assert conflict.mine.body == mine
    assert (conflict.base, conflict.current) == (base, theirs)
    assert "saved version 2 while you were editing version 1" in conflict.words
    assert WorkingCopy.objects.get(user=tom).body == mine
    assert case.draft == theirs


def test_an_edited_amount_is_blocked_and_putting_it_back_clears_it():
    case = routine_case()
    good = case.draft.body
    wrong = save(case, good.replace("1,000.00", "1,100.00"))
    blocking = wrong.findings.filter(severity="block")
    assert any(f.check_id == "G02" for f in blocking)
    assert case.follow_up.lane == states.EXCEPTION
    right = save(case, good + "\nThank you.")
    assert not right.findings.filter(severity="block").exists()


def test_typed_text_is_checked_without_being_stored():
    case = routine_case()
    found = check_text(case.follow_up.pk, case.draft.subject, case.draft.body.replace("1,000.00", "1,100.00"), by=case.desk.reviewer, at=AS_OF)
    assert any(f.severity == "block" for f in found)
    assert case.follow_up.drafts.count() == 1
    assert case.follow_up.status == states.READY


def test_claims_keep_their_places_where_the_words_stand_unchanged():
    case = routine_case()
    first = case.draft
    assert first.claims
    head, rest = first.body.split("\n", 1)
    second = save(case, f"{head}\n\nA new sentence before all others.\n{rest}")
    assert len(second.claims) == len(first.claims)
    for claim in second.claims:
        assert second.body[claim["start"] : claim["end"]] == claim["text"]


def test_a_claim_whose_words_were_changed_is_gone():
    case = routine_case()
    second = save(case, case.draft.body.replace("1,000.00", "1,100.00"))
    assert not any("1,000.00" in claim["text"] for claim in second.claims)


def test_the_edit_rests_on_the_invoices_it_names():
    case = routine_case(invoices=2)
    assert set(case.draft.invoice_ids) == {i.pk for i in case.invoices}
    gone = case.invoices[1].number
    body = "\n".join(line for line in case.draft.body.split("\n") if gone not in line)
    assert save(case, body).invoice_ids == [case.invoices[0].pk]


def test_an_invoice_added_by_hand_becomes_material():
    case = routine_case()
    other = make_invoice(case.account, days_overdue=3)
    second = save(case, case.draft.body + f"\nSee also {other.number}.")
    assert second.invoice_ids == sorted([case.invoices[0].pk, other.pk])
    assert f"[{other.pk}," in second.canonical


@pytest.mark.parametrize(("subject", "body"), [("", "text"), ("Subject", "   \n "), ("x" * 301, "text")])
def test_an_empty_or_endless_text_is_refused(subject, body):
    case = routine_case()
    with pytest.raises(Blocked):
        edit(case.follow_up.pk, subject or " ", body, 1, by=case.desk.reviewer, at=AS_OF)
    assert case.follow_up.drafts.count() == 1


def test_a_line_break_in_the_subject_becomes_a_blank():
    case = routine_case()
    draft = save(case, case.draft.body, subject="Reminder\r\nBcc: x@evil.example")
    assert draft.subject == "Reminder Bcc: x@evil.example"


def test_a_role_that_only_reads_cannot_edit():
    case = routine_case()
    with pytest.raises(NotAllowed):
        save(case, "other text", by=make_user("compliance_auditor", case.desk.portfolio, is_superuser=True))
    assert case.follow_up.drafts.count() == 1


def test_an_approved_text_cannot_be_edited_while_it_is_leaving():
    case = routine_case()
    case.approve()
    with pytest.raises(WrongState):
        save(case, case.draft.body + "\nMore.")
    assert case.delivery.state == states.SCHEDULED


def test_the_working_copy_is_kept_per_person_and_gone_once_saved():
    case = routine_case()
    save_working_copy(case.draft.pk, "S", "half a sen", by=case.desk.reviewer, at=AS_OF, follow_up_id=case.follow_up.pk)
    save_working_copy(case.draft.pk, "S", "half a sentence", by=case.desk.reviewer, at=LATER, follow_up_id=case.follow_up.pk)
    assert WorkingCopy.objects.get().body == "half a sentence"
    assert case.follow_up.drafts.count() == 1
    save(case, case.draft.body + "\nThank you.")
    assert not WorkingCopy.objects.exists()


def test_a_working_copy_of_somebody_elses_draft_is_refused():
    mine, other = routine_case(), prepared(routine_case().desk, [{}])
    with pytest.raises(Blocked):
        save_working_copy(other.draft.pk, "S", "x", by=mine.desk.reviewer, at=AS_OF, follow_up_id=mine.follow_up.pk)
