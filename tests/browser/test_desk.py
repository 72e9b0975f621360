"""The story in a real browser: read, edit, approve, see it held, see it sent; and what must not be possible by keyboard or mouse."""

from __future__ import annotations

import re
import time

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from drafts import review, states
from drafts.models import Draft, FollowUp, WorkingCopy
from governance.models import Approval
from tests.drafts.scene import AS_OF, Desk, prepared, routine_case
from tests.factories import make_message, make_signal

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_desk")]


def review_of(case):
    return reverse("admin:review", args=[case.follow_up.pk])


def test_a_reviewer_reads_edits_approves_sees_it_held_and_finds_exactly_those_bytes_in_the_outbox(enter):
    case = routine_case()
    page = enter(case.desk.reviewer)
    page.goto("/admin/")
    page.get_by_role("link", name="Start reviewing").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(case.account.name)
    expect(page.locator("dl.facts dd.src")).to_have_count(9)
    page.keyboard.press("e")
    body = page.get_by_label("Text", exact=True)
    body.fill(body.input_value().replace("Dear", "Good morning,", 1))
    page.get_by_role("button", name="Save version 2").click()
    expect(page.get_by_text("Saved as version 2")).to_be_visible()
    page.keyboard.press("a")
    corrected = page.get_by_role("group", name="What was corrected")
    expect(corrected.get_by_role("checkbox").first).to_be_focused()
    expect(corrected.get_by_role("checkbox", checked=True)).not_to_have_count(0)
    assert case.follow_up.status == states.IN_REVIEW
    page.wait_for_timeout(450)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(re.compile("It leaves at"))).to_be_visible()
    page.goto("/admin/outgoing/")
    expect(page.get_by_role("link", name=case.account.name).first).to_be_visible()
    page.get_by_role("button", name="Jump to leaving time").click()
    expect(page.get_by_text(re.compile("What was due has left"))).to_be_visible()
    page.get_by_role("link", name="Demo outbox").click()
    page.get_by_role("link", name="Exact bytes").click()
    assert page.locator("pre").inner_text().replace("\n", "\r\n").strip() == case.delivery.mime.strip()
    assert "Good morning," in case.delivery.draft.body and case.follow_up.status == states.SENT


def test_a_decision_made_before_the_claim_is_answered_is_no_conflict_with_oneself(enter, monkeypatch):
    case = routine_case()
    page = enter(case.desk.reviewer)
    opened, at_once = [], review.open_for_review

    def slowly(pk, **more):
        time.sleep(0.6)  # a network that takes its time, in the server's own thread
        opened.append(pk)
        return at_once(pk, **more)

    monkeypatch.setattr(review, "open_for_review", slowly)
    page.goto(review_of(case))
    page.wait_for_timeout(450)
    page.keyboard.press("a")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(re.compile("It leaves at"))).to_be_visible()
    assert opened and case.follow_up.status == states.APPROVED


def test_letters_only_open_panels_and_only_ctrl_enter_decides(enter):
    case = routine_case()
    page = enter(case.desk.reviewer)
    page.goto(review_of(case))
    page.wait_for_timeout(450)
    for key, panel in [("a", "approve"), ("r", "request_changes"), ("x", "reject"), ("t", "route"), ("d", "disputed")]:
        page.keyboard.press(key)
        expect(page.locator(f"details[data-panel={panel}][open]")).to_be_visible()
        page.wait_for_function("p => document.activeElement.closest('details')?.dataset.panel === p", arg=panel)
        page.keyboard.press("Escape")
        expect(page.locator(".bar details[open]")).to_have_count(0)
        assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    assert not Approval.objects.exists()
    assert case.follow_up.status in (states.READY, states.IN_REVIEW)
    assert FollowUp.objects.get(pk=case.follow_up.pk).claimed_by == case.desk.reviewer


