"""Holds, switches, the forecast and decisions in a real browser: by the people who may, with words for the others."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from drafts import states
from drafts.review import pause_portfolio, put_hold
from governance.models import Decision, Hold
from tests.browser.accessible import violations
from tests.drafts.scene import AS_OF, Desk, routine_case
from tests.factories import make_message

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_desk")]


def account_of(case):
    return reverse("admin:account_page", args=[case.account.pk])


def test_a_reviewer_holds_a_contact_and_the_owner_lifts_it(enter):
    case = routine_case()
    delivery = case.approve()
    page = enter(case.desk.reviewer)
    page.goto(account_of(case))
    section = page.locator("#holds")
    section.get_by_text("Put on hold").first.click()
    section.get_by_label("What", exact=True).select_option(label=f"contact {case.account.contacts.get().name}")
    section.get_by_label("Kind", exact=True).select_option("do_not_contact")
    section.get_by_label("Reason", exact=True).fill("on parental leave")
    section.get_by_label(re.compile("customer.s words")).fill("please do not write to me until June")
    section.get_by_role("button", name="Put on hold").click()
    expect(page.get_by_text("Whatever was about to leave has been stopped")).to_be_visible()
    delivery.refresh_from_db()
    assert delivery.state == states.DELIVERY_STOPPED
    hold = Hold.objects.get()
    assert (hold.scope, hold.quote) == ("contact", "please do not write to me until June")
    expect(section.get_by_text("owner, finance, legal or executive lifts it")).to_be_visible()
    owner = enter(case.desk.owner)
    owner.goto(account_of(case))
    owner.locator("#holds summary", has_text="Lift").click()
    owner.locator("#holds").get_by_label("Why").fill("she is back")
    owner.locator("#holds").get_by_role("button", name="Lift").click()
    expect(owner.get_by_text("Hold lifted")).to_be_visible()


def test_a_paused_portfolio_is_said_on_every_page_to_every_role_there_and_finance_resumes(enter):
    case, other = routine_case(), routine_case(Desk())
    page = enter(case.desk.reviewer)
    page.goto("/admin/holds/")
    page.get_by_text("Pause a portfolio").click()
    page.get_by_label("Portfolio", exact=True).first.select_option(label=case.desk.portfolio.name)
    page.get_by_label("Reason, shown to everybody there").fill("wrong balances")
    page.get_by_role("button", name="Pause now").click()
    expect(page.locator("#sys")).to_contain_text(f"Sending is paused for {case.desk.portfolio.name}")
    expect(page.get_by_text("finance resumes it")).to_be_visible()
    for role in ("leadership", "legal_approver", "finance_approver"):
        seen = enter(case.desk.person(role))
        seen.goto("/admin/")
        expect(seen.locator("#sys")).to_contain_text("wrong balances")
    stranger = enter(other.desk.reviewer)
    stranger.goto("/admin/holds/")
    expect(stranger.locator("body")).not_to_contain_text("wrong balances")
    seen.goto("/admin/holds/")
    seen.locator("summary", has_text="Resume").click()
    seen.get_by_label("Why").fill("books corrected")
    seen.get_by_role("button", name="Resume").click()
    expect(seen.locator("body")).not_to_contain_text("Sending is paused for")


def test_model_and_text_can_be_switched_off_with_a_reason(enter):
    case = routine_case()
    text = str(case.draft.template_version)
    page = enter(case.desk.reviewer)
    page.goto("/admin/holds/")
    page.get_by_text("Switch model drafting off").click()
    page.get_by_label("Reason, shown to everybody", exact=True).first.fill("odd words")
    page.get_by_role("button", name="Switch off").first.click()
    expect(page.locator("#sys")).to_contain_text("Model drafting is off")
    page.get_by_text("Switch a text off").click()
    page.get_by_label("Text", exact=True).select_option(label=text)
    page.locator("#tx-why").fill("offends")
    page.get_by_role("button", name="Switch off").click()
    expect(page.locator("#switches ~ ul")).to_contain_text(text)
    assert {h.scope for h in Hold.objects.all()} == {"model", "template"}


def test_before_approving_the_forecast_is_read(enter):
    case = routine_case()
    make_message(case.account, direction="out", at=AS_OF.replace(day=6), recipient=case.account.contacts.get().email)
    case.prepare()
    page = enter(case.desk.reviewer)
    page.goto(account_of(case))
    expect(page.get_by_text("This would be the second contact in 7 days")).to_be_visible()


def test_a_question_is_asked_and_only_the_deciding_role_can_answer_it(enter):
    case = routine_case()
    page = enter(case.desk.owner)
    page.goto(account_of(case))
    page.locator("#ask summary").click()
    page.get_by_label("What has to be decided").select_option("credit")
    page.locator("#ask").get_by_label("Why").fill("the pallet arrived late")
    page.locator("#ask").get_by_role("button", name="Ask").click()
    expect(page.get_by_text("Only the finance approver decides this")).to_be_visible()
    decision = Decision.objects.get()
    page = enter(case.desk.finance)
    page.goto("/admin/decisions/")
    expect(page.get_by_text("You can decide")).to_be_visible()
    page.get_by_role("link", name=case.account.name).click()
    page.get_by_text("Grant a credit", exact=True).click()
    page.get_by_text("The exact amount").click()
    page.get_by_role("textbox", name="Amount").fill("50.00")
    page.get_by_label("Expires", exact=True).fill("2026-06-30")
    page.get_by_role("button", name="Record the decision").click()
    expect(page.get_by_text(re.compile("Drafts may now name T-"))).to_be_visible()
    decision.refresh_from_db()
    assert decision.terms.get().schedule == [{"amount": "50.00", "date": ""}]


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (320, "light"), (320, "dark")])
def test_the_page_of_holds_is_accessible_and_never_scrolls_sideways(enter, width, scheme):
    case = routine_case()
    put_hold("account", case.account.pk, kind="legal", reason="their lawyer wrote", quote="See you in court", by=case.desk.reviewer, at=AS_OF)
    pause_portfolio(case.desk.portfolio.pk, "wrong balances", by=case.desk.finance, at=AS_OF)
    page = enter(case.desk.finance, width=width, scheme=scheme)
    for path in ("/admin/holds/", "/admin/holds/?tab=facts", "/admin/decisions/", account_of(case)):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
        assert not violations(page), path
