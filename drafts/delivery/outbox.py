"""The outbox: rows of record on their way out. PostgreSQL is the queue; a worker is only somebody who claims a row.

scheduled → claimed → handing_over → accepted, and stopped, failed_temporary, failed_permanent, outcome_unknown. Lock order is Account,
FollowUp, Delivery, everywhere. A claim that dies may be taken again after its lease; a hand-over that dies never is.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from drafts import states, transitions
from drafts.classification import work_rank
from drafts.delivery import mime
from drafts.models import Delivery, FollowUp
from governance import approvals, calendar
from governance.audit import Entry, account_stream, record

if TYPE_CHECKING:
    from accounts.models import Account
    from drafts.models import Draft
    from governance.models import ApprovalRequest, Event, User
    from governance.policies import PolicyParameters

RETRY_FIRST = timedelta(seconds=15)
RETRY_LONGEST = timedelta(minutes=5)
# After this many claims that ended in nothing the row is a poison row: a person looks at it.
ATTEMPTS_LIMIT = 200
STOPPABLE = (states.SCHEDULED, states.CLAIMED, states.FAILED_TEMPORARY)
UNDER_WAY = (*STOPPABLE, states.HANDING_OVER, states.OUTCOME_UNKNOWN)


@dataclass(frozen=True, slots=True)
class Claim:
    """One delivery taken by one worker; ``token`` proves it is still theirs."""

    delivery_id: int
    token: str


def lease() -> timedelta:
    """How long a claim or a hand-over may stay silent before it counts as dead (``DELIVERY_LEASE_SECONDS``)."""
    return timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)


def leaving_time(account: Account, policy: PolicyParameters, *, lane: str, legal: bool, at: datetime) -> datetime:
    """The first moment a message approved at ``at`` may leave: after the send delay, inside the customer's business hours."""
    ready = at + timedelta(minutes=policy.send_delay(lane, legal))
    return business_moment(account, policy, ready)


def business_moment(account: Account, policy: PolicyParameters, at: datetime) -> datetime:
    """``at``, or the customer's next business hour."""
    return calendar.business_moment(
        at, account.time_zone, account.country, policy.business_start_hour, policy.business_end_hour
    )


def schedule(draft: Draft, request: ApprovalRequest, *, leaves_at: datetime, reply_to: str, by: User | None, at: datetime) -> Delivery:
    """Freeze the bytes and write the outbox row, inside the transaction of the last approval.

    The database refuses the row unless ``request`` is complete, in time and of this draft's fingerprint.
    """
    frozen = mime.freeze(draft, reply_to=reply_to, date=leaves_at)
    follow_up = draft.follow_up
    delivery = Delivery.objects.create(
        follow_up=follow_up, account_id=follow_up.account_id, draft=draft, approval_request=request, fingerprint=draft.fingerprint,
        mime=frozen.mime, mime_sha256=frozen.sha256, message_id=frozen.message_id, date_header=frozen.date_header, sender=frozen.sender,
        recipients=list(frozen.recipients), leaves_at=leaves_at, created_at=at,
    )
    data = {"draft": draft.pk, "request": request.pk, "fingerprint": draft.fingerprint, "bytes": frozen.sha256, "leaves_at": leaves_at}
    data["policy"] = request.policy_version.number
    note(delivery, "delivery.scheduled", by=by, at=at, data=data)
    return delivery


def due(at: datetime) -> QuerySet[Delivery]:
    """Deliveries a worker may take now, oldest first: time to leave, time to try again, or a claim whose lease ran out."""
    return Delivery.objects.filter(
        Q(state=states.SCHEDULED, leaves_at__lte=at)
        | Q(state=states.FAILED_TEMPORARY, next_try_at__lte=at)
        | Q(state=states.CLAIMED, lease_until__lt=at)
    ).order_by("leaves_at", "pk")


def claim(at: datetime, worker: str, delivery_id: int | None = None) -> Claim | None:
    """Take one due delivery (a certain one when ``delivery_id`` is given), or None. Two workers never get the same row."""
    token = f"{worker[:60]}:{secrets.token_hex(6)}"
    with transaction.atomic():
        rows = due(at) if delivery_id is None else due(at).filter(pk=delivery_id)
        delivery = rows.select_for_update(skip_locked=True, of=("self",)).first()
        if delivery is None:
            return None
        Delivery.objects.filter(pk=delivery.pk).update(
            state=states.CLAIMED, claimed_by=token, lease_until=at + lease(), attempts=F("attempts") + 1
        )
    return Claim(delivery.pk, token)


def locked(delivery_id: int) -> Delivery:
    """The delivery under lock, its account and follow-up locked before it. Raises ``Delivery.DoesNotExist``."""
    follow_up_id = Delivery.objects.values_list("follow_up_id", flat=True).get(pk=delivery_id)
    transitions.lock([follow_up_id])
    return (
        Delivery.objects.select_for_update(of=("self",))
        .select_related("follow_up", "draft", "account__portfolio", "approval_request__portfolio")
        .get(pk=delivery_id)
    )


