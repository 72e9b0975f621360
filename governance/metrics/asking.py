"""What is asked of the measures: a window of days, filters, and the portfolios somebody may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from governance.models import User
from governance.rights import scope_of
from governance.roles import ACTIONS

# What rows and sums are cut by. The first two stand on every sum; of the others a sum keeps one at a time.
ALWAYS = ("lane", "portfolio")
ONE_AT_A_TIME = ("template", "prompt", "model", "band", "currency")
PERIODS = ("day", "week", "month")
SLICES = (*ALWAYS, *ONE_AT_A_TIME)
COLUMN = {"portfolio": "portfolio_id"}
LONGEST = timedelta(days=3 * 366)


class BadQuestion(ValueError):
    """Something asked that cannot be answered; the text says what and what would be right."""


@dataclass(frozen=True, slots=True)
class Window:
    """Whole days in UTC, both ends inclusive."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise BadQuestion(f"the window ends on {self.last} before it begins on {self.first}")
        if self.last - self.first > LONGEST:
            raise BadQuestion("a window is at most three years long")

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1

    @property
    def before(self) -> Window:
        """The window of the same length right before, to compare with."""
        last = self.first - timedelta(days=1)
        return Window(last - timedelta(days=self.days - 1), last)

    def q(self) -> Q:
        """For the database."""
        return Q(day__gte=self.first, day__lte=self.last)


@dataclass(frozen=True, slots=True)
class Filters:
    """One value per slice, or none. ``portfolio`` is an id; the others are the values of the rows."""

    lane: str = ""
    portfolio: int | None = None
    template: str = ""
    prompt: str = ""
    model: str = ""
    band: str = ""
    currency: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> Filters:
        """From a query string. Raises ``BadQuestion`` for a portfolio that is no number."""
        values: dict[str, Any] = {f.name: str(asked.get(f.name) or "") for f in fields(cls)}
        number = values["portfolio"]
        if number and not (number.isdecimal() and len(number) < 10):
            raise BadQuestion(f"portfolio: {number!r} is not the id of a portfolio")
        values["portfolio"] = int(number) if number else None
        return cls(**values)

    @property
    def one(self) -> tuple[str, ...]:
        """The slices asked for of which a sum keeps one at a time."""
        return tuple(name for name in ONE_AT_A_TIME if getattr(self, name))

    def q(self) -> Q:
        """For rows."""
        return Q(**{COLUMN.get(name, name): value for name in SLICES if (value := getattr(self, name))})

    def plain(self) -> dict[str, str]:
        """For an address or a file; empty ones left out."""
        return {name: str(value) for name in SLICES if (value := getattr(self, name))}


@dataclass(frozen=True, slots=True)
class Reach:
    """Portfolios whose measures may be seen; None for all of them."""

    portfolios: frozenset[int] | None = None

    def q(self) -> Q:
        """For rows and sums; what belongs to no portfolio is seen by those who see all."""
        return Q() if self.portfolios is None else Q(portfolio_id__in=self.portfolios)


EVERYTHING = Reach()


def reach_of(user: User) -> Reach:
    """What a person may see: the portfolios in which a role of theirs reads measures."""
    seen = scope_of(user).portfolios_with(ACTIONS["see_metrics"].roles)
    return EVERYTHING if seen is None else Reach(frozenset(seen))


@dataclass(frozen=True, slots=True)
class Question:
    """Everything that narrows an answer. ``empty`` and ``nowhere`` ask for rows without a value: the part of a cut that has none."""

    window: Window
    filters: Filters = field(default_factory=Filters)
    reach: Reach = EVERYTHING
    empty: tuple[str, ...] = ()
    nowhere: bool = False

    def within(self, by: str, part: Any) -> Question:
        """The same question about one part of it."""
        if not by:
            return self
        if by in PERIODS:
            return replace(self, window=self._period(by, part))
        if by == "portfolio":
            return replace(self, filters=replace(self.filters, portfolio=part), nowhere=part is None)
        return replace(self, filters=replace(self.filters, **{by: part}), empty=(*self.empty, *([by] if not part else [])))

    def _period(self, by: str, first: date) -> Window:
        end = first if by == "day" else first + timedelta(days=6) if by == "week" else (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        return Window(max(first, self.window.first), min(end, self.window.last))

    def q(self) -> Q:
        """The rows in question."""
        found = self.window.q() & self.filters.q() & self.reach.q() & Q(**dict.fromkeys(self.empty, ""))
        return found & Q(portfolio_id__isnull=True) if self.nowhere else found
