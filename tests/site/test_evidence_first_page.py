"""The workspace while the evidence comes first: no word of the draft on the page, the question, and what follows from the answer."""

from __future__ import annotations

import json
import re

import pytest
from django.urls import reverse

from drafts import states
from drafts.review import evidence_first
from governance.models import Approval, Event
from tests.drafts.scene import Desk, exception_case, routine_case
from tests.policy import set_policy

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_as_of")]


def url_of(case, name="review"):
    return reverse(f"admin:{name}", args=[case.follow_up.pk])


@pytest.fixture
def case():
    set_policy(evidence_first_percent=100)
    return routine_case()


def test_the_page_has_the_evidence_and_the_question_and_nothing_of_the_draft(signed_in, case):
    client = signed_in(case.desk.reviewer)
    for query in ("", "?edit=1", "?compare=1"):
        page = client.get(url_of(case) + query).content.decode()
        assert "Any reason not to write?" in page and page.count('<dd class="src">') == 9
        assert "the 100 % of which the policy asks it" in page
        assert case.draft.subject not in page and case.draft.fingerprint not in page
        assert not [line for line in case.draft.body.splitlines() if len(line) > 30 and line in page]
        assert 'class="bar"' not in page and url_of(case, "act_approve") not in page and url_of(case, "act_edit") not in page


def test_a_reload_and_a_second_browser_ask_the_same(signed_in, case):
    for client in (signed_in(case.desk.reviewer), signed_in(case.desk.reviewer)):
        for _ in range(2):
            assert "Any reason not to write?" in client.get(url_of(case)).content.decode()


def test_a_crafted_approval_before_the_answer_is_refused_with_words(signed_in, case):
    form = {"version": case.follow_up.version, "fingerprint": case.draft.fingerprint}
    response = signed_in(case.desk.reviewer).post(url_of(case, "act_approve"), form)
    page = response.content.decode()
    assert response.status_code == 409 and "answer whether there is any reason not to write" in page
    assert case.draft.subject not in page
    assert not Approval.objects.exists() and case.follow_up.status == states.READY


@pytest.mark.parametrize(
    ("act", "form"),
    [
        ("act_reject", {"kind": "wrong_fact", "text": "the amount is wrong"}), ("act_request_changes", {"kinds": "tone"}),
        ("act_route", {"role": "finance_approver", "note": "yours"}),
    ],
)
def test_a_crafted_decision_before_the_answer_is_refused_and_shows_no_text(signed_in, case, act, form):
    response = signed_in(case.desk.reviewer).post(url_of(case, act), {"version": case.follow_up.version, **form})
    page = response.content.decode()
    assert response.status_code == 409 and "answer whether there is any reason not to write" in page
    assert case.draft.subject not in page and case.follow_up.status == states.READY and case.follow_up.owner_role == "reviewer"


def test_rows_routed_from_the_queue_wait_for_the_answer_too_and_say_so(signed_in, case):
    form = {"act": "route", "row": case.follow_up.pk, "step": "do", "role": "finance_approver", "note": "yours"}
    page = signed_in(case.desk.reviewer).post(reverse("admin:several"), form).content.decode()
    assert "Read the evidence first" in page and case.follow_up.owner_role == "reviewer"


def test_a_crafted_save_does_not_show_the_text_either(signed_in, case):
    response = signed_in(case.desk.reviewer).post(url_of(case, "act_edit"), {"subject": "x", "body": "y" * 60, "base_revision": 9})
    assert response.status_code == 409 and case.draft.subject not in response.content.decode()


def test_a_second_tab_is_not_told_that_its_answer_is_on_record(signed_in, case):
    client = signed_in(case.desk.reviewer)
    client.post(url_of(case, "act_answer_first"), {"answer": "yes", "next": "reject", "text": "paid last week"})
    page = client.post(url_of(case, "act_answer_first"), {"answer": "no"}, follow=True).content.decode()
    assert case.draft.subject in page and "Your answer is on record" not in page
    assert json.loads(Event.objects.get(action=evidence_first.ACTION).data)["answer"] == "yes"


