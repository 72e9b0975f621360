"""When a source of a portfolio did not answer: those times are unknown, and the timeline draws them as gaps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery

from accounts.models import Source
from governance.admin.wording import clock_time

KEPT = 40  # failures looked back at; older ones lie behind any row a reader looks at


@dataclass(frozen=True, slots=True)
class Gap:
    """One failure of one source. ``ended`` None: it lasts."""

    kind: str
    name: str
    since: datetime | None
    ended: datetime | None
    now: datetime

    @property
    def words(self) -> str:
        """ "Gap: no data from Zendesk (Support tickets) from Mon 9 Mar 08:00 to Thu 12 Mar 07:30: the source failed"."""
        what = f"{self.name} ({dict(Source.Kind.choices)[self.kind]})"
        since = clock_time(self.since, self.now) if self.since else "a time not recorded"
        if self.ended is None:
            return f"Gap: no data from {what} since {since}: the source failed, what happened since is unknown"
        return f"Gap: no data from {what} from {since} to {clock_time(self.ended, self.now)}: the source failed"


def names(portfolio_id: int) -> dict[str, str]:
    """Kind → what people call the source."""
    return dict(Source.objects.filter(portfolio_id=portfolio_id).values_list("kind", "name"))


def windows(portfolio_id: int, now: datetime) -> list[Gap]:
    """Failures that last, and past ones from the history of the sources, once each."""
    rows = Source.objects.filter(portfolio_id=portfolio_id, status=Source.Status.FAILED)
    lasting = {row.pk: Gap(row.kind, row.name, row.failed_since, None, now) for row in rows}
    past: dict[tuple[int, datetime], Gap] = {}
    for row in _failures(portfolio_id):
        if row.ended is not None:
            known = past.get((row.id, row.ended))
            since = min(filter(None, (row.failed_since or row.history_date, known.since if known else None)))
            past[row.id, row.ended] = Gap(row.kind, row.name, since, row.ended, now)
    return [*lasting.values(), *past.values()]


def _failures(portfolio_id: int) -> Any:
    history: Any = Source.history  # type: ignore[attr-defined]
    answered = history.filter(id=OuterRef("id"), history_date__gt=OuterRef("history_date")).exclude(status=Source.Status.FAILED)
    ended = Subquery(answered.order_by("history_date").values("history_date")[:1])
    return history.filter(portfolio_id=portfolio_id, status=Source.Status.FAILED).annotate(ended=ended).order_by("-history_date")[:KEPT]
