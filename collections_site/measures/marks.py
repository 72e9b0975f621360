"""What happened under the time axis: another prompt, text or policy in force, a source that was down."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import OuterRef, Subquery

from accounts.models import Source
from governance.metrics.asking import Reach, Window
from governance.models import Event

SOURCES = 200
"""Marks are told of so many sources at most: an axis with more says nothing."""
_WORDS = {"policy.activated": "policy", "prompt.activated": "prompt", "words.activated": "text"}


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing on one day, in words."""

    on: date
    words: str


def happened(window: Window, reach: Reach) -> list[Happened]:
    """What could explain a change in the window, oldest first. Three queries, whatever lies before the window."""
    return sorted([*_activated(window), *_down(window, reach)], key=lambda one: (one.on, one.words))


def _activated(window: Window) -> list[Happened]:
    since, until = _moments(window)
    acts = Event.objects.filter(action__in=_WORDS, at__gte=since, at__lt=until).order_by("at", "id")
    per_day: dict[tuple[date, str], list[str]] = defaultdict(list)
    for action, at, data in acts.values_list("action", "at", "data")[:400]:
        told = json.loads(data)
        name = " ".join(str(told[key]) for key in ("key", "language") if told.get(key))
        number = told.get("number") or told.get("version")
        per_day[at.date(), _WORDS[action]].append(f"{name} {number}".strip() if number else name)
    return [Happened(on, f"{what} {', '.join(names[:2])}{f' and {len(names) - 2} more' if len(names) > 2 else ''} in force".replace("  ", " "))
            for (on, what), names in per_day.items()]  # fmt: skip


def _moments(window: Window) -> tuple[datetime, datetime]:
    return datetime.combine(window.first, time(), UTC), datetime.combine(window.last + timedelta(days=1), time(), UTC)


def _down(window: Window, reach: Reach) -> list[Happened]:
    """Spells in which a source did not answer: its state when the window begins, and what its history says since."""
    since, until = _moments(window)
    sources = Source.objects.order_by("pk")
    if reach.portfolios is not None:
        sources = sources.filter(portfolio_id__in=reach.portfolios)
    kept = Source.history.filter(id=OuterRef("pk"), history_date__lt=since).order_by("-history_date", "-history_id")
    begun = list(sources[:SOURCES].annotate(was=Subquery(kept.values("status")[:1]), when=Subquery(kept.values("history_date")[:1])).values_list("pk", "name", "was", "when"))
    later: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
    rows = Source.history.filter(id__in=[pk for pk, *_ in begun], history_date__gte=since, history_date__lt=until).order_by("history_date", "history_id")
    for pk, status, at in rows.values_list("id", "status", "history_date")[:5000]:
        later[pk].append((status, at))
    return [spell for pk, name, was, when in begun for spell in _spells(name, [(was, when), *later[pk]] if when else later[pk], window)]


def _spells(name: str, states: Iterable[tuple[str, datetime]], window: Window) -> list[Happened]:
    found, since = [], None
    for status, at in states:
        bad = status in (Source.Status.FAILED, Source.Status.NOT_PERMITTED)
        if bad and since is None:
            since = at
        elif not bad and since is not None:
            found += _spell(name, since, at, window)
            since = None
    return found + _spell(name, since, None, window)


def _spell(name: str, since: datetime | None, until: datetime | None, window: Window) -> list[Happened]:
    if since is None or (until is not None and (until.date() < window.first or until - since < timedelta(hours=1))):
        return []
    first = max(since.date(), window.first)
    if until is None:
        return [Happened(first, f"source {name} down since {since:%d %b}")]
    return [Happened(first, f"source {name} down {since:%d %b} to {until:%d %b}")]
