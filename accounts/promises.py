"""The state of a promise to pay, judged from its date, the grace of its payment method and what was settled. Pure.

No date is ever invented: a promise without one is ``undated``, a state of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from governance.calendar import add_business_days
from governance.policies import PolicyParameters

OPEN = "open"
IN_GRACE = "in_grace"
KEPT = "kept"
LATE = "late"
BROKEN = "broken"
UNDATED = "undated"
IN_FORCE = (OPEN, IN_GRACE)


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of the debt a promise was about: ``settled`` when nothing of it is left, ``on`` the day where known."""

    settled: bool
    on: date | None = None


def in_force_until(due_on: date, method: str, country: str, policy: PolicyParameters) -> date:
    """The day the waiting ends: the promised date plus the method's grace in business days. On that day one may ask again."""
    return add_business_days(due_on, policy.grace_days_by_method.get(method, policy.grace_days), country)


def state_of(said: str, due_on: date | None, until: date | None, settlement: Settlement, today: date) -> str:
    """The state of a promise a person or source called ``said`` (open, kept, broken).

    Settled in time is kept, settled after its grace is late; unsettled it is open, in grace, or broken.
    """
    if said == KEPT:
        return KEPT
    if settlement.settled:
        missed = said == BROKEN or (until is not None and settlement.on is not None and settlement.on > until)
        return LATE if missed else KEPT
    if said == BROKEN:
        return BROKEN
    if due_on is None or until is None:
        return UNDATED
    if today <= due_on:
        return OPEN
    return IN_GRACE if today < until else BROKEN
