"""Money of rows, per currency: different currencies are never added."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from governance.metrics.asking import Question
from governance.metrics.base import SHARE, Measured, Metric
from governance.metrics.counting import standing


def money_told(question: Question, metric: Metric) -> dict[str, Any]:
    """Minor units per currency of what is sure and of what is only suspected, and how many touched a renewal."""
    found = list(standing(question, metric.denominator).values_list("confirmed", "amounts", "renewal"))
    return {
        "money": total(amounts for sure, amounts, _ in found if sure),
        "money_unconfirmed": total(amounts for sure, amounts, _ in found if not sure),
        "renewals": sum(bool(renewal) for _, _, renewal in found),
    }


def value_told(answer: Measured) -> dict[str, Any]:
    """A share by value: minor units per currency of its rows and of what they are measured on. Nothing for a measure that is not told in money."""
    if not answer.metric.money or answer.metric.how != SHARE or not answer.n:
        return {}
    return {f"money, {what}": total(rows.values_list("amounts", flat=True)) for what, rows in (("these", answer.rows), ("all", answer.base))}


def total(tables: Iterable[dict[str, int]]) -> dict[str, int]:
    """The sum per currency."""
    found: Counter[str] = Counter()
    for table in tables:
        found.update(table)
    return dict(sorted(found.items()))
