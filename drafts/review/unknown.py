"""Settling an unknown outcome in two named steps: somebody brings evidence, somebody else confirms it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from drafts import states
from drafts.delivery import outbox, settle
from drafts.models import Delivery
from drafts.review.base import Blocked, demand_reason
from governance.decisions import Denied
from governance.models import Event
from governance.rights import can

if TYPE_CHECKING:
    from governance.models import User

OUTCOMES = {"sent": "the mail server has it", "not_sent": "the mail server never took it"}


def propose_outcome(delivery_id: int, outcome: str, evidence: str, *, by: User, at: datetime) -> Delivery:
    """First step: say what happened and what shows it (a line of the mail server's log, the provider's page). Changes no state."""
    if outcome not in OUTCOMES:
        raise ValueError(f"unknown outcome: {outcome}")
    evidence = demand_reason(evidence, "an outcome")
    with transaction.atomic():
        delivery = _unknown(delivery_id)
        can(by, "record_reply", delivery.follow_up).or_raise()
        delivery.resolution = evidence
        delivery.save(update_fields=["resolution"])
        outbox.note(delivery, "delivery.outcome_proposed", by=by, at=at, data={"outcome": outcome})
    return delivery


def resolve_unknown(delivery_id: int, outcome: str, *, by: User, at: datetime) -> Delivery:
    """Second step, by another person: confirm the outcome that was proposed. Nothing is ever sent again by this."""
    with transaction.atomic():
        delivery = _unknown(delivery_id)
        can(by, "resolve_unknown", delivery.follow_up).or_raise()
        proposal = _proposal(delivery)
        if proposal is None or not delivery.resolution:
            raise Blocked("E-UNKNOWN", "First somebody has to record what shows the outcome.")
        if proposal.actor_id == by.pk:
            Denied("because you brought the evidence; another person confirms it").or_raise()
        if json.loads(proposal.data)["outcome"] != outcome:
            raise Blocked("E-UNKNOWN", "The evidence on record is for the other outcome.")
        if outcome == "sent":
            answer = f"settled by {by}"
            settle.accepted(delivery.pk, answer, by=by, at=at, resolution=delivery.resolution)
        else:
            settle.not_accepted(delivery.pk, resolution=delivery.resolution, by=by, at=at)
    delivery.refresh_from_db()
    return delivery


def _unknown(delivery_id: int) -> Delivery:
    delivery = outbox.locked(delivery_id)
    if delivery.state != states.OUTCOME_UNKNOWN:
        raise Blocked("E-UNKNOWN", f"The outcome of this delivery is known: {delivery.get_state_display().lower()}.")
    return delivery


def _proposal(delivery: Delivery) -> Event | None:
    asked = Event.objects.filter(subject_kind="delivery", subject_id=delivery.pk, action="delivery.outcome_proposed")
    return asked.order_by("-id").first()
