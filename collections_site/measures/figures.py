"""The charts of the dashboard: each is one or more registered measures cut by week or month, with its table beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from django.urls import reverse

from collections_site.measures import charts, drawing, words
from collections_site.measures.asked import Asked
from collections_site.measures.marks import Happened
from collections_site.measures.symbols import Key, bar_keys, line_keys
from governance.measuring.levels import SPREADS
from governance.metrics.answering import measured_all, metric
from governance.metrics.asking import Question
from governance.metrics.base import QUANTILE, SURVIVAL, Measured, Metric
from governance.metrics.definitions import METRICS

OPEN_DAYS = 14
"""Answers are counted for this long after a message: younger weeks are still open."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table; ``href`` opens exactly the rows it counts."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One chart with everything that belongs to it: the sentence above, the table below, what it is."""

    name: str
    title: str
    told: tuple[str, ...]
    columns: tuple[str, ...]
    table: tuple[tuple[Cell, ...], ...]
    metrics: tuple[Metric, ...]
    marks: tuple[Happened, ...] = ()
    note: str = ""
    spec: dict[str, Any] = field(default_factory=dict)
    legend: tuple[Key, ...] = ()

    @property
    def drawing(self) -> str:
        """The chart for the page; empty when there is nothing to draw."""
        return drawing.svg(self.spec, self.title) if self.spec else ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart of shares or times: a registered measure under a short name and a colour."""

    metric: str
    name: str
    colour: str


