"""Learning what sentences mean: one logistic regression per label, cross-validated. Needs the ``train`` extra."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from ..clauses import reading_of
from ..facts import Facts
from ..text import Text
from .features import word_features
from .model import ANY, FORMAT

DATA = Path(__file__).with_name("data")
LABELS = (
    "threat", "legal", "penalty", "suspension", "credit_offer", "discount", "payment_plan", "admission_of_fault", "unsupported_promise",
    "rude", "injection_echo", "bank_change", "personal_data", "deadline", "says_paid", "says_nothing_received", "says_cancelled",
    "says_not_due", "says_no_dispute",
)  # fmt: skip
FORBIDDEN = frozenset(LABELS[:13])
"""What no routine letter may say; the rest are statements and deadlines, to be held against the facts."""
FOLDS = 5
_STRENGTH = 10.0
"""Inverse regularisation (C)."""
_SIGN = 0.6
"""Scale of the rules' features beside a unit of words."""
_LETTER = 5.0
"""Weight of a sentence that stands in a whole letter beside one written alone: letters hold what is said in the proportion it is said."""
_LEAST = 2
_SMALLEST = 0.04
"""Weights below this change nothing and are not kept."""


@dataclass(frozen=True)
class Example:
    """One passage: its features and its labels."""

    language: str
    text: str
    labels: frozenset[str]
    words: frozenset[str]
    signs: frozenset[str]
    weight: float = 1.0


def read_examples(folder: Path = DATA) -> list[Example]:
    """The passages of ``sentences.*.csv`` and ``letters.*.csv`` (columns lang, labels, text), features made.

    Raises ``ValueError`` for an unknown label.
    """
    found = []
    for path in sorted(folder.glob("*.csv")):
        weight = _LETTER if path.name.startswith("letters.") else 1.0
        with path.open(encoding="utf-8", newline="") as stream:
            for number, row in enumerate(csv.DictReader(stream), 2):
                labels = frozenset(row["labels"].split())
                if not labels <= set(LABELS):
                    raise ValueError(f"{path.name} line {number}: unknown label in {row['labels']!r}")
                found.append(_example(row["lang"], row["text"], labels, weight))
    return found


def _example(language: str, raw: str, labels: frozenset[str], weight: float) -> Example:
    text = Text(raw, "body", Facts({}, None))
    words: set[str] = set()
    signs: set[str] = set()
    for reading in reading_of(text, language):
        words |= word_features(reading.sentence, reading.languages, reading.question)
        signs |= reading.signs
    return Example(language, raw, labels, frozenset(words), frozenset(signs), weight)


class Matrix:
    """Feature numbering and the sparse rows: words scaled to unit length, signs as they are."""

    def __init__(self, examples: Sequence[Example]) -> None:
        counts = Counter(name for example in examples for name in example.words | example.signs)
        self.names = sorted(name for name, count in counts.items() if count >= _LEAST)
        self._place = {name: number for number, name in enumerate(self.names)}

    def rows(self, examples: Sequence[Example]) -> csr_matrix:
        """One row per example."""
        columns: list[int] = []
        values: list[float] = []
        ends = [0]
        for example in examples:
            unit = 1 / max(len(example.words), 1) ** 0.5
            for names, value in ((example.words, unit), (example.signs, _SIGN)):
                known = sorted(self._place[name] for name in names if name in self._place)
                columns += known
                values += [value] * len(known)
            ends.append(len(columns))
        return csr_matrix((values, columns, ends), shape=(len(examples), len(self.names)))


def targets(examples: Sequence[Example]) -> dict[str, np.ndarray]:
    """Label → one boolean per example, ``any`` first."""
    found = {ANY: np.array([bool(example.labels & FORBIDDEN) for example in examples])}
    return found | {label: np.array([label in example.labels for example in examples]) for label in LABELS}


def fit(examples: Sequence[Example], target: np.ndarray, rows: csr_matrix) -> LogisticRegression:
    """One binary regression."""
    return LogisticRegression(C=_STRENGTH, solver="liblinear", max_iter=500).fit(rows, target, sample_weight=[example.weight for example in examples])


def cross_validate(examples: Sequence[Example]) -> dict[str, np.ndarray]:
    """Label → the probability given to each example by a model that has not seen it."""
    strata = [f"{example.language} {min(example.labels, default='')}" for example in examples]
    wanted = targets(examples)
    scores = {label: np.zeros(len(examples)) for label in wanted}
    for learn, test in StratifiedKFold(FOLDS, shuffle=True, random_state=1).split(strata, strata):
        seen = [examples[i] for i in learn]
        matrix = Matrix(seen)
        rows, unseen = matrix.rows(seen), matrix.rows([examples[i] for i in test])
        for label, target in wanted.items():
            scores[label][test] = fit(seen, target[learn], rows).predict_proba(unseen)[:, 1]
    return scores


def save(examples: Sequence[Example], path: Path) -> None:
    """Learn every label from all examples and write the weights (hundredths) as sorted JSON."""
    matrix = Matrix(examples)
    rows = matrix.rows(examples)
    models = [fit(examples, target, rows) for target in targets(examples).values()]
    signs = {name for example in examples for name in example.signs}
    weights: dict[str, list[int]] = {}
    for place, name in enumerate(matrix.names):
        scale = _SIGN if name in signs else 1.0
        for label, model in enumerate(models):
            weight = float(model.coef_[0][place]) * scale
            if abs(weight) >= _SMALLEST:
                weights.setdefault(name, []).extend((label, round(weight * 100)))
    content = {
        "format": FORMAT, "labels": [ANY, *LABELS], "bias": [round(float(model.intercept_[0]), 3) for model in models], "rows": weights,
    }  # fmt: skip
    path.write_text(json.dumps(content, separators=(",", ":"), sort_keys=True) + "\n", encoding="utf-8")


def figures(examples: Sequence[Example]) -> list[str]:
    """The cross-validated share found of each label, where one clean passage in a hundred is called so by mistake."""
    scores, wanted = cross_validate(examples), targets(examples)
    clean = np.array([not example.labels for example in examples])
    lines = [f"{len(examples)} passages, {int(clean.sum())} of them clean; share found at 1 % of the clean ones:"]
    for label, target in wanted.items():
        limit = float(np.quantile(scores[label][clean], 0.99))
        lines.append(f"{label:22} {int(target.sum()):5} passages {float((scores[label][target] > limit).mean()):.2f} (limit {limit:.2f})")
    return lines
