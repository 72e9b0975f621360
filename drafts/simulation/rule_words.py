"""The rules in the words of people who decide about them, how often each fired lately, and which parameters moved an account."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import connection

from governance.policy_words import Change

WINDOW = timedelta(days=28)

WORDS: dict[str, str] = {
    "tier_enterprise": "enterprise account", "executive_escalation": "escalated to executives", "renewal_near": "renewal near",
    "total_over_executive": "total above the executive limit", "suspension_considered": "suspension considered",
    "dispute_signal": "possible dispute", "dispute_open": "open dispute", "legal_wording": "legal wording", "natural_person": "natural person",
    "insolvency": "insolvency", "never_automate": "never automate", "hold_in_force": "hold in force", "net_zero": "nets to zero",
    "request_for_terms": "asks for terms", "promise_broken": "broken promise", "promise_undated": "promise without a date",
    "payment_claimed": "says it is paid", "payment_in_flight": "payment on its way", "promised_credit": "promised credit",
    "credits_could_cover": "open credits", "short_payment": "paid in part", "po_missing": "PO missing",
    "invoice_not_delivered": "invoice not delivered", "customer_approval": "approval at the customer", "source_gap": "source missing or stale",
    "recipient_missing": "no verified recipient", "terms_differ": "terms differ", "ticket_urgent": "urgent ticket",
    "tier_strategic": "strategic account", "total_over_routine": "total above the routine limit", "payment_plan": "payment plan",
    "promise_in_force": "promise in force", "model_suggestion": "a model suggests a closer look", "routine": "nothing raises it",
    "below_minimum": "below the minimum amount", "nothing_left": "nothing left to chase", "nothing_due": "nothing due",
    "contact_cap": "written to recently", "step_not_due": "next step not due", "decision": "a decision is missing",
    "dispute": "dispute", "legal": "legal", "recipient": "no verified recipient", "promise": "promise in force", "hold": "hold in force",
    "approvers": "other approvers",
}  # fmt: skip


def words_of(rules: Iterable[str], changed: Sequence[Change] = ()) -> str:
    """ "renewal near (60 → 90 days)": the rules with what of them was changed."""
    return "; ".join(_one(rule, changed) for rule in rules)


def _one(rule: str, changed: Sequence[Change]) -> str:
    moved = [f"{c.was} → {c.becomes} {c.about.unit}".strip() for c in changed if rule in c.about.rules]
    words = WORDS.get(rule, rule.replace("_", " "))
    return f"{words} ({', '.join(moved)})" if moved else words


_STATEMENTS = {
    "postgresql": "SELECT r->>'rule', count(*) FROM drafts_classification c, jsonb_array_elements(c.reasons) r WHERE c.created_at > %s GROUP BY 1",
    "sqlite": "SELECT json_extract(r.value, '$.rule'), count(*) FROM drafts_classification c, json_each(c.reasons) r WHERE c.created_at > %s GROUP BY 1",
}


def fired(at: datetime) -> dict[str, int]:
    """How often each rule gave a reason in the last 28 days. One statement."""
    since = connection.ops.adapt_datetimefield_value(at - WINDOW)
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENTS[connection.vendor], [since])
        return {rule: int(n) for rule, n in cursor.fetchall()}
