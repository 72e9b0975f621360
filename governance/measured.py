"""A measured line: what was found, against which limit, what it means and what to do. Readiness and Health are made of such lines.

Nothing is fine because nobody looked: a line whose check did not run is ``unknown``, one without a limit or a source is ``not_set_up``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

FINE, WARNING, PROBLEM, NOT_SET_UP, UNKNOWN = "fine", "warning", "problem", "not_set_up", "unknown"
WORDS: dict[str, str] = {
    PROBLEM: "Problem", WARNING: "Warning", NOT_SET_UP: "Not set up", UNKNOWN: "Unknown", FINE: "Fine",
}  # fmt: skip
# From bad to good: of several findings the first here counts.
WORST_FIRST = (PROBLEM, UNKNOWN, NOT_SET_UP, WARNING, FINE)


@dataclass(frozen=True, slots=True)
class Measured:
    """One line. ``link`` is the name of an admin address with an optional argument and query (``name:7?a=b``), shown to whom ``right`` is given.

    ``weight`` counts in a score (0: shown only); ``must``: nothing passes while this line is neither fine nor a warning.
    """

    key: str
    title: str
    state: str
    value: str
    limit: str
    means: str
    do: str = ""
    link: str = ""
    right: str = ""
    weight: int = 0
    must: bool = False
    group: str = ""

    @property
    def words(self) -> str:
        """The state in words."""
        return WORDS[self.state]

    def as_dict(self) -> dict[str, Any]:
        """As stored and as the command prints it."""
        return asdict(self)


def restored(stored: Iterable[dict[str, Any]]) -> list[Measured]:
    """Stored lines as objects; fields of a later or an earlier version are left out or empty."""
    known = Measured.__slots__
    return [Measured(**{name: value for name, value in line.items() if name in known}) for line in stored]


def worst(states: Iterable[str]) -> str:
    """The worst of several states; unknown when there is none."""
    found = set(states)
    return next((state for state in WORST_FIRST if state in found), UNKNOWN)


def tally(lines: Iterable[Measured]) -> list[tuple[str, int]]:
    """(state, count) from bad to good; states nobody is in are left out."""
    counted = Counter(line.state for line in lines)
    return [(state, counted[state]) for state in (PROBLEM, WARNING, NOT_SET_UP, UNKNOWN, FINE) if counted[state]]


def share(part: int, whole: int) -> str:
    """ "1,180 of 1,204 (98 %)"; rounded down, so that 100 % means all."""
    return f"{part:,} of {whole:,}" + (f" ({100 * part // whole} %)" if whole else "")
