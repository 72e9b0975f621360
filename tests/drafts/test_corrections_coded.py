"""What was corrected is coded in the gesture of the approval, and a rejection says whether the draft or the world was wrong."""

from __future__ import annotations

import re

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from drafts.review import REJECT_KINDS, coding, edit, leave, reject
from drafts.review.approving import approve
from governance import ledger, topics
from governance.models import Correction, Event, Rejection
from tests.drafts.scene import AS_OF, Desk, exception_case, routine_case, stop_clock
from tests.factories import make_user, moment
from tests.site.conftest import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock_stands(settings):
    stop_clock(settings)


@pytest.fixture
def desk():
    return Desk()


def edited(desk, old, new, case=None):
    """A case whose text the owner changed and left."""
    case = case or routine_case(desk)
    draft = case.draft
    assert old in draft.body, draft.body
    edit(case.follow_up.pk, draft.subject, draft.body.replace(old, new), draft.revision, by=desk.owner, at=AS_OF)
    leave(case.follow_up.pk, by=desk.owner, at=AS_OF)
    return case


def softer(desk):
    return edited(desk, "Kind regards", "With kind regards from the whole of our team here in Berlin,")


def give(case, person, **said):
    return approve(case.follow_up.pk, case.draft.fingerprint, by=person, at=moment(0.1), acknowledged=case.warnings(), **said)


def coded():
    return [(row.kind, row.critical, row.suggested, row.confirmed) for row in Correction.objects.order_by("pk")]


def test_an_unchanged_text_has_nothing_to_code(desk):
    case = routine_case(desk)
    give(case, desk.reviewer, corrections=["fact"], critical=True)
    assert coded() == [] and not Event.objects.filter(action="draft.corrected").exists()


def test_what_the_approver_confirms_is_recorded_with_both_texts_kept(desk):
    case = softer(desk)
    first = case.follow_up.drafts.get(revision=1)
    give(case, desk.reviewer, corrections=["tone"])
    row = Correction.objects.get()
    assert (row.kind, row.critical, row.confirmed, row.by) == ("tone", False, True, desk.reviewer)
    assert (row.first_draft_id, row.final_draft_id) == (first.pk, case.draft.pk) and first.body != case.draft.body
    event = Event.objects.get(action="draft.corrected")
    assert (event.subject_kind, event.subject_id, event.actor_id) == ("draft", case.draft.pk, desk.reviewer.pk)
    assert '"corrections":[["tone",false]]' in event.data and '"confirmed":true' in event.data and "Berlin" not in event.data
    assert ledger.verify() == []


def test_an_approval_that_asked_nobody_keeps_the_suggestion_unconfirmed(desk):
    give(softer(desk), desk.reviewer)
    assert coded() and all(suggested and not confirmed for _, _, suggested, confirmed in coded())


def test_ticking_nothing_says_only_its_look(desk):
    give(softer(desk), desk.reviewer, corrections=[])
    assert [row[:2] for row in coded()] == [("cosmetic", False)] and coded()[0][3]


def test_an_unknown_class_refuses_the_approval_and_leaves_nothing(desk):
    case = softer(desk)
    with pytest.raises(ValueError, match="unknown classes"):
        give(case, desk.reviewer, corrections=["nonsense"])
    assert coded() == [] and case.follow_up.status != "approved"


def test_the_second_approver_is_not_asked_again_and_nothing_is_counted_twice(desk):
    case = exception_case(desk)
    draft = case.draft
    edit(case.follow_up.pk, draft.subject, draft.body.replace("Kind regards", "Best wishes from us all here"), draft.revision, by=desk.reviewer, at=AS_OF)
    leave(case.follow_up.pk, by=desk.reviewer, at=AS_OF)
    give(case, desk.owner, corrections=["tone"])
    give(case, desk.finance, corrections=["fact"], critical=True)
    assert case.follow_up.status == "approved" and [row[0] for row in coded()] == ["tone"]
    assert Event.objects.filter(action="draft.corrected").count() == 1


@pytest.mark.parametrize(
    ("ticked", "critical", "suggestion", "wanted"),
    [
        (["fact", "tone"], True, [("fact", True), ("tone", False)], [("fact", True), ("tone", False)]),
        (["fact", "tone"], True, [], [("fact", True), ("tone", False)]),
        (["tone"], True, [("fact", True)], [("tone", True)]),
        (["fact", "cosmetic"], False, [("fact", True)], [("fact", False), ("cosmetic", False)]),
        (["cosmetic"], True, [], [("cosmetic", False)]),
    ],
)
def test_one_tick_says_critical_of_the_classes_it_can_belong_to(ticked, critical, suggestion, wanted):
    assert coding.of_form(ticked, critical, [coding.Coded(*row) for row in suggestion]) == [coding.Coded(*row) for row in wanted]


def test_corrections_and_rejections_are_only_ever_added(desk):
    give(softer(desk), desk.reviewer, corrections=["tone"])
    reject(routine_case(desk).follow_up.pk, "paid", "it was paid", by=desk.reviewer, at=moment(0.1))
    for rows, change in ((Correction, {"critical": True}), (Rejection, {"cause": "draft"})):
        with pytest.raises(DatabaseError, match="is a record"), transaction.atomic():
            rows.objects.update(**change)
        with pytest.raises(DatabaseError, match="is a record"), transaction.atomic():
            rows.objects.all().delete()


