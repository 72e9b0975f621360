"""Recall from a stratified random sample, with its interval. Pure: counts in, numbers out.

What the detector flagged is known; what it did not flag is sampled. Stratum ``h`` has ``N_h`` unflagged units, ``n_h`` of them labelled, ``x_h`` of
those found to be disputed: ``FN = Σ N_h·x_h/n_h`` and ``recall = TP / (TP + FN)``. The labelled units are known, so only the rest is uncertain: for
each stratum ``θ ~ Beta(x_h + ½, n_h − x_h + ½)`` and the misses among its ``N_h − n_h`` other units ``~ Binomial(N_h − n_h, θ)``, which together is
one beta-binomial draw. The interval is made of such draws.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp, lgamma

VERSION = 1
# Below this many labels no number is shown: it would be a guess with decimals.
MINIMUM = 30
DRAWS = 20_000
LEVEL = 0.95
# Of a beta-binomial everything but this much is tabulated.
TAIL = 1e-10


@dataclass(frozen=True, slots=True)
class Stratum:
    """One stratum: ``units`` not flagged, ``labelled`` of them judged by people, ``found`` of those judged to be misses."""

    units: int
    labelled: int
    found: int

    def __post_init__(self) -> None:
        if not 0 <= self.found <= self.labelled <= self.units:
            raise ValueError(f"impossible stratum: {self.found} found in {self.labelled} labelled of {self.units}")

    @property
    def rest(self) -> int:
        """Units nobody judged."""
        return self.units - self.labelled


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share with its interval; all three are None where nothing may be said. ``missed`` is the estimated number of misses."""

    share: float | None
    low: float | None
    high: float | None
    labelled: int
    found: int
    missed: float | None = None

    @property
    def known(self) -> bool:
        """Whether there is a number."""
        return self.share is not None


def missed(strata: Sequence[Stratum]) -> float:
    """Estimated misses among all unflagged units. A stratum without a label adds nothing; see ``unseen``."""
    return sum(s.units * s.found / s.labelled for s in strata if s.labelled)


def unseen(strata: Sequence[Stratum]) -> bool:
    """True when some stratum has units and no label: then nothing may be said about the whole."""
    return any(s.units and not s.labelled for s in strata)


@lru_cache(maxsize=512)
def _table(rest: int, found: int, labelled: int) -> tuple[float, ...]:
    """Cumulative probabilities of 0, 1, 2 … misses among ``rest`` units: beta-binomial with Jeffreys' prior."""
    a, b = found + 0.5, labelled - found + 0.5
    p = exp(lgamma(rest + b) + lgamma(a + b) - lgamma(rest + a + b) - lgamma(b))
    total, out = 0.0, []
    for k in range(rest + 1):
        total += p
        out.append(total)
        if total > 1 - TAIL:
            break
        p *= (rest - k) / (k + 1) * (a + k) / (rest - k - 1 + b)
    return tuple(out)


def draws(strata: Sequence[Stratum], *, seed: str | int = 0, count: int = DRAWS) -> list[int]:
    """``count`` draws of the misses among all unflagged units, ascending; the same seed gives the same draws."""
    rng = random.Random(seed)  # noqa: S311 - a simulation, no secret
    sums = [sum(s.found for s in strata)] * count
    for s in strata:
        if not s.rest:
            continue
        table = _table(s.rest, s.found, s.labelled)
        last = len(table) - 1
        for n in range(count):
            sums[n] += min(bisect_left(table, rng.random()), last)
    return sorted(sums)


def bounds(ordered: Sequence[int], level: float = LEVEL) -> tuple[int, int]:
    """The equal-tailed interval of ascending draws, both ends included."""
    tail = int(len(ordered) * (1 - level) / 2)
    return ordered[tail], ordered[len(ordered) - 1 - tail]


def recall(caught: int, strata: Sequence[Stratum], *, seed: str | int = 0, count: int = DRAWS) -> Estimate:
    """Recall of a detector that rightly flagged ``caught`` units, or no number: below ``MINIMUM`` labels, with a stratum nobody looked into, or with
    nothing to find."""
    labelled, found = sum(s.labelled for s in strata), sum(s.found for s in strata)
    estimated = missed(strata)
    if labelled < MINIMUM or unseen(strata) or caught + estimated == 0:
        return Estimate(None, None, None, labelled, found)
    few, many = bounds(draws(strata, seed=seed, count=count))
    low, high = caught / (caught + many) if caught + many else 0.0, caught / (caught + few) if caught + few else 1.0
    return Estimate(caught / (caught + estimated), low, high, labelled, found, estimated)


def defect_rate(strata: Sequence[Stratum], *, seed: str | int = 0, count: int = DRAWS) -> Estimate:
    """The share of all units with a defect, from a stratified sample. With none found, the interval is the one-sided ``upper_bound``."""
    labelled, found, units = sum(s.labelled for s in strata), sum(s.found for s in strata), sum(s.units for s in strata)
    if labelled < MINIMUM or unseen(strata):
        return Estimate(None, None, None, labelled, found)
    if found == 0:
        return Estimate(0.0, 0.0, upper_bound(labelled), labelled, 0, 0.0)
    few, many = bounds(draws(strata, seed=seed, count=count))
    estimated = missed(strata)
    return Estimate(estimated / units, few / units, many / units, labelled, found, estimated)


def upper_bound(labelled: int) -> float:
    """At most this share, with 95 % confidence, when none was found among ``labelled``: the rule of three, 3/n."""
    return min(1.0, 3 / labelled) if labelled else 1.0


def floor(caught: int, known_misses: int) -> float | None:
    """The known floor: caught / (caught + misses somebody complained about or noticed). Recall is at most this: who stays silent is not in it."""
    total = caught + known_misses
    return caught / total if total else None


def allocate(units: Mapping[str, int], size: int, *, least: int = 10) -> dict[str, int]:
    """How many to draw from each stratum: ``least`` from each where there are as many, the rest by size. At most what is there."""
    out = {name: min(count, least) for name, count in units.items()}
    while sum(out.values()) > size and any(out.values()):
        largest = max(out, key=lambda name: (out[name], name))
        out[largest] -= 1
    spare = {name: count - out[name] for name, count in units.items()}
    left, whole = size - sum(out.values()), sum(spare.values())
    for name in sorted(spare, key=lambda name: (spare[name], name)):
        share = round(left * spare[name] / whole) if whole else 0
        taken = min(spare[name], share)
        out[name] += taken
        left, whole = left - taken, whole - spare[name]
    return out
