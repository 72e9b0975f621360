"""The review queue: the right order, the reason for it, shareable filters, and no way to approve from a list."""

from __future__ import annotations

import csv
import html
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from drafts import review, states
from drafts.admin.work import tab_rows
from drafts.models import Delivery, FollowUp
from governance.rights import scope_of
from tests.drafts.scene import AS_OF, Desk, exception_case, prepared, routine_case
from tests.factories import make_hold, make_invoice, make_portfolio, make_signal, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_as_of")]
QUEUE = "/admin/drafts/followup/"
DEMO_QUERIES = 3  # its clock, its people, and whether it is one


def names(response):
    return [item["f"].account.name for item in response.context["items"]]


def test_the_order_is_the_stored_work_order_and_a_stopped_message_comes_first(signed_in):
    desk = Desk()
    first, second, third = (routine_case(desk) for _ in range(3))
    FollowUp.objects.filter(pk=third.follow_up.pk).update(work_rank=2)
    FollowUp.objects.filter(pk=first.follow_up.pk).update(work_rank=3)
    FollowUp.objects.filter(pk=second.follow_up.pk).update(work_rank=1, why_first="dispute")
    response = signed_in(desk.reviewer).get(QUEUE)
    assert names(response) == [case.account.name for case in (second, third, first)]
    assert "Dispute" in response.content.decode()


def test_start_reviewing_on_home_opens_the_first_row_of_the_queue(signed_in):
    desk = Desk()
    for _ in range(3):
        routine_case(desk)
    client = signed_in(desk.reviewer)
    assert client.get("/admin/").context["work"]["next"] == client.get(QUEUE).context["items"][0]["f"]


def test_each_exception_waits_in_the_queue_of_every_role_it_needs_and_no_other(signed_in):
    case = exception_case()
    for role in ("account_owner", "finance_approver"):
        assert case.account.name in signed_in(case.desk.person(role)).get(QUEUE).content.decode(), role
    for role in ("reviewer", "legal_approver", "executive"):
        assert case.account.name not in signed_in(case.desk.person(role)).get(QUEUE).content.decode(), role


def test_what_only_an_executive_can_decide_is_in_no_other_queue_before_it_is_decided(signed_in):
    case = prepared(Desk(), [{}], tier="enterprise")
    assert case.follow_up.status == states.AWAITING_DECISION and len(case.follow_up.required_roles) > 1
    for role, listed in (("executive", 1), ("account_owner", 0), ("finance_approver", 0), ("reviewer", 0)):
        assert len(names(signed_in(case.desk.person(role)).get(QUEUE))) == listed, role
        assert len(names(signed_in(case.desk.person(role)).get(QUEUE, {"tab": "decisions"}))) == 1, role


def test_an_account_that_only_waits_for_a_date_is_under_holds_and_in_nobodys_queue(signed_in):
    case = routine_case()
    make_hold(case.account, kind="pause", reason="on holiday")
    case.prepare()
    FollowUp.objects.filter(pk=case.follow_up.pk).update(status=states.ON_HOLD)
    client = signed_in(case.desk.reviewer)
    assert case.account.name not in client.get(QUEUE).content.decode()
    assert case.account.name in client.get(QUEUE, {"tab": "holds"}).content.decode()


def test_filters_live_in_the_address_and_show_a_colleague_the_same_kind_of_rows_of_her_own_portfolio(signed_in):
    desk, elsewhere = Desk(), Desk()
    exception_case(desk), routine_case(desk)
    theirs = exception_case(elsewhere)
    address = {"tab": "all", "lane": "exception", "sort": "age"}
    mine = signed_in(desk.finance).get(QUEUE, address)
    hers = signed_in(elsewhere.finance).get(QUEUE, address)
    assert len(names(mine)) == 1 and names(hers) == [theirs.account.name]


@pytest.mark.parametrize("by", ["name", "account number", "invoice", "PO"])
def test_the_search_box_finds_by_name_account_invoice_and_po_number(signed_in, by):
    desk = Desk()
    case, other = routine_case(desk, name="Findable Ltd", external_id="0042-A"), routine_case(desk)
    invoice = case.invoices[0]
    invoice.po_number = "PO-4711"
    invoice.save()
    text = {"name": "findable", "account number": "0042-a", "invoice": invoice.number.lower(), "PO": "po-4711"}[by]
    found = names(signed_in(desk.reviewer).get(QUEUE, {"q": text, "tab": "all"}))
    assert found == ["Findable Ltd"] and other.account.name not in found


