"""What a measure is: a registered name, a sentence, a version of its formula, and the rows it is computed from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from governance.metrics.asking import Question
from governance.metrics.counting import standing
from governance.metrics.rows import Rows

# How a measure is computed.
SHARE = "share"  # rows of the numerator are rows of the denominator
RATE = "rate"  # so many of one kind of row per row of another
COUNT = "count"  # how many
QUANTILE = "quantile"  # a number on each row: median and 90th percentile
SURVIVAL = "survival"  # how long until an end that some have not reached
OUTSIDE = "outside"  # computed elsewhere and registered here, so that it is asked for like any other

# Fewer rows than this are shown without a line; fewer than the second not at all; and nothing per person below the third.
DOT, FEW, PERSON = 10, 5, 30


@dataclass(frozen=True, slots=True)
class Metric:
    """One registered measure. ``version`` grows when the formula changes, so that a number says by which formula it came to be.

    ``numerator`` and ``denominator`` are rows; for a quantile ``column`` is the column of the denominator's rows it is about, and for a
    time ``column`` is ``minutes`` or ``business`` and ``numerator`` the rows that ended. ``good``: high, low or empty. ``parts`` names
    rows always shown apart, for a measure that is no single number. ``money``: amounts per currency are told too, of a share in the
    file only.
    """

    name: str
    title: str
    meaning: str
    how: str
    group: str
    denominator: Rows
    numerator: Rows | None = None
    column: str = ""
    unit: str = "%"
    version: int = 1
    good: str = ""
    least: int = FEW
    parts: tuple[tuple[str, Rows], ...] = ()
    still_open: Rows | None = None
    target: float | None = None
    money: bool = False

    @property
    def interval(self) -> str:
        """How its interval is computed."""
        return {
            SHARE: "Wilson, 95 %", RATE: "Wilson, 95 %", QUANTILE: "bootstrap of the quantile, 95 %, seeded",
            SURVIVAL: "log-log band of the Kaplan-Meier curve, 95 %", COUNT: "none: a count of everything there is", OUTSIDE: "its own",
        }[self.how]  # fmt: skip

    @property
    def wanted(self) -> tuple[Rows, ...]:
        """Every set of rows it counts."""
        own = (self.denominator, *([self.numerator] if self.numerator else []), *([self.still_open] if self.still_open else []))
        return (*own, *(rows for _, rows in self.parts))


@dataclass(frozen=True, slots=True)
class Measured:
    """One answer: the number with everything that belongs beside it. ``value`` is None where ``reason`` says why.

    ``numerator`` and ``n`` are exactly the counts of ``rows`` and ``base``. Shares are 0 to 1. ``part`` is the slice or period, "" for
    all. ``more`` holds what else is told: other percentiles, parts, money per currency. ``inside`` is the question it answers, ``judged`` the
    verdicts of a sample where it rests on one.
    """

    metric: Metric
    numerator: int | None
    n: int
    value: float | None
    low: float | None
    high: float | None
    reason: str = ""
    part: Any = ""
    more: dict[str, Any] = field(default_factory=dict)
    inside: Question | None = None
    judged: tuple[QuerySet[Any], QuerySet[Any]] | None = None

    @property
    def rows(self) -> QuerySet[Any]:
        """Exactly the rows of the numerator. Built when asked: a page of a hundred numbers opens the rows of none."""
        return self.judged[0] if self.judged else self._standing(self.metric.numerator or self.metric.denominator)

    @property
    def base(self) -> QuerySet[Any]:
        """Exactly the rows it is measured on."""
        return self.judged[1] if self.judged else self._standing(self.metric.denominator)

    def _standing(self, rows: Rows) -> QuerySet[Any]:
        assert self.inside is not None, "an answer knows its question or its verdicts"
        return standing(self.inside, rows)

    @property
    def shown(self) -> str:
        """``few``: too few to say; ``dot``: a number without a line; ``none``: no number for another reason; else ``full``."""
        if self.value is None:
            return "few" if 0 < self.n < self.metric.least else "none"
        return "dot" if self.n < DOT else "full"
