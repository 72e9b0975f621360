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
from django.db.models import BigIntegerField, BooleanField, Case, CharField, Count, F, Min, QuerySet, Sum, Value, When

from governance import bulk
from governance.measuring.levels import KEPT, LEVELS, SPREADS, Level, Spread, step, step_of
from governance.models import Measure, MeasureSpread, MeasureState, MeasureSum

# What alike means.
LIKE = (
    "day", "kind", "portfolio_id", "lane", "outcome", "code", "machine", "complete", "substantive", "critical", "confirmed", "evidence",
    "timed", "unread", "late", "reworked", "latent",
)  # fmt: skip
SPREAD_LIKE = ("of", "day", "by", "value", "portfolio_id", "lane", "ended", "step", "n")
_FIELDS: dict[str, Any] = {name: Measure._meta.get_field(name) for name in LIKE}
_EMPTY: dict[str, Any] = {name: None if field.null else field.default for name, field in _FIELDS.items() if name not in LIKE[:2]}
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
        _sum_days(until, last)
        MeasureState.objects.filter(pk=1).update(summed_until=last)
    return max(days, 1)


def _sum_days(after: date | None, last: date) -> None:
    rows = Measure.objects.filter(day__lte=last, stands=True)
    rows = rows.filter(day__gt=after) if after else rows
    for level in LEVELS.values():
        _insert(MeasureSum, (*LIKE, "value", "by", "n"), grouped(rows, level))
        for spread in SPREADS.values():
            _insert(MeasureSpread, SPREAD_LIKE, grouped_spread(rows, level, spread))


def grouped(rows: QuerySet[Measure], level: Level) -> QuerySet[Any, Any]:
    """Rows summed at one level: the columns of ``LIKE``, then value, name and how many."""
    kept = [_kept(name, level) for name in LIKE]
    cut: Any = F(level.finer) if level.finer else Value("", output_field=CharField())
    names = {f"k{place}": how for place, how in enumerate(kept)}
    found = rows.order_by().annotate(**names, cut=cut, level=Value(level.name, output_field=CharField()))
    return found.values_list(*names, "cut", "level").annotate(total=Count("pk"))


def _kept(column: str, level: Level) -> Any:
    """A column as a level keeps it: as it is, or empty for the kinds of row of which nobody asks it."""
    if column in ("day", "kind", *level.places):
        return F(column)
    of, plain = sorted(kind for kind, columns in KEPT.items() if column in columns), _plain(_FIELDS[column])
    empty = Value(_EMPTY[column], output_field=plain)
    return Case(When(kind__in=of, then=F(column)), default=empty, output_field=plain) if of else empty


def _plain(field: Any) -> Any:
    return {"CharField": CharField, "BooleanField": BooleanField}.get(field.get_internal_type(), BigIntegerField)()


def grouped_spread(rows: QuerySet[Measure], level: Level, spread: Spread) -> QuerySet[Any, Any]:
    """Rows summed by how long they took: the columns of ``SPREAD_LIKE``."""
    nothing = {"portfolio_id": Value(None, output_field=BigIntegerField()), "lane": Value("", output_field=CharField())}
    kept = {f"s_{name}": F(name) if name in level.places else empty for name, empty in nothing.items()}
    found = rows.filter(spread.q()).order_by().annotate(
        s_of=Value(spread.key, output_field=CharField()), s_by=Value(level.name, output_field=CharField()),
        s_value=F(level.finer) if level.finer else Value("", output_field=CharField()), **kept,
        s_ended=Case(When(outcome__in=spread.ended, then=Value(True)), default=Value(False)), s_step=step_of(spread.column),
    )  # fmt: skip
    return found.values_list("s_of", "day", "s_by", "s_value", "s_portfolio_id", "s_lane", "s_ended", "s_step").annotate(total=Count("pk"))


def _insert(model: Any, columns: Sequence[str], rows: QuerySet[Any, Any]) -> None:
    """Sums made by the database: the rows never leave it."""
    select, values = rows.query.sql_with_params()
    names = ", ".join(map(connection.ops.quote_name, columns))
    # The table and its columns are our own; the statement is Django's, its values are parameters.
    statement = f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({names}) {select}"
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def add_late(rows: Iterable[tuple[Measure, int]], summed_until: Any) -> None:
    """Sums of their own for rows of days that are summed already: +1 for one that came, -1 for one that no longer stands."""
    counted: Counter[tuple[Any, ...]] = Counter()
    spread: Counter[tuple[Any, ...]] = Counter()
    for row, sign in rows:
        if row.day > summed_until:
            continue
        for level in LEVELS.values():
            counted[(level.name, getattr(row, level.finer) if level.finer else "", *alike(row, level))] += sign
        for one in SPREADS.values():
            if one.fits(row):
                for level in LEVELS.values():
                    spread[spread_key(row, level, one)] += sign
    bulk.insert(MeasureSum, [_sum(key, n) for key, n in counted.items() if n])
    bulk.insert(MeasureSpread, [MeasureSpread(**dict(zip(SPREAD_LIKE, (*key, n), strict=True))) for key, n in spread.items() if n])


def alike(row: Measure, level: Level) -> tuple[Any, ...]:
    """The columns of ``LIKE`` of a row as a level keeps them."""
    kept = {"day", "kind", *level.places, *KEPT.get(row.kind, ())}
    return tuple(getattr(row, name) if name in kept else _EMPTY[name] for name in LIKE)


def spread_key(row: Measure, level: Level, spread: Spread) -> tuple[Any, ...]:
    """The columns of ``SPREAD_LIKE`` of a row, without how many."""
    return (
        spread.key, row.day, level.name, getattr(row, level.finer) if level.finer else "", row.portfolio_id if "portfolio_id" in level.places else None,
        row.lane if "lane" in level.places else "", row.outcome in spread.ended, step(getattr(row, spread.column)),
    )  # fmt: skip


def _sum(key: Sequence[Any], n: int) -> MeasureSum:
    return MeasureSum(by=key[0], value=key[1], n=n, **dict(zip(LIKE, key[2:], strict=True)))


def tidy(before: date) -> int:
    """Put the sums of days before ``before`` together again where rows changed since. Returns how many days were touched."""
    late = MeasureSum.objects.filter(day__lt=before, n__lt=0).values_list("day", flat=True).distinct()
    days = sorted(set(late))
    for day in days:
        with transaction.atomic():
            _until(alone=True)
            _put_together(MeasureSum, day, ("by", "value", *LIKE))
            _put_together(MeasureSpread, day, SPREAD_LIKE[:-1])
    return len(days)


def _put_together(model: Any, day: date, columns: Sequence[str]) -> None:
    rows = model.objects.filter(day=day)
    grouped = list(rows.order_by().values(*columns).annotate(total=Sum("n")).filter(total__gt=0))
    rows.delete()
    bulk.insert(model, [model(n=row.pop("total"), **row) for row in grouped])
