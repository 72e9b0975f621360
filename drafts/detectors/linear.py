"""A linear model at run time: weights from a JSON file, a sum, a logistic or softmax. Nothing else.

The weights are learned by `python manage.py train_detector`; where the data comes from and what the
model reaches is told in docs/detection.md.
"""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

WEIGHTS = Path(__file__).with_name("weights.json")


@dataclass(frozen=True)
class BinaryModel:
    """Probability of one class: logistic(bias + sum of the weights of the features present)."""

    bias: float
    weights: dict[str, float]

    def probability(self, features: Iterable[str]) -> float:
        """A number from 0 to 1."""
        get = self.weights.get
        return _logistic(self.bias + sum(get(feature, 0.0) for feature in features))


@dataclass(frozen=True)
class KindModel:
    """Probabilities of several classes: softmax over one weighted sum per class."""

    kinds: tuple[str, ...]
    bias: tuple[float, ...]
    weights: dict[str, list[float]]

    def probabilities(self, features: Iterable[str]) -> dict[str, float]:
        """One number from 0 to 1 for each kind; they add up to 1."""
        if not self.kinds:
            return {}
        sums = list(self.bias)
        for feature in features:
            row = self.weights.get(feature)
            if row is not None:
                sums = [total + weight for total, weight in zip(sums, row, strict=True)]
        top = max(sums)
        powers = [math.exp(total - top) for total in sums]
        whole = sum(powers)
        return {kind: power / whole for kind, power in zip(self.kinds, powers, strict=True)}


@dataclass(frozen=True)
class Weights:
    """Everything that was learned, with the thresholds chosen in the same run."""

    dispute: BinaryModel
    category: KindModel
    reply: KindModel
    short_threshold: float
    mail_threshold: float
    reply_threshold: float


@lru_cache(maxsize=4)
def load_weights(path: Path = WEIGHTS) -> Weights:
    """The learned weights, read once on first use; the file holds them in hundredths.

    Raises ValueError when the file is not of this format.
    """
    raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if raw.get("format") != 1:
        raise ValueError(f"{path.name}: unknown weights format {raw.get('format')!r}, expected 1")
    dispute, thresholds = raw["dispute"], raw["thresholds"]
    return Weights(
        dispute=BinaryModel(dispute["bias"], {name: weight / 100 for name, weight in dispute["weights"].items()}),
        category=_kinds(raw["category"]),
        reply=_kinds(raw["reply"]),
        short_threshold=thresholds["short"],
        mail_threshold=thresholds["mail"],
        reply_threshold=thresholds["reply"],
    )


def _kinds(raw: dict[str, Any]) -> KindModel:
    weights = {name: [x / 100 for x in row] for name, row in raw["weights"].items()}
    return KindModel(tuple(raw["kinds"]), tuple(raw["bias"]), weights)


def _logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x)) if x > -700 else 0.0
