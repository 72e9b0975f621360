"""Putting a draft off from its own page: by keyboard, with a reason and a day, and nothing lost when it is refused."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from drafts import states
from governance.models import Hold
from tests.drafts.scene import Desk, routine_case

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_desk")]


def test_a_draft_is_put_off_from_its_own_page_by_keyboard_and_no_letter_opens_that(enter):
    desk = Desk()
    case = routine_case(desk)
    page = enter(desk.reviewer)
    page.goto(reverse("admin:review", args=[case.follow_up.pk]))
    page.wait_for_timeout(450)  # the bar takes nothing in its first moments
    panel = page.locator("[data-panel=snooze]")
    assert panel.locator("summary").get_attribute("aria-keyshortcuts") is None
    for key in "szwq":
        page.keyboard.press(key)
        assert panel.get_attribute("open") is None, key
    for _ in range(80):
        if page.evaluate("document.activeElement.textContent.trim()") == "Snooze":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Back on")).to_be_focused()
    page.keyboard.type("05152026")
    page.keyboard.press("Tab")
    page.get_by_label("Why they can wait").focus()
    page.keyboard.type("bookkeeper on holiday")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".messagelist")).to_contain_text("put off. It comes back by itself on that day.")
    hold = Hold.objects.get()
    assert (hold.reason, hold.source, timezone.localtime(hold.expires_at).date().isoformat()) == ("bookkeeper on holiday", "snooze", "2026-05-15")
    assert case.follow_up.status == states.ON_HOLD


def test_a_day_out_of_bounds_is_refused_and_what_was_typed_is_still_there(enter):
    desk = Desk()
    case = routine_case(desk)
    page = enter(desk.reviewer)
    page.goto(reverse("admin:review", args=[case.follow_up.pk]))
    page.wait_for_timeout(450)
    page.locator("[data-panel=snooze] summary").click()
    page.evaluate("document.querySelector('#sn-until').removeAttribute('max')")
    page.get_by_label("Back on").fill("2027-01-01")
    page.get_by_label("Why they can wait").fill("bookkeeper on holiday")
    page.get_by_role("button", name="Put off").click()
    expect(page.locator("#problem")).to_contain_text("30 days from now at most")
    expect(page.get_by_label("Why they can wait")).to_have_value("bookkeeper on holiday")
    assert not Hold.objects.exists() and case.follow_up.status != states.ON_HOLD
