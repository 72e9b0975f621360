"""Checked once per form: the same findings as checking every text, and no shortcut where there must be none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from drafts.checks.base import BLOCK, CheckInput, Finding
from drafts.checks.context import check_facts
from drafts.classification.types import TermFact
from drafts.generation.compose import compose
from drafts.preparation import proven
from governance.words import choose, seed_texts
from tests.drafts.fact_samples import AS_OF, TODAY, chase, contact, facts, invoice

TEXT = choose(seed_texts(), lane="routine", step=1, purpose="demand", language="en")


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch):
    proven.forget()
    checked = []
    monkeypatch.setattr(proven, "run_checks", lambda inp: checked.append(inp) or ())
    return checked


def judge(account, text=TEXT, *, rules="policy 1", terms=()):
    composed = compose(account, chase(account), text)

    def make():
        return CheckInput(composed.subject, composed.body, check_facts(account, composed.invoice_ids))

    return proven.findings_of(composed, account, list(terms), rules=rules, make=make)


def test_the_same_words_about_other_values_are_checked_once(nothing_known):
    for n in range(1, 6):
        person = contact(name=f"Person {n}", salutation="")
        judge(facts(invoice(n, amount_minor=1000 * n, days_overdue=n), recipient=person, name=f"Customer {n} Ltd"))
    assert len(nothing_known) == 1


def test_two_invoices_and_five_are_one_form_but_one_is_another(nothing_known):
    judge(facts(invoice(1)))
    judge(facts(invoice(1), invoice(2)))
    judge(facts(*(invoice(n) for n in range(1, 6))))
    assert len(nothing_known) == 2


@pytest.mark.parametrize(
    "other",
    [
        facts(invoice(1, open_minor=10)),
        facts(invoice(1, currency="USD"), invoice(2)),
        facts(invoice(1, po_number="PO1")),
        facts(invoice(1), recipient=None),
        facts(invoice(1), contacted_on=(TODAY,)),
        facts(invoice(1), invoice(2, dispute_ids=(1,))),
        facts(*(invoice(n) for n in range(1, 40))),
    ],
)
def test_another_kind_of_facts_is_another_form(nothing_known, other):
    judge(facts(invoice(1)))
    judge(other)
    assert len(nothing_known) == 2


def test_another_policy_another_wording_and_another_sender_are_checked_anew(nothing_known):
    account = facts(invoice(1))
    judge(account)
    judge(account, rules="policy 2")
    judge(account, replace(TEXT, body=TEXT.body.replace("Otherwise", "Or else")))
    judge(replace(account, sender=replace(account.sender, title="Collections")))
    assert len(nothing_known) == 4


@pytest.mark.parametrize(
    "odd",
    [
        facts(invoice(1), recipient=contact(name="Pay now!", salutation="")),
        facts(invoice(1), recipient=contact(name="Kim\u200bKeller", salutation="")),
        facts(invoice(1), recipient=contact(salutation="Ms <b>Keller</b>")),
        facts(invoice(1, number="1\nInvoice 2")),
        facts(invoice(1, po_number="see https://x.example")),
        facts(invoice(1, billed_name="Another Company Ltd")),
    ],
)
def test_values_that_are_not_ordinary_are_checked_every_time(nothing_known, odd):
    judge(odd)
    judge(odd)
    assert len(nothing_known) == 2


def test_an_account_with_approved_terms_is_checked_every_time(nothing_known):
    term = TermFact(1, "payment_plan", "PP-1", "EUR", AS_OF, TODAY)
    judge(facts(invoice(1)), terms=[term])
    judge(facts(invoice(1)), terms=[term])
    assert len(nothing_known) == 2


def test_a_form_with_a_finding_is_never_remembered(monkeypatch):
    finding = Finding("G07", "placeholder", BLOCK, "x", "why")
    monkeypatch.setattr(proven, "run_checks", lambda inp: (finding,))
    assert judge(facts(invoice(1))) == (finding,)
    assert judge(facts(invoice(2))) == (finding,)
    monkeypatch.setattr(proven, "run_checks", lambda inp: ())
    assert judge(facts(invoice(3))) == ()


def test_checks_of_the_moment_run_for_every_text(monkeypatch, nothing_known):
    late = Finding("G28", "stale_facts", BLOCK, "", "stale")
    monkeypatch.setattr(proven, "run_live_checks", lambda make: (late,) if make().subject else ())
    assert judge(facts(invoice(1))) == ()
    assert judge(facts(invoice(2))) == (late,)
    assert len(nothing_known) == 1
