"""The story in a real browser: read, edit, approve, see it held, see it sent; and what must not be possible by keyboard or mouse."""

from __future__ import annotations

import re
import time

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from drafts import review, states
from drafts.models import Draft
from tests.drafts.scene import AS_OF, Desk, prepared, routine_case
from tests.factories import make_message, make_signal

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_desk")]


def review_of(case):
    return reverse("admin:review", args=[case.follow_up.pk])


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


def test_evidence_opens_by_number_in_place_of_the_invoices_and_closes_with_escape(enter):
    case = routine_case()
    page = enter(case.desk.reviewer)
    page.goto(review_of(case))
    page.keyboard.press("1")
    expect(page.get_by_role("heading", name=re.compile("Evidence 1"))).to_be_visible()
    expect(page.locator("#invoices")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator("#invoices")).to_be_visible()


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
