"""The demo's book, built once by the real command in a directory of its own: everything it promises to show is there."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import urllib.request
from pathlib import Path

import pytest

from drafts.classification import RULES
from tests.site.demo_runs import address_of, book_for, run_demo, serve_demo

pytestmark = pytest.mark.slow


class Book:
    """The finished database, read from outside."""

    def __init__(self, var: Path, said: str) -> None:
        self.var, self.said = var, said

    def rows(self, sql: str, *values: object) -> list[tuple]:
        connection = sqlite3.connect(self.var / "demo.sqlite3")
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    def column(self, sql: str, *values: object) -> set:
        return {row[0] for row in self.rows(sql, *values)}

    @property
    def follow_ups(self) -> dict[str, tuple]:
        """Account number → (status, lane, purpose, owner role, rules, hold reason) of its newest follow-up."""
        sql = """SELECT a.external_id, f.status, f.lane, f.purpose, f.owner_role, f.reasons, f.hold_reason
                 FROM drafts_followup f JOIN accounts_account a ON a.id = f.account_id ORDER BY f.id"""
        return {n: (*rest, [r["rule"] for r in json.loads(reasons)], words) for n, *rest, reasons, words in self.rows(sql)}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory, demo_shared: Path) -> Book:
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        pytest.skip("the demo makes a SQLite file whatever database the tests use; tested in the SQLite run")
    var = tmp_path_factory.mktemp("demo")
    return Book(var, book_for(var, demo_shared))


def test_the_book_is_built_and_no_act_is_refused(book):
    assert "were refused" not in book.said
    assert "Built:" in book.said


def test_the_demo_clock_starts_on_a_business_morning(book):
    (words,) = [line for line in book.said.splitlines() if "demo clock shows" in line]
    assert "09:1" in words and "(Berlin)" in words
    assert not any(day in words for day in ("Saturday", "Sunday"))
    assert book.rows("SELECT kind FROM governance_installation") == [("demo",)]


def test_there_is_one_person_for_each_of_the_nine_roles_and_none_has_a_password(book):
    sql = """SELECT DISTINCT p.codename FROM governance_portfoliousergrant g JOIN auth_permission p ON p.id = g.permission_id
             UNION SELECT role FROM governance_allportfoliosgrant"""
    assert len(book.column(sql)) == 9
    assert all(password.startswith("!") for password in book.column("SELECT password FROM governance_user"))
    granted = "SELECT COUNT(*) FROM governance_portfoliousergrant WHERE user_id = granted_by_id"
    assert book.rows(granted) == [(0,)]


def test_every_rule_of_the_policy_occurs(book):
    told = book.column("SELECT json_extract(r.value, '$.rule') FROM drafts_followup f, json_each(f.reasons) r")
    expected = {rule.__name__ for rule in RULES}
    assert expected <= told, sorted(expected - told)


@pytest.mark.parametrize(
    ("number", "rule", "lane", "role"),
    [
        ("2005", "", "routine", "reviewer"),
        ("1001", "dispute_signal", "exception", "finance_approver"),
        ("1015", "dispute_open", "exception", "finance_approver"),
        ("1009", "po_missing", "exception", "account_owner"),
        ("1010", "invoice_not_delivered", "exception", "account_owner"),
        ("1011", "customer_approval", "exception", "account_owner"),
        ("2018", "source_gap", "exception", "reviewer"),
        ("2019", "source_gap", "exception", "reviewer"),
        ("2023", "recipient_missing", "exception", "reviewer"),
        ("1012", "terms_differ", "exception", "reviewer"),
        ("1026", "promised_credit", "exception", "finance_approver"),
        ("1013", "credits_could_cover", "exception", "finance_approver"),
        ("2008", "short_payment", "exception", "finance_approver"),
        ("2007", "payment_in_flight", "exception", "finance_approver"),
        ("2009", "payment_claimed", "exception", "finance_approver"),
        ("2012", "ticket_urgent", "exception", "account_owner"),
        ("2027", "ticket_urgent", "exception", "account_owner"),
        ("1024", "tier_strategic", "exception", "account_owner"),
        ("1008", "total_over_routine", "exception", "finance_approver"),
        ("1019", "promise_broken", "exception", "finance_approver"),
        ("2014", "request_for_terms", "exception", "finance_approver"),
        ("1025", "legal_wording", "exception", "legal_approver"),
        ("1014", "natural_person", "exception", "legal_approver"),
        ("1016", "insolvency", "exception", "legal_approver"),
        ("2033", "tier_enterprise", "executive_review", "executive"),
        ("2013", "executive_escalation", "executive_review", "executive"),
        ("1027", "renewal_near", "executive_review", "executive"),
        ("1021", "total_over_executive", "executive_review", "executive"),
        ("1034", "suspension_considered", "executive_review", "executive"),
    ],
)
def test_each_row_of_the_policy_table_is_with_the_person_it_is_routed_to(book, number, rule, lane, role):
    _, found_lane, _, found_role, rules, _ = book.follow_ups[number]
    assert not rule or rule in rules
    assert (found_lane, found_role) == (lane, role)


def test_every_lane_and_every_kind_of_hold_occurs(book):
    assert book.column("SELECT lane FROM drafts_followup") >= {"routine", "exception", "executive_review"}
    kinds = book.column("SELECT kind FROM governance_hold WHERE released_at IS NULL")
    assert kinds == {"dispute", "legal", "do_not_contact", "pause", "payment_claim", "other"}


def test_all_six_source_states_and_every_promise_state_occur(book):
    states, promises = set(), set()
    for (text,) in book.rows("SELECT facts FROM drafts_brief"):
        facts = json.loads(text)
        states |= {source["state"] for source in facts["sources"].values()}
        promises |= {promise["state"] for promise in facts["promises"]}
    assert states == {"present", "checked_empty", "stale", "unavailable", "not_permitted", "not_configured"}
    assert promises >= {"open", "in_grace", "kept", "broken", "undated"}


def test_the_lists_are_not_empty_when_the_visitor_comes_in(book):
    statuses = book.column("SELECT status FROM drafts_followup")
    assert statuses >= {
        "ready", "in_review", "awaiting_approval", "awaiting_decision", "approved", "stopped", "on_hold", "sent", "answered", "closed",
        "rejected", "expired",
    }  # fmt: skip
    deliveries = book.column("SELECT state FROM drafts_delivery")
    assert deliveries >= {"scheduled", "accepted", "stopped", "outcome_unknown"}
    kinds = book.column("SELECT machine_kind FROM drafts_reply")
    assert kinds >= {"promise_with_date", "paid", "dispute", "question", "out_of_office", "in_customer_approval"}
    assert book.column("SELECT author_kind FROM drafts_draft") >= {"template", "person"}
    assert book.rows("SELECT COUNT(*) FROM accounts_callnote") == [(1,)]


def test_histories_end_as_told(book):
    latest = book.follow_ups
    assert latest["1028"][0] == "stopped"
    assert book.rows(STOPPED, "1028")[0][0] != "person" and "paid" in book.rows(STOPPED, "1028")[0][1].lower()
    assert book.rows(STOPPED, "3010")[0][0] == "person"
    assert book.rows("SELECT status, outcome FROM accounts_dispute WHERE quote LIKE '%40 boxes%'") == [("resolved", "partly")]
    assert book.column("SELECT purpose FROM drafts_draft") >= {"demand", "answer", "po_request", "dispute_response"}
    assert book.column("SELECT state FROM governance_decision") >= {"open", "decided"}
    assert book.rows("SELECT COUNT(*) FROM governance_approvedterm") == [(1,)]


STOPPED = """SELECT d.stop_code, d.stop_reason FROM drafts_delivery d JOIN accounts_account a ON a.id = d.account_id
             WHERE a.external_id = ? ORDER BY d.id DESC"""


def test_the_dispute_hidden_in_a_ticket_is_found_by_its_quote(book):
    sql = """SELECT s.quote, s.source_kind, i.number FROM accounts_disputesignal s JOIN accounts_account a ON a.id = s.account_id
             JOIN accounts_invoice i ON i.id = s.invoice_id WHERE a.external_id = '1001' AND s.status = 'pending'"""
    ((quote, kind, number),) = book.rows(sql)
    assert "wrong quantity" in quote and kind == "ticket" and number == "KD-10442"


def test_drafts_of_the_recorded_model_wait_for_review(book):
    authors = "SELECT d.author_kind, COUNT(*) FROM drafts_followup f JOIN drafts_draft d ON d.id = f.draft_id WHERE f.status = 'ready' GROUP BY 1"
    counts = dict(book.rows(authors))
    assert counts.get("model", 0) >= 8 and counts.get("template", 0) >= 3
    assert book.column("SELECT DISTINCT model FROM drafts_generation WHERE state = 'done'") == {"recorded-1"}
    assert not book.rows("SELECT 1 FROM drafts_generation WHERE state IN ('queued', 'claimed')"), "nothing waits when the visitor comes in"


@pytest.mark.parametrize(("number", "label"), [("2003", "wrong_amount"), ("2011", "injection_echo")])
def test_a_model_gone_wrong_is_caught_and_the_template_speaks(book, number, label):
    sql = """SELECT g.findings, d.author_kind, d.body, d.note FROM drafts_generation g JOIN accounts_account a ON a.id = g.account_id
             JOIN drafts_followup f ON f.id = g.follow_up_id JOIN drafts_draft d ON d.id = f.draft_id
             WHERE a.external_id = ? AND g.kind = 'draft' ORDER BY g.id"""
    found = book.rows(sql, number)
    assert len(found) == 2, "asked again once, with the findings"
    for findings, author, body, note in found:
        assert label in {finding["label"] for finding in json.loads(findings)}
        assert author == "template" and "did not pass the checks" in note
        assert "9,999" not in body and "marked your account" not in body


def test_questions_carry_options_of_the_model_and_disputes_the_customers_position(book):
    options = [key for (text,) in book.rows("SELECT options FROM governance_decision WHERE state = 'open'") for key in (o["key"] for o in json.loads(text))]
    assert "model-payment_plan-1" in options
    positions = [json.loads(text)["customer_position"] for (text,) in book.rows("SELECT result FROM drafts_generation WHERE kind = 'preparation' AND state = 'done'")]
    assert any(positions)


def test_a_long_statement_is_attached_and_a_customer_that_nets_to_zero_is_not_chased(book):
    sql = """SELECT d.invoice_ids, t.name FROM drafts_draft d JOIN drafts_followup f ON f.draft_id = d.id
             JOIN accounts_account a ON a.id = f.account_id JOIN drafts_draftattachment t ON t.draft_id = d.id WHERE a.external_id = '1023'"""
    ((ids, name),) = book.rows(sql)
    assert len(json.loads(ids)) == 38 and name.endswith(".xlsx")
    assert book.follow_ups["1017"][0] == "on_hold" and "net_zero" in book.follow_ups["1017"][4]
    assert "2028" not in book.follow_ups and "2029" not in book.follow_ups


def test_executive_accounts_have_no_draft_before_a_decision(book):
    for number in ("1021", "1027", "1034", "2013", "2033", "3005"):
        sql = """SELECT COUNT(*) FROM drafts_draft d JOIN drafts_followup f ON f.id = d.follow_up_id
                 JOIN accounts_account a ON a.id = f.account_id WHERE a.external_id = ?"""
        assert book.rows(sql, number) == [(0,)], number


def test_addresses_are_invented_and_nothing_was_sent_outside(book):
    emails = book.column("SELECT email FROM accounts_contact UNION SELECT email FROM governance_user")
    assert all(email.endswith(".example") for email in emails)
    answers = book.column("SELECT server_answer FROM drafts_delivery WHERE state = 'accepted'")
    assert all("demo outbox" in answer or answer == "250 kept and not sent: synthetic history" for answer in answers)


def test_the_routine_queue_has_clean_drafts_in_four_languages(book):
    sql = """SELECT DISTINCT d.language FROM drafts_draft d JOIN drafts_followup f ON f.draft_id = d.id
             WHERE f.status IN ('ready', 'in_review', 'sent', 'answered', 'closed')"""
    assert book.column(sql) >= {"de", "en", "fr", "es"}
    routine = [n for n, found in book.follow_ups.items() if found[:2] == ("ready", "routine")]
    assert len(routine) >= 8
    # A source that does not answer or is too old blocks until it does (G28); nothing else stands against a text of this book.
    blocked = """SELECT a.name, x.check_id, x.why FROM drafts_finding x JOIN drafts_followup f ON f.draft_id = x.draft_id
                 JOIN accounts_account a ON a.id = f.account_id WHERE x.severity = 'block' AND f.status = 'ready' AND (f.lane = 'routine' OR x.check_id <> 'G28')"""
    assert book.rows(blocked) == []


def test_a_second_start_keeps_the_book_and_a_reset_builds_another(book):
    before = book.rows("SELECT COUNT(*), MAX(id) FROM governance_event")
    kept = run_demo(book.var)
    assert kept.returncode == 0 and "Kept:" in kept.stdout, kept.stdout + kept.stderr
    assert book.rows("SELECT COUNT(*), MAX(id) FROM governance_event") == before
    connection = sqlite3.connect(book.var / "demo.sqlite3")
    connection.execute("UPDATE accounts_account SET name = 'Changed by a visitor' WHERE external_id = '1002'")
    connection.commit()
    connection.close()
    anew = run_demo(book.var, "--reset")
    assert anew.returncode == 0 and "Built:" in anew.stdout, anew.stdout + anew.stderr
    assert book.rows("SELECT name FROM accounts_account WHERE external_id = '1002'") == [("Alder AG",)]


def test_a_database_that_is_not_a_demo_is_refused_and_left_alone(tmp_path):
    other = tmp_path / "books.sqlite3"
    connection = sqlite3.connect(other)
    connection.executescript("CREATE TABLE ledger (id INTEGER); INSERT INTO ledger VALUES (7);")
    connection.close()
    done = run_demo(tmp_path, "--reset", DATABASE_URL=f"sqlite:///{other}")
    assert done.returncode == 1
    assert "is not a demo database" in done.stderr and "Traceback" not in done.stderr
    connection = sqlite3.connect(other)
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("ledger",)]
    assert connection.execute("SELECT id FROM ledger").fetchall() == [(7,)]
    connection.close()


def test_the_demo_is_refused_where_demo_mode_is_switched_off(tmp_path):
    done = run_demo(tmp_path, DEMO_MODE="0")
    assert done.returncode == 1 and "DEMO_MODE" in done.stderr
    assert not (tmp_path / "demo.sqlite3").exists()


def test_the_demo_serves_its_sign_in_page_and_stops_cleanly(book):
    server = serve_demo(book.var, stderr=subprocess.PIPE)
    try:
        with urllib.request.urlopen(address_of(server), timeout=60) as answer:
            text = answer.read().decode()
        assert text.count("demo/enter/") == 9 and all(name in text for name in ("Jonas", "Priya", "Lea", "Chen", "Olga", "Mara", "Sam"))
        assert "password" in text
    finally:
        server.terminate()
        words, errors = server.communicate(timeout=60)
    assert server.returncode == 0, errors
    assert "The book is kept" in words and not errors.strip()


def test_the_measures_have_six_months_of_marked_history_behind_them(book):
    (told,) = book.column("SELECT data FROM governance_event WHERE action = 'system.history_simulated'")
    said = json.loads(told)
    assert (said["months"], said["synthetic"]) == (6, True)
    assert "were refused" not in book.said
    results = book.rows("SELECT labelled, share FROM governance_sampleresult ORDER BY id")
    assert len(results) == 2 and all(labelled >= 30 and share is not None for labelled, share in results)
    months = book.column("SELECT DISTINCT strftime('%Y-%m', day) FROM governance_measure WHERE kind = 'decided'")
    assert len(months) >= 6
    kept = book.column("SELECT DISTINCT outcome FROM governance_measure WHERE kind = 'promise' AND stands")
    assert "kept" in kept
    unfinished = """SELECT COUNT(*) FROM drafts_followup f JOIN governance_portfolio p ON p.id = f.portfolio_id
                    WHERE p.code = 'synthetic' AND f.status IN ('ready', 'in_review', 'awaiting_approval', 'stopped', 'on_hold', 'preparing')"""
    assert book.rows(unfinished) == [(0,)], "nothing of it waits for the visitor"
    active = "SELECT COUNT(*) FROM governance_user WHERE is_active AND username LIKE 'synthetic-%'"
    assert book.rows(active) == [(0,)]
