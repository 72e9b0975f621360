"""Learning the weights: two logistic regressions, cross-validated per source. Needs the `train` extra."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from drafts.detectors.disputes import is_mail, judge, read_sentences
from drafts.detectors.features import RULE_LETTERS, category_features, dispute_features
from drafts.detectors.linear import BinaryModel, KindModel, Weights
from drafts.detectors.replies import PROMISE, answer_features, read_answer
from drafts.detectors.scores import Quality, quality
from drafts.detectors.text import sentences
from drafts.detectors.training_data import Example

FOLDS = 5
_STRENGTH = 3.0
"""Inverse regularisation of the dispute model (C)."""
_KIND_STRENGTH = 16.0
_WORD = 0.5
"""Scale of word features beside rule features: words are regularised more, rules carry over to unseen mail."""
_LEAST = 2
"""A feature is kept from one sentence on: each sentence is learned in two views."""
_SMALLEST = 0.03
_SMALLEST_OF_KINDS = 0.13
"""Weights below these change nothing and are not kept."""
SHORT, MAIL, REPLY = 0.335, 0.38, 0.45
"""Thresholds: of a line of chat, of a mail of several sentences, of a reply kind. See docs/detection.md."""


@dataclass(frozen=True)
class Instance:
    """What one training row contributes: features, the class, a weight."""

    features: frozenset[str]
    label: str
    weight: float


def dispute_instances(examples: Iterable[Example]) -> list[Instance]:
    """Sentences with labels. A text that is no dispute has no disputing sentence; in one that is, the
    sentence the rules find strongest stands for it (a mail nobody's rule touches is left out).

    Every sentence is learned twice, with and without what the rules said, so that the words must carry
    the judgement where the rules know no wording.
    """
    found = []
    for example in examples:
        read = read_sentences(example.text)
        if example.label == "dispute" and len(read) > 1:
            read = [max(read, key=lambda item: item[1].weight)]
            if read[0][1].weight == 0:
                continue
        share = example.weight / max(len(read), 1) ** 0.5
        for piece, reading in read:
            whole = dispute_features(piece.folded, reading)
            words = {name for name in whole if not _from_rules(name)}
            found += [Instance(frozenset(view), example.label, share / 2) for view in (whole, words)]
    return found


def reply_instances(examples: Iterable[Example], weights: Weights) -> list[Instance]:
    """Whole answers with their kinds, with and without what the rules said."""
    found = []
    for example in examples:
        kind = PROMISE if example.label.startswith(PROMISE) else example.label
        whole = answer_features(read_answer(example.text), judge(example.text, "", weights))
        words = {name for name in whole if not _from_rules(name)}
        found += [Instance(frozenset(view), kind, example.weight / 2) for view in (whole, words)]
    return found


def category_instances(examples: Iterable[Example]) -> list[Instance]:
    """The disputing sentence of every own dispute with what it challenges."""
    found = []
    for example in examples:
        read = read_sentences(example.text)
        if not example.category or not read:
            continue
        whole = category_features((piece.folded, reading) for piece, reading in read)
        words = {name for name in whole if not _from_rules(name)}
        found += [Instance(frozenset(view), example.category, 0.5) for view in (whole, words)]
    return found


def fit_dispute(instances: Sequence[Instance]) -> BinaryModel:
    """The logistic regression that says how likely a sentence disputes."""
    names, model = _fit(instances, _STRENGTH, _WORD)
    sign = 1.0 if model.classes_[1] == "dispute" else -1.0
    weights = {name: round(float(weight) * sign, 2) for name, weight in zip(names, model.coef_[0], strict=True) if abs(weight) >= _SMALLEST}
    return BinaryModel(round(float(model.intercept_[0]) * sign, 3), weights)


def fit_kinds(instances: Sequence[Instance]) -> KindModel:
    """The multinomial logistic regression that tells the kinds of answers, or the categories, apart."""
    names, model = _fit(instances, _KIND_STRENGTH, _WORD)
    weights = {
        name: [round(float(x), 2) for x in column]
        for name, column in zip(names, model.coef_.T, strict=True)
        if np.abs(column).max() >= _SMALLEST_OF_KINDS
    }
    return KindModel(tuple(model.classes_), tuple(round(float(x), 3) for x in model.intercept_), weights)


def _from_rules(name: str) -> bool:
    return name[1:2] == ":" and name[0] in RULE_LETTERS


def _fit(instances: Sequence[Instance], strength: float, word_scale: float) -> tuple[list[str], Any]:
    counts = Counter(name for instance in instances for name in instance.features)
    names = sorted(name for name, count in counts.items() if count >= _LEAST)
    place = {name: number for number, name in enumerate(names)}
    scale = np.array([1.0 if _from_rules(name) else word_scale for name in names])
    columns, ends = [], [0]
    for instance in instances:
        columns += sorted(place[name] for name in instance.features if name in place)
        ends.append(len(columns))
    matrix = csr_matrix((scale[columns], columns, ends), shape=(len(instances), len(names)))
    labels = [instance.label for instance in instances]
    two = len(set(labels)) == 2
    model = LogisticRegression(C=strength, solver="liblinear" if two else "lbfgs", max_iter=800)
    model.fit(matrix, labels, sample_weight=[instance.weight for instance in instances])
    model.coef_ = model.coef_ * scale
    return names, model


def learn_disputes(examples: Sequence[Example]) -> Weights:
    """The two models that judge disputes; the reply model is still empty."""
    dispute = fit_dispute(dispute_instances(examples))
    category = fit_kinds(category_instances(examples))
    return Weights(dispute, category, KindModel((), (), {}), SHORT, MAIL, REPLY)


def train(disputes: Sequence[Example], replies: Sequence[Example]) -> Weights:
    """Learn every model from all the examples."""
    weights = learn_disputes(disputes)
    return replace(weights, reply=fit_kinds(reply_instances(replies, weights)))


def cross_validate(examples: Sequence[Example]) -> dict[str, Quality]:
    """Each text judged by a model that has not seen it (5 folds, stratified by source and label).

    Returns the quality per source; the mails among the own examples stand apart as "own mails".
    """
    strata = [f"{example.source} {example.label}" for example in examples]
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=1)
    judged: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for learn, test in folds.split(strata, strata):
        weights = learn_disputes([examples[i] for i in learn])
        for i in test:
            example = examples[i]
            source = "own mails" if example.source == "own" and is_mail(sentences(example.text)) else example.source
            verdict = judge(example.text, "", weights)
            judged[source].append((example.label == "dispute", verdict.is_dispute))
    return {name: quality([a for a, _ in pairs], [b for _, b in pairs]) for name, pairs in judged.items()}


def measure(examples: Sequence[Example], weights: Weights) -> Quality:
    """The quality on texts that were not learned."""
    judged = [judge(example.text, "", weights).is_dispute for example in examples]
    return quality([example.label == "dispute" for example in examples], judged)


def save(weights: Weights, path: Path) -> None:
    """Write the weights as sorted JSON."""
    content = {
        "format": 1,
        "thresholds": {
            "short": weights.short_threshold,
            "mail": weights.mail_threshold,
            "reply": weights.reply_threshold,
        },
        "dispute": {"bias": weights.dispute.bias, "weights": _hundredths(weights.dispute.weights)},
        "category": _kinds(weights.category),
        "reply": _kinds(weights.reply),
    }
    path.write_text(json.dumps(content, separators=(",", ":"), sort_keys=True) + "\n", encoding="utf-8")


def _kinds(model: KindModel) -> dict[str, Any]:
    return {"kinds": model.kinds, "bias": model.bias, "weights": _hundredths(model.weights)}


def _hundredths(weights: Mapping[str, float | list[float]]) -> dict[str, Any]:
    return {name: [round(x * 100) for x in weight] if isinstance(weight, list) else round(weight * 100) for name, weight in weights.items()}
