"""Home: each number is the length of the list behind it, nothing is called done while a source is silent, and an empty desk has two steps."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Source
from drafts import review
from drafts.delivery import outbox
from drafts.responses import Incoming, record_reply
from drafts.review.looking import looked
from drafts.review.timing import beat
from governance.roles import ALL_ROLES, LEADERSHIP
from tests.drafts.scene import AS_OF, Desk, exception_case, routine_case
from tests.factories import make_portfolio, make_user
from tests.policy import set_policy
from tests.reading import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_as_of")]
QUEUE = "/admin/drafts/followup/"


def test_every_number_with_a_link_is_the_length_of_the_list_behind_it(signed_in):
    desk = Desk()
    late, today, later, stopped = (routine_case(desk) for _ in range(4))
    exception_case(desk)
    type(late.follow_up).objects.filter(pk=late.follow_up.pk).update(due_at=AS_OF - timedelta(hours=2))
    type(today.follow_up).objects.filter(pk=today.follow_up.pk).update(due_at=AS_OF + timedelta(hours=2))
    outbox.stop([stopped.approve().pk], code="person", reason="they rang", by=desk.reviewer, at=AS_OF)
    later.approve()
    for person in (desk.reviewer, desk.finance, desk.owner):
        client = signed_in(person)
        page = client.get("/admin/").content.decode().partition("<main")[2]
        links = re.findall(r'href="([^"]*followup/\?[^"]+)"[^>]*>\s*(\d+)\b', page)
        assert len(links) >= 2, links
        for url, n in links:
            assert client.get(url.replace("&amp;", "&")).context["total"] == int(n), url
        assert f"About to be sent ({len(client.get('/admin/outgoing/').context['rows'])})" in page


def test_while_a_source_is_silent_nothing_is_called_done_and_counts_are_at_least(signed_in):
    desk = Desk()
    client = signed_in(desk.reviewer)
    exception_case(desk)
    assert "Your queue is empty" in text_of(client.get("/admin/"))
    Source.objects.filter(portfolio=desk.portfolio, kind="payments").update(status="failed", failed_since=AS_OF)
    page = text_of(client.get("/admin/"))
    assert "Nothing is in your queue, and that may be wrong" in page and "At least 0 for you" in page and "Your queue is empty" not in page


@pytest.mark.parametrize("role", ALL_ROLES)
def test_an_empty_desk_offers_exactly_two_steps_that_work_and_no_table(signed_in, role):
    client = signed_in(make_user(role, make_portfolio()))
    main = client.get("/admin/").content.decode().partition("<main")[2].partition("</main>")[0]
    links = re.findall(r'href="([^"]+)"', main)
    assert len(links) == 2 and "<table" not in main and "No accounts yet" in main
    assert [client.get(url, follow=True).status_code for url in links] == [200, 200]


def test_set_up_begins_folded_for_who_only_reads_there_and_open_where_one_is_or_works(signed_in):
    desk = Desk()

    def folded(person, path="/admin/"):
        nav = signed_in(person).get(path).context["desk_nav"]
        return {section["title"]: section["folded"] for section in nav if section["folded"] is not None}

    assert folded(desk.reviewer) == {"Set-up": True} and folded(desk.reviewer, "/admin/health/") == {"Set-up": False}
    assert folded(make_user("system_admin")) == {} and folded(make_user("policy_admin")) == {}


def test_about_to_be_sent_names_who_approved_it(signed_in):
    desk = Desk()
    routine_case(desk).approve()
    colleague = make_user("reviewer", desk.portfolio)
    routine_case(desk).approve(colleague)
    page = text_of(signed_in(desk.reviewer).get("/admin/"))
    assert "by you" in page and f"by {colleague}" in page


def test_what_came_back_says_why_and_the_week_counts_what_one_did(signed_in):
    desk = Desk()
    routed, disputed = routine_case(desk), routine_case(desk)
    review.route(routed.follow_up.pk, by=desk.owner, at=AS_OF, note="yours", user=desk.reviewer)
    review.mark_disputed(disputed.follow_up.pk, [disputed.invoices[0].pk], category="price", quote="too much", by=desk.reviewer, at=AS_OF)
    page = text_of(signed_in(desk.reviewer).get("/admin/"))
    assert f"routed to you by {desk.owner}" in page and "1 dispute caught, 0 missed" in page


def test_since_yesterday_says_what_customers_answered(signed_in):
    case = routine_case()
    record_reply(
        Incoming(case.account.pk, "one@customer.example", "Re: invoice", "We will pay on 15 May 2026.", AS_OF - timedelta(hours=1)), by=None, at=AS_OF
    )
    page = text_of(signed_in(case.desk.reviewer).get("/admin/"))
    assert "1 reply: 1 promise" in page, page


def test_many_quick_approvals_in_a_row_are_told_to_that_person_and_who_leads_the_portfolio_only(signed_in):
    desk = Desk()
    colleague = make_user("reviewer", desk.portfolio)
    set_policy(quick_approvals_in_a_row=2)
    for n in range(3):
        assert "in a row" not in text_of(signed_in(desk.reviewer).get("/admin/"))
        case = routine_case(desk)
        looked(case.follow_up.pk, case.draft.pk, by=desk.reviewer, at=AS_OF)
        beat(case.follow_up.pk, case.draft.pk, 5 + n, by=desk.reviewer, at=AS_OF)
        case.approve(at=AS_OF)
    own = text_of(signed_in(desk.reviewer).get("/admin/"))
    assert "3 approvals in a row under 8 s today, unedited" in own and "Your next draft begins with the evidence" in own
    lead = text_of(signed_in(desk.finance).get("/admin/"))
    assert f"{desk.reviewer} 3 approvals in a row under 8 s today" in lead and "begins with the evidence" not in lead
    elsewhere = make_user("finance_approver", make_portfolio())
    for other in (desk.owner, colleague, elsewhere, desk.person("compliance_auditor"), desk.person(LEADERSHIP)):
        assert "in a row" not in text_of(signed_in(other).get("/admin/"))


def test_a_page_reached_from_a_list_marks_that_list_in_the_sidebar(signed_in):
    case = routine_case()
    client = signed_in(make_user("compliance_auditor"))

    def marked(name, pk):
        nav = client.get(reverse(f"admin:{name}", args=[pk])).context["desk_nav"]
        return [link["title"] for section in nav for link in section["links"] if link["current"]]

    assert marked("draft_history", case.follow_up.pk) == ["Outcomes"] and marked("account_page", case.account.pk) == ["Accounts"]
    assert marked("review", case.follow_up.pk) == ["Queue"]


@pytest.mark.parametrize(("role", "first"), [("executive", True), ("legal_approver", True), ("finance_approver", False)])
def test_decisions_come_first_for_whose_work_they_are_and_beside_the_queue_for_finance(signed_in, role, first):
    desk = Desk()
    routine_case(desk)
    page = text_of(signed_in(desk.person(role)).get("/admin/"))
    assert (page.index("Decisions only you can take") < page.index("About to be sent")) is first
    assert page.index("Decisions only you can take") < page.index("Since yesterday")