def stop(
    delivery_ids: Sequence[int], *, code: str, reason: str, by: User | None, at: datetime, caught: str = "last_look"
) -> list[Delivery]:
    """Stop deliveries that have not begun their hand-over: text kept, approval void, follow-up back in people's hands.

    ``caught`` says for the measures who did: last_look, hold, news or person. Those too late to stop are left alone; returns the ones that were stopped.
    """
    stopped: list[Delivery] = []
    with transaction.atomic():
        transitions.lock(list(Delivery.objects.filter(pk__in=delivery_ids).values_list("follow_up_id", flat=True)))
        rows = Delivery.objects.select_for_update(of=("self",)).filter(pk__in=delivery_ids, state__in=STOPPABLE)
        for delivery in rows.order_by("pk"):
            move(delivery, states.DELIVERY_STOPPED, stop_code=code, stop_reason=reason, stopped_by=by, stopped_at=at)
            note(delivery, "delivery.stopped", by=by, at=at, data={"code": code})
            stopped.append(delivery)
        take_back(stopped, reason=reason, by=by, at=at, caught=caught)
    return stopped


def stop_account(account_id: int, *, code: str, reason: str, by: User | None, at: datetime, caught: str = "news") -> list[Delivery]:
    """Stop whatever is about to leave to one account."""
    ids = Delivery.objects.filter(account_id=account_id, state__in=STOPPABLE).values_list("pk", flat=True)
    return stop(list(ids), code=code, reason=reason, by=by, at=at, caught=caught)


def take_back(deliveries: Sequence[Delivery], *, reason: str, by: User | None, at: datetime, caught: str = "server") -> None:
    """Void the approvals of messages that will not leave and move their follow-ups to ``stopped``."""
    approvals.void("draft", [d.draft_id for d in deliveries], reason=reason, code="stopped", by=by, at=at)
    if not deliveries:
        return
    rows = FollowUp.objects.in_bulk([d.follow_up_id for d in deliveries])
    data = {d.follow_up_id: {"delivery": d.pk, "code": d.stop_code, "caught": caught} for d in deliveries}
    fields = {pk: _on_top(row, at) for pk, row in rows.items()}
    transitions.perform(list(rows), "stop", by=by, at=at, reason=reason, data=data, fields=fields)


def _on_top(row: FollowUp, at: datetime) -> dict[str, Any]:
    """A stopped message is the first thing its people see."""
    days = (at.date() - row.oldest_due_on).days if row.oldest_due_on else 0
    rank, why = work_rank(lane=row.lane, totals=row.totals, days_overdue=days, due=row.due_at, as_of=at, stopped=True)
    return {"work_rank": rank, "why_first": why}


def park_crashed(at: datetime) -> int:
    """Hand-overs whose worker fell silent: nobody can know whether the server has the message. Never sent again by the machine."""
    silent = Delivery.objects.filter(state=states.HANDING_OVER, lease_until__lt=at).values_list("pk", flat=True)
    parked = 0
    for delivery_id in list(silent):
        with transaction.atomic():
            delivery = locked(delivery_id)
            if delivery.state == states.HANDING_OVER and delivery.lease_until is not None and delivery.lease_until < at:
                move(delivery, states.OUTCOME_UNKNOWN, last_error="the worker fell silent during the hand-over")
                note(delivery, "delivery.unknown", by=None, at=at, data={"why": "lease"})
                parked += 1
    return parked


def retry_at(attempts: int, at: datetime) -> datetime:
    """When to try again: 15 s, doubling, at most 5 minutes."""
    return at + min(RETRY_LONGEST, RETRY_FIRST * 2 ** min(max(attempts - 1, 0), 10))


def move(delivery: Delivery, state: str, **fields: Any) -> None:
    """Write one step of a locked delivery. Raises ``ValueError`` for a step that is not in the table; the database refuses it too."""
    if state not in states.DELIVERY_MOVES[delivery.state]:
        raise ValueError(f"a delivery never goes from {delivery.state} to {state}")
    delivery.state = state
    for name, value in fields.items():
        setattr(delivery, name, value)
    delivery.save(update_fields=["state", *fields])


def note(delivery: Delivery, action: str, *, by: User | None, at: datetime, data: Mapping[str, Any] | None = None) -> Event:
    """One ledger event about a delivery: it always names the approved text and the frozen bytes."""
    told = {"fingerprint": delivery.fingerprint, "bytes": delivery.mime_sha256, "follow_up": delivery.follow_up_id, **(data or {})}
    (event,) = record([Entry(account_stream(delivery.account_id), action, "delivery", delivery.pk, told)], by=by, at=at)
    return event
