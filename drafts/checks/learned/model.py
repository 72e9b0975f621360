"""The learned weights at run time: a sum and a logistic per label, from a JSON file. Nothing else.

``python manage.py train_checks`` learns them; docs/checks.md says from what, and how well they judge texts they never saw.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

WEIGHTS = Path(__file__).with_name("weights.json")
FORMAT = 1
ANY = "any"


@dataclass(frozen=True, slots=True)
class Model:
    """One logistic regression per label over the same features.

    ``rows`` maps a feature to label numbers and weights in hundredths by turns, as the file holds them: the lists are long, so nothing is
    unpacked that a sentence does not ask for.
    """

    labels: tuple[str, ...]
    bias: tuple[float, ...]
    rows: dict[str, list[int]]

    def scores(self, words: Iterable[str], signs: Iterable[str]) -> dict[str, float]:
        """Probability from 0 to 1 for each label. ``words`` count together as one unit, however long the sentence; ``signs`` count each."""
        seen = list(words)
        said, signed = self._sums(seen), self._sums(signs)
        unit = math.sqrt(len(seen)) or 1.0
        totals = [word / unit + sign + bias for word, sign, bias in zip(said, signed, self.bias, strict=True)]
        return {label: _logistic(total) for label, total in zip(self.labels, totals, strict=True)}

    def _sums(self, names: Iterable[str]) -> list[float]:
        sums, get = [0] * len(self.labels), self.rows.get
        for name in names:
            pairs = iter(get(name) or ())
            for label, weight in zip(pairs, pairs, strict=True):
                sums[label] += weight
        return [total / 100 for total in sums]


@cache
def load(path: Path = WEIGHTS) -> Model:
    """The weights, read once. Raises ``ValueError`` for a file of another format."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    if raw.get("format") != FORMAT:
        raise ValueError(f"{path.name}: unknown weights format {raw.get('format')!r}, expected {FORMAT}")
    return Model(tuple(raw["labels"]), tuple(raw["bias"]), raw["rows"])


def _logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x)) if x > -700 else 0.0
