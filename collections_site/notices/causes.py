"""What is worth telling at once, read from the state of the database: each thing has a name, so that it is told once.

Nothing here writes. A cause names a row and, where a state can come and go, the moment it began: a source that fails again is told again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse

from accounts.models import Source
from accounts.readiness import age_limit
from drafts.admin.work import ASKED
from drafts.models import Delivery, FollowUp
from governance import policies, verifications
from governance.models import Approval, ControlResult, Event, Hold, Notice
from governance.roles import AUDITOR, DECIDERS, FINANCE, POLICY, SYSTEM

Kind = Notice.Kind
# How far back is looked: a worker that stood still for a night tells in the morning what it missed.
BACK = timedelta(hours=24)
SOON = timedelta(minutes=30)
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that happened: to whom it is told (``roles`` in ``portfolio_id``, 0 for everywhere; ``people`` by name) and not (``by``)."""

    key: str
    kind: str
    path: str
    roles: frozenset[str] = frozenset()
    portfolio_id: int = 0
    people: frozenset[int] = frozenset()
    by: int | None = None
    params: dict[str, Any] = field(default_factory=dict)
    expires_at: datetime | None = None


def standing(at: datetime) -> Iterator[Cause]:
    """Everything worth telling now, told or not, in the order of its names."""
    found: list[Cause] = []
    for look in LOOKS:
        found += look(at)
    yield from sorted(found, key=lambda cause: cause.key)


def _events(at: datetime, *actions: str) -> list[Event]:
    return list(Event.objects.filter(action__in=actions, at__gt=at - BACK).order_by("-id")[:AT_ONCE])


def stopped(at: datetime) -> Iterator[Cause]:
    """Messages that were approved and do not leave: to who approved them and whose work they are, not to who stopped them."""
    events = {event.subject_id: event for event in _events(at, "delivery.stopped")}
    rows = list(Delivery.objects.filter(pk__in=list(events)).select_related("follow_up"))
    approvers: dict[int, set[int]] = {}
    for request, person in Approval.objects.filter(request__in=[row.approval_request_id for row in rows]).values_list("request_id", "person_id"):
        approvers.setdefault(request, set()).add(person)
    for row in rows:
        people = approvers.get(row.approval_request_id, set()) | ({row.follow_up.owner_id} - {None})
        path, by = reverse("admin:review", args=[row.follow_up_id]), events[row.pk].actor_id
        yield Cause(f"stopped:{row.pk}", Kind.STOPPED, path, portfolio_id=row.follow_up.portfolio_id, people=frozenset(people), by=by)


def switched(at: datetime) -> Iterator[Cause]:
    """Sending paused, resumed or refused: to everybody who works, audits or runs it, where it counts."""
    events = _events(at, "system.sending_paused", "system.sending_resumed", "system.switch_tripped", "system.quarantine_begun", "system.quarantine_lifted")
    for event in events:
        told = json.loads(event.data)
        scope = told.get("scope", Hold.Scope.GLOBAL)
        if scope not in (Hold.Scope.GLOBAL, Hold.Scope.PORTFOLIO):
            continue
        kind = Kind.RESUMED if event.action.endswith(("_resumed", "_lifted")) else Kind.PAUSED
        where = told["id"] if scope == Hold.Scope.PORTFOLIO else 0
        yield Cause(f"{kind}:{event.pk}", kind, reverse("admin:holds"), DECIDERS | {AUDITOR, SYSTEM}, where, by=event.actor_id)


def activated(at: datetime) -> Iterator[Cause]:
    """A policy that came into force."""
    for event in _events(at, "policy.activated"):
        path, number = reverse("admin:policy", args=[event.subject_id]), json.loads(event.data).get("policy")
        yield Cause(f"policy:{event.pk}", Kind.POLICY, path, frozenset({POLICY, FINANCE, AUDITOR, SYSTEM}), by=event.actor_id, params={"number": number})


def late(at: datetime) -> Iterator[Cause]:
    """Work that is due within half an hour and waits for a person: to who leads there."""
    rows = FollowUp.objects.filter(status__in=ASKED, due_at__gt=at, due_at__lte=at + SOON).order_by("pk")
    for pk, portfolio_id, due_at in rows.values_list("pk", "portfolio_id", "due_at")[:AT_ONCE]:
        key, path = f"late:{pk}:{due_at:%Y%m%d%H%M}", reverse("admin:review", args=[pk])
        yield Cause(key, Kind.LATE, path, frozenset({FINANCE}), portfolio_id, params={"due": due_at.isoformat()}, expires_at=due_at)


def outdated(at: datetime) -> Iterator[Cause]:
    """Sources that do not answer or whose data are past the limit that blocks. Nothing without a policy: then there is no limit."""
    try:
        policy = policies.active_parameters()
    except policies.NoActivePolicy:
        return
    path = reverse("admin:health")
    for row in Source.objects.order_by("pk"):
        begun = row.failed_since if row.status != Source.Status.OK else row.as_of
        old = row.as_of is not None and at - row.as_of > age_limit(row.kind, policy)
        if row.status == Source.Status.OK and not old:
            continue
        key = f"source:{row.pk}:{row.status}:{f'{begun:%Y%m%d%H%M%S}' if begun else 'ever'}"
        yield Cause(key, Kind.SOURCE, path, frozenset({FINANCE, SYSTEM}), row.portfolio_id, params={"source": row.get_kind_display().lower()})


def broken(at: datetime) -> Iterator[Cause]:
    """A record that does not verify, since the last time it did."""
    if verifications.broken() is None:
        return
    whole = verifications.looks().exclude(state=ControlResult.State.FAILING).values_list("pk", flat=True).first()
    yield Cause(f"chain:{whole or 0}", Kind.CHAIN, reverse("admin:compliance"), frozenset({AUDITOR, SYSTEM}))


LOOKS: tuple[Callable[[datetime], Iterator[Cause]], ...] = (stopped, switched, activated, late, outdated, broken)
