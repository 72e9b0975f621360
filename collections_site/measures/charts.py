"""What a chart looks like: bars of parts, a share with its interval, percentiles of a time. Data in, Vega-Lite out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from collections_site.measures.symbols import DASHES, SHAPES, fill

WIDTH, HEIGHT = 320, 170
# Labels under the axis: so many have room. To let the renderer try which of them do would take longer than everything else it draws.
LABELS = 6


@dataclass(frozen=True, slots=True)
class Mark:
    """A dashed line under a period: "prompt 6 → 7"."""

    period: str
    words: str


def _frame(colours: Mapping[str, str], layers: Sequence[dict[str, Any]], order: Sequence[str]) -> dict[str, Any]:
    axis = {"labelColor": colours["quiet"], "titleColor": colours["quiet"], "domainColor": colours["ctl"], "tickColor": colours["ctl"],
            "gridColor": colours["line"], "labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal",
            # Whether a label is too long or covers another is asked of the font, a millisecond each: ours are short and have room.
            "labelLimit": 0, "labelOverlap": False, "aria": False}  # fmt: skip
    legend = {"labelColor": colours["ink"], "titleColor": colours["quiet"], "labelFontSize": 11, "orient": "bottom", "columns": 2,
              "title": None, "symbolStrokeWidth": 0, "symbolOpacity": 1, "labelLimit": 0, "padding": 4, "columnPadding": 18}  # fmt: skip
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json", "width": WIDTH, "height": HEIGHT, "background": "transparent",
        "config": {"view": {"stroke": None}, "axis": axis, "legend": legend, "font": "system-ui, sans-serif"}, "layer": list(layers),
        "encoding": {"x": {"field": "period", "type": "ordinal", "sort": None, "scale": {"domain": list(order)},
                           "axis": {"labelAngle": 0, "values": list(order[:: -(-len(order) // LABELS) or 1]), "title": None, "grid": False}}},
    }  # fmt: skip


def _marks(colours: Mapping[str, str], marks: Sequence[Mark]) -> list[dict[str, Any]]:
    if not marks:
        return []
    rows = [{"period": m.period, "words": m.words} for m in marks]
    return [{"data": {"values": rows}, "mark": {"type": "rule", "strokeDash": [3, 3], "color": colours["ctl"], "aria": False}}]


def parts(
    rows: Sequence[Mapping[str, Any]], series: Sequence[tuple[str, str]], order: Sequence[str], colours: Mapping[str, str], *,
    share: bool = False, marks: Sequence[Mark] = (), unit: str = "",
) -> dict[str, Any]:
    """Stacked bars. ``rows``: period, part, n, href, name, open. ``series``: (part, colour) from the bottom up. ``share``: to 100 %."""
    stacked = "normalize" if share else "zero"
    names = [part for part, _ in series]
    bars = {
        "data": {"values": list(rows)},
        "transform": [{"calculate": f"indexof({names!r}, datum.part)", "as": "place"}],
        "mark": {"type": "bar", "strokeWidth": 1},
        "encoding": {
            "y": {"field": "n", "type": "quantitative", "stack": stacked, "axis": {"title": unit or None, "format": "%" if share else "d",
                                                                                      "tickCount": 4, "tickMinStep": 0 if share else 1}},
            "color": {"field": "part", "type": "nominal", "scale": {"domain": names, "range": [fill(c, n, colours) for n, (_, c) in enumerate(series)]}},
            # Pale alone would be too faint to see: what is still open has an edge that is not.
            "fillOpacity": {"condition": {"test": "datum.open", "value": 0.45}, "value": 1},
            "stroke": {"condition": {"test": "datum.open", "value": colours["quiet"]}, "value": colours["surface"]},
            "strokeDash": {"condition": {"test": "datum.open", "value": [2, 2]}, "value": [1, 0]},
            "order": {"field": "place", "type": "quantitative"},
            "href": {"field": "href", "type": "nominal"}, "description": {"field": "name", "type": "nominal"},
        },
    }  # fmt: skip
    return _frame(colours, [bars, *_marks(colours, marks)], order)


def shares(
    rows: Sequence[Mapping[str, Any]], series: Sequence[tuple[str, str]], order: Sequence[str], colours: Mapping[str, str], *,
    marks: Sequence[Mark] = (), target: float | None = None,
) -> dict[str, Any]:
    """Lines of shares with their intervals. ``rows``: period, series, value, low, high, full (n of 10 and more), href, name."""
    axis = {"title": None, "format": "%", "tickCount": 4}
    y = {"field": "value", "type": "quantitative", "scale": {"domain": [0, 1]}, "axis": axis}
    return _frame(colours, [*_target(colours, target), *_lines(rows, series, colours, y, "low", "high"), *_marks(colours, marks)], order)


def times(
    rows: Sequence[Mapping[str, Any]], series: Sequence[tuple[str, str]], order: Sequence[str], colours: Mapping[str, str], *,
    marks: Sequence[Mark] = (), unit: str = "hours",
) -> dict[str, Any]:
    """Lines of percentiles. ``rows`` as in ``shares``, values in ``unit``."""
    y = {"field": "value", "type": "quantitative", "scale": {"zero": True}, "axis": {"title": unit, "tickCount": 4}}
    return _frame(colours, [*_lines(rows, series, colours, y, "low", "high"), *_marks(colours, marks)], order)


def _lines(
    rows: Sequence[Mapping[str, Any]], series: Sequence[tuple[str, str]], colours: Mapping[str, str], y: dict[str, Any], low: str, high: str
) -> list[dict[str, Any]]:
    names, range_ = [name for name, _ in series], [colours[c] for _, c in series]
    colour = {"field": "series", "type": "nominal", "scale": {"domain": names, "range": range_}}
    # Where there are too few rows the line breaks and only the point is drawn.
    full = [row if row["full"] else {**row, "value": None} for row in rows]
    banded = [row for row in rows if row["full"] and row.get(low) is not None and row.get(high) is not None]
    band = {"data": {"values": banded}, "mark": {"type": "area", "opacity": 0.16, "aria": False},
            "encoding": {"y": {**y, "field": low}, "y2": {"field": high}, "color": colour}}  # fmt: skip
    dash = {"field": "series", "type": "nominal", "scale": {"domain": names, "range": [list(d) for d in DASHES[: len(names)]]}}
    line = {"data": {"values": full}, "mark": {"type": "line", "strokeWidth": 2, "aria": False},
            "encoding": {"y": y, "color": colour, "strokeDash": dash}}  # fmt: skip
    shape = {"field": "series", "type": "nominal", "scale": {"domain": names, "range": list(SHAPES[: len(names)])}}
    points = {"data": {"values": list(rows)}, "mark": {"type": "point", "filled": True, "size": 60, "opacity": 1},
              "encoding": {"y": y, "color": colour, "shape": shape, "href": {"field": "href", "type": "nominal"},
                           "description": {"field": "name", "type": "nominal"}}}  # fmt: skip
    return [band, line, points]


def _target(colours: Mapping[str, str], target: float | None) -> list[dict[str, Any]]:
    if target is None:
        return []
    return [{"data": {"values": [{"target": target}]}, "mark": {"type": "rule", "color": colours["good"], "strokeDash": [6, 4], "aria": False},
             "encoding": {"y": {"field": "target", "type": "quantitative"}, "x": {"value": 0}, "x2": {"value": WIDTH}}}]  # fmt: skip
