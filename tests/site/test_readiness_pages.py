"""The readiness pages: who sees which portfolio, what an empty one says, and the switch that lets a model write."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, Source
from drafts.readiness import look
from governance.models import ModelSwitch, Portfolio, ReadinessLook
from governance.roles import ALL_ROLES
from tests.drafts.ready import ready_portfolio, switched_on
from tests.factories import AS_OF, make_invoice, make_portfolio, make_user
from tests.reading import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_as_of")]
SEE = {"reviewer", "account_owner", "finance_approver", "compliance_auditor", "policy_admin", "system_admin"}


def url(portfolio, tail=""):
    return f"/admin/readiness/{portfolio.pk}/{tail}"


@pytest.mark.parametrize("role", ALL_ROLES)
def test_each_role_sees_its_own_portfolios_or_none_and_no_page_names_a_customer(signed_in, role):
    own, foreign = ready_portfolio(), ready_portfolio()
    client = signed_in(make_user(role, own))
    overview, page = client.get("/admin/readiness/"), client.get(url(own))
    assert (overview.status_code, page.status_code) == ((200, 200) if role in SEE else (403, 403))
    assert client.get(url(foreign)).status_code == (404 if role in SEE else 403)
    assert ("/admin/readiness/" in client.get("/admin/").content.decode()) == (role in SEE)
    if role in SEE:
        assert foreign.name not in text_of(overview) and own.name in text_of(overview)
        for account in Account.objects.all():
            assert account.name not in text_of(page) + text_of(overview)


def test_an_empty_portfolio_says_what_to_do_next_in_order_with_links_that_answer(signed_in):
    call_command("bootstrap", preset="standard", admin="first@desk.example", stdout=StringIO())
    portfolio = Portfolio.objects.get()
    client = signed_in(make_user("system_admin"))
    page = client.get(url(portfolio))
    steps = [step["line"].key for step in page.context["steps"]]
    assert steps[0] == "sender" and steps.index("approvers") < steps.index("facts") < steps.index("disputes")
    assert "What to do next, in this order" in text_of(page) and "Enter who sends for this portfolio." in text_of(page)
    links = {step["url"] for step in page.context["steps"] if step["url"]}
    assert len(links) >= 4
    for link in links:
        assert client.get(link).status_code in (200, 302), link
    assert "Fine" not in {step["line"].words for step in page.context["steps"]}
    assert not ReadinessLook.objects.exists(), "reading writes nothing"


def test_links_are_shown_to_whom_they_answer(signed_in):
    portfolio = make_portfolio(sources=())
    page = signed_in(make_user("reviewer", portfolio)).get(url(portfolio))
    assert page.status_code == 200 and "/admin/imports/" not in page.content.decode()
    assert "/admin/imports/" in signed_in(make_user("finance_approver", portfolio)).get(url(portfolio)).content.decode()


def test_the_page_shows_the_last_look_and_check_now_measures_anew(signed_in):
    portfolio = ready_portfolio()
    look([portfolio.pk], AS_OF)
    Source.objects.filter(portfolio=portfolio, kind="tickets").update(status="failed")
    client = signed_in(make_user("reviewer", portfolio))
    assert "100 of 100" in text_of(client.get(url(portfolio)))
    assert client.get(url(portfolio, "check/")).status_code == 405
    page = client.post(url(portfolio, "check/"), follow=True)
    assert "does not answer" in text_of(page) and "Not ready for a model" in text_of(page)
    assert ReadinessLook.objects.count() == 2


def test_one_person_asks_and_another_lets_the_model_write(signed_in):
    portfolio = ready_portfolio()
    asks, finance = signed_in(make_user("policy_admin")), signed_in(make_user("finance_approver", portfolio))
    page = asks.post(url(portfolio, "model/ask/"), {"reason": "compared for two weeks"}, follow=True)
    assert "another person confirms" in text_of(page) and "Let a model write" not in text_of(page)
    switch = ModelSwitch.objects.get()
    answer = {"switch": switch.pk, "answer": "confirm"}
    refused = asks.post(url(portfolio, "model/answer/"), answer)
    assert refused.status_code == 403 and "because you asked for it" in text_of(refused)
    assert signed_in(make_user("reviewer", portfolio)).post(url(portfolio, "model/answer/"), answer).status_code == 403
    page = finance.post(url(portfolio, "model/answer/"), answer, follow=True)
    assert "confirmed on" in text_of(page) and ModelSwitch.objects.get().state == "on"
    page = finance.post(url(portfolio, "model/end/"), {"switch": switch.pk, "reason": "enough"}, follow=True)
    assert "The approved templates do." in text_of(page) and ModelSwitch.objects.get().state == "off"


def test_the_switch_of_another_portfolio_cannot_be_answered_through_ones_own(signed_in):
    own, foreign = ready_portfolio(), ready_portfolio()
    switch = switched_on(foreign)
    client = signed_in(make_user("finance_approver", own))
    for tail in ("model/answer/", "model/end/"):
        assert client.post(url(own, tail), {"switch": switch.pk, "reason": "x", "answer": "refuse"}).status_code == 404
        for odd in ("", "x", "٣", "9" * 30):
            assert client.post(url(own, tail), {"switch": odd, "reason": "x"}).status_code == 404
    switch.refresh_from_db()
    assert switch.state == "on"


def test_a_fallen_portfolio_says_since_when_and_why_templates_write(signed_in):
    portfolio = ready_portfolio()
    switched_on(portfolio)
    Source.objects.filter(portfolio=portfolio, kind="tickets").update(status="failed")
    look([portfolio.pk], AS_OF)
    page = text_of(signed_in(make_user("reviewer", portfolio)).get(url(portfolio)))
    assert "The approved templates write since" in page and "tickets system does not answer" in page
    assert "nobody has to switch it on" in page


def test_the_pages_cost_the_same_queries_for_any_number_of_rows(signed_in):
    def queries(path, client):
        with CaptureQueriesContext(connection) as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    client = signed_in(make_user("policy_admin"))
    first = ready_portfolio()
    look(None, AS_OF)
    few = queries("/admin/readiness/", client), queries(url(first), client)
    for _ in range(4):
        for _ in range(5):
            make_invoice(Account.objects.filter(portfolio=ready_portfolio()).get())
    look(None, AS_OF)
    assert (queries("/admin/readiness/", client), queries(url(first), client)) == few
    assert max(few) <= 20
