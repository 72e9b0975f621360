"""G23–G30: the checks of the moment."""

from __future__ import annotations

from datetime import date

import pytest

from drafts.checks import run_live_checks
from drafts.checks.base import CheckInput
from governance.policies import DEFAULT

POLICY = DEFAULT.model_dump()
TUESDAY = date(2026, 5, 12)


def found(purpose="demand", body="Dear Ms Keller, please look at invoice 1.", **live):
    inp = CheckInput("", body, {"live": live}, purpose, "en", TUESDAY, POLICY)
    return {(f.check, f.severity, f.role) for f in run_live_checks(lambda: inp)}


def test_nothing_is_found_when_nothing_is_known():
    assert found() == set()


@pytest.mark.parametrize(
    ("days", "blocked"),
    [(["2026-05-11"], True), (["2026-05-08"], True), (["2026-05-07"], False), (["2026-05-04", "2026-04-24", "2026-04-16"], True), ([], False)],
)
def test_caps_block_our_own_outreach(days, blocked):
    assert (("G24", "block", None) in found(contacted_on=days, country="DE")) == blocked


def test_an_answer_to_a_customer_is_not_capped_but_an_opt_out_blocks_it():
    assert found("answer", contacted_on=["2026-05-11"]) == set()
    assert found("answer", opted_out=True) == {("G24", "block", None)}


def test_limits_ask_for_higher_approvers_per_currency():
    assert found(overdue={"EUR": "25000.00"}) == set()
    assert found(overdue={"EUR": "25000.01", "USD": "10.00"}) == {("G25", "higher", "finance")}
    assert found(overdue={"EUR": "250000.01"}) == {("G25", "higher", "executive")}
    assert found(tier="strategic") == {("G25", "higher", "finance")}
    assert found(first_after_dispute=True) == {("G25", "higher", "finance")}


def test_hostile_evidence_warns_and_names_its_source():
    assert found(input_flags=[("ticket:4", "instruction")]) == {("G26", "warn", None)}


def test_the_same_words_again_are_noticed():
    text = "Dear Ms Keller, invoice 4711 over EUR 100.00 is open. " * 4
    assert found(body=text + "Thanks", last_sent_body=text) == {("G27", "warn", None)}
    assert found(body="Something else entirely, about another matter.", last_sent_body=text) == set()


def test_a_demand_without_a_decisive_source_is_blocked_and_others_are_weighed_by_people():
    fine = {k: {"state": "present", "name": k, "detail": ""} for k in ("invoices", "payments", "contacts")}
    stale = {"state": "stale", "name": "Bank", "detail": "older than 12 hours"}
    assert found(sources=fine) == set()
    assert found(sources={**fine, "payments": stale}) == {("G28", "block", None)}
    assert found("answer", sources={**fine, "payments": stale}) == {("G28", "warn", None)}
    assert found(sources={**fine, "contracts": {**stale, "state": "unavailable"}}) == {("G28", "warn", None)}
    assert found(sources={**fine, "tickets": {**stale, "state": "not_configured"}}) == set()
    assert found(sources={k: v for k, v in fine.items() if k != "invoices"}) == {("G28", "block", None)}


def test_a_model_must_cite_facts_that_exist():
    assert found(citations=[], fact_ids={"invoice:1"}) == {("G23", "higher", "account_owner")}
    cited = [{"sentence": "Invoice 1 is open.", "facts": ["invoice:1"]}]
    assert found(citations=cited, fact_ids={"invoice:1"}) == set()
    assert found(citations=cited, fact_ids={"invoice:2"}) == {("G23", "warn", None)}


def test_a_second_opinion_only_raises():
    assert found(second_opinion=[{"quote": "or else", "why": "a threat"}]) == {("G30", "higher", "account_owner")}
