"""The one way to a number: ``measured`` for one, ``measured_by`` for its parts, ``measured_all`` for many at the cost of one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from governance.metrics import base, distributions
from governance.metrics.asking import BadQuestion, Question
from governance.metrics.base import Measured, Metric
from governance.metrics.counting import Counts
from governance.metrics.definitions import BY_NAME, METRICS
from governance.metrics.intervals import wilson
from governance.metrics.money import money_told
from governance.metrics.sampled import sampled


def metric(name: str) -> Metric:
    """The registered measure; raises ``BadQuestion`` for a name that is not registered."""
    if name not in BY_NAME:
        raise BadQuestion(f"no measure is called {name!r}; known are {', '.join(sorted(BY_NAME))}")
    return BY_NAME[name]


def measured(name: str, question: Question, *, at: datetime) -> Measured:
    """One measure over the whole of the question. ``at`` is the moment until which what still waits has waited."""
    return measured_all([name], question, at=at)[0]


def measured_by(name: str, question: Question, by: str, *, at: datetime) -> list[Measured]:
    """One measure in parts: by a slice (lane, portfolio, template, prompt, model, band, currency) or a period (day, week, month)."""
    return _answer([metric(name)], question, by, at)


def measured_all(names: Sequence[str] | None, question: Question, by: str = "", *, at: datetime) -> list[Measured]:
    """Many measures (all registered ones without ``names``), counted together."""
    return _answer([metric(name) for name in names] if names is not None else list(METRICS), question, by, at)


def _answer(metrics: Sequence[Metric], question: Question, by: str, at: datetime) -> list[Measured]:
    counts = Counts(question, {rows for one in metrics for rows in one.wanted}, by)
    answers: list[Measured] = []
    for one in metrics:
        if one.how == base.OUTSIDE:
            answers += [sampled(one, question)] if not by else []
            continue
        totals = counts.of(one.denominator)
        spread = distributions.read(one, question, by, at) if one.how in (base.QUANTILE, base.SURVIVAL) else {}
        for part in _parts(one, counts, totals, by):
            answers.append(_one(one, question, by, part, counts, spread.get(part)))
    return answers


def _parts(one: Metric, counts: Counts, totals: dict[Any, int], by: str) -> Iterable[Any]:
    if not by:
        return ("",)
    seen = set(totals) | {part for rows in one.wanted for part in counts.of(rows)}
    return [part for part in counts.parts if part in seen]


def _one(one: Metric, question: Question, by: str, part: Any, counts: Counts, spread: Any) -> Measured:
    n = counts.of(one.denominator).get(part, 0)
    numerator = counts.of(one.numerator).get(part, 0) if one.numerator else None
    more: dict[str, Any] = {name: counts.of(rows).get(part, 0) for name, rows in one.parts}
    if one.still_open is not None:
        more["still_open"] = counts.of(one.still_open).get(part, 0)
    inside = question.within(by, part)
    if one.money and one.how == base.COUNT and n:
        more |= money_told(inside, one)
    found = {
        "metric": one, "numerator": numerator, "n": n, "part": part, "more": more, "inside": inside,
    }  # fmt: skip
    return Measured(**found, **_value(one, numerator, n, spread, more))


def _value(one: Metric, numerator: int | None, n: int, spread: Any, more: dict[str, Any]) -> dict[str, Any]:
    nothing: dict[str, Any] = {"value": None, "low": None, "high": None}
    if one.how == base.COUNT:
        return {"value": float(n), "low": None, "high": None}
    if n == 0:
        return {**nothing, "reason": "nothing happened in this window"}
    if n < one.least:
        return {**nothing, "reason": f"too few to say: {n} of at least {one.least}"}
    if one.how in (base.QUANTILE, base.SURVIVAL):
        return distributions.value(one, spread, more) if spread else {**nothing, "reason": "not measured on any of these"}
    assert numerator is not None
    if numerator > n:
        # A rate of events per message can pass one; it then is no share, and the interval of a share does not fit it.
        return {"value": numerator / n, "low": None, "high": None, "reason": ""}
    low, high = wilson(numerator, n)
    return {"value": numerator / n, "low": low, "high": high}