@pytest.mark.parametrize(("kind", "cause"), sorted(topics.CAUSES.items()))
def test_every_reason_to_reject_says_whether_the_draft_or_the_facts_were_wrong(desk, kind, cause):
    case = routine_case(desk)
    reject(case.follow_up.pk, kind, "because", by=desk.reviewer, at=moment(0.1))
    row = Rejection.objects.get()
    assert (row.kind, row.cause, row.stated, row.draft_id) == (kind, cause, False, case.draft.pk)
    assert f'"cause":"{cause}"' in Event.objects.get(action="follow_up.reject").data


def test_every_kind_has_a_cause_and_a_stated_cause_wins(desk):
    assert set(topics.CAUSES) == set(REJECT_KINDS)
    reject(routine_case(desk).follow_up.pk, "other", "they paid at the counter", by=desk.reviewer, at=moment(0.1), cause="facts")
    assert (Rejection.objects.get().cause, Rejection.objects.get().stated) == ("facts", True)
    with pytest.raises(ValueError, match="unknown cause"):
        reject(routine_case(desk).follow_up.pk, "other", "x", by=desk.reviewer, at=moment(0.1), cause="weather")
    assert Rejection.objects.count() == 1


# the screen ------------------------------------------------------------------------------------------------------------


def form_of(case, person):
    text = client_of(person).get(reverse("admin:review", args=[case.follow_up.pk])).content.decode()
    return text.split('id="approve-form"')[1].split("</form>")[0] if 'id="approve-form"' in text else ""


def ticked(form):
    return re.findall(r'name="corrections" value="(\w+)" checked', form)


def test_the_approve_panel_offers_the_classes_with_the_suggested_ones_ticked(desk):
    case = softer(desk)
    form = form_of(case, desk.reviewer)
    assert ticked(form) == [row.kind for row in coding.proposed(case.draft, *_facts(case))] and len(re.findall('name="corrections"', form)) == 8
    assert "data-clean" not in form.split(">")[0]


def _facts(case):
    from drafts.delivery.standing import standing_of

    standing = standing_of(case.draft, at=AS_OF)
    return standing.facts, standing.terms


def test_an_unedited_text_is_approved_as_before_without_any_class(desk):
    form = form_of(routine_case(desk), desk.reviewer)
    assert "corrections" not in form and "data-clean" in form.split(">")[0]


def test_one_post_approves_and_confirms(desk):
    case = softer(desk)
    client = client_of(desk.reviewer)
    fields = {"version": case.follow_up.version, "fingerprint": case.draft.fingerprint, "coded": "1", "corrections": ["completeness"], "acknowledged": case.warnings()}
    assert client.post(reverse("admin:act_approve", args=[case.follow_up.pk]), fields).status_code == 302
    assert case.follow_up.status == "approved"
    assert coded() == [("completeness", False, "completeness" in [r.kind for r in coding.proposed(case.draft, *_facts(case))], True)]


def test_a_refused_approval_keeps_what_was_ticked(desk):
    case = softer(desk)
    client = client_of(desk.reviewer)
    fields = {"version": case.follow_up.version + 7, "fingerprint": case.draft.fingerprint, "coded": "1", "corrections": ["recipient", "structure"], "critical": "1"}
    answer = client.post(reverse("admin:act_approve", args=[case.follow_up.pk]), fields)
    assert answer.status_code == 409 and coded() == []
    form = answer.content.decode().split('id="approve-form"')[1].split("</form>")[0]
    assert ticked(form) == ["recipient", "structure"] and 'name="critical" value="1" checked' in form


def test_the_reject_panel_groups_its_reasons_by_what_they_say(desk):
    case = routine_case(desk)
    client = client_of(desk.reviewer)
    text = client.get(reverse("admin:review", args=[case.follow_up.pk])).content.decode()
    draft, facts = text.split("The draft is wrong")[1].split("The facts changed")
    assert 'value="wrong_fact"' in draft and 'value="paid"' not in draft and 'value="paid"' in facts.split("</fieldset>")[0]
    fields = {"version": case.follow_up.version, "kind": "changed", "text": "they moved", "grouped": "1"}
    assert client.post(reverse("admin:act_reject", args=[case.follow_up.pk]), fields).status_code == 302
    assert (Rejection.objects.get().cause, Rejection.objects.get().stated) == ("facts", True)


def test_a_stranger_codes_nothing(desk):
    case = softer(desk)
    client_of(make_user("leadership")).post(reverse("admin:act_approve", args=[case.follow_up.pk]), {"coded": "1", "corrections": ["fact"], "fingerprint": case.draft.fingerprint})
    assert coded() == []


# what the measures count ------------------------------------------------------------------------------------------------


def decided_measure():
    from governance.measuring import kinds
    from governance.models import Measure

    return Measure.objects.get(kind=kinds.DECIDED, stands=True)


def test_the_measures_count_what_the_person_confirmed_not_what_was_suggested(desk):
    case = softer(desk)
    give(case, desk.reviewer, corrections=["fact"], critical=True)
    row = decided_measure()
    assert (row.outcome, row.substantive, row.critical, row.confirmed) == ("edited", True, True, True)


def test_what_was_ticked_as_looks_alone_is_no_correction_in_the_measures(desk):
    give(softer(desk), desk.reviewer, corrections=["cosmetic"])
    row = decided_measure()
    assert (row.substantive, row.critical, row.confirmed) == (False, False, True)


@pytest.mark.parametrize(("kind", "defect"), [("tone", True), ("paid", False), ("wrong_time", False), ("changed", False), ("other", True)])
def test_a_rejection_counts_as_a_defect_of_the_draft_only_when_the_draft_was_wrong(desk, kind, defect):
    reject(routine_case(desk).follow_up.pk, kind, "because", by=desk.reviewer, at=moment(0.1))
    assert decided_measure().substantive is defect
