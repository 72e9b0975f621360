"""Numbers of measures in words: never a percentage without what it is of, never a change that the intervals do not show."""

from __future__ import annotations

from typing import Any

from django.utils.text import capfirst

from governance.metrics.base import OUTSIDE, QUANTILE, RATE, SHARE, SURVIVAL, Measured

HOUR, DAY = 60, 1440


def minutes(value: float | None) -> str:
    """ "45 min", "3 h 10 min", "2.5 days"."""
    if value is None:
        return "-"
    whole = round(value)
    if whole < HOUR:
        return f"{whole} min"
    if whole < 2 * DAY:
        return f"{whole // HOUR} h" + (f" {whole % HOUR} min" if whole % HOUR else "")
    return f"{whole / DAY:.1f} days"


def figure(value: float | None, one: Measured) -> str:
    """A value in the unit of its measure."""
    if value is None:
        return "-"
    metric = one.metric
    if metric.how in (SHARE, RATE) or metric.unit == "%":
        return percent(value)
    if metric.unit == "minutes":
        return minutes(value)
    if metric.unit == "per mille":
        return f"{value / 10:.0f} %"
    if metric.unit == "seconds":
        return f"{value:.0f} s"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def percent(value: float) -> str:
    """Whole percents, one decimal below ten."""
    hundred = 100 * value
    return f"{hundred:.0f} %" if hundred >= 10 or hundred == 0 else f"{hundred:.1f} %"


def told(one: Measured) -> str:
    """ "41 of 52 = 79 % (95 % interval 66 to 88 %)", or why there is no number."""
    if one.value is None:
        return f"{capfirst(one.reason)}." if one.reason else "No number."
    sure = ""
    if one.low is not None and one.high is not None:
        sure = f" (95 % interval {figure(one.low, one).removesuffix(' %')} to {figure(one.high, one)})"
    if one.metric.how in (SHARE, RATE):
        return f"{one.numerator:,} of {one.n:,} = {figure(one.value, one)}{sure}."
    if one.metric.how == QUANTILE:
        return f"Median {figure(one.value, one)}{sure}, nine in ten within {figure(one.more.get('p90'), one)}; n = {one.more.get('measured', one.n):,}."
    if one.metric.how == SURVIVAL:
        tail = f"; {one.more.get('waiting', 0):,} still wait and count as waiting"
        most = one.more.get("p90")
        nine = f"nine in ten within {figure(most, one)}" if most is not None else "fewer than nine in ten so far"
        return f"Half within {figure(one.value, one)}{sure}, {nine}; n = {one.n:,}{tail}."
    if one.metric.how == OUTSIDE:
        return f"{figure(one.value, one)}{sure}; {one.n:,} labelled, {one.numerator or 0:,} found."
    return f"{figure(one.value, one)}{sure}; n = {one.n:,}."


def changed(now: Measured, before: Measured) -> str:
    """What changed against the period before, in words; a change is only claimed where the intervals do not overlap."""
    if now.value is None or before.value is None:
        return "nothing to compare with"
    was = f"{figure(before.value, before)} before"
    bounds = (now.low, now.high, before.low, before.high)
    if any(bound is None for bound in bounds):
        return was
    rose, fell = now.low > before.high, now.high < before.low  # type: ignore[operator]
    if not rose and not fell:
        return f"no clear change, {was}"
    return f"{'rose' if rose else 'fell'}, {was}"


def titled(now: Measured, before: Measured) -> str:
    """The title of a chart as a sentence: it only says that something moved when it surely did."""
    change = changed(now, before)
    if change.startswith(("rose", "fell")):
        verb = change.split(",")[0]
        return f"{now.metric.title}: {verb} from {figure(before.value, before)} to {figure(now.value, now)}"
    return f"{now.metric.title}: no clear change" if change.startswith("no clear") else now.metric.title


def worse(now: Measured, before: Measured) -> float:
    """How far a measure moved the wrong way beyond doubt, relative to before; 0 when it did not."""
    change = changed(now, before)
    if not now.metric.good or not change.startswith(("rose", "fell")) or not before.value:
        return 0.0
    wrong = change.startswith("rose") == (now.metric.good == "low")
    return abs((now.value or 0.0) - before.value) / before.value if wrong else 0.0


def parted(more: dict[str, Any]) -> str:
    """The parts of a number that is always shown apart: "unchanged 31, edited 8, rejected 2"."""
    return ", ".join(f"{str(name).replace('_', ' ')} {n:,}" for name, n in more.items() if isinstance(n, int))
