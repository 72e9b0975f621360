"""Home in a browser, point by point: six homes for nine roles, the next draft, stopping by keyboard, silent sources, an empty desk, numbers."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from accounts.models import Source
from drafts import states
from drafts.delivery import handover
from drafts.models import FollowUp
from governance.roles import ALL_ROLES
from tests.drafts.scene import AS_OF, Desk, exception_case, prepared, routine_case
from tests.factories import make_portfolio, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_desk")]
HOME, QUEUE = "/admin/", "/admin/drafts/followup/"


def tab_to(page, words, most=80):
    """Press Tab until the control with these words has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if words in page.evaluate("document.activeElement.textContent"):
            return
    pytest.fail(f"Tab never reached “{words}”")


def test_h1_nine_roles_have_six_homes_and_no_link_on_them_is_refused(enter):
    """The sidebar is crawled to its end for these roles in ``tests/site/test_reach.py``."""
    desk = Desk()
    routine_case(desk).approve()
    exception_case(desk), prepared(desk, [{}], tier="enterprise")
    homes, refused = {}, []
    for role in ALL_ROLES:
        page = enter(desk.person(role))
        page.goto(HOME)
        homes[role] = tuple(re.sub(r"\d+", "", words) for words in page.locator("main h2").all_inner_texts() if words)
        links = page.locator("main a[href^='/']").evaluate_all("links => [...new Set(links.map(a => a.getAttribute('href').split('#')[0]))]")
        refused += [f"{role}: {url}" for url in links if page.request.head(url).status >= 400]
    assert not refused
    assert len({headings[:3] for headings in homes.values()}) >= 6, homes


def test_h2_start_reviewing_opens_the_first_row_of_the_queue(enter):
    desk = Desk()
    cases = [routine_case(desk, name=f"Customer {n}") for n in range(3)]
    FollowUp.objects.filter(pk=cases[2].follow_up.pk).update(work_rank=1)
    page = enter(desk.reviewer)
    page.goto(QUEUE)
    first = page.locator(".acct").first.inner_text()
    page.goto(HOME)
    page.get_by_role("link", name="Start reviewing").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(first)
    assert first == "Customer 2"


def test_h3_a_held_message_is_stopped_with_the_keyboard_alone_is_back_in_review_and_never_leaves(enter):
    case = routine_case()
    delivery = case.approve()
    page = enter(case.desk.reviewer)
    page.goto(HOME)
    tab_to(page, "Stop the message")
    page.keyboard.press("Enter")
    page.wait_for_url("**/outgoing/**")
    tab_to(page, "Stop")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing was sent")).to_be_visible()
    assert case.follow_up.status == states.STOPPED
    handover.deliver_due(delivery.leaves_at + timedelta(days=1))
    page.goto("/admin/demo/outbox/")
    expect(page.locator("main")).not_to_contain_text(case.account.name)
    page.goto(HOME)
    expect(page.locator(".hero")).to_contain_text(case.account.name)  # top of the work, and open to review again
    assert not handover.deliver_due(AS_OF + timedelta(days=2)).get("accepted")


def test_h4_a_silent_ticket_source_is_named_with_its_time_and_the_counts_are_at_least(enter):
    case = routine_case()
    since = AS_OF - timedelta(hours=1)
    kept = {"name": "Zendesk", "status": "failed", "failed_since": since, "as_of": since}
    Source.objects.update_or_create(portfolio=case.desk.portfolio, kind="tickets", defaults=kept)
    page = enter(case.desk.reviewer)
    page.goto(HOME)
    notice = page.locator(".notice.bad")
    expect(notice).to_contain_text("Zendesk (Support tickets) has not answered since 07:00")
    expect(page.locator(".head")).to_contain_text("At least 1 for you")


@pytest.mark.parametrize("role", ["reviewer", "compliance_auditor", "leadership"])
def test_h5_without_data_home_offers_exactly_two_steps_and_no_empty_table(enter, role):
    page = enter(make_user(role, make_portfolio()))
    page.goto(HOME)
    expect(page.locator("main a:visible")).to_have_count(2)
    assert page.locator("main table").count() == 0
    page.locator("main a").first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert not page.url.endswith(HOME)
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("Not possible")


def test_h6_each_number_equals_the_rows_of_the_list_it_leads_to(enter):
    desk = Desk()
    cases = [routine_case(desk) for _ in range(4)]
    FollowUp.objects.filter(pk=cases[0].follow_up.pk).update(due_at=AS_OF - timedelta(hours=2))
    FollowUp.objects.filter(pk=cases[1].follow_up.pk).update(due_at=AS_OF + timedelta(hours=2))
    cases[2].approve()
    page = enter(desk.reviewer)
    page.goto(HOME)
    numbers = page.locator(".head a").evaluate_all("links => links.map(a => [a.getAttribute('href'), parseInt(a.textContent)])")
    assert [n for _, n in numbers] == [3, 1, 1]
    leaving = page.get_by_role("heading", name=re.compile("About to be sent")).inner_text()
    for url, n in numbers:
        page.goto(url)
        expect(page.locator(".queue tbody tr")).to_have_count(n)
    page.goto("/admin/outgoing/")
    assert leaving == f"About to be sent ({page.locator('tbody tr').count()})" == "About to be sent (1)"
