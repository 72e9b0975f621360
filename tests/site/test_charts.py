"""Charts: the figures of now in a picture compiled before, and series that nobody has to tell apart by colour."""

import json
import re
from pathlib import Path

import pytest
import vl_convert
from django.template.loader import render_to_string

from collections_site.measures import charts, drawing, symbols
from collections_site.measures.board import OUTCOMES, REPLIES, STACKS

WEEKS = ["5 Oct", "12 Oct", "19 Oct"]
CSS = (Path(__file__).parents[2] / "collections_site/static/desk/desk.css").read_text()


def point(week, value, series="corrected"):
    return {
        "period": week, "series": series, "value": value, "low": value - 0.1, "high": value + 0.1, "full": True, "href": f"/admin/x/?part={week}",
        "name": f"week of {week}, {series}: {value}",
    }  # fmt: skip


def lines(*values, marks=(), colours=drawing.THEME):
    rows = [point(week, value) for week, value in zip(WEEKS, values, strict=True)]
    return charts.shares(rows, [("corrected", "accent")], WEEKS, colours, marks=marks)


def bars(*numbers, late=False, colours=drawing.THEME):
    rows = [
        {"period": week, "part": part, "n": n + place, "href": f"/admin/x/?part={week}", "name": f"{week}: {part} {n + place}", "open": late and week == WEEKS[-1]}
        for week, n in zip(WEEKS, numbers, strict=True) for place, (_, part, _) in enumerate(OUTCOMES)
    ]  # fmt: skip
    return charts.parts(rows, [(part, colour) for _, part, colour in OUTCOMES], WEEKS, colours)


def plain(spec):
    """The same chart drawn the long way, in one go."""
    spec = json.loads(json.dumps(spec))
    for layer in spec["layer"]:
        for channel in {"color", "strokeDash", "shape"} & set(layer.get("encoding", {})):
            if "scale" in layer["encoding"][channel]:
                layer["encoding"][channel]["legend"] = None
    return re.findall(r'aria-label="(week[^"]*|\d+ Oct: [^"]*)"[^>]*? d="([^"]*)"', vl_convert.vegalite_to_svg(json.dumps(spec)))


@pytest.mark.parametrize("draw", [lines, bars])
def test_the_same_chart_with_other_figures_is_compiled_once_and_shows_its_own(draw):
    drawing.forget()
    drawing._compiled.cache_clear()
    for values in ((0.2, 0.3, 0.4), (0.5, 0.2, 0.8)) if draw is lines else ((3, 5, 8), (9, 1, 4)):
        spec = draw(*values)
        marks = re.findall(r'aria-label="(week[^"]*|\d+ Oct: [^"]*)"[^>]*? d="([^"]*)"', drawing.svg(spec, "A chart"))
        assert len(marks) >= len(WEEKS)
        assert marks == plain(spec)
    assert drawing._compiled.cache_info().misses == 1
    assert drawing._drawn.cache_info().misses == 2


def test_a_chart_whose_figures_stand_is_not_drawn_again():
    drawing.forget()
    for _ in range(3):
        drawing.svg(lines(0.2, 0.3, 0.4), "A chart")
    assert drawing._drawn.cache_info().misses == 1


def test_a_mark_under_the_axis_is_drawn_where_it_happened_only():
    without = drawing.svg(lines(0.2, 0.3, 0.4), "A chart")
    assert drawing.svg(lines(0.2, 0.3, 0.4, marks=[charts.Mark("12 Oct", "prompt 7")]), "A chart").count("<line") == without.count("<line") + 1


def test_each_part_of_a_bar_has_a_pattern_and_each_line_a_dash_and_a_shape_of_its_own():
    for parts in (OUTCOMES, REPLIES):
        keys = symbols.bar_keys([(words, colour) for _, words, colour in parts], drawing.THEME)
        assert len({key.fill for key in keys}) == len(parts)
        assert len({symbols.PATTERNS[place] for place, _ in enumerate(parts)}) == len(parts), "told apart without seeing colours"
    keys = symbols.line_keys([(str(n), "accent") for n in range(4)], drawing.THEME)
    assert len({key.dash for key in keys}) == len({key.outline for key in keys}) == 4


def test_every_pattern_a_chart_is_painted_with_stands_on_the_page():
    drawn = drawing.svg(bars(3, 5, 8), "A chart")
    used = set(re.findall(r"url\(#([\w-]+)\)", drawn))
    assert len(used) == len(OUTCOMES) - 1
    assert used <= {pattern.name for pattern in symbols.patterns(STACKS, drawing.THEME)}


def test_a_bar_that_is_still_open_has_an_edge_that_the_others_have_not():
    edged = f'stroke="{drawing.THEME["quiet"]}"'
    assert edged not in "".join(re.findall(r'<path aria-label="[^>]*>', drawing.svg(bars(3, 5, 8), "A chart")))
    marks = re.findall(r'<path aria-label="[^>]*>', drawing.svg(bars(3, 5, 8, late=True), "A chart"))
    assert sum(edged in mark and "stroke-dasharray" in mark for mark in marks) == len(OUTCOMES)


def test_the_picture_of_a_letter_has_the_patterns_too():
    paper = render_to_string("desk/measures/patterns.html", {"patterns": symbols.patterns(STACKS, drawing.PLAIN)})
    with_patterns, without = drawing.png(bars(3, 5, 8), paper), drawing.png(bars(3, 5, 8), "<defs></defs>")
    assert with_patterns.startswith(b"\x89PNG")
    assert len(with_patterns) > len(without) * 1.1


# colours ----------------------------------------------------------------------------------------------------------------------------


def light_and_dark(name):
    return re.search(rf"--{name}:light-dark\((#\w+),(#\w+)\)", CSS).groups()


def luminance(colour):
    digits = colour.lstrip("#")
    digits = "".join(2 * d for d in digits) if len(digits) == 3 else digits
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    return sum(w * (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4) for w, p in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colour", sorted({colour for stack in STACKS for colour in stack} | {"quiet", "accent", "warn", "bad", "info"}))
def test_what_is_drawn_stands_out_from_the_paper(colour):
    for ink, paper in zip(light_and_dark(colour), light_and_dark("surface"), strict=True):
        assert contrast(ink, paper) >= 3, (colour, ink, paper)
    assert contrast(drawing.PLAIN[colour], drawing.PLAIN["surface"]) >= 3
