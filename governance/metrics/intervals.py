"""How sure a number is. Pure, and the same for the same input: what is drawn is drawn from a seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import lru_cache
from math import ceil, comb, sqrt

Z = 1.959963984540054
DRAWS = 2_000
SEED = 7

# A distribution as (value, how many), sorted by value.
Counted = Sequence[tuple[int, int]]


def wilson(k: int, n: int, z: float = Z) -> tuple[float, float]:
    """The Wilson interval of a share of ``k`` in ``n``, 95 % unless ``z`` says otherwise. Raises ``ValueError`` outside 0 <= k <= n, n > 0."""
    if not 0 <= k <= n or n == 0:
        raise ValueError(f"{k} of {n} is no share")
    share, square = k / n, z * z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = z * sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
    return (0.0 if k == 0 else max(0.0, middle - half)), (1.0 if k == n else min(1.0, middle + half))


def upper_bound(n: int, confidence: float = 0.95) -> float:
    """The one-sided bound of a share of which none was found in ``n``: 3/n, exactly. Raises ``ValueError`` for n = 0."""
    if n <= 0:
        raise ValueError("nothing was looked at")
    return float(1 - (1 - confidence) ** (1 / n))


def quantile(counted: Counted, share: float) -> int | None:
    """The smallest value that at least ``share`` of all do not exceed; None of nothing."""
    total = sum(n for _, n in counted)
    wanted, seen = max(1, ceil(share * total - 1e-9)), 0
    for value, n in counted:
        seen += n
        if seen >= wanted:
            return value
    return None


def bootstrap_quantile(counted: Counted, share: float, *, draws: int = DRAWS, seed: int = SEED) -> tuple[int, int] | None:
    """The 95 % bootstrap interval of a quantile; None of nothing.

    A quantile of a resample is an order statistic of as many uniform draws, read off the distribution: drawing that one number from its
    beta distribution is the bootstrap itself, at a cost that does not grow with the rows.
    """
    total = sum(n for _, n in counted)
    if not total:
        return None
    low, high = _places(total, max(1, ceil(share * total - 1e-9)), draws, f"{seed}:{total}:{share}")
    return _at(counted, low * total), _at(counted, high * total)


@lru_cache(maxsize=4096)
def _places(total: int, rank: int, draws: int, seed: str) -> tuple[float, float]:
    """Where the interval of an order statistic lies among all: of how many there are, whatever they are, so drawn once for each size."""
    # Seeded on purpose: the same rows give the same interval on every page. Nothing here is a secret.
    dice = random.Random(seed)  # noqa: S311
    found = sorted(dice.betavariate(rank, total - rank + 1) for _ in range(draws))
    return found[int(0.025 * draws)], found[min(draws - 1, int(0.975 * draws))]


def _at(counted: Counted, place: float) -> int:
    seen = 0
    for value, n in counted:
        seen += n
        if seen >= place:
            return value
    return counted[-1][0]


def at_least(k: int, n: int, share: float) -> float:
    """The chance of ``k`` or more among ``n`` when each has ``share``: exact, for tests and small tables."""
    return sum(comb(n, i) * share**i * (1 - share) ** (n - i) for i in range(k, n + 1))
