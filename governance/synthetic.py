"""Which portfolios hold synthetic history. The mark is an event of the ledger: nobody can take it off again."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from governance.audit import Entry, record
from governance.models import Event, Portfolio

# A stream of its own: asking whether there is any costs one look at an index, however long the record grows.
STREAM, SIMULATED = "synthetic", "system.history_simulated"


def mark(portfolio: Portfolio, since: date, told: dict[str, Any], *, at: datetime) -> None:
    """Put on record that everything in ``portfolio`` from ``since`` to ``at`` is simulated. In the caller's transaction, before the first of it."""
    record([Entry(STREAM, SIMULATED, "portfolio", portfolio.pk, {**told, "since": since.isoformat()})], by=None, at=at)


def portfolio_ids() -> set[int]:
    """The marked ones."""
    rows = Event.objects.filter(stream=STREAM, action=SIMULATED).values_list("subject_id", flat=True)
    return {pk for pk in rows if pk is not None}


def names(first: date, last: date, within: Collection[int] | None = None) -> list[str]:
    """Names of marked portfolios, of all or of those ``within``, whose simulated time meets these days; empty where there are none."""
    marks = Event.objects.filter(stream=STREAM, action=SIMULATED, at__date__gte=first)
    begun = [(pk, date.fromisoformat(json.loads(data)["since"])) for pk, data in marks.values_list("subject_id", "data")]
    ids = {pk for pk, since in begun if pk is not None and since <= last}
    ids = ids if within is None else ids & set(within)
    return list(Portfolio.objects.filter(pk__in=ids).values_list("name", flat=True)) if ids else []
