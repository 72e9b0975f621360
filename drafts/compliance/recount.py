"""The figures of Home counted a second time: from the events of the ledger alone, beside the rows Home counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from accounts.models import Account
from drafts import states
from drafts.models import Delivery, FollowUp, Reply
from governance.models import Event

DAYS = 28


@dataclass(frozen=True, slots=True)
class Figure:
    """One number: as the rows give it, and as the ledger's events give it, with what was counted in each."""

    words: str
    rows: int
    events: int
    from_rows: str
    from_events: str

    @property
    def same(self) -> bool:
        """Whether both counts agree."""
        return self.rows == self.events


@dataclass(frozen=True, slots=True)
class _Twice:
    words: str
    rows: Callable[[], QuerySet[Any]]
    moment: str
    account: str
    actions: tuple[str, ...]
    only: Q
    from_rows: str
    from_events: str


# A message is sent when the server took it: at once, or as a person established later.
TWICE: tuple[_Twice, ...] = (
    _Twice(
        "messages sent", lambda: Delivery.objects.filter(state=states.ACCEPTED), "accepted_at", "account",
        ("delivery.accepted", "delivery.resolved"), Q(action="delivery.accepted") | Q(data__contains='"outcome":"accepted"'),
        "deliveries the mail server accepted", "delivery.accepted, and delivery.resolved with the outcome accepted",
    ),
    _Twice(
        "drafts rejected", lambda: FollowUp.objects.filter(status=states.REJECTED), "ended_at", "account",
        ("follow_up.reject",), Q(), "follow-ups that were rejected", "follow_up.reject",
    ),
    _Twice(
        "stopped before sending", lambda: Delivery.objects.filter(state=states.DELIVERY_STOPPED), "stopped_at", "account",
        ("delivery.stopped",), Q(), "deliveries that were stopped", "delivery.stopped",
    ),
    _Twice(
        "replies", Reply.objects.all, "created_at", "message__account",
        ("reply.recorded",), Q(), "replies on record", "reply.recorded",
    ),
)  # fmt: skip


def figures(at: datetime, accounts: QuerySet[Account] | None = None) -> list[Figure]:
    """The figures of the last ``DAYS`` days until ``at``, each counted twice; of these accounts, or of all."""
    since = at - timedelta(days=DAYS)
    return [_figure(one, since, at, accounts) for one in TWICE]


def _figure(one: _Twice, since: datetime, at: datetime, accounts: QuerySet[Account] | None) -> Figure:
    rows = one.rows().filter(**{f"{one.moment}__gte": since, f"{one.moment}__lte": at})
    events = Event.objects.filter(one.only, action__in=one.actions, at__gte=since, at__lte=at)
    if accounts is not None:
        rows = rows.filter(**{f"{one.account}__in": accounts})
        events = events.filter(stream__in=accounts.order_by().values(own=Concat(Value("account:"), Cast("pk", CharField()))))
    told = events.order_by().values("subject_kind", "subject_id").distinct().count()
    return Figure(one.words, rows.count(), told, one.from_rows, one.from_events)