def test_any_nonsense_in_the_address_still_opens_the_queue(signed_in):
    client = signed_in(Desk().reviewer)
    for params in ({"tab": "x", "lane": "y", "sort": "z", "p": "-1"}, {"p": "99999", "q": "'; drop"}, {"due": "1", "sources": "2"}):
        assert client.get(QUEUE, params).status_code == 200
    assert client.get(QUEUE, {"q": "a\x00b"}).status_code == 400


def test_nothing_on_the_page_and_no_crafted_post_approves_from_the_list(signed_in):
    desk = Desk()
    cases = [routine_case(desk) for _ in range(2)]
    client = signed_in(desk.reviewer)
    page = client.get(QUEUE).content.decode()
    main = page.partition("<main")[2].partition("</main>")[0]
    assert set(re.findall(r'action="([^"]+)"', main)) == {reverse("admin:several")}
    assert set(re.findall(r'name="act" value="([^"]+)"', main)) == {"assign", "route", "snooze", "release", "csv"}
    ids = [case.follow_up.pk for case in cases]
    client.post(QUEUE, {"action": "approve", "_selected_action": ids})
    client.post(reverse("admin:drafts_followup_changelist"), {"action": "delete_selected", "_selected_action": ids, "post": "yes"})
    for act in ("approve", "reject", "request_changes", ""):
        answer = client.post(reverse("admin:several"), {"act": act, "row": ids, "step": "do", "fingerprint": cases[0].draft.fingerprint}, follow=True)
        assert "Every message is read and decided on its own page" in html.unescape(answer.content.decode())
    assert not Delivery.objects.exists() and FollowUp.objects.filter(status=states.READY).count() == 2


