"""How coarsely days are summed. A page reads the coarsest sums that can answer it, so that it costs its days and not its drafts.

A sum keeps the attributes some definition asks of its kind of row, and mostly one of all the slices, or none. What no level tells apart is
counted from the rows. Times are summed too, by how long they took in steps: exact up to ``EXACT``, then to within 1.6 %.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Case, F, IntegerField, Q, Value, When

from governance.measuring import kinds
from governance.models import Measure

FINER = ("template", "prompt", "model", "band", "currency")
PLACES = ("portfolio_id", "lane")

# What definitions ask of each kind of row: a sum keeps these and no more. A definition that asks for another column is counted from the
# rows until it joins here, with a migration that lets the days be summed again.
KEPT: dict[str, frozenset[str]] = {
    kinds.DRAFT: frozenset({"machine", "outcome", "complete"}),
    kinds.DECIDED: frozenset({"machine", "outcome", "substantive", "critical", "confirmed", "late", "complete", "code", "lane"}),
    kinds.ANSWER: frozenset({"outcome", "timed", "unread", "evidence", "reworked"}),
    kinds.SENT: frozenset({"machine", "outcome", "code", "confirmed", "reworked", "latent"}),
    kinds.MISTAKE: frozenset({"outcome", "code", "confirmed"}),
    kinds.DISPUTE: frozenset({"outcome", "confirmed"}),
    kinds.REPLY: frozenset({"outcome", "confirmed"}),
    kinds.CORRECTION: frozenset({"machine", "code"}),
    kinds.DISPATCH: frozenset({"outcome", "complete"}),
    kinds.OPENED: frozenset({"code"}),
    kinds.GAP: frozenset({"outcome", "code"}),
    kinds.VIOLATION: frozenset({"code"}),
    **{kind: frozenset({"outcome"}) for kind in (kinds.SIGNAL, kinds.PROMISE, kinds.ROUTED, kinds.DRIFT, kinds.FIRST)},
    **{kind: frozenset() for kind in (kinds.BOUNCED, kinds.OPT_OUT, kinds.EVIDENCE, kinds.EDITED, kinds.STOPPED)},
}


@dataclass(frozen=True, slots=True)
class Level:
    """One grain of sums: its name in ``by``, the slice whose value stands in ``value``, which of lane and portfolio it keeps."""

    name: str
    finer: str = ""
    places: tuple[str, ...] = ()

    def keeps(self, kind: str, columns: Collection[str]) -> bool:
        """Whether a condition on these columns of this kind of row can be read here."""
        return set(columns) - {"kind"} <= KEPT.get(kind, frozenset()) | set(self.places)


LEVELS: dict[str, Level] = {
    level.name: level
    for level in (
        Level("", "", PLACES), Level("all"), Level("all:lane", "", ("lane",)), Level("all:portfolio", "", ("portfolio_id",)),
        *(Level(f"all:{name}", name) for name in FINER),
        # What a model wrote stands beside the templates on everybody's page, of one portfolio too.
        Level("portfolio:model", "model", ("portfolio_id",)),
    )
}  # fmt: skip


def level_for(finer: Collection[str], lane: bool, portfolio: bool) -> Level | None:
    """The coarsest level that tells these slices apart; None where only the rows do."""
    name = next(iter(finer), "")
    if len(finer) > 1 or (name and lane):
        return None
    if name:
        return LEVELS.get(f"{'portfolio' if portfolio else 'all'}:{name}")
    return LEVELS["" if lane and portfolio else "all:lane" if lane else "all:portfolio" if portfolio else "all"]


@dataclass(frozen=True, slots=True)
class Spread:
    """A time (or another number) on rows that is summed by its size. ``name`` and ``version`` are those of its definition."""

    name: str
    version: int
    kind: str
    column: str
    where: Q
    ended: tuple[str, ...]

    @property
    def key(self) -> str:
        """As stored: another version of the definition has sums of its own."""
        return f"{self.name}:{self.version}"

    def q(self) -> Q:
        """The rows it speaks of."""
        return Q(self.where, kind=self.kind, **{f"{self.column}__isnull": False})

    def fits(self, row: Measure) -> bool:
        """The same, of a row that was read."""
        if row.kind != self.kind or getattr(row, self.column) is None:
            return False
        return row.outcome in kinds.APPROVED and row.machine if self.kind == kinds.DECIDED else row.outcome != kinds.PENDING


SPREADS: dict[str, Spread] = {
    spread.name: spread
    for spread in (
        Spread("approval_time", 2, kinds.DRAFT, "minutes", ~Q(outcome=kinds.PENDING), kinds.DECISIONS),
        Spread("word_edit_rate", 2, kinds.DECIDED, "permille", Q(machine=True, outcome__in=kinds.APPROVED), kinds.APPROVED),
    )
}  # fmt: skip

EXACT = 63
_LARGEST = 31  # bits


def step(value: int) -> int:
    """The middle of the step a number falls in: itself up to ``EXACT``, then one of 32 between a power of two and the next."""
    width = value.bit_length() - 6
    return value if width <= 0 else (value >> width << width) + (1 << width >> 1)


def step_of(column: str) -> Case:
    """``step`` for the database."""
    whens = [
        When(**{f"{column}__lt": 64 << width}, then=F(column) / Value(1 << width) * Value(1 << width) + Value(1 << width >> 1))
        for width in range(1, _LARGEST - 6)
    ]
    return Case(When(**{f"{column}__lt": 64}, then=F(column)), *whens, default=F(column), output_field=IntegerField())
