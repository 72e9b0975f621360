"""What is to be done with one account, given its verdict and what already stands. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from drafts import states
from drafts.classification.types import AWAIT_DECISION, DRAFT, HOLD, NOTHING_DUE, SKIP, Verdict
from drafts.models import FollowUp
from drafts.preparation.standing import Standing

UNCHANGED = "unchanged"
# Purposes only people write; such a text may wait beside the very hold it answers.
BY_PEOPLE = (states.DISPUTE_RESPONSE, states.CORRECTION)
# Reasons that checks added to a follow-up begin with this; they are no outcome of the rules.
CHECK_PREFIX = "check:"

# In these an approval request of the text may be alive.
_APPROVABLE = (states.IN_REVIEW, states.AWAITING_APPROVAL, states.STOPPED)

SKIP_WORDS = {
    "": "nothing due",
    "nothing_due": "nothing due",
    "contact_cap": "written to recently",
    "step_not_due": "the next step is not due yet",
    "below_minimum": "below the minimum amount",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """``action``: one of the verdict's actions, or ``close``. ``first`` is the transition an open follow-up
    takes before it.

    ``words`` say why an account is skipped or closed. ``voids`` is true when approvals of the old text must
    fall.
    """

    action: str
    words: str = ""
    first: str = ""
    voids: bool = False


CLOSE = "close"


def plan(verdict: Verdict, standing: Standing, material: str, at: datetime) -> Plan:
    """Decide for one account. Unchanged facts under the same rules leave an open follow-up as it is."""
    if standing.open is None:
        return _anew(verdict, standing, material)
    return _open(verdict, standing.open, standing, material, at)


def skip_words(verdict: Verdict) -> str:
    """Why nothing is prepared, in words."""
    return SKIP_WORDS.get(verdict.block, verdict.block.replace("_", " "))


def _anew(verdict: Verdict, standing: Standing, material: str) -> Plan:
    if verdict.action in (NOTHING_DUE, SKIP):
        return Plan(SKIP, skip_words(verdict))
    last = standing.last
    if last is not None and last.status == states.ANSWERED:
        return Plan(SKIP, "the customer answered; a person deals with the reply")
    same = last is not None and standing.material == material and _rules(last) == _rules_of(verdict)
    if same and last is not None and last.status == states.REJECTED and last.step == verdict.step:
        return Plan(SKIP, "rejected by a person, nothing changed since")
    return Plan(verdict.action)


def _rules(row: FollowUp) -> frozenset[str]:
    return frozenset(r["rule"] for r in row.reasons if not r["rule"].startswith(CHECK_PREFIX))


def _rules_of(verdict: Verdict) -> frozenset[str]:
    return frozenset(reason.rule for reason in verdict.reasons)


def _open(verdict: Verdict, row: FollowUp, standing: Standing, material: str, at: datetime) -> Plan:
    if row.status == states.APPROVED:
        return Plan(SKIP, "approved and leaving; the last look decides")
    if row.purpose in BY_PEOPLE and row.status in (*states.REVIEWABLE, states.STOPPED):
        return Plan(SKIP, "a person wrote an answer; it waits for its approvals")
    if row.status == states.PREPARING:
        return _close(row, verdict) if verdict.action == NOTHING_DUE else _from_preparing(verdict)
    unchanged = standing.material == material and _rules(row) == _rules_of(verdict)
    if row.status == states.ON_HOLD:
        return _held(verdict, row, unchanged)
    if verdict.action == NOTHING_DUE:
        return _close(row, verdict)
    if verdict.action == HOLD:
        return Plan(HOLD, voids=row.status in _APPROVABLE)
    return _waiting(verdict, row, standing, unchanged, at)


def _from_preparing(verdict: Verdict) -> Plan:
    # A follow-up that is being prepared must end somewhere; what may not be written now waits on hold with
    # the reason.
    return Plan(HOLD) if verdict.action == SKIP else Plan(verdict.action)


def _close(row: FollowUp, verdict: Verdict) -> Plan:
    voids = row.status in _APPROVABLE
    return Plan(CLOSE, f"{skip_words(verdict)}: the open follow-up was closed", voids=voids)


def _held(verdict: Verdict, row: FollowUp, unchanged: bool) -> Plan:
    if verdict.action == NOTHING_DUE:
        return _close(row, verdict)
    if verdict.action in (HOLD, SKIP):
        same = unchanged and row.hold_reason == verdict.hold_reason
        return Plan(SKIP, UNCHANGED) if same else Plan(HOLD, first="released")
    return Plan(verdict.action, first="released")


def _waiting(verdict: Verdict, row: FollowUp, standing: Standing, unchanged: bool, at: datetime) -> Plan:
    """Ready, in review, awaiting the second approval or a decision, or stopped."""
    if verdict.action == SKIP:
        return Plan(SKIP, skip_words(verdict))
    if row.status == states.STOPPED:
        # Somebody has to see why it was stopped, on top of the queue, before the machine writes again.
        return Plan(SKIP, "stopped, waits for a person")
    if unchanged and _stands(verdict, row, standing):
        return Plan(SKIP, UNCHANGED)
    if row.claimed_until is not None and row.claimed_until > at:
        # Approving is refused anyway once facts changed; nobody's text is pulled away while they read it.
        return Plan(SKIP, "a person is working on it")
    return Plan(verdict.action, first="refresh", voids=row.status in _APPROVABLE)


def _stands(verdict: Verdict, row: FollowUp, standing: Standing) -> bool:
    if row.status == states.AWAITING_DECISION:
        return (
            verdict.action == AWAIT_DECISION and {need.kind for need in verdict.decisions} <= standing.asked
        )
    return verdict.action == DRAFT
