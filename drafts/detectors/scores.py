"""How good a judgement is, with intervals: precision and recall (Wilson) and F1 (bootstrap over the rows)."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

_Z = 1.959964
_DRAWS = 1000


@dataclass(frozen=True)
class Share:
    """A proportion with its 95 % interval; `value` is None when there is nothing to divide by."""

    numerator: int
    denominator: int
    low: float
    high: float

    @property
    def value(self) -> float | None:
        """The proportion, from 0 to 1."""
        return self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True)
class Quality:
    """Precision, recall and F1 of yes-or-no judgements over n rows."""

    n: int
    precision: Share
    recall: Share
    f1: float
    f1_low: float
    f1_high: float


def wilson(numerator: int, denominator: int) -> Share:
    """The 95 % Wilson score interval of a share."""
    if denominator == 0:
        return Share(0, 0, 0.0, 1.0)
    p, n, z2 = numerator / denominator, denominator, _Z * _Z
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Share(numerator, n, max(0.0, centre - half), min(1.0, centre + half))


def quality(truth: Sequence[bool], judged: Sequence[bool]) -> Quality:
    """Compare judgements with labels. The F1 interval is the 95 % percentile bootstrap, seeded."""
    pairs = list(zip(truth, judged, strict=True))
    hit = sum(a and b for a, b in pairs)
    draw = random.Random(20)  # noqa: S311 a seeded resampling, not a secret
    samples = sorted(_f1(draw.choices(pairs, k=len(pairs))) for _ in range(_DRAWS)) if pairs else [0.0]
    return Quality(
        n=len(pairs),
        precision=wilson(hit, sum(b for _, b in pairs)),
        recall=wilson(hit, sum(a for a, _ in pairs)),
        f1=_f1(pairs),
        f1_low=samples[int(0.025 * len(samples))],
        f1_high=samples[min(int(0.975 * len(samples)), len(samples) - 1)],
    )


def _f1(pairs: Sequence[tuple[bool, bool]]) -> float:
    hit = sum(a and b for a, b in pairs)
    total = sum(a for a, _ in pairs) + sum(b for _, b in pairs)
    return 2 * hit / total if total else 0.0
