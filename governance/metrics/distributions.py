"""Numbers on rows: how they are spread, read grouped from the database so that a page costs the window, not the history."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from governance import calendar
from governance.measuring import kinds
from governance.metrics import base
from governance.metrics.asking import Question
from governance.metrics.base import Metric
from governance.metrics.counting import part_of
from governance.metrics.intervals import bootstrap_quantile, quantile
from governance.metrics.survival import curve, interval, time_by_which
from governance.models import Measure

# (value, ended, how many)
Spread = dict[Any, list[tuple[int, bool, int]]]
MEDIAN, HIGH = 0.5, 0.9


def read(metric: Metric, question: Question, by: str, at: datetime) -> Spread:
    """Per part: the values of the metric's column, whether each ended, and how many rows have it."""
    rows = Measure.objects.filter(question.q(), metric.denominator.q(), stands=True).annotate(cut=part_of(by))
    known = rows.filter(**{f"{metric.column}__isnull": False}).order_by()
    found: Spread = defaultdict(list)
    if metric.how == base.QUANTILE:
        for part, value, n in known.values_list("cut", metric.column).annotate(n=Count("pk")):
            found[part].append((value, True, n))
        return found
    for part, value, outcome, n in known.filter(~Q(outcome=kinds.PENDING)).values_list("cut", metric.column, "outcome").annotate(n=Count("pk")):
        found[part].append((value, outcome in kinds.DECISIONS, n))
    for part, since in rows.filter(outcome=kinds.PENDING).values_list("cut", "at"):
        found[part].append((_waited(since, at, metric.column), False, 1))
    if metric.column == "business":
        _lapsed(rows, found)
    return found


def _lapsed(rows: Any, found: Spread) -> None:
    """What lapsed has its wall clock only: counted as watched for the business hours between."""
    for part, since, took in rows.filter(outcome__in=kinds.LAPSED, business__isnull=True, minutes__isnull=False).values_list("cut", "at", "minutes"):
        found[part].append((_waited(since, since + timedelta(minutes=took), "business"), False, 1))


def _waited(since: datetime, at: datetime, column: str) -> int:
    if column == "business":
        return calendar.business_minutes(since, max(since, at), "UTC")
    return max(0, int((at - since).total_seconds() // 60))


def value(metric: Metric, spread: list[tuple[int, bool, int]], more: dict[str, Any]) -> dict[str, Any]:
    """Median with its interval, the 90th percentile with its own in ``more``; a percentile that is not reached yet is None."""
    if metric.how == base.QUANTILE:
        counted = sorted((v, n) for v, _, n in spread)
        more["measured"] = sum(n for _, n in counted)
        if more["measured"] < metric.least:
            return {"value": None, "low": None, "high": None, "reason": f"too few to say: {more['measured']} of at least {metric.least}"}
        median, high = quantile(counted, MEDIAN), quantile(counted, HIGH)
        band, upper = bootstrap_quantile(counted, MEDIAN), bootstrap_quantile(counted, HIGH)
        more |= {"p90": high, "p90_low": upper[0] if upper else None, "p90_high": upper[1] if upper else None}
        return {"value": _float(median), "low": _float(band[0] if band else None), "high": _float(band[1] if band else None)}
    steps = curve(spread)
    more |= {"ended": sum(n for _, done, n in spread if done), "waiting": sum(n for _, done, n in spread if not done)}
    low, high = interval(steps, MEDIAN)
    more["p90"] = time_by_which(steps, HIGH)
    more["p90_low"], more["p90_high"] = interval(steps, HIGH)
    middle = time_by_which(steps, MEDIAN)
    reason = "" if middle is not None else "more than half of them still wait: the median is not reached"
    return {"value": _float(middle), "low": _float(low), "high": _float(high), "reason": reason}


def _float(number: int | None) -> float | None:
    return None if number is None else float(number)