def test_the_csv_has_the_rows_of_the_screen_and_runs_no_formula(signed_in):
    desk = Desk()
    routine_case(desk, name="=1+1")
    routine_case(desk, name="@SUM(A1)")
    client = signed_in(desk.reviewer)
    screen = names(client.get(QUEUE))
    answer = client.get(QUEUE, {"tab": "mine", "format": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["account"].removeprefix("'") for row in rows] == screen
    assert {row["account"] for row in rows} == {"'=1+1", "'@SUM(A1)"}


def test_a_claimed_row_says_who_has_it(signed_in):
    case = routine_case()
    review.open_for_review(case.follow_up.pk, by=case.desk.reviewer, at=AS_OF)
    own = signed_in(case.desk.reviewer).get(QUEUE).context["items"][0]
    assert own["who"] == "you"
    colleague = make_user("reviewer", case.desk.portfolio)
    theirs = signed_in(colleague).get(QUEUE).context["items"][0]
    assert theirs["who"] == str(case.desk.reviewer)


def test_an_empty_list_says_why_it_is_empty(signed_in):
    client = signed_in(exception_case().desk.reviewer)
    assert "Nothing waits for you" in client.get(QUEUE).content.decode()
    assert "Nothing matches these filters" in client.get(QUEUE, {"q": "nobody"}).content.decode()
    assert client.get(QUEUE, {"tab": "stopped"}).status_code == 200
    assert signed_in(make_user()).get(QUEUE).status_code == 403


def test_the_counts_beside_the_links_are_the_lengths_of_their_lists(signed_in):
    desk = Desk()
    routine_case(desk), exception_case(desk)
    prepared(desk, [{}], tier="enterprise")
    routine_case(desk).approve()
    make_signal(desk.account())
    for role in ("reviewer", "finance_approver", "executive", "account_owner"):
        client = signed_in(desk.person(role))
        page = client.get("/admin/")
        counts = {link["title"]: int(link["count"] or 0) for section in page.context["desk_nav"] for link in section["links"]}
        assert counts["Queue"] == len(names(client.get(QUEUE))), role
        assert counts["Outgoing"] == len(client.get("/admin/outgoing/").context["rows"]), role
        decidable = [item for item in client.get("/admin/decisions/").context["items"] if item["mine"]]
        assert counts["Decisions"] == len(decidable), role
        assert counts["Disputes"] == len(client.get("/admin/disputes/").context["signals"]), role
        if "work" in page.context:
            assert page.context["work"]["total"] == counts["Queue"], role


def test_a_count_too_long_to_matter_is_not_finished_and_says_so(signed_in, monkeypatch):
    for module in ("drafts.admin.waiting", "drafts.admin.queue"):
        monkeypatch.setattr(f"{module}.COUNTED", 1)
    desk = Desk()
    routine_case(desk), routine_case(desk)
    page = signed_in(desk.reviewer).get(QUEUE)
    assert {link["title"]: link["count"] for section in page.context["desk_nav"] for link in section["links"]}["Queue"] == "1+"
    assert {tab.key: number for tab, number in page.context["tabs"]}["unclaimed"] == "1+"
    assert (page.context["total"], page.context["over"], len(names(page))) == (1, True, 2)


@pytest.mark.parametrize("role", ["reviewer", "finance_approver", "account_owner", "compliance_auditor"])
def test_the_number_on_a_tab_is_the_length_of_its_list(signed_in, role):
    desk = Desk()
    routine_case(desk), routine_case(desk), exception_case(desk)
    prepared(desk, [{}], tier="enterprise")
    routine_case(desk).approve()
    held = routine_case(desk)
    make_hold(held.account, kind="pause", reason="on holiday")
    held.prepare()
    client = signed_in(desk.person(role))
    tabs = {tab.key: number for tab, number in client.get(QUEUE).context["tabs"]}
    assert tabs.pop("all") == "" and sum(number != "0" for number in tabs.values()) >= 3, tabs
    for key, number in tabs.items():
        answer = client.get(QUEUE, {"tab": key})
        assert (int(number), answer.context["total"]) == (len(names(answer)),) * 2, key


def test_filters_shorten_the_list_and_never_the_number_on_its_tab(signed_in):
    desk = Desk()
    routine_case(desk, name="Alder"), routine_case(desk, name="Berg")
    answer = signed_in(desk.reviewer).get(QUEUE, {"tab": "unclaimed", "q": "berg"})
    assert names(answer) == ["Berg"] and answer.context["total"] == 1
    assert {tab.key: number for tab, number in answer.context["tabs"]}["unclaimed"] == "2"


def test_a_thousand_rows_cost_the_queries_of_ten(signed_in):
    desk = Desk(make_portfolio())
    accounts = [desk.account(contact=False) for _ in range(10)]
    for account in accounts:
        make_invoice(account)
    rows = [FollowUp(account=a, portfolio=desk.portfolio, status="ready", owner_role="reviewer", lane="routine", opened_at=AS_OF) for a in accounts]
    FollowUp.objects.bulk_create(rows)
    client = signed_in(desk.reviewer)
    client.get(QUEUE)
    with CaptureQueriesContext(connection) as few:
        assert len(names(client.get(QUEUE))) == 10
    from accounts.models import Account

    more = Account.objects.bulk_create(
        [Account(portfolio=desk.portfolio, external_id=f"M{n}", name=f"More {n}", owner=desk.owner) for n in range(990)]
    )
    FollowUp.objects.bulk_create(
        [FollowUp(account=a, portfolio=desk.portfolio, status="ready", owner_role="reviewer", opened_at=AS_OF) for a in more]
    )
    with CaptureQueriesContext(connection) as many:
        response = client.get(QUEUE)
    assert response.context["total"] == 1000 and len(names(response)) == 50
    assert len(many) == len(few)
    assert len(few) <= 9 + DEMO_QUERIES


def test_what_was_done_today_is_found_by_its_day_however_many_rows_there_are():
    person = make_user("finance_approver")  # of every portfolio: no other index would do
    rows = tab_rows(person, scope_of(person), AS_OF, AS_OF)["done"]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # a table this small is read whole otherwise
        plan = rows.order_by().explain()
    assert "follow_up_sent" in plan and "follow_up_ended" in plan, plan
