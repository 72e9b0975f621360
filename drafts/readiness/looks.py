"""Looks at readiness: measured every few minutes, kept, and acted on: a portfolio that falls below its limit falls back to templates."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from drafts.readiness.measure import measure
from drafts.readiness.scoring import Readiness
from governance import policies
from governance.audit import Entry, record
from governance.models import ModelSwitch, PolicyVersion, Portfolio, ReadinessLook

# A look is made anew when it is older than this; the sweep asks in every round.
EVERY = timedelta(minutes=5)
# Looks of the last two days are all kept; of older ones the last of each day, for this many days.
ALL_KEPT, DAYS_KEPT = timedelta(days=2), 92


def latest(portfolio_ids: Collection[int] | None = None) -> dict[int, ReadinessLook]:
    """The newest look by portfolio id. One query."""
    rows = ReadinessLook.objects.all() if portfolio_ids is None else ReadinessLook.objects.filter(portfolio_id__in=portfolio_ids)
    newest = rows.order_by().values("portfolio_id").annotate(newest=Max("pk")).values("newest")
    return {row.portfolio_id: row for row in ReadinessLook.objects.filter(pk__in=newest).select_related("portfolio")}


def look(portfolio_ids: Collection[int] | None, at: datetime) -> dict[int, ReadinessLook]:
    """Measure now and keep what was found; a switch whose portfolio does not pass any more falls back, on record, and returns when it does.

    Raises ``NoActivePolicy`` where there is no policy to measure by.
    """
    policy = policies.active()
    found = measure(portfolio_ids, at, policy.typed)
    rows = ReadinessLook.objects.bulk_create([_row(readiness, policy, at) for readiness in found.values()])
    looks = {row.portfolio_id: row for row in rows}
    _act(looks, at)
    return looks


def _row(readiness: Readiness, policy: PolicyVersion, at: datetime) -> ReadinessLook:
    return ReadinessLook(
        portfolio_id=readiness.portfolio_id, at=at, score=readiness.score, minimum=readiness.minimum, passes=not readiness.why_not,
        why_not=readiness.why_not, policy_number=policy.number, lines=[found.as_dict() for found in readiness.lines],
    )  # fmt: skip


def _act(looks: dict[int, ReadinessLook], at: datetime) -> None:
    """Let switches fall back or return, each with an event."""
    with transaction.atomic():
        switches = ModelSwitch.objects.select_for_update().filter(state=ModelSwitch.State.ON, portfolio_id__in=looks).order_by("pk")
        entries = []
        for switch in switches:
            found = looks[switch.portfolio_id]
            if found.passes == (switch.fell_back_at is None):
                if not found.passes and switch.fell_back_why != found.why_not:
                    switch.fell_back_why = found.why_not
                    switch.save(update_fields=["fell_back_why"])
                continue
            switch.fell_back_at, switch.fell_back_why = (None, "") if found.passes else (at, found.why_not)
            switch.save(update_fields=["fell_back_at", "fell_back_why"])
            entries.append(_entry("model.resumed" if found.passes else "model.fell_back", switch, found))
        record(entries, by=None, at=at)


def _entry(action: str, switch: ModelSwitch, found: ReadinessLook) -> Entry:
    shut = sorted(line["key"] for line in found.lines if line["must"] and line["state"] not in ("fine", "warning"))
    data = {"portfolio": switch.portfolio_id, "score": found.score, "minimum": found.minimum, "lines": shut, "look": found.pk}
    return Entry("policy", action, "model_switch", switch.pk, data)


def look_due(at: datetime) -> int:
    """One round of the worker: look at every portfolio whose last look is old. Returns how many were looked at."""
    recent = ReadinessLook.objects.filter(at__gt=at - EVERY, at__lte=at).values("portfolio_id")
    due = list(Portfolio.objects.exclude(pk__in=recent).values_list("pk", flat=True))
    if not due:
        return 0
    look(due, at)
    _tidy(at)
    return len(due)


def _tidy(at: datetime) -> None:
    """Of older days keep the last look of each portfolio; of very old ones nothing."""
    old = ReadinessLook.objects.filter(at__lt=at - ALL_KEPT)
    kept = old.filter(at__gte=at - timedelta(days=DAYS_KEPT)).order_by().values("portfolio_id", "at__date").annotate(last=Max("pk")).values("last")
    named = ModelSwitch.objects.filter(look__isnull=False).values("look_id")
    old.exclude(pk__in=list(kept.values_list("last", flat=True))).exclude(pk__in=named).delete()
