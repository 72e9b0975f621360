"""Every outcome there is: what became of each follow-up, found by one search box and a few filters."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.models import Invoice, Message
from drafts import states
from drafts.models import Delivery, Draft, Finding, FollowUp
from governance.models import Event

HITS = 500


def _delivered(*wanted: str) -> Exists:
    return Exists(Delivery.objects.filter(follow_up=OuterRef("pk"), state__in=wanted))


def _refused() -> Exists:
    return Exists(Finding.objects.filter(draft__follow_up=OuterRef("pk"), severity=Finding.Severity.BLOCK, registered=False))


# One follow-up can have several: stopped once and then sent.
OUTCOMES: dict[str, tuple[str, Callable[[], Any]]] = {
    "sent": ("Sent", lambda: _delivered(states.ACCEPTED)),
    "rejected": ("Rejected", lambda: Q(status=states.REJECTED)),
    "blocked": ("Blocked by a check", _refused),
    "expired": ("Expired", lambda: Q(status=states.EXPIRED)),
    "stopped": ("Stopped", lambda: _delivered(states.DELIVERY_STOPPED)),
    "superseded": ("Superseded", lambda: Q(status=states.SUPERSEDED)),
    "failed": ("Refused by the server", lambda: _delivered(states.FAILED_PERMANENT)),
    "unknown": ("Outcome unknown", lambda: _delivered(states.OUTCOME_UNKNOWN, states.HANDING_OVER)),
    "closed": ("Closed without sending", lambda: Q(status=states.CLOSED) & ~Q(pk__in=Delivery.objects.filter(state=states.ACCEPTED).values("follow_up"))),
    "open": ("Still open", lambda: Q(status__in=states.OPEN)),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for; every part may be empty. Days are whole days in UTC, of when the follow-up was opened."""

    q: str = ""
    outcome: str = ""
    lane: str = ""
    portfolio: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> Filters:
        """From a query string; what cannot be read is left out."""
        portfolio, outcome, lane = str(params.get("portfolio", "")), params.get("outcome", ""), params.get("lane", "")
        return cls(
            str(params.get("q", "")).strip()[:200], outcome if outcome in OUTCOMES else "", lane if lane in states.LANE_ORDER else "",
            int(portfolio) if portfolio.isdecimal() and len(portfolio) < 10 else None, _day(params.get("from")), _day(params.get("to")),
        )

    def plain(self) -> dict[str, Any]:
        """For a row or an address; empty parts left out."""
        named = asdict(self)
        named["from"], named["to"] = named.pop("starts_on"), named.pop("ends_on")
        return {key: value.isoformat() if isinstance(value, date) else value for key, value in named.items() if value}


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text)) if text else None
    except ValueError:
        return None


def begins(day: date) -> datetime:
    """The first moment of a day in UTC."""
    return datetime.combine(day, time(0), UTC)


def matching(rows: QuerySet[FollowUp], filters: Filters) -> QuerySet[FollowUp]:
    """Those of ``rows`` (already in the reader's reach) that fit."""
    if filters.outcome:
        rows = rows.filter(OUTCOMES[filters.outcome][1]())
    if filters.lane:
        rows = rows.filter(lane=filters.lane)
    if filters.portfolio:
        rows = rows.filter(portfolio_id=filters.portfolio)
    if filters.starts_on:
        rows = rows.filter(opened_at__gte=begins(filters.starts_on))
    if filters.ends_on:
        rows = rows.filter(opened_at__lt=begins(filters.ends_on + timedelta(days=1)))
    return rows.filter(_found(filters.q, rows)) if filters.q else rows


def _found(text: str, rows: QuerySet[FollowUp]) -> Q:
    """Account, invoice, Message-ID (ours or the customer's), or every word of the text in one version. Ids first: each is one scan."""
    ids = (text, f"<{text}>")
    invoices = Invoice.objects.filter(number__iexact=text, account__in=rows.order_by().values("account"))
    accounts = set(invoices.order_by().values_list("account_id", flat=True)[:HITS])
    found = set(Delivery.objects.filter(message_id__in=ids).values_list("follow_up_id", flat=True))
    answered = Message.objects.filter(message_id__in=ids).exclude(reply__follow_up=None)
    found |= set(answered.values_list("reply__follow_up_id", flat=True))
    texts = Draft.objects.filter(follow_up__in=rows.order_by().values("pk"))
    for word in text.split()[:8]:
        texts = texts.filter(Q(subject__icontains=word) | Q(body__icontains=word))
    return (
        Q(account__name__icontains=text) | Q(account__external_id__iexact=text) | Q(account_id__in=accounts) | Q(pk__in=found)
        | Q(pk__in=texts.order_by().values("follow_up"))
    )  # fmt: skip


def words_of(rows: list[FollowUp]) -> dict[int, list[str]]:
    """The outcomes of these follow-ups in words, by id. One query per outcome."""
    ids = [row.pk for row in rows]
    out: dict[int, list[str]] = {pk: [] for pk in ids}
    for words, condition in OUTCOMES.values():
        for pk in FollowUp.objects.filter(pk__in=ids).filter(condition()).values_list("pk", flat=True):
            out[pk].append(words)
    return out


@dataclass(frozen=True, slots=True)
class Population:
    """Whether a selection is complete: every follow-up in exactly one state, and as many as the ledger says were begun.

    ``begun`` is None where the ledger cannot be asked for exactly this selection (a search or an outcome narrows it).
    """

    total: int
    by_state: list[tuple[str, int]]
    begun: int | None

    @property
    def complete(self) -> bool:
        """True when rows, states and events agree."""
        return self.total == sum(n for _, n in self.by_state) and self.begun == self.total


def population(rows: QuerySet[FollowUp], filters: Filters, *, whole: bool) -> Population:
    """Count the selection twice: from the rows and, for whole periods, from the events that began them.

    ``whole`` says that ``rows`` began as every follow-up there is: only then may the ledger's count of all of them be told.
    """
    names = dict(states.STATUS_CHOICES)
    counts = rows.order_by().values_list("status").annotate(n=Count("pk"))
    by_state = sorted((names.get(status, status), n) for status, n in counts)
    begun = None
    if whole and not (filters.q or filters.outcome or filters.lane or filters.portfolio):
        events = Event.objects.filter(action="follow_up.prepare")
        if filters.starts_on:
            events = events.filter(at__gte=begins(filters.starts_on))
        if filters.ends_on:
            events = events.filter(at__lt=begins(filters.ends_on + timedelta(days=1)))
        begun = events.values("subject_id").distinct().count()
    return Population(rows.count(), by_state, begun)


def filters_from(text: str) -> Filters:
    """Filters as a row keeps them."""
    return Filters.of(json.loads(text) if isinstance(text, str) else text)
