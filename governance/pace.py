"""How fast one person approves: approvals in a row, unedited, in less time than the text takes to read. For that person and who leads them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter

from django.db.models import Q

from governance.calendar import day_begins, zone
from governance.measuring import kinds
from governance.models import Measure, User


@dataclass(frozen=True, slots=True)
class Run:
    """Quick approvals of one day: how many in a row up to the last answer, the longest row, and the most seconds any of that row took
    (None where no screen measured them)."""

    now: int = 0
    longest: int = 0
    seconds: int | None = None


def begin_of_day(user: User, at: datetime) -> datetime:
    """Midnight before ``at`` by the person's clock."""
    return day_begins(at.astimezone(zone(user.time_zone)))


def runs(since: datetime, *, people: Collection[int] | None = None, portfolios: Collection[int] | None = None) -> dict[int, Run]:
    """The quick approvals since a moment, by person: of some people wherever they answered and of everybody in some portfolios; of all
    without either. One query."""
    rows = Measure.objects.filter(kind=kinds.ANSWER, stands=True, day__gte=since.astimezone(UTC).date(), at__gte=since, actor_id__isnull=False)
    if people is not None or portfolios is not None:
        rows = rows.filter(Q(actor_id__in=people or ()) | Q(portfolio_id__in=portfolios or ()))
    answers: dict[int, list[tuple[bool, int | None]]] = {}
    for actor, outcome, unread, reworked, seconds in rows.order_by("event_id").values_list("actor_id", "outcome", "unread", "reworked", "seconds"):
        answers.setdefault(actor or 0, []).append((outcome == "approved" and unread and not reworked, seconds))
    return {actor: _run(given) for actor, given in answers.items()}


def _run(given: list[tuple[bool, int | None]]) -> Run:
    rows = [[seconds for _, seconds in row] for quick, row in groupby(given, key=itemgetter(0)) if quick]
    longest = max(reversed(rows), key=len, default=[])
    measured = [seconds for seconds in longest if seconds is not None]
    return Run(len(rows[-1]) if given[-1][0] else 0, len(longest), max(measured) if measured and len(measured) == len(longest) else None)