def test_no_shows_the_draft_and_is_on_record(signed_in, case):
    client = signed_in(case.desk.reviewer)
    response = client.post(url_of(case, "act_answer_first"), {"answer": "no", "list": "tab=mine"}, follow=True)
    page = response.content.decode()
    assert case.draft.subject in page and "Your answer is on record" in page and 'data-panel="approve"' in page
    event = Event.objects.get(action=evidence_first.ACTION)
    assert event.actor_id == case.desk.reviewer.pk and json.loads(event.data)["answer"] == "no"
    history = client.get(url_of(case, "draft_history")).content.decode()
    assert "Asked for a reason not to write before v1 was shown: no" in history


@pytest.mark.parametrize("step", list(evidence_first.NEXT))
def test_yes_opens_the_panel_it_calls_for_with_the_reason_in_every_panel(signed_in, case, step):
    reason = "They paid on Friday & told us"
    response = signed_in(case.desk.reviewer).post(url_of(case, "act_answer_first"), {"answer": "yes", "next": step, "text": reason})
    page = response.content.decode()
    assert response.status_code == 200 and re.findall(r'data-panel="(\w+)" open', page) == [step]
    assert page.count("They paid on Friday &amp; told us") == 5  # four panels, and what was said on top
    assert json.loads(Event.objects.get(action=evidence_first.ACTION).data)["next"] == step


@pytest.mark.parametrize("form", [{"answer": "yes", "next": "reject"}, {"answer": "yes", "text": "why"}, {"answer": "yes", "text": "why", "next": "approve"}, {}])
def test_half_an_answer_is_none_and_what_was_typed_stays(signed_in, case, form):
    response = signed_in(case.desk.reviewer).post(url_of(case, "act_answer_first"), form)
    page = response.content.decode()
    assert response.status_code == 409 and "There is a problem" in page and "Any reason not to write?" in page
    assert form.get("text", "") in page and not Event.objects.filter(action=evidence_first.ACTION).exists()


def test_who_cannot_decide_is_not_asked_and_who_may_not_see_it_finds_nothing(signed_in, case):
    auditor = signed_in(case.desk.person("compliance_auditor"))
    assert case.draft.subject in auditor.get(url_of(case)).content.decode()
    assert auditor.post(url_of(case, "act_answer_first"), {"answer": "no"}).status_code == 403
    stranger = signed_in(Desk().reviewer)
    assert stranger.post(url_of(case, "act_answer_first"), {"answer": "no"}).status_code == 404


def test_evidence_opened_before_the_text_is_on_record_and_a_look_at_the_text_is_not(signed_in, case):
    client, url, draft = signed_in(case.desk.reviewer), url_of(case, "act_looked"), case.draft.pk
    assert f'data-looked="{url}?first"' in client.get(url_of(case)).content.decode()
    client.post(url + "?first", {"draft": draft, "evidence": "2"})
    client.post(url + "?first", {"draft": draft})
    client.post(url + "?first", {"draft": draft, "seconds": "5"})
    assert list(Event.objects.filter(subject_kind="draft", subject_id=draft, action__startswith="draft.").values_list("action", flat=True)) == ["draft.viewed_evidence"]


def test_the_second_approver_answers_without_knowing_what_the_first_one_answered(signed_in):
    set_policy(evidence_first_percent=100)
    case = exception_case()
    evidence_first.answer(case.follow_up.pk, "no", by=case.desk.owner, at=case.follow_up.ready_at)
    finance = signed_in(case.desk.finance)
    case_form = {"version": case.follow_up.version, "fingerprint": case.draft.fingerprint, "reason": "checked_source"}
    case_form["acknowledged"] = case.warnings()
    assert signed_in(case.desk.owner).post(url_of(case, "act_approve"), case_form).status_code == 302
    assert "Any reason not to write?" in finance.get(url_of(case)).content.decode()
    assert "before v1 was shown" not in finance.get(url_of(case, "draft_history")).content.decode()
