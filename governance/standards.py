"""Tone rules and review standards in force, and what an installation starts with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from governance.models import ReviewStandard, ToneRule
from governance.policy_parameters import PolicyParameters

# The guidance every installation starts with, by lane.
DELIVERED = {
    "routine": (
        "Read the brief first, then the text. Do the invoices, amounts and dates of the text match the list beside it? Is there anything in the "
        "last messages or tickets that makes this reminder wrong today? Would you sign it with your name?"
    ),
    "exception": (
        "Somebody has a reason to look twice: read it above the brief and open its evidence. Does the text answer that reason, or ignore it? "
        "Nothing about credits, plans or discounts may stand in it unless the term is decided and named. If in doubt, route it."
    ),
    "executive_review": (
        "The relationship decision comes first: read it and its conditions. The text must stay inside them. Check who at the customer receives "
        "it, and that nobody else of ours is writing to them this week."
    ),
}


def tone_rules_in_force() -> list[dict[str, Any]]:
    """What check G20 reads besides its own patterns. One query."""
    rows = ToneRule.objects.filter(state=ToneRule.State.ACTIVE).exclude(phrases="").order_by("key")
    return [as_read(row) for row in rows]


def as_read(rule: ToneRule) -> dict[str, Any]:
    """One rule as the check reads it."""
    return {"name": str(rule), "language": rule.language, "severity": rule.severity, "phrases": rule.phrases.split("\n"), "why": rule.why}


def checks_read(policy: PolicyParameters) -> dict[str, Any]:
    """The policy as the checks read it: its parameters, and the tone rules in force."""
    return {**policy.model_dump(), "tone_rules": tone_rules_in_force()}


def tone_names(read: Mapping[str, Any]) -> list[str]:
    """Names of the tone rules a text was checked with, for the record."""
    return [rule["name"] for rule in read.get("tone_rules", ())]


def standard_for(lane: str) -> ReviewStandard | None:
    """The guidance in force for a lane. One query."""
    return ReviewStandard.objects.filter(lane=lane, state=ReviewStandard.State.ACTIVE).first()