def test_letters_switched_off_do_nothing(enter):
    case = routine_case()
    case.desk.reviewer.letter_keys = False
    case.desk.reviewer.save()
    page = enter(case.desk.reviewer)
    page.goto(review_of(case))
    for key in "arxtde17i":
        page.keyboard.press(key)
    expect(page.locator(".bar details[open]")).to_have_count(0)
    expect(page.locator(".evidence:visible")).to_have_count(0)
    assert page.url.endswith(review_of(case))


def test_a_disputed_draft_cannot_be_approved_and_says_why_to_who_reaches_the_button_by_tab(enter):
    case = routine_case()
    make_signal(case.account, invoice=case.invoices[0], quote="420 bearings instead of 600")
    page = enter(case.desk.reviewer)
    page.goto(review_of(case))
    button = page.locator("[data-blocked]")
    expect(button).to_have_attribute("aria-disabled", "true")
    assert page.locator("#" + button.get_attribute("aria-describedby")).inner_text().strip()
    button.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#live")).to_contain_text("Possible dispute")
    assert case.follow_up.status == states.READY and not Approval.objects.exists()


def test_evidence_opens_by_number_in_place_of_the_invoices_and_closes_with_escape(enter):
    case = routine_case()
    page = enter(case.desk.reviewer)
    page.goto(review_of(case))
    page.keyboard.press("1")
    expect(page.get_by_role("heading", name=re.compile("Evidence 1"))).to_be_visible()
    expect(page.locator("#invoices")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator("#invoices")).to_be_visible()


def test_the_queue_is_worked_with_j_and_enter_and_back_returns_to_the_same_row(enter):
    desk = Desk()
    cases = [routine_case(desk) for _ in range(3)]
    page = enter(desk.reviewer)
    page.goto("/admin/drafts/followup/?tab=mine&sort=account")
    names = [case.account.name for case in sorted(cases, key=lambda case: case.account.name)]
    for _ in range(3):
        page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(names[2])
    page.go_back()
    expect(page.locator(".acct", has_text=names[2])).to_be_focused()
    assert "sort=account" in page.url


def test_words_typed_survive_leaving_the_page_and_a_wrong_amount_is_marked_while_typing(enter):
    case = routine_case()
    page = enter(case.desk.reviewer)
    page.goto(review_of(case) + "?edit=1")
    body = page.get_by_label("Text", exact=True)
    body.fill(body.input_value().replace("1,000.00", "1,100.00"))
    expect(page.locator("#findings [data-failing]").first).to_be_visible()
    page.get_by_label("Subject").focus()
    expect(page.locator("#kept")).to_contain_text("become a version when you save")
    assert "1,100.00" in WorkingCopy.objects.get().body and Draft.objects.count() == 1
    page.goto("/admin/")
    page.goto(review_of(case) + "?edit=1")
    expect(page.get_by_text("Your unsaved words")).to_be_visible()
    assert "1,100.00" in page.get_by_label("Text", exact=True).input_value()


def test_a_second_editor_sees_both_texts_and_loses_nothing(enter):
    case = routine_case()
    first = enter(case.desk.reviewer)
    first.goto(review_of(case) + "?edit=1")
    review.edit(case.follow_up.pk, case.draft.subject, case.draft.body + "\nThank you.", 1, by=case.desk.reviewer, at=AS_OF)
    box = first.get_by_label("Text", exact=True)
    box.fill(box.input_value().replace("Dear", "Good morning,", 1))
    first.get_by_role("button", name="Save version 2").click()
    expect(first.get_by_role("alert")).to_contain_text("Nothing has been saved")
    expect(first.get_by_role("button", name="Save the two together")).to_be_visible()
    first.get_by_role("button", name="Save the two together").click()
    expect(first.get_by_text("Saved as version 3")).to_be_visible()
    assert "Good morning," in case.draft.body and case.draft.body.rstrip().endswith("Thank you.")


