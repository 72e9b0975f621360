"""What a policy would ask of each team (portfolio): answers on a working day, and drafts decided after their deadline. Counted, not guessed.

A deadline is at risk for two reasons that can be counted: more answers a working day than the team ever gave on one, or drafts of the
replay that would have been late, decided when they were. Neither says anything about a team with too little history: it is unknown.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncDate

from drafts.classification import Verdict
from drafts.simulation.judging import approvals
from governance.models import Approval

# Fewer working days than a week say nothing about what a team can do.
DAYS_AT_LEAST = 5


@dataclass(slots=True)
class Team:
    """One portfolio in the window. ``by_day`` are its answers on each day on which somebody gave one; approvals and late drafts are of the
    replay, under both policies, at the pace of then."""

    by_day: Counter[str] = field(default_factory=Counter)
    drafts: int = 0
    approvals_before: int = 0
    approvals_after: int = 0
    late_before: int = 0
    late_after: int = 0

    def add(self, before: Verdict, after: Verdict, decided_at: datetime) -> None:
        """Count one decided draft under both policies."""
        self.drafts += 1
        self.approvals_before += len(approvals(before))
        self.approvals_after += len(approvals(after))
        self.late_before += before.due_at is not None and decided_at > before.due_at
        self.late_after += after.due_at is not None and decided_at > after.due_at

    def figures(self, portfolio_id: int) -> dict[str, Any]:
        """As it is stored: ``risk`` is None where nothing can be said, and ``why`` says why in words."""
        days = len(self.by_day)
        now = sum(self.by_day.values()) / days if days else None
        more = (self.approvals_after - self.approvals_before) / days if days else None
        busiest = max(self.by_day.values(), default=0)
        risk, why = self._risk(days, (now or 0) + (more or 0), (more or 0) > 0, busiest)
        return {
            "portfolio": portfolio_id, "now": None if now is None else round(now, 1), "more": None if more is None else round(more, 1),
            "busiest": busiest, "working_days": days, "drafts": self.drafts, "late_before": self.late_before, "late_after": self.late_after,
            "risk": risk, "why": why,
        }  # fmt: skip

    def _risk(self, days: int, needed: float, more: bool, busiest: int) -> tuple[bool | None, str]:
        if days < DAYS_AT_LEAST or not self.drafts:
            return None, f"people answered on {days} day{'' if days == 1 else 's'} of the last 28; it takes {DAYS_AT_LEAST} to tell"
        if self.late_after > self.late_before:
            return True, f"of {self.drafts} drafts, decided when they were, {self.late_after} would have been late instead of {self.late_before}"
        if more and needed > busiest:
            return True, f"about {needed:.1f} answers a working day; the most it ever gave on one is {busiest}"
        late = f"; {self.late_before} of {self.drafts} drafts were late before" if self.late_before else ""
        return False, f"about {needed:.1f} answers a working day; it gave up to {busiest} on one{late}"


def with_answers(at: datetime, window: timedelta) -> defaultdict[int, Team]:
    """Portfolio id → its team, with the answers of the window. One query."""
    found: defaultdict[int, Team] = defaultdict(Team)
    given = Approval.objects.filter(at__gt=at - window, at__lte=at).annotate(day=TruncDate("at")).order_by()
    for portfolio_id, day, n in given.values_list("request__portfolio_id", "day").annotate(n=Count("pk")):
        found[portfolio_id].by_day[str(day)] += n
    return found
