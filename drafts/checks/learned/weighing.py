"""Rules and the learned model together: what a sentence is taken to say.

A rule's match stands unless the model, which knows how often that rule errs, is sure of the contrary; what no rule found is taken from the
model when it is sure. Both limits were chosen on the development sets (docs/checks.md).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from .model import ANY

RULES: Mapping[str, str] = {
    "threat": "threat", "legal": "legal", "penalty": "penalty", "suspension": "suspension", "credit_offer": "credit_offer",
    "discount": "discount", "payment_plan": "payment_plan", "admission_of_fault": "admission", "unsupported_promise": "promise", "rude": "rude",
    "injection_echo": "echo", "bank_change": "bank_change", "personal_data": "personal", "deadline": "deadline", "says_paid": "cleared",
    "says_nothing_received": "no_payment", "says_cancelled": "cleared", "says_not_due": "not_due",
    "says_no_dispute": "no_dispute",
}  # fmt: skip
"""Label of the model → rule of the packs that finds the same."""
STATEMENTS = frozenset(("deadline", "says_paid", "says_nothing_received", "says_cancelled", "says_not_due", "says_no_dispute"))
FALLS, RAISED = -5.0, 0.3
"""Limits of the evidence (log odds) under which a rule's match falls, and from which a meaning is taken from the model alone."""
DOUBTED: Mapping[str, float] = {"echo": 0.5, "threat": -1.5}
"""Rule → evidence under which its match in a question or a condition is a warning for the reviewer and stops nothing ("has it been approved?",
"if you have paid, please disregard the above"). Lower limits or other rules let short plain offers and threats pass."""
STATEMENT_RAISED = 0.80
"""Probability from which a statement (paid, not due, a deadline …) is taken from the model; what the rules read as one always stands, because
it is no violation in itself but is held against the facts."""
DENIALS = frozenset(("says_no_dispute",))
DENIAL_RAISED = 0.65
"""The same for a denial, which is held against a fact that is there: it matters only where it is wrong."""
DENIED: Mapping[str, float] = {"threat": 3.0, "suspension": 3.0, "discount": 3.0, "penalty": 9.0}
"""What the words deny ("your account is not blocked") needs this evidence to be taken from the model all the same: a denial can be a figure of speech."""
SECOND = 0.30
"""Probability that a second violation in the same sentence needs: what speaks for any of them is owed to the strongest."""
_EDGE = 1e-4


@dataclass(frozen=True, slots=True)
class Verdict:
    """Rules whose matches fall, rules that match though no pattern did, and rules whose matches only warn."""

    fallen: frozenset[str]
    raised: frozenset[str]
    doubted: frozenset[str]


def weigh(matched: Collection[str], scores: Mapping[str, float], asked: bool, denied: Collection[str] = ()) -> Verdict:
    """The verdict on one sentence: ``matched`` = rules that match undenied, ``scores`` = probability per label, ``asked`` = a question or
    a condition, ``denied`` = rules that match denied only.

    The evidence for a violation is what speaks for any of them and what speaks for this one, together: either alone errs more often.
    """
    fallen, raised, doubted = set(), set(), set()
    any_at_all, strongest = _odds(scores[ANY]), max(scores[label] for label in RULES if label not in STATEMENTS)
    for label, rule in RULES.items():
        score = scores[label]
        if label in STATEMENTS:
            evidence, falls, rises = 0.0, False, score >= (DENIAL_RAISED if label in DENIALS else STATEMENT_RAISED)
        else:
            evidence = any_at_all + _odds(score)
            falls, rises = evidence < FALLS, evidence >= RAISED and (score >= SECOND or score >= strongest)
            if asked and evidence < DOUBTED.get(rule, FALLS):
                doubted.add(rule)
        if rises and not (rule in denied and evidence < DENIED.get(rule, RAISED)):
            raised.add(rule)
        elif falls:
            fallen.add(rule)
    return Verdict(frozenset(fallen & set(matched) - raised), frozenset(raised - set(matched)), frozenset(doubted - raised))


def _odds(probability: float) -> float:
    return math.log((probability + _EDGE) / (1 - probability + _EDGE))
