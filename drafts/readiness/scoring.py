"""The score and the gate of one portfolio, from its lines. Pure.

Each line has a weight. Fine counts all of it, a warning half, everything else nothing: what is not known or not set up is never credited.
The score is what was earned of what the lines could earn, in hundredths, rounded down. Lines with weight 0 are shown and not counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from governance.measured import FINE, PROBLEM, WARNING, Measured, tally

# Why these: a fluent reminder does harm where facts are missing or a dispute is not seen (20 each), and where nobody can approve it (15).
# Old facts, missing texts and missing recipients stop single messages (10 each). The rest delays people (5 each).
WEIGHTS: dict[str, int] = {
    "facts": 20, "disputes": 20, "approvers": 15, "freshness": 10, "texts": 10, "recipients": 10, "sender": 5, "owners": 5,
    "rare_approvers": 5, "training": 5, "mail": 0,
}  # fmt: skip
# No score makes up for these: while one of them is neither fine nor a warning, no model writes.
MUST = ("sender", "facts", "disputes", "approvers")
CREDIT = {FINE: 2, WARNING: 1}


@dataclass(frozen=True, slots=True)
class Readiness:
    """What was found about one portfolio."""

    portfolio_id: int
    lines: tuple[Measured, ...]
    minimum: int

    @property
    def score(self) -> int:
        """0 to 100."""
        possible = sum(2 * line.weight for line in self.lines)
        earned = sum(CREDIT.get(line.state, 0) * line.weight for line in self.lines)
        return 100 * earned // possible if possible else 0

    @property
    def why_not(self) -> str:
        """Why no model may write for it, in words; empty when one may."""
        shut = [line for line in self.lines if line.must and line.state not in CREDIT]
        if shut:
            return "; ".join(f"{line.title.lower()}: {line.value}" for line in shut[:2])
        if self.score < self.minimum:
            return f"its readiness is {self.score}, and the policy asks for {self.minimum}"
        return ""

    @property
    def to_do(self) -> tuple[Measured, ...]:
        """What is not fine, in the order in which it is best mended."""
        return tuple(line for line in self.lines if line.state != FINE)

    @property
    def tally(self) -> list[tuple[str, int]]:
        """(state, count), bad ones first."""
        return tally(self.lines)

    def as_dict(self) -> dict[str, Any]:
        """As the command prints it."""
        return {"score": self.score, "minimum": self.minimum, "passes": not self.why_not, "why_not": self.why_not, "lines": [line.as_dict() for line in self.lines]}


def line(key: str, title: str, state: str, value: str, limit: str, means: str, do: str = "", link: str = "", right: str = "") -> Measured:
    """A line with the weight of its key."""
    return Measured(key, title, state, value, limit, means, do, link, right, WEIGHTS[key], key in MUST)


def by_share(missing: int, whole: int, warn: int, problem: int) -> str:
    """The state of a share: fine up to ``warn`` per cent missing, a problem above ``problem`` per cent."""
    lost = 100 * missing
    return PROBLEM if lost > problem * whole else WARNING if lost > warn * whole else FINE


def ordered(lines: Sequence[Measured]) -> tuple[Measured, ...]:
    """In the order of setting a portfolio up: who we are, who decides, what we know, what we say, how it leaves."""
    order = ("sender", "approvers", "rare_approvers", "training", "facts", "freshness", "recipients", "owners", "disputes", "texts", "mail")
    return tuple(sorted(lines, key=lambda found: order.index(found.key)))
