"""What is known so far of one follow-up, read from its standing rows: the ground on which the next event is measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from governance.measuring import kinds
from governance.models import Measure

# What every row of a draft says of it.
SLICES = ("portfolio_id", "lane", "purpose", "template", "prompt", "model", "band", "currency", "amounts", "renewal", "machine", "words")


@dataclass(slots=True)
class Round:
    """The standing rows of one follow-up, in the order of the ledger."""

    rows: list[Measure] = field(default_factory=list)

    @property
    def draft(self) -> Measure | None:
        """The draft offered last, pending or not."""
        found = [row for row in self.rows if row.kind == kinds.DRAFT]
        return max(found, key=lambda row: row.case_id or 0) if found else None

    @property
    def pending(self) -> Measure | None:
        """The draft that waits for a decision."""
        last = self.draft
        return last if last is not None and last.outcome == kinds.PENDING else None

    def of_case(self, kind: str) -> Iterator[Measure]:
        """Rows of one kind that belong to the draft offered last."""
        last = self.draft
        return (row for row in self.rows if last is not None and row.kind == kind and row.case_id == last.case_id)

    def has(self, kind: str) -> bool:
        """True when the draft offered last has a row of this kind."""
        return next(self.of_case(kind), None) is not None

    def of_kind(self, kind: str) -> list[Measure]:
        """All rows of one kind, of any draft of this follow-up."""
        return [row for row in self.rows if row.kind == kind]

    def slices(self) -> dict[str, Any]:
        """What the draft offered last says of itself; empty when none was."""
        last = self.draft
        return {name: getattr(last, name) for name in (*SLICES, "case_id", "draft_id")} if last is not None else {}


def minutes(since: datetime, until: datetime) -> int:
    """Whole minutes, never negative."""
    return max(0, int((until - since).total_seconds() // 60))