def test_a_stop_by_keyboard_keeps_the_message_from_the_outbox(enter):
    case = routine_case()
    case.approve()
    page = enter(case.desk.reviewer)
    page.goto("/admin/")
    page.get_by_role("link", name=re.compile("Stop the message")).focus()
    page.keyboard.press("Enter")
    page.get_by_label("Reason (optional)").press("Enter")
    expect(page.get_by_text("Nothing was sent")).to_be_visible()
    assert case.delivery.state == "stopped" and case.follow_up.status == states.STOPPED


def test_an_executive_account_has_no_draft_until_the_executive_decides(enter):
    case = prepared(Desk(), [{}], tier="enterprise")
    page = enter(case.desk.executive)
    page.goto("/admin/")
    page.get_by_role("link", name=case.account.name).first.click()
    if "review" in page.url:
        page.get_by_role("link", name="Open the decision").click()
    page.locator("input[name=outcome][value^=proceed]").first.check()
    page.get_by_role("button", name="Record the decision").click()
    expect(page.get_by_role("heading", name="Decided")).to_be_visible()
    assert Draft.objects.filter(follow_up__account=case.account).count() == 1


def test_a_dispute_is_walked_from_signal_to_resolution(enter):
    case = routine_case()
    make_message(case.account)
    make_signal(case.account, invoice=case.invoices[0], quote="two pallets are missing")
    page = enter(case.desk.finance)
    page.goto("/admin/disputes/")
    page.get_by_role("link", name=case.account.name).first.click()
    page.get_by_text("Judge it").click()
    page.get_by_role("button", name="It is a dispute").click()
    expect(page.get_by_text("dispute confirmed")).to_be_visible()
    page.goto("/admin/disputes/")
    page.get_by_role("link", name=case.account.name).first.click()
    page.get_by_role("button", name=re.compile("Take it|Change")).click()
    page.get_by_text("Amount is owed").click()
    page.get_by_label("What was agreed").fill("delivery note shows all pallets")
    page.get_by_role("button", name="Resolve").click()
    expect(page.get_by_text(re.compile("Resolved: amount is owed"))).to_be_visible()
    assert case.follow_up.draft is not None and case.follow_up.status == states.READY


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1280, 800)])
def test_facts_checks_and_decisions_are_visible_without_scrolling(enter, width, height):
    case = routine_case(invoices=4)
    page = enter(case.desk.reviewer, width=width, height=height)
    page.goto(review_of(case))
    bar = page.locator(".bar").bounding_box()["y"]
    for dt in page.locator("#workspace .facts > div").all()[:9]:
        box = dt.bounding_box()
        assert box["y"] + box["height"] <= bar
    head = page.locator("#h-checks").bounding_box()
    assert head["y"] + head["height"] <= bar
    assert page.locator(".bar summary").count() == 5


def test_the_focus_is_never_under_the_decision_bar(enter):
    case = routine_case(invoices=6)
    page = enter(case.desk.reviewer, width=1280, height=720)
    page.goto(review_of(case))
    for _ in range(70):
        page.keyboard.press("Tab")
        hidden = page.evaluate(
            """() => { const e = document.activeElement, bar = document.querySelector('.bar');
            if (!e || e === document.body || bar.contains(e) || e.closest('#side, #header, #sys')) return null;
            const r = e.getBoundingClientRect(), top = bar.getBoundingClientRect().top;
            return r.top >= top ? e.outerHTML.slice(0, 120) : null; }"""
        )
        assert hidden is None


def test_v_shows_what_was_changed_and_hides_it_again(enter):
    case = routine_case()
    review.edit(case.follow_up.pk, case.draft.subject, case.draft.body.replace("Dear", "Good morning,", 1), 1, by=case.desk.reviewer, at=AS_OF)
    page = enter(case.desk.reviewer)
    page.goto(review_of(case))
    page.keyboard.press("v")
    expect(page.locator("#versions ins").first).to_be_visible()
    expect(page.locator("#versions summary")).to_be_focused()
    page.keyboard.press("v")
    expect(page.locator("#versions ins").first).to_be_hidden()
    assert page.url.endswith(review_of(case)) and Draft.objects.count() == 2
