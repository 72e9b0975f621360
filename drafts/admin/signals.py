"""The few words a reader needs beside an account: why it is special, and whether we know that it is not."""

from __future__ import annotations

from typing import NamedTuple

from drafts.models import FollowUp


class Signal(NamedTuple):
    """One badge: words, tone, icon, and the full sentence."""

    words: str
    tone: str
    icon: str
    sentence: str


# rule → (badge, tone, icon); a rule that is not listed shows its own name, never nothing.
LOOKS: dict[str, tuple[str, str, str]] = {
    "tier_enterprise": ("Enterprise", "exec", "crown"),
    "executive_escalation": ("Executive involved", "exec", "up"),
    "renewal_near": ("Renewal near", "exec", "cal"),
    "total_over_executive": ("Very large total", "exec", "coin"),
    "suspension_considered": ("Suspension", "bad", "block"),
    "dispute_signal": ("Possible dispute", "bad", "scale"),
    "dispute_open": ("Dispute", "bad", "scale"),
    "legal_wording": ("Legal wording", "bad", "scale"),
    "natural_person": ("Natural person", "bad", "people"),
    "insolvency": ("Insolvency", "bad", "alert"),
    "never_automate": ("Never automate", "bad", "block"),
    "hold_in_force": ("On hold", "warn", "pause"),
    "net_zero": ("Nets to zero", "info", "coin"),
    "request_for_terms": ("Asks for terms", "warn", "question"),
    "promise_broken": ("Broken promise", "warn", "cal"),
    "promise_undated": ("Promise, no date", "warn", "cal"),
    "payment_claimed": ("Says it is paid", "warn", "coin"),
    "payment_in_flight": ("Payment in flight", "info", "coin"),
    "promised_credit": ("Promised credit", "warn", "coin"),
    "credits_could_cover": ("Credits may cover", "warn", "coin"),
    "short_payment": ("Short payment", "warn", "coin"),
    "po_missing": ("PO missing", "warn", "doc"),
    "invoice_not_delivered": ("Not delivered", "warn", "doc"),
    "customer_approval": ("Customer approval", "warn", "clock"),
    "source_gap": ("Source not fine", "warn", "unknown"),
    "recipient_missing": ("No recipient", "bad", "mail"),
    "terms_differ": ("Terms differ", "warn", "doc"),
    "ticket_urgent": ("Urgent ticket", "warn", "ticket"),
    "tier_strategic": ("Strategic", "exec", "crown"),
    "total_over_routine": ("Large total", "warn", "coin"),
    "payment_plan": ("Payment plan", "info", "cal"),
    "promise_in_force": ("Promise runs", "info", "cal"),
}


# What a guardrail looks at, in one word for the badge.
CHECKS = {
    "G01": "form", "G02": "amount", "G03": "reference", "G04": "date", "G05": "recipient", "G06": "contradiction", "G07": "incomplete",
    "G08": "payment route", "G09": "hidden content", "G10": "echo", "G11": "credit", "G12": "plan", "G13": "discount", "G14": "fee",
    "G15": "legal", "G16": "suspension", "G17": "threat", "G18": "fault", "G19": "promise", "G20": "tone", "G21": "private data",
    "G22": "language", "G25": "limit", "G28": "age of facts",
}  # fmt: skip

# Reasons that say "nothing special" are no signal.
ORDINARY = ("routine",)


def look(rule: str) -> tuple[str, str, str]:
    """Badge words, tone and icon of a rule; "check:G13" is a text check that raised the lane."""
    if rule.startswith("check:"):
        return f"Text: {CHECKS.get(rule[6:], rule[6:])}", "warn", "alert"
    return LOOKS.get(rule, (rule.replace("_", " ").capitalize() or "Exception", "warn", "alert"))


def signals_of(follow_up: FollowUp) -> list[Signal]:
    """Badges of a follow-up, one per kind, dispute first. "Unknown" instead of "none" when a required source did not answer."""
    found: dict[str, Signal] = {}
    for reason in follow_up.reasons:
        if reason.get("rule") in ORDINARY:
            continue
        words, tone, icon = look(str(reason.get("rule", "")))
        found.setdefault(words, Signal(words, tone, icon, str(reason.get("words", ""))))
    if found:
        return sorted(found.values(), key=lambda s: (s.tone != "bad", s.tone != "exec"))
    if follow_up.brief is None:
        return [Signal("No brief yet", "notrun", "unknown", "the facts have not been read")]
    if not follow_up.brief.complete:
        return [Signal("Unknown", "notrun", "unknown", "a required source did not answer, so nothing can be ruled out")]
    return []
