"""DE1 to DE3: what a machine must not decide, decided in a browser by the role that may, and by nobody else."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from drafts import states
from drafts.models import Draft
from governance.models import AccountShare, ApprovedTerm, Decision
from tests.browser.test_matrix import SUBMIT
from tests.drafts.scene import Desk, prepared
from tests.drafts.test_decide import asks_for_a_plan
from tests.factories import moment

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_desk")]


def said(page):
    return re.sub(r"\s+", " ", page.locator("#main, main, body").first.inner_text())


def at(decision):
    return reverse("admin:decision", args=[decision.pk])


def executive_case(desk):
    case = prepared(desk, [{}], tier="enterprise")
    AccountShare.objects.create(account_id=case.account.pk, user=desk.executive, role="executive", reason="decides", starts_at=moment(-24))
    return case, Decision.objects.get(account_id=case.account.pk)


def test_de1_a_plan_is_decided_by_finance_on_cited_options_and_only_exactly_that_wording_passes(enter):
    case, decision = asks_for_a_plan()
    page = enter(case.desk.finance)
    page.goto(at(decision))
    options = page.locator("label.opt")
    assert options.count() >= 3 and options.filter(has_text="Rests on").count() >= 2
    page.locator("input[name=outcome][value=proceed_plan]").check()
    page.get_by_text("Exact amounts and dates").click()
    for n, (amount, day) in enumerate((("300.00", "2026-06-01"), ("300.00", "2026-07-01"), ("300.00", "2026-08-03")), start=1):
        page.get_by_label(f"Instalment {n}").fill(amount)
        page.get_by_label(f"Date {n}", exact=True).fill(day)
    page.get_by_role("button", name="Record the decision").click()
    term = ApprovedTerm.objects.get(decision=decision)
    assert f"Drafts may now name {term.ref}" in said(page) and "EUR 300.00 on 2026-07-01" in said(page)
    draft = case.draft
    assert case.follow_up.status == states.READY and "1 July 2026" in draft.body
    page.goto(reverse("admin:review", args=[case.follow_up.pk]) + "?edit=1")
    body, failing = page.get_by_label("Text", exact=True), page.locator("#findings [data-failing]")
    for right, wrong in (("1 July 2026", "2 July 2026"), ("EUR 300.00", "EUR 310.00")):
        body.fill(draft.body.replace(right, wrong, 1))
        expect(failing.first).to_be_visible()
        body.fill(draft.body)
        expect(failing).to_have_count(0)


def test_de2_an_executive_account_shows_memo_and_question_and_a_draft_only_after_proceed(enter):
    desk = Desk()
    case, decision = executive_case(desk)
    waits, refused = executive_case(desk)
    page = enter(desk.executive)
    page.goto(reverse("admin:review", args=[case.follow_up.pk]))
    assert "A decision comes first" in said(page) and "Internal memo" in said(page)
    assert page.locator("#draft-body, textarea[name=body]").count() == 0 and not Draft.objects.exists()
    page.get_by_role("link", name="Open the decision").click()
    page.locator("input[name=outcome][value=proceed]").check()
    page.get_by_role("button", name="Record the decision").click()
    assert "Decided" in said(page) and Draft.objects.get().follow_up_id == case.follow_up.pk
    page.goto(reverse("admin:review", args=[case.follow_up.pk]))
    assert case.draft.subject in said(page)
    page.goto(at(refused))
    page.locator("input[name=outcome][value=no_contact]").check()
    page.get_by_label("In force until").fill("2026-05-26")
    page.get_by_role("button", name="Record the decision").click()
    assert "until 26 May" in said(page)
    waits.prepare()
    assert Draft.objects.count() == 1 and waits.follow_up.status in (states.CLOSED, states.ON_HOLD)
    assert decision.pk != refused.pk


@pytest.mark.parametrize("role", ["reviewer", "finance_approver"])
def test_de3_nobody_but_the_deciding_role_decides_by_button_or_post(enter, role):
    case, decision = executive_case(Desk())
    page = enter(case.desk.person(role))
    page.goto(at(decision))
    assert "Only the executive decides this" in said(page) and page.locator("input[name=outcome]").count() == 0
    assert page.get_by_role("button", name="Record the decision").count() == 0
    page.goto("/admin/who-may/")
    token = page.locator("input[name=csrfmiddlewaretoken]").first.get_attribute("value")
    with page.expect_navigation() as moved:
        page.evaluate(SUBMIT, [reverse("admin:decide", args=[decision.pk]), [["outcome", "proceed"]], token])
    words = said(page)
    decision.refresh_from_db()
    assert moved.value.status == 403 and "because only the role executive may decide this" in words and decision.state == "open"