@dataclass(frozen=True, slots=True)
class Ground:
    """What all figures of one page share: the answers of the period, of the one before, and of its parts, counted together."""

    asked: Asked
    at: datetime
    marks: tuple[Happened, ...]
    now: Mapping[str, Measured]
    before: Mapping[str, Measured]
    parts: Mapping[str, Mapping[date, Measured]]

    @property
    def question(self) -> Question:
        """The question."""
        return self.asked.question

    def periods(self) -> list[date]:
        """First days of the parts of the window, in order, whether anything happened in them or not."""
        window, by = self.question.window, self.asked.by
        day = window.first - timedelta(days=window.first.weekday()) if by == "week" else window.first.replace(day=1)
        found = []
        while day <= window.last:
            found.append(day)
            day = day + timedelta(days=7) if by == "week" else (day + timedelta(days=32)).replace(day=1)
        return found

    def title(self, name: str) -> str:
        """The words of a measure."""
        return metric(name).title

    def label(self, first: Any) -> str:
        """A part on the axis: "5 Oct" for the week from then, "Oct 26" for a month."""
        return f"{first:%b %y}" if self.asked.by == "month" else f"{first.day} {first:%b}"

    def rows(self, name: str, part: Any = "", which: str = "rows") -> str:
        """The address of exactly the rows of a number."""
        more = {"by": self.asked.by, "part": part.isoformat()} if isinstance(part, date) else {}
        return f"{_rows_of(name)}?{self.asked.address(which=which, **more)}"

    def behind(self, name: str, part: Any = "") -> str:
        """The address of as many rows as the words about a number say: of a time those that still wait too, which are no row of its numerator."""
        return self.rows(name, part, "base" if metric(name).how == SURVIVAL else "rows")

    def by_period(self, name: str) -> dict[date, Measured]:
        """The answers of the parts in order; a part in which nothing happened is not there."""
        found = self.parts.get(name, {})
        return {first: found[first] for first in self.periods() if first in found}

    def drawn_marks(self) -> list[charts.Mark]:
        """Marks at the part of the axis in which they fell."""
        firsts = self.periods()
        inside = [(max((f for f in firsts if f <= one.on), default=None), one.words) for one in self.marks]
        return [charts.Mark(self.label(first), text) for first, text in inside if first is not None]

    def still_open(self, first: date) -> bool:
        """True for a part whose messages can still be answered in time."""
        end = first + timedelta(days=6) if self.asked.by == "week" else (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        return end + timedelta(days=OPEN_DAYS) >= self.at.date()


@cache
def _rows_of(name: str) -> str:
    return reverse("admin:measure_rows", args=[name])


def ground_of(asked: Asked, at: datetime, marks: Iterable[Happened], charted: Sequence[str]) -> Ground:
    """Count everything a page shows: all measures now and before, those of ``charted`` in parts."""
    parts: dict[str, dict[date, Measured]] = {}
    for answer in measured_all(charted, asked.question, asked.by, at=at) if charted else ():
        parts.setdefault(answer.metric.name, {})[answer.part] = answer
    # What no tile or chart shows and only the rows know is left to the file.
    names = [one.name for one in METRICS if one.how != QUANTILE and (one.how != SURVIVAL or one.name in SPREADS)]
    now = {answer.metric.name: answer for answer in measured_all(names, asked.question, at=at)}
    before = {answer.metric.name: answer for answer in measured_all(names, asked.before, at=at)}
    return Ground(asked, at, tuple(marks), now, before, parts)


def share_lines(name: str, ground: Ground, lines: Sequence[Line], *, target: float | None = None, note: str = "") -> Figure:
    """Shares over time, each with its interval; the first line gives the title."""
    series = [(line, ground.by_period(line.metric)) for line in lines]
    rows = [_point(ground, line, first, one) for line, found in series for first, one in found.items() if one.value is not None]
    spec = _drawable(charts.shares, rows, lines, ground, target=target)
    return _figure(name, ground, lines, series, spec, note, lines)


def time_lines(name: str, ground: Ground, line: Line, *, note: str = "") -> Figure:
    """Median and 90th percentile of one time, in hours."""
    found = ground.by_period(line.metric)
    pair = (Line(line.metric, "half within", line.colour), Line(line.metric, "nine in ten within", "warn"))
    rows = []
    for first, one in found.items():
        points = ((pair[0], one.value, one.low, one.high), (pair[1], one.more.get("p90"), one.more.get("p90_low"), one.more.get("p90_high")))
        rows += [{**_point(ground, which, first, one), "value": v / 60, "low": _hours(lo), "high": _hours(hi)} for which, v, lo, hi in points if v is not None]
    spec = _drawable(charts.times, rows, pair, ground)
    return _figure(name, ground, [line], [(line, found)], spec, note, pair)


def _hours(value: float | None) -> float | None:
    return None if value is None else value / 60


def part_bars(
    name: str, ground: Ground, of: str, parts: Sequence[tuple[str, str, str]], *, share: bool = False, open_weeks: bool = False, note: str = ""
) -> Figure:
    """Stacked bars of the parts of a count. ``parts``: (part of the measure, words, colour)."""
    found, one = ground.by_period(of), metric(of)
    rows = [
        {"period": ground.label(first), "part": shown, "n": answer.more.get(part, 0), "href": ground.rows(of, first, part),
         "name": f"{_span(ground, first)}: {shown} {answer.more.get(part, 0)} of {answer.n}", "open": open_weeks and ground.still_open(first)}
        for first, answer in found.items() for part, shown, _ in parts if answer.more.get(part)
    ]  # fmt: skip
    series = [(shown, colour) for _, shown, colour in parts]
    order = [ground.label(first) for first in ground.periods()]
    spec = charts.parts(rows, series, order, drawing.THEME, share=share, marks=ground.drawn_marks(), unit=one.unit) if rows else {}
    whole = ground.now[of]
    table = tuple(
        (Cell(_span(ground, first)), Cell(str(answer.n), ground.rows(of, first)),
         *(Cell(str(answer.more.get(part, 0)), ground.rows(of, first, part)) for part, _, _ in parts))
        for first, answer in found.items()
    )  # fmt: skip
    told = (f"{whole.n:,} {one.unit}: " + ", ".join(f"{shown} {whole.more.get(part, 0):,}" for part, shown, _ in parts) + ".",)
    columns = (ground.asked.by.capitalize(), "All", *(shown.capitalize() for _, shown, _ in parts))
    return Figure(name, one.title, told, columns, table, (one,), ground.marks, note, spec, bar_keys(series, drawing.THEME))


def _point(ground: Ground, line: Line, first: date, one: Measured) -> dict[str, Any]:
    return {
        "period": ground.label(first), "series": line.name, "value": one.value, "low": one.low, "high": one.high, "full": one.shown == "full",
        "href": ground.behind(line.metric, first), "name": f"{_span(ground, first)}, {line.name}: {words.told(one)}",
    }  # fmt: skip


def _span(ground: Ground, first: date) -> str:
    return f"week of {first.day} {first:%b %Y}" if ground.asked.by == "week" else f"{first:%B %Y}"


def _drawable(draw: Any, rows: Sequence[Mapping[str, Any]], lines: Iterable[Line], ground: Ground, **more: Any) -> dict[str, Any]:
    if not rows:
        return {}
    order = [ground.label(first) for first in ground.periods()]
    spec: dict[str, Any] = draw(rows, [(line.name, line.colour) for line in lines], order, drawing.THEME, marks=ground.drawn_marks(), **more)
    return spec


def _figure(
    name: str, ground: Ground, lines: Sequence[Line], series: Sequence[tuple[Line, dict[date, Measured]]], spec: dict[str, Any], note: str,
    drawn: Sequence[Line],
) -> Figure:
    now, before = [ground.now[line.metric] for line in lines], ground.before[lines[0].metric]
    title = words.titled(now[0], before)
    told = tuple((f"{line.name.capitalize()}: " if len(lines) > 1 else "") + words.told(one) for line, one in zip(lines, now, strict=True))
    apart = [f"{words.parted(now[0].more)}."] if now[0].more and now[0].metric.parts else []
    table = tuple(_row(ground, line, first, one, len(lines) > 1) for line, found in series for first, one in found.items())
    columns = (ground.asked.by.capitalize(), *(["Of"] if len(lines) > 1 else []), "Number", "Of", "Value", "Lower end", "Upper end")
    legend = line_keys([(line.name, line.colour) for line in drawn], drawing.THEME)
    return Figure(name, title, (*told, *apart), columns, table, tuple(one.metric for one in now), ground.marks, note, spec, legend)


def _row(ground: Ground, line: Line, first: date, one: Measured, named: bool) -> tuple[Cell, ...]:
    value = words.figure(one.value, one) if one.value is not None else ("too few" if one.shown == "few" else "-")
    number = Cell(f"{one.numerator:,}", ground.rows(line.metric, first)) if one.numerator is not None and one.shown != "few" else Cell("")
    return (
        Cell(_span(ground, first)), *([Cell(line.name)] if named else []), number, Cell(f"{one.n:,}", ground.rows(line.metric, first, "base")),
        Cell(value), Cell(words.figure(one.low, one)), Cell(words.figure(one.high, one)),
    )  # fmt: skip
