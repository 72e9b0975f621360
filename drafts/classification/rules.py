"""The rules of the default policy, in the order their reasons are shown. Adding one is an entry here."""

from __future__ import annotations

from collections.abc import Callable

from accounts import readiness
from accounts.fact_types import NOT_CONFIGURED
from drafts.classification import rules_blocks as blocks
from drafts.classification import rules_claims as claims
from drafts.classification import rules_money as amounts
from drafts.classification.types import Case, Reason
from drafts.states import ROUTINE
from governance.roles import REVIEWER

Rule = Callable[[Case], Reason | None]

RULES: tuple[Rule, ...] = (
    # executive review
    amounts.tier_enterprise,
    amounts.executive_escalation,
    amounts.renewal_near,
    amounts.total_over_executive,
    amounts.suspension_considered,
    # exceptions on hold
    claims.dispute_signal,
    claims.dispute_open,
    claims.legal_wording,
    claims.natural_person,
    claims.insolvency,
    blocks.never_automate,
    blocks.hold_in_force,
    amounts.net_zero,
    # exceptions
    blocks.decision_asked,
    claims.request_for_terms,
    claims.promise_broken,
    claims.promise_undated,
    claims.payment_claimed,
    amounts.payment_in_flight,
    amounts.promised_credit,
    amounts.credits_could_cover,
    amounts.short_payment,
    claims.po_missing,
    claims.invoice_not_delivered,
    claims.customer_approval,
    amounts.source_gap,
    amounts.recipient_missing,
    amounts.terms_differ,
    amounts.ticket_urgent,
    amounts.tier_strategic,
    amounts.total_over_routine,
    # what waits
    blocks.payment_plan,
    blocks.promise_in_force,
)


def reasons_for(case: Case) -> tuple[Reason, ...]:
    """Every rule that fired, in the order of ``RULES``; for an account no rule raises, what makes it routine."""
    found = tuple(reason for rule in RULES if (reason := rule(case)) is not None)
    return found if any(r.lane != ROUTINE for r in found) else (*found, _routine(case))


def _routine(case: Case) -> Reason:
    facts = case.facts
    missing = [readiness.LABELS[k].lower() for k, s in facts.sources.items() if s.state == NOT_CONFIGURED]
    unread = f"; not connected: {', '.join(missing)}" if missing else ""
    words = f"{facts.tier.capitalize()} account, no rule raises it, every required source is present{unread}"
    evidence = tuple(f"source:{k}" for k in readiness.required_kinds(facts, case.policy))
    return Reason("routine", words, evidence, ROUTINE, (REVIEWER,))
