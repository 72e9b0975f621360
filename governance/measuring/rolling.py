"""Sums of alike rows per day, so that a page costs the same however long the history grows.

Days are summed once they are over. Whoever writes holds a shared lock, whoever sums takes it alone: a row is either in its day's sums or
adds a sum of its own, never neither, never both. What is not summed yet is counted from the rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Min, Sum

from governance import bulk
from governance.models import Measure, MeasureState, MeasureSum

# What alike means.
LIKE = (
    "day", "kind", "portfolio_id", "lane", "outcome", "code", "machine", "complete", "substantive", "critical", "confirmed", "evidence",
    "timed", "unread", "late", "reworked", "latent",
)  # fmt: skip
# One more slice at a time; the empty one is all of them.
SLICES = ("", "template", "prompt", "model", "band", "currency")
# A day is left alone this long after its end: nothing is still being written with a moment of it.
REST = timedelta(hours=2)
_LOCK = 7_310_452_001


def shared_lock() -> date | None:
    """Up to which day everything is summed; stays true until the transaction ends."""
    return _until(alone=False)


def _until(*, alone: bool) -> date | None:
    if connection.vendor != "postgresql":
        return MeasureState.objects.filter(pk=1).values_list("summed_until", flat=True).first()
    lock = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        # Two statements: the second must see what was committed while the first waited.
        cursor.execute(f"SELECT {lock}(%s); SELECT summed_until FROM governance_measurestate WHERE id = 1", [_LOCK])  # noqa: S608
        cursor.nextset()
        row = cursor.fetchone()
    return row[0] if row else None


def roll(at: datetime) -> int:
    """Sum every day that is over and not summed yet, the oldest first. Returns how many days; safe to repeat."""
    done = 0
    while (day := _next(at)) is not None:
        done += _sum_up_to(day)
    return done


def _next(at: datetime) -> date | None:
    """The last day of the next portion: a month at most."""
    last = (at - REST).astimezone(UTC).date() - timedelta(days=1)
    until = MeasureState.objects.filter(pk=1).values_list("summed_until", flat=True).first()
    rows = Measure.objects.filter(day__lte=last)
    first = (rows.filter(day__gt=until) if until else rows).aggregate(first=Min("day"))["first"]
    return min(last, first + timedelta(days=30)) if first is not None else None


def _sum_up_to(last: date) -> int:
    with transaction.atomic():
        MeasureState.objects.get_or_create(pk=1)
        until = _until(alone=True)
        if until is not None and until >= last:
            return 0
        rows = Measure.objects.filter(day__lte=last, stands=True)
        rows = rows.filter(day__gt=until) if until else rows
        days = rows.values("day").distinct().count()
        for name in SLICES:
            _insert(name, until, last)
        MeasureState.objects.filter(pk=1).update(summed_until=last)
    return max(days, 1)


def _insert(name: str, after: date | None, last: date) -> None:
    """The sums of some days by one slice, made by the database: the rows never leave it."""
    quote = connection.ops.quote_name
    like = ", ".join(map(quote, LIKE))
    value, since = (quote(name), f", {quote(name)}") if name else ("''", "")
    inside = "stands AND day <= %s" + (" AND day > %s" if after else "")
    # Our own column names; every value is a parameter.
    statement = (
        f"INSERT INTO governance_measuresum ({quote('by')}, value, {like}, n) SELECT %s, {value}, {like}, COUNT(*) "  # noqa: S608
        f"FROM governance_measure WHERE {inside} GROUP BY {like}{since}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [name, last.isoformat(), *([after.isoformat()] if after else [])])


def add_late(rows: Iterable[tuple[Measure, int]], summed_until: Any) -> None:
    """Sums of their own for rows of days that are summed already: +1 for one that came, -1 for one that no longer stands."""
    counted: Counter[tuple[Any, ...]] = Counter()
    for row, sign in rows:
        if row.day > summed_until:
            continue
        alike = tuple(getattr(row, name) for name in LIKE)
        for name in SLICES:
            counted[(name, getattr(row, name) if name else "", *alike)] += sign
    sums = [_sum(key, n) for key, n in counted.items() if n]
    bulk.insert(MeasureSum, sums)


def _sum(key: Sequence[Any], n: int) -> MeasureSum:
    return MeasureSum(by=key[0], value=key[1], n=n, **dict(zip(LIKE, key[2:], strict=True)))


def tidy(before: date) -> int:
    """Put the sums of days before ``before`` together again where rows changed since. Returns how many days were touched."""
    late = MeasureSum.objects.filter(day__lt=before, n__lt=0).values_list("day", flat=True).distinct()
    days = sorted(set(late))
    for day in days:
        with transaction.atomic():
            _until(alone=True)
            rows = MeasureSum.objects.filter(day=day)
            grouped = list(rows.order_by().values("by", "value", *LIKE).annotate(total=Sum("n")).filter(total__gt=0))
            rows.delete()
            bulk.insert(MeasureSum, [MeasureSum(n=row.pop("total"), **row) for row in grouped])
    return len(days)
