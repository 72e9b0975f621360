"""Practice: ten cases judged by the real checks, told at once, seen by that person and who leads them, and counted nowhere."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils.html import escape

from accounts.models import Account, Contact
from drafts.models import Delivery, Draft, FollowUp
from drafts.practice import playing
from drafts.practice.cases import cases
from drafts.review import Blocked, NotAllowed
from governance.models import Event, Measure, PracticeAnswer, TrainingRecord
from tests.drafts.scene import AS_OF, Desk
from tests.factories import make_portfolio, make_user
from tests.reading import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_as_of")]
PAGE, ANSWER = "/admin/practice/", "/admin/practice/answer/"


def play(user, wrong=0):
    """A whole round; the first ``wrong`` answers miss."""
    for n in range(10):
        turn = playing.standing(user, again=True)
        case = cases()[turn.left[0]]
        playing.answer(turn.number, case.key, bool(case.fault) if n < wrong else not case.fault, by=user, at=AS_OF)


def test_ten_cases_half_with_a_fault_that_no_check_finds_for_the_reviewer():
    assert len(cases()) == 10 and sum(bool(case.fault) for case in cases().values()) == 5
    for case in cases().values():
        assert not case.findings and case.draft.pk is None and len(case.why) > 60
        assert case.draft.to_address.endswith(".example")
        assert case.right(True) is not bool(case.fault) and case.right(False) is bool(case.fault)
    assert all(Account.objects.filter(pk=case.facts.account_id).count() == 0 for case in cases().values())


def test_what_is_wrong_can_be_seen_in_evidence_the_page_leads_to(signed_in):
    """Behind a number of the nine lines: a case nobody can solve from its page teaches nothing."""
    telling = {
        "short_delivery": "Only 40 of the 60 pallets", "paid_yesterday": "paid in full yesterday", "longer_terms": "payment 60 days after the invoice",
        "contact_left": "Ms Keller has left our company", "promised_credit": "credit the nine broken crates",
    }
    assert set(telling) == {case.key for case in cases().values() if case.fault}
    user = Desk().reviewer
    client, seen = signed_in(user), set()
    for _ in range(10):
        page = client.get(PAGE)
        key, html = page.context["case"].key, page.content.decode()
        for number, panel in re.findall(r'id="ev-(\d)"(.*?)</section>', html, re.S):
            if key in telling and telling[key] in panel and f'data-evidence="{number}" aria-expanded' in html:
                seen.add(key)
        playing.answer(1, key, True, by=user, at=AS_OF)
    assert seen == set(telling)


def test_a_case_looks_like_the_workspace_and_is_called_practice_only_once_it_is_decided(signed_in):
    client = signed_in(Desk().reviewer)
    page = client.get(PAGE)
    main = page.content.decode().partition("<main")[2]
    case = page.context["case"]
    assert "PRACTICE" not in main and escape(case.why) not in main and case.key in main
    assert main.count('<dd class="src">') == 9 and case.draft.subject in main and "Every check ran over this text" in text_of(page)
    assert "1 of 10" in text_of(page) and main.count('name="verdict"') == 5
    told = client.post(ANSWER, {"round": 1, "case": case.key, "verdict": "approve"}, follow=True)
    assert "PRACTICE" in text_of(told) and escape(case.why) in text_of(told) and ("Not right" in text_of(told)) is bool(case.fault)


@pytest.mark.parametrize("verdict", ["approve", "request_changes", "reject", "route", "disputed"])
def test_anything_but_approving_is_right_where_something_is_wrong(signed_in, verdict):
    user = Desk().reviewer
    client = signed_in(user)
    for _ in range(10):
        case = client.get(PAGE).context["case"]
        client.post(ANSWER, {"round": 1, "case": case.key, "verdict": verdict})
    assert PracticeAnswer.objects.filter(person=user, right=True).count() == 5
    assert "5 of 10 right" in text_of(client.get(PAGE))
    assert "1 of 10" in text_of(client.get(PAGE + "?again"))


def test_the_first_answer_stands_and_a_case_out_of_turn_is_refused(signed_in):
    user = Desk().reviewer
    first, second = playing.standing(user).left[:2]
    with pytest.raises(Blocked, match="not the one before you"):
        playing.answer(1, second, True, by=user, at=AS_OF)
    playing.answer(1, first, True, by=user, at=AS_OF)
    with pytest.raises(Blocked, match="answered already"):
        playing.answer(1, first, False, by=user, at=AS_OF)
    client = signed_in(user)
    for form in ({"case": first, "verdict": "reject"}, {"case": "nothing", "verdict": "approve"}, {"case": second, "verdict": "x"}, {}):
        assert client.post(ANSWER, {"round": 1, **form}).status_code == 302
    assert client.post(ANSWER, {"case": second, "verdict": "approve"}).status_code == 302
    assert PracticeAnswer.objects.count() == 1


def test_a_case_of_a_finished_round_posted_again_begins_no_other():
    user = Desk().reviewer
    play(user)
    for key in playing.standing(user, again=True).left:
        with pytest.raises(Blocked, match="answered already"):
            playing.answer(1, key, True, by=user, at=AS_OF)
    assert PracticeAnswer.objects.count() == 10


def test_nothing_of_it_is_work_and_nothing_of_it_is_measured():
    before = [model.objects.count() for model in (Account, Contact, FollowUp, Draft, Delivery, Event, Measure)]
    user = Desk().reviewer
    play(user)
    assert [model.objects.count() for model in (Account, Contact, FollowUp, Draft, Delivery, Event, Measure)] == before


def test_who_never_approves_anything_does_not_practise(signed_in):
    user = Desk().person("compliance_auditor")
    assert signed_in(user).get(PAGE).status_code == 403 and signed_in(user).post(ANSWER, {}).status_code == 403
    with pytest.raises(NotAllowed):
        playing.answer(1, next(iter(cases())), True, by=user, at=AS_OF)


def test_the_score_is_for_that_person_and_who_leads_them_and_a_training_record_can_refer_to_it(signed_in):
    desk = Desk()
    play(desk.reviewer, wrong=1)
    row = PracticeAnswer.objects.filter(person=desk.reviewer).first()
    told = reverse("admin:practice_told", args=[row.pk])
    assert signed_in(desk.reviewer).get(told).status_code == 200 and signed_in(desk.owner).get(told).status_code == 404
    lead = signed_in(desk.finance)
    page = lead.get("/admin/training/")
    assert f"{desk.reviewer} 9 of 10 right" in text_of(page)
    for other in (desk.person("compliance_auditor"), make_user("finance_approver", make_portfolio())):
        assert "of 10 right" not in text_of(signed_in(other).get("/admin/training/"))
    link = re.search(r'href="(\?person=[^"]+)"', page.content.decode()).group(1).replace("&amp;", "&")
    form = lead.get("/admin/training/" + link)
    note = re.search(r'id="t-note" name="note" value="([^"]*)"', form.content.decode()).group(1)
    assert note == "Practice, round 1 of 12 May 2026: 9 of 10 right" and f'value="{desk.reviewer.pk}" selected' in form.content.decode()
    fields = {"person": desk.reviewer.pk, "subject": "routine", "trained_on": "2026-05-12", "valid_until": "2027-05-12", "note": note}
    lead.post("/admin/training/write/", fields)
    assert TrainingRecord.objects.get().note == note


def test_every_person_and_round_has_an_order_of_its_own():
    one, two = make_user("reviewer"), make_user("reviewer")
    orders = [playing.standing(one).left, playing.standing(two).left]
    play(one)
    orders.append(playing.standing(one, again=True).left)
    assert len({tuple(order) for order in orders}) == 3 and len({frozenset(order) for order in orders}) == 1
