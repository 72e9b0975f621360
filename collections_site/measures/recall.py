"""The chart of recall: what labelled samples say, with their interval, beside the known floor. Never from flagged items alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from collections_site.measures import charts, drawing, words
from collections_site.measures.figures import Cell, Figure, Ground
from collections_site.measures.symbols import line_keys
from drafts.labelling.telling import known_floor, sentence
from governance.metrics.base import DOT
from governance.metrics.recall import MINIMUM, floor
from governance.models import SampleFrame, SampleResult

SAMPLED, FLOOR = "sampled", "known floor"
SERIES = ((SAMPLED, "accent"), (FLOOR, "warn"))
TITLE = "Disputes found, of all there were"


def recall_figure(ground: Ground, *, may_open: bool) -> Figure:
    """Results whose sample ends in the period, each at its place on the axis; ``may_open``: the person may read samples."""
    found = list(_results(ground).order_by("frame__ends_at", "pk"))
    rows = [point for row in found for point in _points(ground, row, may_open)]
    spec: dict[str, Any] = {}
    if rows:
        order = [ground.label(first) for first in ground.periods()]
        spec = charts.shares(rows, SERIES, order, drawing.THEME, marks=ground.drawn_marks())
    told = (sentence(found[-1]).capitalize() + ".", *([known_floor(found[-1]).capitalize() + "."] if known_floor(found[-1]) else [])) if found else (_progress(ground),)
    table = tuple(_row(row, may_open) for row in found)
    columns = ("Sample of", "Found by the detector", "Labelled", "Missed among them", "Recall", "Lower end", "Upper end", "Known floor")
    note = ("Estimated from a random sample of what was not flagged, labelled blind. The known floor counts only misses somebody noticed "
            "or complained about; the truth lies below it.")  # fmt: skip
    return Figure("recall", TITLE, told, columns, table, (), ground.marks, note, spec, line_keys(SERIES, drawing.THEME))


def _results(ground: Ground) -> QuerySet[SampleResult]:
    window, reach = ground.question.window, ground.question.reach
    rows = SampleResult.objects.filter(
        frame__kind=SampleFrame.Kind.RECALL, frame__ends_at__date__gte=window.first, frame__ends_at__date__lte=window.last
    ).select_related("frame")
    if reach.portfolios is None:
        return rows
    # A sample over other portfolios too would tell of them.
    inside = [row.pk for row in rows if row.frame.portfolio_ids and set(row.frame.portfolio_ids) <= reach.portfolios]
    return rows.filter(pk__in=inside)


def _points(ground: Ground, row: SampleResult, may_open: bool) -> list[dict[str, Any]]:
    first = max((f for f in ground.periods() if f <= row.frame.ends_at.date()), default=None)
    if first is None or row.share is None:
        return []
    shared = {"period": ground.label(first), "href": _link(row, may_open), "name": sentence(row)}
    known = floor(row.caught, row.floor_found)
    sampled = {**shared, "series": SAMPLED, "value": row.share, "low": row.low, "high": row.high, "full": row.labelled >= DOT}
    return [sampled, *([{**shared, "series": FLOOR, "value": known, "low": None, "high": None, "full": True}] if known is not None else [])]


def _link(row: SampleResult, may_open: bool) -> str:
    return reverse("admin:sample_frame", args=[row.frame_id]) if may_open else ""


def _row(row: SampleResult, may_open: bool) -> Sequence[Cell]:
    span, known = f"{row.frame.starts_at:%d %b} to {row.frame.ends_at:%d %b %Y}", floor(row.caught, row.floor_found)
    share = words.percent(row.share) if row.share is not None else f"{row.labelled} of {MINIMUM} labelled"
    low, high = (words.percent(bound) if bound is not None else "-" for bound in (row.low, row.high))
    return (
        Cell(span), Cell(str(row.caught)), Cell(str(row.labelled), _link(row, may_open)), Cell(str(row.found)), Cell(share), Cell(low), Cell(high),
        Cell(words.percent(known) if known is not None else "-"),
    )  # fmt: skip


def _progress(ground: Ground) -> str:
    """How far the newest open sample is; no number before it is done."""
    rows = SampleFrame.objects.filter(kind=SampleFrame.Kind.RECALL, result__isnull=True)
    if ground.question.reach.portfolios is not None:
        return "No labelled sample lies in this period: no estimate."
    newest = rows.annotate(all=Count("items", distinct=True), done=Count("items", filter=Q(items__verdict__isnull=False), distinct=True)).order_by("-pk").first()
    if newest is None:
        return "No sample was drawn in this period: recall is unknown."
    return f"{newest.done} of {newest.all} labelled - no estimate yet."
