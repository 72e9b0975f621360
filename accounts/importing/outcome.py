"""What an import did or would do, for the command, the screen and the run's record."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from accounts.importing.errors import Refusals
from accounts.importing.planning import Change, Plan
from governance.money import to_decimal


@dataclass(slots=True)
class Outcome:
    """``rows`` = created + updated + unchanged + refused + outside (issued after the as-of day). ``written`` says whether it was done."""

    layout: str
    file_name: str
    file_sha256: str
    portfolio: str = ""
    as_of: str = ""
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    outside: int = 0
    refusals: Refusals = field(default_factory=Refusals)
    totals: dict[str, str] = field(default_factory=dict)
    open_totals: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, dict[str, int]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    header: list[str] = field(default_factory=list)
    examples: list[Change] = field(default_factory=list)
    seconds: float = 0.0
    written: bool = False
    digest: str = ""
    run_id: int | None = None

    def count(self, plans: list[Plan]) -> None:
        """Add up the plans: rows of the file here, rows of each table in ``kinds``."""
        for plan in plans:
            self.created += plan.created
            self.updated += plan.updated
            self.unchanged += plan.unchanged
            self.kinds[plan.stage.kind.name] = {"created": plan.rows_created, "updated": plan.rows_updated}

    def as_json(self) -> dict[str, Any]:
        """The ``--json`` output: first the documented keys, then what explains them."""
        return {
            "layout": self.layout,
            "rows": self.rows,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "refused": [refusal.as_json() for refusal in self.refusals.kept],
            "totals": self.totals,
            "seconds": round(self.seconds, 3),
            "refused_count": self.refusals.count,
            "outside": self.outside,
            "open_totals": self.open_totals,
            "kinds": self.kinds,
            "notes": self.notes,
            "portfolio": self.portfolio,
            "as_of": self.as_of,
            "written": self.written,
            "run": self.run_id,
        }


def amounts(minor: dict[str, int]) -> dict[str, str]:
    """Minor units per currency as exact amounts in words of the currency's digits."""
    return {currency: str(to_decimal(value, currency)) for currency, value in sorted(minor.items())}
