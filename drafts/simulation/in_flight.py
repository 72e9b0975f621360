"""What a new policy does to drafts under way. Found by state, in portions: it may run twice, on several workers, or late.

*keep* leaves them: what is approved later is approved under the new policy, and the last look judges every message by it anyway.
*recheck* prepares every open follow-up again, which leaves alone what the rules still see as they did, and takes the last look at
messages that wait; *return* writes everything anew that nobody sent yet.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from drafts import states, transitions
from drafts.delivery import outbox
from drafts.delivery.last_look import DeliveryScene, needs_more
from drafts.delivery.looks import DERIVED, OBSTACLES, reasons_of
from drafts.models import Delivery, FollowUp
from drafts.preparation import prepare_accounts
from drafts.preparation.plan import BY_PEOPLE
from drafts.simulation.versioning import STREAM
from governance import approvals
from governance.audit import Entry, record
from governance.models import PolicyVersion

log = logging.getLogger(__name__)

BATCH = 200
CODE = "policy"
# Waiting for a person, or half approved: what a refresh may take.
UNDECIDED = (*states.REVIEWABLE, states.AWAITING_DECISION)
LOOKED_AT = (*UNDECIDED, states.STOPPED, states.ON_HOLD, states.PREPARING)


def settle_due(at: datetime) -> int:
    """Deal with what was under way when the policy in force was activated. Returns how many follow-ups were looked at."""
    version = PolicyVersion.objects.filter(
        state=PolicyVersion.State.ACTIVE, settled_at__isnull=True, in_flight__in=(PolicyVersion.InFlight.RECHECK, PolicyVersion.InFlight.RETURN)
    ).first()
    if version is None:
        return 0
    stopped = _stop_waiting(version, at)
    done = _return(version, at) if version.in_flight == PolicyVersion.InFlight.RETURN else 0
    done += _prepare_again(at)
    with transaction.atomic():
        mine = PolicyVersion.objects.filter(pk=version.pk, settled_at__isnull=True).update(settled_at=at)
        if mine:
            data = {"policy": version.number, "in_flight": version.in_flight, "follow_ups": done, "stopped": stopped}
            record([Entry(STREAM, "policy.settled", "policy", version.pk, data)], by=None, at=at)
    return done


def _stop_waiting(version: PolicyVersion, at: datetime) -> int:
    """Approved messages that wait: all of them on *return*, those the new policy would not let leave on *recheck*."""
    ids = list(Delivery.objects.filter(state__in=outbox.STOPPABLE).order_by("pk").values_list("pk", flat=True))
    stopped = 0
    for pk in ids:
        reason = f"{version} came into force: everything under way is written anew" if _all(version) else _against(pk, version, at)
        if reason:
            stopped += len(outbox.stop([pk], code=CODE, reason=reason, by=None, at=at))
    return stopped


def _all(version: PolicyVersion) -> bool:
    return version.in_flight == PolicyVersion.InFlight.RETURN


def _against(delivery_id: int, version: PolicyVersion, at: datetime) -> str:
    """What the last look would say of one waiting message under the new policy; empty when it may go on. A look that fails stops nothing
    here: the last look itself will."""
    rows = Delivery.objects.select_related("follow_up", "draft__brief", "draft__follow_up", "account__portfolio", "approval_request__portfolio")
    delivery = rows.filter(pk=delivery_id, state__in=outbox.STOPPABLE).first()
    if delivery is None:
        return ""
    try:
        scene = DeliveryScene(delivery, at)
        found = [*reasons_of(OBSTACLES, scene), *needs_more(scene), *reasons_of(DERIVED, scene)]
    except Exception:
        log.exception("delivery %s could not be judged under %s; the last look will", delivery_id, version)
        return ""
    return f"{version} came into force. {found[0].words}" if found else ""


def _return(version: PolicyVersion, at: datetime) -> int:
    """Every undecided draft goes back to be written anew, and what was stopped for this; what a person wrote to answer or correct stays
    theirs, and what somebody stopped for another reason waits for them.
    """
    done = 0
    ours = Delivery.objects.filter(state=states.DELIVERY_STOPPED, stop_code=CODE, stopped_at__gte=version.activated_at)
    stopped = Q(status=states.STOPPED, pk__in=ours.values("follow_up_id"))
    rows = FollowUp.objects.filter(Q(status__in=UNDECIDED) | stopped).exclude(purpose__in=BY_PEOPLE).order_by("pk")
    ids = list(rows.values_list("pk", flat=True))
    reason = f"{version} came into force; everything is written anew"
    for start in range(0, len(ids), BATCH):
        with transaction.atomic():
            here = [row for row in transitions.lock(ids[start : start + BATCH]) if row.status in (*UNDECIDED, states.STOPPED)]
            approvals.void("draft", [row.draft_id for row in here if row.draft_id], reason=reason, code=CODE, by=None, at=at)
            transitions.perform([row.pk for row in here], "refresh", by=None, at=at, reason=reason)
        done += len(here)
    return done


def _prepare_again(at: datetime) -> int:
    """Prepare every open follow-up that is not approved: unchanged ones are left alone by preparation itself."""
    ids = list(FollowUp.objects.filter(status__in=LOOKED_AT).order_by("account_id").values_list("account_id", flat=True))
    for start in range(0, len(ids), BATCH):
        prepare_accounts(ids[start : start + BATCH], as_of=at)
    return len(ids)
