"""Checks on the machine's own words, told once per form.

The text checks cost many times what everything else about an account costs, and a book of ten thousand accounts is written in a few
hundred forms: the same approved sentences about other numbers. So a text composed by code is checked in full when its form is new, and
a form that was found clean is remembered. Values stand in a text only as code wrote them from the facts; ordinary names and numbers
only (``Composed.plain``), and facts of the same kind, or the text is checked in full anyway.

This spares time, it decides nothing: what a model or a person wrote is always checked in full, and so is every text when a person
approves it and at the last look before it leaves (docs/adr/0007).
"""

from __future__ import annotations

from collections.abc import Callable

from accounts.fact_types import AccountFacts
from drafts.checks import run_checks, run_live_checks
from drafts.checks.base import CheckInput, Finding
from drafts.classification.types import TermFact
from drafts.generation.compose import Composed

LIMIT = 4_096

_clean: set[tuple[object, ...]] = set()


def findings_of(
    composed: Composed, facts: AccountFacts, terms: list[TermFact], *, rules: str, make: Callable[[], CheckInput]
) -> tuple[Finding, ...]:
    """What the checks find. ``rules`` names the policy the checks read; ``make`` builds their input when it is needed."""
    if not composed.plain or terms:
        return run_checks(make())
    form = (rules, composed.language, composed.form, *_kinds(composed, facts))
    if form in _clean:
        return run_live_checks(make)
    found = run_checks(make())
    if not found:
        if len(_clean) >= LIMIT:
            _clean.clear()
        _clean.add(form)
    return found


def forget() -> None:
    """Begin anew; a process that runs for weeks does after a change of the checks, which is a restart."""
    _clean.clear()


def _kinds(composed: Composed, facts: AccountFacts) -> tuple[object, ...]:
    """What the checks may hold against a wording besides its values: which kinds of facts there are."""
    named = set(composed.invoice_ids)
    overdue = {invoice.id for invoice in facts.invoices if invoice.overdue}
    return (
        named == overdue,
        named <= overdue,
        any(i.disputed_minor or i.signalled or i.dispute_ids for i in facts.invoices),
        any(i.po_number for i in facts.invoices if i.id in named),
        all(i.po_number for i in facts.invoices if i.id in named),
        bool(facts.payments),
        bool(facts.credits),
        bool(facts.promises),
        any(contract.late_fee_allowed for contract in facts.contracts),
        len(facts.balances),
        facts.recipient is None,
        bool(facts.contacted_on),
    )
