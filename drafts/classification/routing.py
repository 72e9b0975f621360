"""Who works on it and whose approval it takes. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.fact_types import AccountFacts
from drafts.classification.deciding import DECIDES
from drafts.classification.types import DecisionNeed, Reason
from drafts.states import EXCEPTION, EXECUTIVE_REVIEW, LANE_ORDER, ROUTINE
from governance.roles import EXECUTIVE, FINANCE, LEGAL, OWNER, REVIEWER

LEGAL_RULES = ("legal_wording", "natural_person", "insolvency")
# Why a reviewer is asked who only makes up the number; people whom reasons or checks name take that place.
ROUTINE_WORDS = "routine lane"
TWO_WORDS = "exception lane: two people look at it"
SUSPENSION_RULE = "suspension_considered"


def strictest(reasons: Iterable[Reason]) -> str:
    """The strictest lane any reason asks for; routine when none does."""
    return max((r.lane for r in reasons), key=LANE_ORDER.__getitem__, default=ROUTINE)


def owner_role(reasons: tuple[Reason, ...], lane: str, blocking: Reason | None) -> str:
    """The role the account is routed to: of what blocks it, else of the first reason of its lane."""
    if blocking is not None:
        return blocking.routed_to[0]
    deciding = next((r for r in reasons if r.lane == lane), None)
    return deciding.routed_to[0] if deciding is not None and lane != ROUTINE else REVIEWER


def person_for(role: str, facts: AccountFacts) -> int | None:
    """The person for a role: the account's owner, or the deputy while the owner is away or gone; else the role's queue (None)."""
    owner = facts.owner
    if role != OWNER or owner is None:
        return None
    present = owner.active and (owner.away_until is None or owner.away_until < facts.today)
    return owner.id if present else owner.deputy_id


def required_roles(reasons: tuple[Reason, ...], lane: str) -> tuple[tuple[str, str], ...]:
    """Distinct roles that must approve, each with the words of why; a person fills only one of them.

    Routine: a reviewer. Exception: the roles it is routed to and finance, at least two; legal wording: legal and the account's owner.
    Executive review, once a decision lets it proceed: the account's owner and finance; where suspension is considered, the owner and
    the executive (finance has no say in such wording, legal is added by the checks).
    """
    if lane == ROUTINE:
        return ((REVIEWER, ROUTINE_WORDS),)
    needed: dict[str, str] = {}
    legal = [r for r in reasons if r.rule in LEGAL_RULES]
    for reason in legal:
        needed.setdefault(LEGAL, reason.words)
        needed.setdefault(OWNER, reason.words)
    for reason in reasons:
        if reason.lane == EXECUTIVE_REVIEW:
            needed.setdefault(OWNER, reason.words)
            needed.setdefault(EXECUTIVE if reason.rule == SUSPENSION_RULE else FINANCE, reason.words)
    others = [r for r in reasons if r.lane == EXCEPTION and r not in legal]
    for reason in others:
        for role in reason.routed_to:
            needed.setdefault(role, reason.words)
    if others:
        needed.setdefault(FINANCE, "exception lane")
    if len(needed) < 2:
        needed.setdefault(REVIEWER, TWO_WORDS)
    return tuple(needed.items())


def decisions_needed(reasons: tuple[Reason, ...]) -> tuple[DecisionNeed, ...]:
    """The questions to prepare, one per kind, with the reasons that ask them."""
    kinds = dict.fromkeys(r.decision for r in reasons if r.decision)
    return tuple(DecisionNeed(k, DECIDES[k], tuple(r for r in reasons if r.decision == k)) for k in kinds)
