"""One answer as a line of a file: the same figures, and the same reasons for none, wherever it is written."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from governance.canonical import canonical_json
from governance.metrics.asking import Question
from governance.metrics.base import FEW, Measured
from governance.metrics.money import value_told

COLUMNS = (
    "name", "title", "part", "unit", "numerator", "n", "value", "low", "high", "shown", "reason", "interval", "version", "since", "until",
    "filters", "more", "query",
)  # fmt: skip


def line(answer: Measured, question: Question) -> dict[str, Any]:
    """The line of one answer. ``query`` names the question: the same question of the same definition has the same."""
    one = answer.metric
    few = 0 < answer.n < FEW and answer.value is None
    return {
        "name": one.name, "title": one.title, "part": part_words(answer.part), "unit": one.unit if answer.metric.unit != "%" else "share",
        "numerator": None if few else answer.numerator, "n": answer.n, "value": answer.value, "low": answer.low, "high": answer.high,
        "shown": answer.shown, "reason": answer.reason, "interval": one.interval, "version": one.version,
        "since": question.window.first.isoformat(), "until": question.window.last.isoformat(), "filters": question.filters.plain(),
        "more": {} if few else answer.more | value_told(answer), "query": query_hash(answer, question),
    }  # fmt: skip


def query_hash(answer: Measured, question: Question) -> str:
    """Twelve characters that name the question and the formula."""
    asked = [answer.metric.name, answer.metric.version, question.window.first, question.window.last, question.filters.plain(), str(answer.part)]
    return hashlib.sha256(canonical_json(asked).encode()).hexdigest()[:12]


def part_words(part: Any) -> str:
    """A part for a file: periods by their first day, nothing as "none"."""
    if isinstance(part, date):
        return part.isoformat()
    return "none" if part is None else str(part)
