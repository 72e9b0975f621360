"""Another address of a customer in a browser: one proposes it, somebody else confirms it, and the approval given before is void."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from governance.models import ApprovalRequest
from tests.browser.accessible import violations
from tests.drafts.scene import routine_case

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_desk")]
NEW = "payables@customer.example"


def look(page):
    """No sideways scroll, nothing axe objects to."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1")
    page.evaluate("scrollTo(0, 0)")  # under the header that stays, a target would count as too small
    assert not violations(page)


def test_an_address_is_proposed_by_one_and_confirmed_by_another(enter):
    case = routine_case()
    case.approve()
    address = f"/admin/account/{case.account.pk}/"
    first = enter(case.desk.reviewer, width=320)
    first.goto(address)
    first.get_by_text("Propose an address").click()
    look(first)
    first.get_by_label("Address", exact=True).fill(NEW)
    first.get_by_label("What shows it").fill("their letterhead of today")
    first.get_by_role("button", name="Propose", exact=True).click()
    expect(first.get_by_text("Nothing changes until a second person")).to_be_visible()
    expect(first.locator("#people").get_by_text("Not for you to confirm, because you proposed it.")).to_be_visible()
    second = enter(case.desk.finance, scheme="dark")
    second.goto("/admin/")
    second.locator("section", has=second.get_by_role("heading", name="Addresses to check")).get_by_role("link", name=case.account.name).click()
    second.locator("#people summary", has_text="Answer").click()
    look(second)
    second.get_by_label("How you checked it, or why not").fill("called the number on record")
    second.get_by_role("button", name="Confirm", exact=True).click()
    expect(second.get_by_text("Approvals of texts to the old address are void")).to_be_visible()
    expect(second.locator("#people")).to_contain_text(NEW)
    assert ApprovalRequest.objects.get().state == "void" and case.account.contacts.get().email == NEW
