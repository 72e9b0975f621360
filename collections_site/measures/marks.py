"""What happened under the time axis: another prompt, text or policy in force, a source that was down."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts.models import Source
from governance.metrics.asking import Reach, Window
from governance.models import Event

_WORDS = {"policy.activated": "policy", "prompt.activated": "prompt", "words.activated": "text"}


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing on one day, in words."""

    on: date
    words: str


def happened(window: Window, reach: Reach) -> list[Happened]:
    """What could explain a change in the window, oldest first. Two queries and one per page of source history."""
    return sorted([*_activated(window), *_down(window, reach)], key=lambda one: (one.on, one.words))


def _activated(window: Window) -> list[Happened]:
    acts = Event.objects.filter(action__in=_WORDS, at__date__gte=window.first, at__date__lte=window.last).order_by("id")
    per_day: dict[tuple[date, str], list[str]] = defaultdict(list)
    for action, at, data in acts.values_list("action", "at", "data")[:400]:
        told = json.loads(data)
        name = " ".join(str(told[key]) for key in ("key", "language") if told.get(key))
        number = told.get("number") or told.get("version")
        per_day[at.date(), _WORDS[action]].append(f"{name} {number}".strip() if number else name)
    return [Happened(on, f"{what} {', '.join(names[:2])}{f' and {len(names) - 2} more' if len(names) > 2 else ''} in force".replace("  ", " "))
            for (on, what), names in per_day.items()]  # fmt: skip


def _down(window: Window, reach: Reach) -> list[Happened]:
    """Spells in which a source did not answer, from its history."""
    rows = Source.history.filter(history_date__date__lte=window.last).order_by("id", "history_date", "history_id")
    if reach.portfolios is not None:
        rows = rows.filter(portfolio_id__in=reach.portfolios)
    found, since, last = [], None, None
    for pk, name, status, at in rows.values_list("id", "name", "status", "history_date")[:5000]:
        if last is not None and pk != last[0]:
            found += _spell(last[1], since, None, window)
            since = None
        bad = status in (Source.Status.FAILED, Source.Status.NOT_PERMITTED)
        if bad and since is None:
            since = at
        elif not bad and since is not None:
            found += _spell(name, since, at, window)
            since = None
        last = (pk, name)
    return found + (_spell(last[1], since, None, window) if last is not None else [])


def _spell(name: str, since: datetime | None, until: datetime | None, window: Window) -> list[Happened]:
    if since is None or (until is not None and (until.date() < window.first or until - since < timedelta(hours=1))):
        return []
    first = max(since.date(), window.first)
    if until is None:
        return [Happened(first, f"source {name} down since {since:%d %b}")]
    return [Happened(first, f"source {name} down {since:%d %b} to {until:%d %b}")]
