"""How often the intervals of recall and precision cover the truth: drawn many times from populations that are known. Pure and seeded."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from governance.metrics.intervals import wilson
from governance.metrics.recall import Stratum, allocate, recall

# Unflagged units by stratum, and how much likelier a miss is there than in the last: like the population of the worked example.
POPULATION = {"ticket": 220, "mail": 480, "neither": 1060}
LIKELIER = {"ticket": 6.0, "mail": 3.0, "neither": 1.0}


@dataclass(frozen=True, slots=True)
class Coverage:
    """``covered`` of ``runs`` intervals held the true recall; ``width`` is their mean width."""

    misses: int
    runs: int
    covered: int
    width: float

    @property
    def share(self) -> float:
        """Covered / runs."""
        return self.covered / self.runs


def simulate(misses: int, *, runs: int, seed: int, caught: int = 180, size: int = 300, population: Mapping[str, int] | None = None, count: int = 2_000) -> Coverage:
    """Draw ``runs`` samples of ``size`` from a population with ``misses`` true misses, spread over the strata by how likely they are there."""
    rng = random.Random(seed)  # noqa: S311 - a simulation, no secret
    units = dict(population or POPULATION)
    per_stratum = allocate(units, size)
    truth, covered, width = caught / (caught + misses), 0, 0.0
    known: dict[tuple[int, ...], tuple[float, float]] = {}
    for _ in range(runs):
        where = _spread(misses, units, rng)
        found = tuple(_drawn(units[name], where[name], per_stratum[name], rng) for name in units)
        if found not in known:
            strata = [Stratum(units[name], per_stratum[name], x) for name, x in zip(units, found, strict=True)]
            estimate = recall(caught, strata, seed=seed, count=count)
            known[found] = (estimate.low or 0.0, estimate.high or 0.0)
        low, high = known[found]
        covered += low <= truth <= high
        width += high - low
    return Coverage(misses, runs, covered, width / runs)


def simulate_precision(truth: float, judged: int, *, runs: int, seed: int) -> Coverage:
    """Judge ``judged`` signals ``runs`` times, each a dispute with the chance ``truth``; ``misses`` are the signals that were none, rounded.

    The interval is the one the dashboard shows. Raises ``ValueError`` for a share outside 0 to 1 or nothing judged.
    """
    if not 0 <= truth <= 1:
        raise ValueError(f"{truth} is no share")
    rng, covered, width = random.Random(seed), 0, 0.0  # noqa: S311 - a simulation, no secret
    for _ in range(runs):
        low, high = wilson(sum(rng.random() < truth for _ in range(judged)), judged)
        covered += low <= truth <= high
        width += high - low
    return Coverage(round(judged * (1 - truth)), runs, covered, width / runs)


def _spread(misses: int, units: Mapping[str, int], rng: random.Random) -> dict[str, int]:
    names: Sequence[str] = list(units)
    weights = [units[name] * LIKELIER.get(name, 1.0) for name in names]
    out = dict.fromkeys(names, 0)
    while misses:
        (name,) = rng.choices(names, weights)
        if out[name] < units[name]:
            out[name] += 1
            misses -= 1
    return out


def _drawn(units: int, misses: int, size: int, rng: random.Random) -> int:
    """Misses among ``size`` units drawn without replacement."""
    found = 0
    for n in range(size):
        found += rng.random() * (units - n) < misses - found
    return found
