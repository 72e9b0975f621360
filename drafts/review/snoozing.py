"""Putting an account off until a day: a short hold with a reason and an end, which whoever put it off may end again.

A snooze is a hold, so everything that respects holds respects it: nothing leaves, the next contact names the day, the deadline stands
still, and when the day comes the account is computed anew. What it is not: a way to hide. It stands under "Disputes and holds", and a
dispute that comes meanwhile is back in the queue at once (``drafts.admin.work``).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from drafts import states, transitions
from drafts.review.base import Blocked, demand_reason, locked
from drafts.review.consequences import interrupt
from drafts.review.recompute import recompute
from governance import holds
from governance.models import Hold
from governance.rights import can

if TYPE_CHECKING:
    from governance.models import User

SOURCE = "snooze"
LONGEST = timedelta(days=30)
# What waits for a person. What is leaving is stopped, not put off; what is on hold waits already.
SNOOZABLE = (*states.REVIEWABLE, states.STOPPED)


def snooze(follow_up_id: int, until: datetime, reason: str, *, by: User, at: datetime, version: int | None = None) -> Hold:
    """Put a follow-up off until a moment within 30 days; it comes back by itself, computed anew.

    Takes the right to put a hold. Raises ``Blocked`` for another end or without a reason, ``WrongState`` for what waits for nobody.
    """
    reason = demand_reason(reason, "putting something off")
    if until <= at:
        raise Blocked("E-SNOOZE", "That day is over already: choose a later one.")
    if until > at + LONGEST:
        raise Blocked("E-SNOOZE", f"Something can be put off for {LONGEST.days} days at most. For longer, put a hold on the account.")
    with transaction.atomic():
        follow_up = locked(follow_up_id, by=by, action="put_hold", at=at, version=version)
        if follow_up.status not in SNOOZABLE:
            raise transitions.WrongState("snooze", {follow_up.pk: follow_up.status})
        hold = holds.put(
            Hold.Scope.ACCOUNT, follow_up.account_id, kind=Hold.Kind.PAUSE, reason=reason, source=SOURCE, owner=by, expires_at=until, by=by, at=at,
        )
        interrupt(follow_up.account_id, code="hold", reason=f"Put off until {until:%d %b %Y}: {reason}", hold=True, by=by, at=at)
    recompute([follow_up.account_id], at)  # the next contact names the day from now on
    return hold


def wake(follow_up_id: int, *, by: User, at: datetime) -> Hold:
    """End a snooze now: whoever put it off, or whoever may lift a hold. The account is computed anew.

    Raises ``Blocked`` when nothing is put off.
    """
    with transaction.atomic():
        follow_up = transitions.lock([follow_up_id])[0]
        hold = Hold.objects.filter(holds.standing(at), account_id=follow_up.account_id, source=SOURCE).first()
        if hold is None:
            raise Blocked("E-SNOOZE", "This is not put off.")
        can(by, "put_hold" if hold.created_by_id == by.pk else "lift_hold", follow_up).or_raise()
        holds.release(hold.pk, by=by, at=at, reason="taken up again")
    recompute([follow_up.account_id], at)
    hold.refresh_from_db()
    return hold
