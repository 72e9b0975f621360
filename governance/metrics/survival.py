"""Kaplan-Meier: how long things take when some are not done yet. Pure.

The mean of what is finished flatters: what takes long is still missing in it. Here the unfinished count as long as they were watched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import exp, log, sqrt

from governance.metrics.intervals import Z

# (duration, ended, how many): ended False for what was still open, or left without the end that is timed, after that long.
Observed = Iterable[tuple[int, bool, int]]


@dataclass(frozen=True, slots=True)
class Step:
    """After ``time`` a share ``left`` has not ended yet; ``variance`` is Greenwood's sum."""

    time: int
    left: float
    variance: float
    at_risk: int


def curve(observed: Observed) -> list[Step]:
    """The steps of the survival curve, one per duration at which something ended."""
    ended: dict[int, int] = defaultdict(int)
    gone: dict[int, int] = defaultdict(int)
    for time, done, n in observed:
        gone[time] += n
        if done:
            ended[time] += n
    at_risk, left, variance = sum(gone.values()), 1.0, 0.0
    steps: list[Step] = []
    for time in sorted(gone):
        deaths = ended[time]
        if deaths:
            left *= 1 - deaths / at_risk
            variance += deaths / (at_risk * (at_risk - deaths)) if at_risk > deaths else 0.0
            steps.append(Step(time, left, variance, at_risk))
        at_risk -= gone[time]
    return steps


def time_by_which(steps: Iterable[Step], share: float) -> int | None:
    """The time by which ``share`` have ended; None where the curve never gets there (too many are still open)."""
    return next((step.time for step in steps if step.left <= 1 - share + 1e-12), None)


def interval(steps: list[Step], share: float) -> tuple[int | None, int | None]:
    """The 95 % interval of that time: where the log-log band of the curve crosses (Brookmeyer and Crowley). None: no end on that side."""
    wanted = 1 - share
    low = next((s.time for s in steps if _band(s)[0] <= wanted + 1e-12), None)
    high = next((s.time for s in steps if _band(s)[1] <= wanted + 1e-12), None)
    return low, high


def _band(step: Step) -> tuple[float, float]:
    """The log-log interval of the share left; a curve that ended at zero is at zero."""
    if step.left <= 0.0:
        return 0.0, 0.0
    if step.left >= 1.0:
        return 1.0, 1.0
    spread = Z * sqrt(step.variance) / abs(log(step.left))
    return step.left ** exp(spread), step.left ** exp(-spread)
