"""Counts of rows by kind and condition: from the sums of days that are over, and from the rows of the days since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import CharField, Count, F, Q, QuerySet, Sum, Value
from django.db.models.functions import TruncMonth, TruncWeek

from governance.measuring.levels import Level, level_for
from governance.metrics.asking import COLUMN, ONE_AT_A_TIME, PERIODS, SLICES, BadQuestion, Question
from governance.metrics.rows import Rows
from governance.models import Measure, MeasureState, MeasureSum

# A slice's value, or the first day of a period; "" or None when nothing is cut.
Part = Any
_TRUNC = {"week": TruncWeek, "month": TruncMonth}


class Counts:
    """Counted once for a set of conditions, asked for each. ``by`` cuts into parts: a slice or a period."""

    def __init__(self, question: Question, wanted: Iterable[Rows], by: str = "") -> None:
        if by and by not in (*SLICES, *PERIODS):
            raise BadQuestion(f"by {by!r}: known are {', '.join((*SLICES, *PERIODS))}")
        self.question, self.by = question, by
        self._wanted = list(wanted)
        self._columns = sorted({column for one in self._wanted for column in one.columns} | {"kind"})
        self._rows: dict[str, list[tuple[Mapping[str, Any], int]]] = defaultdict(list)
        for row, n in self._count():
            self._rows[row["kind"]].append((row, n))
        self._known: dict[Rows, dict[Part, int]] = {}

    def of(self, rows: Rows) -> dict[Part, int]:
        """How many rows fit, per part; the one part is "" when nothing is cut."""
        if rows not in self._known:
            found: dict[Part, int] = defaultdict(int)
            for row, n in self._rows[rows.kind]:
                if rows.fits(row):
                    found[row["cut"]] += n
            self._known[rows] = dict(found)
        return self._known[rows]

    @property
    def parts(self) -> list[Part]:
        """Every part there is, in order."""
        return sorted({row["cut"] for rows in self._rows.values() for row, _ in rows}, key=lambda part: (part is None, str(part)))

    def _count(self) -> list[tuple[Mapping[str, Any], int]]:
        kinds = sorted({one.kind for one in self._wanted})
        level = self._level()
        until = summed_until() if level is not None else None
        totals: dict[tuple[Any, ...], int] = defaultdict(int)
        if level is not None and until is not None:
            self._add(totals, self._sums(kinds, until, level), Sum("n"))
        self._add(totals, self._live(kinds, until), Count("pk"))
        names = ["cut", *self._columns]
        return [(dict(zip(names, key, strict=True)), n) for key, n in totals.items() if n]

    def _add(self, totals: dict[tuple[Any, ...], int], rows: QuerySet[Any] | None, how: Any) -> None:
        if rows is None:
            return
        grouped = rows.order_by().values_list("cut", *self._columns).annotate(total=how)
        for *key, n in grouped:
            totals[tuple(key)] += n

    def _level(self) -> Level | None:
        """The coarsest sums that tell apart what is asked; a definition that asks for more than they keep is counted from the rows."""
        level = grain(self.question, self.by)
        return level if level is not None and all(level.keeps(one.kind, one.columns) for one in self._wanted) else None

    def _sums(self, kinds: list[str], until: date, level: Level) -> QuerySet[Any] | None:
        if self.question.window.first > until:
            return None
        rows = MeasureSum.objects.filter(inside(self.question, level, until), kind__in=kinds)
        return rows.annotate(cut=part_of("value" if level.finer and self.by == level.finer else self.by))

    def _live(self, kinds: list[str], until: date | None) -> QuerySet[Any] | None:
        window = self.question.window
        first = window.first if until is None else max(window.first, until + timedelta(days=1))
        if first > window.last:
            return None
        rows = Measure.objects.filter(self.question.q(), kind__in=kinds, stands=True, day__gte=first)
        return rows.annotate(cut=part_of(self.by))


def grain(question: Question, by: str) -> Level | None:
    """How fine sums must be to answer; None where only rows can."""
    filters = question.filters
    if question.empty or question.nowhere:
        return None
    return level_for(
        {*filters.one, *([by] if by in ONE_AT_A_TIME else [])}, bool(filters.lane or by == "lane"),
        bool(filters.portfolio or by == "portfolio" or question.reach.portfolios is not None),
    )  # fmt: skip


def inside(question: Question, level: Level, until: date) -> Q:
    """The sums of a level that a question is about, up to a day."""
    window, filters = question.window, question.filters
    found = Q(by=level.name, day__gte=window.first, day__lte=min(window.last, until)) & question.reach.q()
    if not level.finer:
        found &= Q(value="")
    elif filters.one:
        found &= Q(value=getattr(filters, level.finer))
    for name in ("lane", "portfolio"):
        if value := getattr(filters, name):
            found &= Q(**{COLUMN.get(name, name): value})
    return found


def part_of(by: str) -> Any:
    """The expression that cuts rows or sums into parts."""
    if not by:
        return Value("", output_field=CharField())
    return _TRUNC[by]("day") if by in _TRUNC else F(COLUMN.get(by, by))


def summed_until() -> date | None:
    """Up to which day there are sums."""
    return MeasureState.objects.filter(pk=1).values_list("summed_until", flat=True).first()


def standing(question: Question, rows: Rows) -> QuerySet[Measure]:
    """Exactly the rows that a count counts, newest first."""
    return Measure.objects.filter(question.q(), rows.q(), stands=True).order_by("-at", "-pk")
