"""The dunning ladder: which step comes next, in which cycle, and when. Pure.

A step is earned by the age of the oldest debt and climbed one message at a time; the ladder starts again when the debt it was about
is gone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from drafts.classification.types import Earlier
from drafts.states import DEMAND
from governance.policies import PolicyParameters


@dataclass(frozen=True, slots=True)
class Rung:
    """Where an account stands: its cycle, the step a message would have now, and the first day it may be written."""

    cycle: int
    step: int
    not_before: date


def level(days_overdue: int, policy: PolicyParameters) -> int:
    """The step the age of the oldest debt has reached; 0 when it has reached none."""
    return max((rule.step for rule in policy.steps if days_overdue >= rule.days_after_due), default=0)


def dunning_step(days_overdue: int, previous: int, policy: PolicyParameters) -> int:
    """The step of the next message: what the oldest debt's age has reached, at most one above ``previous`` (0: none yet).

    Missed nights are caught up with one message, never with several; a step once sent is not taken back.
    """
    reached = max(1, level(days_overdue, policy), previous)
    steps = sorted(rule.step for rule in policy.steps)
    following = next((step for step in steps if step > previous), previous)
    return min(reached, following)


def climb(
    oldest_due_on: date, open_ids: Collection[int], earlier: Sequence[Earlier], today: date, policy: PolicyParameters
) -> Rung:
    """Where the account stands, from its ``earlier`` demands and what is still open of them."""
    demands = [e for e in earlier if e.purpose == DEMAND]
    if not demands:
        return Rung(1, dunning_step((today - oldest_due_on).days, 0, policy), oldest_due_on + timedelta(days=1))
    cycle = max(e.cycle for e in demands)
    current = [e for e in demands if e.cycle == cycle]
    if not any(set(e.invoice_ids) & set(open_ids) for e in current):
        return Rung(cycle + 1, dunning_step((today - oldest_due_on).days, 0, policy), oldest_due_on + timedelta(days=1))
    last = max(current, key=lambda e: (e.sent_on, e.step))
    previous = max(e.step for e in current)
    step = dunning_step((today - oldest_due_on).days, previous, policy)
    return Rung(cycle, max(step, previous), _not_before(oldest_due_on, last, previous, policy))


def _not_before(oldest_due_on: date, last: Earlier, previous: int, policy: PolicyParameters) -> date:
    """The next step's own day, and never sooner after the last message than policy allows."""
    rested = last.sent_on + timedelta(days=policy.days_between_steps)
    following = [rule for rule in policy.steps if rule.step > previous]
    if not following:
        # The top of the ladder: the last text may be repeated once per window, people decide what else happens.
        return last.sent_on + timedelta(days=policy.cap_window_days)
    first = min(following, key=lambda rule: rule.step)
    return max(rested, oldest_due_on + timedelta(days=first.days_after_due))
