"""Readiness of a portfolio: each line says what is, what is not known is never credited, and the cost does not grow with the book."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, Contact, Source
from drafts.detection import scan
from drafts.readiness.measure import measure
from drafts.readiness.scoring import WEIGHTS
from drafts.readiness.texts import LIST
from governance import policies
from governance.models import Portfolio, TemplateVersion, User
from tests.drafts.ready import ready_portfolio, switched_on
from tests.drafts.scene import stop_clock
from tests.factories import (
    AS_OF,
    grant,
    make_account,
    make_contact,
    make_invoice,
    make_portfolio,
    make_source_state,
    make_ticket,
    make_user,
    moment,
)
from tests.policy import set_policy

pytestmark = pytest.mark.django_db


def found(portfolio, at=AS_OF):
    return measure([portfolio.pk], at, policies.active_parameters())[portfolio.pk]


def lines(portfolio, at=AS_OF):
    return {line.key: line for line in found(portfolio, at).lines}


def test_a_portfolio_with_facts_people_and_texts_passes_and_only_the_untried_mail_route_is_not_fine():
    readiness = found(ready_portfolio())
    assert {line.key: line.state for line in readiness.lines if line.state != "fine"} == {"mail": "not_set_up"}
    assert readiness.score == 100 and readiness.why_not == ""


def test_an_empty_portfolio_says_what_to_do_next_in_order_and_nothing_is_green_by_default():
    call_command("bootstrap", preset="standard", admin="first@desk.example", stdout=StringIO())
    readiness = found(Portfolio.objects.get())
    assert [line.key for line in readiness.to_do][:3] == ["sender", "approvers", "rare_approvers"]
    assert all(line.state != "fine" for line in readiness.lines)
    assert all(line.do for line in readiness.to_do), "each says what to do"
    assert readiness.score == 0 and "placeholder of the installation" in readiness.why_not
    states = {line.key: line.state for line in readiness.lines}
    assert states["facts"] == "not_set_up" and states["recipients"] == states["texts"] == "unknown"


def test_the_score_is_the_weights_earned_and_the_weights_make_a_hundred():
    assert sum(weight for key, weight in WEIGHTS.items() if key != "training") == 100
    portfolio = ready_portfolio()
    Source.objects.filter(portfolio=portfolio, kind="messages").delete()
    readiness = found(portfolio)
    assert lines(portfolio)["disputes"].state == "warning"
    assert readiness.score == 90, "a warning earns half of 20"


def test_a_ledger_alone_sees_no_dispute_and_no_score_makes_up_for_that():
    portfolio = ready_portfolio()
    Source.objects.filter(portfolio=portfolio, kind__in=["tickets", "messages"]).delete()
    readiness = found(portfolio)
    assert readiness.score == readiness.minimum == 80
    assert "disputes: neither tickets nor messages" in readiness.why_not
    set_policy(model_readiness_minimum=50)
    assert found(portfolio).why_not, "below the limit or not, disputes must be seen"


@pytest.mark.parametrize(("kind", "status"), [("tickets", "failed"), ("messages", "not_permitted"), ("invoices", "failed")])
def test_a_source_that_fails_is_a_problem_and_every_account_has_a_gap(kind, status):
    portfolio = ready_portfolio()
    Source.objects.filter(portfolio=portfolio, kind=kind).update(status=status, failed_since=moment(-3))
    seen = lines(portfolio)
    assert seen["facts"].state == seen["freshness"].state == "problem"
    assert seen["facts"].value.startswith("0 of 1")
    assert (seen["disputes"].state == "problem") == (kind in ("tickets", "messages"))


def test_facts_age_from_fine_over_a_warning_to_a_problem_and_without_a_limit_they_are_not_set_up():
    portfolio = ready_portfolio()
    for hours, state in ((1, "fine"), (7, "warning"), (13, "problem")):
        Source.objects.filter(portfolio=portfolio, kind="payments").update(as_of=moment(-hours))
        assert lines(portfolio)["freshness"].state == state, hours
    Source.objects.filter(portfolio=portfolio, kind="payments").update(as_of=moment(-1))
    set_policy(source_warn_hours={"invoices": 12})
    seen = lines(portfolio)["freshness"]
    assert seen.state == "not_set_up" and "no limit set" in seen.value


def test_what_a_source_said_about_single_accounts_counts_once_per_account():
    portfolio = ready_portfolio()
    accounts = [make_account(portfolio) for _ in range(9)]
    for kind in ("tickets", "messages"):
        make_source_state(accounts[0], kind, "not_permitted", detail="confidential")
    make_source_state(accounts[1], "payments", "ok", as_of=moment(-30))
    make_source_state(accounts[2], "payments", "ok", as_of=moment(-2))
    assert lines(portfolio)["facts"].value.startswith("8 of 10 (80 %)")
    assert "9 of 10 (90 %) accounts matched" in lines(portfolio)["disputes"].value


def test_a_stale_source_is_rescued_only_for_the_accounts_it_is_fresh_for():
    portfolio = ready_portfolio()
    accounts = [make_account(portfolio) for _ in range(3)]
    Source.objects.filter(portfolio=portfolio, kind="payments").update(as_of=moment(-30))
    make_source_state(accounts[0], "payments", "ok", as_of=moment(-2))
    make_source_state(accounts[1], "payments", "ok", as_of=moment(-2))
    make_source_state(accounts[1], "tickets", "failed")
    assert lines(portfolio)["facts"].value.startswith("1 of 4")


def test_the_counts_agree_with_the_facts_of_each_account():
    """The set-based count against the completeness every brief is built on."""
    from accounts.facts import facts_for
    from accounts.readiness import gaps

    portfolio, policy = ready_portfolio(), policies.active_parameters()
    accounts = [make_account(portfolio) for _ in range(6)]
    make_source_state(accounts[0], "tickets", "failed")
    make_source_state(accounts[1], "payments", "ok", as_of=moment(-30))
    make_source_state(accounts[2], "credits", "failed") if Source.objects.filter(portfolio=portfolio, kind="credits").exists() else None
    make_source_state(accounts[3], "contacts", "ok", as_of=moment(-1))
    for hours in (1, 30):
        Source.objects.filter(portfolio=portfolio, kind="contacts").update(as_of=moment(-hours))
        facts = facts_for(Account.objects.filter(portfolio=portfolio).values_list("pk", flat=True), AS_OF)
        whole = sum(not gaps(one, policy) for one in facts.values())
        assert lines(portfolio)["facts"].value.startswith(f"{whole} of {len(facts)} "), hours


def test_texts_nobody_has_read_for_an_hour_are_a_problem_and_read_ones_are_not():
    portfolio = ready_portfolio()
    make_ticket(Account.objects.get(portfolio=portfolio))
    assert lines(portfolio)["disputes"].state == "fine", "it arrived a moment ago"
    Source.objects.filter(portfolio=portfolio, kind__in=["tickets", "messages"]).update(as_of=moment(-3))
    assert "1 texts not read" in lines(portfolio)["disputes"].value and lines(portfolio)["disputes"].state == "problem"
    scan(at=AS_OF)
    assert lines(portfolio)["disputes"].state == "fine"


def test_recipients_and_owners_are_counted_among_accounts_that_owe_something():
    portfolio = ready_portfolio()
    make_account(portfolio, contact=False)
    assert lines(portfolio)["recipients"].value == "1 of 1 (100 %) with a verified recipient", "owes nothing"
    unreached = make_account(portfolio, contact=False, owner=None)
    make_contact(unreached, bounced_at=AS_OF)
    make_invoice(unreached)
    seen = lines(portfolio)
    assert seen["recipients"].state == "problem" and "1 of 2" in seen["recipients"].value
    assert "1 of 2" in seen["owners"].value and seen["owners"].state == "warning"


def test_a_missing_text_and_a_language_without_texts_are_told_apart():
    portfolio = ready_portfolio()
    make_invoice(make_account(portfolio, language="pl"))
    seen = lines(portfolio)["texts"]
    assert seen.state == "warning" and "pl" in seen.value and "English" in seen.value
    TemplateVersion.objects.filter(purpose="correction").update(state="retired")
    seen = lines(portfolio)["texts"]
    assert seen.state == "problem" and "correction" in seen.value
    assert LIST.split("?")[0] in seen.link


def test_only_a_firmer_text_than_is_due_counts_as_missing():
    portfolio = ready_portfolio()
    TemplateVersion.objects.filter(purpose="demand", lane="routine", step=1).update(state="retired")
    assert "demand, routine, step 1" in lines(portfolio)["texts"].value


def test_one_person_needed_twice_is_found_and_named_by_the_message_that_would_wait():
    portfolio = ready_portfolio(people=("reviewer",))
    both = make_user("account_owner", portfolio)
    grant(both, "finance_approver", portfolio)
    grant(both, "executive", portfolio)
    seen = lines(portfolio)["approvers"]
    assert seen.state == "problem" and "one person would be needed twice (account owner and finance approver)" in seen.value
    make_user("finance_approver", portfolio)
    seen = lines(portfolio)["approvers"]
    assert seen.state in ("fine", "warning") and "twice" not in seen.value


def test_two_people_may_approve_but_nobody_is_left_to_edit():
    portfolio = ready_portfolio(people=())
    one, two = make_user("account_owner", portfolio), make_user("finance_approver", portfolio)
    grant(one, "executive", portfolio)
    seen = lines(portfolio)["approvers"]
    assert seen.state == "warning" and "nobody is left to edit" in seen.value
    make_user("legal_approver", portfolio)
    assert lines(portfolio)["approvers"].state == "fine"
    User.objects.filter(pk=two.pk).update(away_until=AS_OF.date())
    assert "while people are away" in lines(portfolio)["approvers"].value
    User.objects.filter(pk=two.pk).update(is_active=False, away_until=None)
    assert lines(portfolio)["approvers"].state == "problem"


def test_grants_that_ended_and_service_accounts_do_not_count():
    portfolio = ready_portfolio(people=())
    grant(make_user(), "finance_approver", portfolio, ends_on=AS_OF.date() - timedelta(days=1))
    make_user("reviewer", portfolio, is_service=True)
    assert lines(portfolio)["approvers"].value == "nobody may approve anything"


@pytest.mark.parametrize(
    ("fields", "state"),
    [({"sender_email": "receivables@example.invalid"}, "not_set_up"), ({"sender_name": "Accounts receivable"}, "warning"), ({"bank_accounts": []}, "warning"), ({}, "fine")],
)
def test_the_sender_of_bootstrap_is_no_sender(fields, state):
    assert lines(ready_portfolio(**fields))["sender"].state == state


def test_measuring_costs_the_same_queries_for_one_portfolio_of_one_account_and_three_of_twenty():
    def queries(ids):
        policy = policies.active_parameters()
        with CaptureQueriesContext(connection, ) as seen:
            measure(ids, AS_OF, policy)
        return len(seen)

    one = ready_portfolio()
    few = queries([one.pk])
    more = [one.pk, *(ready_portfolio().pk for _ in range(2))]
    for pk in more:
        for _ in range(20):
            make_invoice(make_account(Portfolio.objects.get(pk=pk)))
    assert queries(more) == few <= 24


def test_the_command_prints_every_line_and_fails_only_where_a_model_may_write_and_the_portfolio_is_not_ready(settings):
    stop_clock(settings)
    portfolio, empty = ready_portfolio(), make_portfolio(sources=())
    out = StringIO()
    call_command("readiness", json=True, stdout=out)
    told = json.loads(out.getvalue())
    assert told[portfolio.code]["passes"] and not told[empty.code]["passes"] and told[empty.code]["model"] == "off"
    assert {"key", "title", "state", "value", "limit", "means", "do", "weight"} <= set(told[portfolio.code]["lines"][0])
    switched_on(portfolio)
    call_command("readiness", stdout=StringIO())
    Source.objects.filter(portfolio=portfolio, kind="tickets").update(status="failed")
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("readiness", stdout=out)
    assert ended.value.code == 1 and "PROBLEM" in out.getvalue() and "tickets system does not answer" in out.getvalue()
    assert Contact.objects.filter(account__portfolio=portfolio).first().name not in out.getvalue(), "no customer is named"
