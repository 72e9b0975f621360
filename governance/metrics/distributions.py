"""Numbers on rows: how they are spread, read grouped from the database so that a page costs the window, not the history."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, Sum

from governance import calendar
from governance.measuring import kinds
from governance.measuring.levels import SPREADS, step
from governance.metrics import base
from governance.metrics.asking import Question
from governance.metrics.base import Metric
from governance.metrics.counting import grain, inside, part_of, summed_until
from governance.metrics.intervals import bootstrap_quantile, quantile
from governance.metrics.survival import curve, interval, time_by_which
from governance.models import Measure, MeasureSpread

# (value, ended, how many)
Spread = dict[Any, list[tuple[int, bool, int]]]
MEDIAN, HIGH = 0.5, 0.9


def read(metric: Metric, question: Question, by: str, at: datetime) -> Spread:
    """Per part: the values of the metric's column, whether each ended, and how many rows have it."""
    found: Spread = defaultdict(list)
    summed, level = SPREADS.get(metric.name), grain(question, by)
    until = summed_until() if summed is not None and level is not None else None
    if summed is not None and level is not None and until is not None and question.window.first <= until:
        sums = MeasureSpread.objects.filter(inside(question, level, until), of=summed.key)
        cut = part_of("value" if level.finer and by == level.finer else by)
        for part, value, ended, n in sums.annotate(cut=cut).order_by().values_list("cut", "step", "ended").annotate(total=Sum("n")):
            found[part].append((value, ended, n))
    rows = Measure.objects.filter(question.q(), metric.denominator.q(), stands=True).annotate(cut=part_of(by))
    _of_rows(metric, rows.filter(day__gt=until) if until else rows, found)
    if metric.how == base.SURVIVAL:
        for part, since in rows.filter(outcome=kinds.PENDING).values_list("cut", "at"):
            found[part].append((_waited(since, at, metric), False, 1))
        if metric.column == "business":
            _lapsed(rows, metric, found)
    return found


def _of_rows(metric: Metric, rows: Any, found: Spread) -> None:
    known = rows.filter(**{f"{metric.column}__isnull": False}).order_by()
    if metric.how == base.QUANTILE:
        for part, value, n in known.values_list("cut", metric.column).annotate(n=Count("pk")):
            found[part].append((_stepped(metric, value), True, n))
        return
    for part, value, outcome, n in known.filter(~Q(outcome=kinds.PENDING)).values_list("cut", metric.column, "outcome").annotate(n=Count("pk")):
        found[part].append((_stepped(metric, value), outcome in kinds.DECISIONS, n))


def _stepped(metric: Metric, value: int) -> int:
    """What is summed by steps is read in steps from rows too: a number must not depend on where it was read."""
    return step(value) if metric.name in SPREADS else value


def _lapsed(rows: Any, metric: Metric, found: Spread) -> None:
    """What lapsed has its wall clock only: counted as watched for the business hours between."""
    for part, since, took in rows.filter(outcome__in=kinds.LAPSED, business__isnull=True, minutes__isnull=False).values_list("cut", "at", "minutes"):
        found[part].append((_waited(since, since + timedelta(minutes=took), metric), False, 1))


def _waited(since: datetime, at: datetime, metric: Metric) -> int:
    if metric.column == "business":
        return calendar.business_minutes(since, max(since, at), "UTC")
    return _stepped(metric, max(0, int((at - since).total_seconds() // 60)))


def value(metric: Metric, spread: list[tuple[int, bool, int]], more: dict[str, Any]) -> dict[str, Any]:
    """Median with its interval, the 90th percentile with its own in ``more``; a percentile that is not reached yet is None."""
    if metric.how == base.QUANTILE:
        counted = _counted(spread)
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


def _counted(spread: list[tuple[int, bool, int]]) -> list[tuple[int, int]]:
    totals: Counter[int] = Counter()
    for number, _, n in spread:
        totals[number] += n
    return sorted((number, n) for number, n in totals.items() if n)


def _float(number: int | None) -> float | None:
    return None if number is None else float(number)
