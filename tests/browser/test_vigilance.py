"""Against rubber stamping, in a browser: the evidence before the text, many quick approvals, similar past drafts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from drafts import review, states
from drafts.practice.cases import cases
from drafts.review import evidence_first
from drafts.review.looking import looked
from governance.models import Event
from tests.browser.accessible import violations
from tests.browser.steps import awake, post, review_of
from tests.drafts.scene import AS_OF, Desk, routine_case
from tests.policy import set_policy

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_desk")]


def acts(case):
    """What is on record about the text, in order."""
    return list(Event.objects.filter(subject_kind="draft", subject_id=case.draft.pk, action__startswith="draft.").order_by("id").values_list("action", flat=True))


def test_the_draft_is_hidden_until_the_question_is_answered_and_nothing_gets_round_it(enter):
    set_policy(evidence_first_percent=100)
    case = routine_case(invoices=2)
    page = enter(case.desk.reviewer)
    page.goto(review_of(case))
    expect(page.get_by_role("heading", name="Any reason not to write?")).to_be_visible()
    expect(page.locator("[aria-labelledby=h-brief] .facts > div")).to_have_count(9)
    page.keyboard.press("1")
    expect(page.locator("#ev-1")).to_be_visible()
    for key in "arxtdev":
        page.keyboard.press(key)
    page.keyboard.press("Control+Enter")
    assert post(page, case, "act_approve", {"version": case.follow_up.version, "fingerprint": case.draft.fingerprint}) == 409
    page.reload()
    expect(page.locator(".letter, .bar")).to_have_count(0)
    assert case.draft.subject not in page.content() and case.follow_up.status == states.READY
    other = enter(case.desk.reviewer)
    other.goto(review_of(case, "?edit=1"))
    expect(other.get_by_role("heading", name="Any reason not to write?")).to_be_visible()
    expect(other.locator(".letter, .bar")).to_have_count(0)
    page.get_by_role("button", name="No, show the draft").click()
    expect(page.locator(".letter")).to_contain_text(case.draft.subject)
    page.wait_for_load_state("networkidle")
    assert acts(case) == ["draft.viewed_evidence", evidence_first.ACTION, "draft.opened"]
    awake(page)
    page.keyboard.press("a")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(re.compile("It leaves at"))).to_be_visible()


def test_yes_leads_to_the_panel_with_the_reason_in_it_by_keyboard(enter):
    set_policy(evidence_first_percent=100)
    case = routine_case()
    page = enter(case.desk.reviewer)
    page.goto(review_of(case))
    page.get_by_text("Yes, there is a reason").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Reason", exact=True).fill("They told us on Friday that it is paid")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown"), page.keyboard.press("ArrowDown"), page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Nothing should be sent")).to_be_checked()
    page.get_by_role("button", name="Answer and show the draft").press("Enter")
    expect(page.locator("details[data-panel=reject][open]")).to_be_visible()
    expect(page.locator("#rj-text")).to_have_value("They told us on Friday that it is paid")
    expect(page.locator(".letter")).to_contain_text(case.draft.subject)
    page.get_by_role("radio", name=re.compile("paid", re.I)).first.check()
    awake(page)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: "answer-first" not in url)
    assert case.follow_up.status == states.REJECTED
    assert "They told us on Friday" in case.follow_up.history.order_by("-history_id").first().history_change_reason


def test_many_quick_approvals_are_a_line_on_home_and_the_next_draft_begins_with_the_evidence(enter):
    desk = Desk()
    set_policy(quick_approvals_in_a_row=2)
    for _ in range(3):
        case = routine_case(desk)
        looked(case.follow_up.pk, case.draft.pk, by=desk.reviewer, at=AS_OF)
        case.approve()
    after = routine_case(desk)
    page = enter(desk.reviewer)
    page.goto("/admin/")
    expect(page.get_by_text("3 approvals in a row today")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("link", name="Start reviewing").click()
    expect(page.get_by_text("Asked because your last approvals took less time")).to_be_visible()
    assert page.url.partition("?")[0].endswith(review_of(after))
    lead = enter(desk.finance)
    lead.goto("/admin/")
    expect(lead.locator("section", has_text="Approved faster than it can be read")).to_contain_text(str(desk.reviewer))
    lead.goto(review_of(after))
    expect(lead.locator(".letter")).to_be_visible()


def test_similar_past_drafts_stand_below_with_outcome_and_a_link(enter):
    desk = Desk()
    past, case = routine_case(desk, name="Alder AG"), routine_case(desk)
    review.reject(past.follow_up.pk, "wrong_time", "not this week", by=desk.reviewer, at=AS_OF)
    page = enter(desk.reviewer)
    page.goto(review_of(case))
    row = page.locator("#similar li")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Rejected")
    row.get_by_role("link", name="Alder AG").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Alder AG")


def test_a_practice_case_is_read_like_a_draft_and_told_at_once(enter):
    desk = Desk()
    page = enter(desk.reviewer)
    page.goto("/admin/")
    page.get_by_role("link", name="Practice", exact=True).click()
    for n in range(10):
        expect(page.locator("main")).to_contain_text(f"{n + 1} of 10")
        assert "PRACTICE" not in page.locator("main").inner_text()
        page.keyboard.press("1")
        expect(page.locator("#ev-1")).to_be_visible()
        case = cases()[page.locator("input[name=case]").get_attribute("value")]
        for key in "arxtd":
            page.keyboard.press(key)
        page.keyboard.press("Control+Enter")
        awake(page)
        page.locator(".bar").get_by_role("button", name="Disputed" if case.fault else "Approve", exact=True).press("Enter")
        expect(page.locator(".badges")).to_contain_text("PRACTICE")
        expect(page.locator("main")).to_contain_text(case.why)
        page.locator("main").get_by_role("link").last.click()
    expect(page.get_by_role("heading", name="10 of 10 right")).to_be_visible()
    lead = enter(desk.finance)
    lead.goto("/admin/training/")
    lead.get_by_role("link", name=re.compile("Refer to it")).click()
    expect(lead.get_by_label("What it was")).to_have_value(re.compile("10 of 10 right"))


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (320, "dark")])
def test_practice_is_accessible_and_fits(enter, width, scheme):
    page = enter(Desk().reviewer, width=width, scheme=scheme)
    for step in ("case", "told"):
        if step == "case":
            page.goto("/admin/practice/")
        else:
            awake(page)
            page.locator(".bar button").first.click()
            expect(page.locator(".badges")).to_contain_text("PRACTICE")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, step
        assert not violations(page), step


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (320, "light"), (320, "dark")])
def test_the_question_is_accessible_and_fits(enter, width, scheme):
    set_policy(evidence_first_percent=100)
    case = routine_case(invoices=3)
    page = enter(case.desk.reviewer, width=width, scheme=scheme)
    page.goto(review_of(case))
    page.get_by_text("Yes, there is a reason").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not violations(page)
