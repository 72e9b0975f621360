"""One sentence read by the learned model, together with what the rules saw in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from ..forecast import in_sentence
from ..uncharted import outside
from .features import word_features
from .model import load

_MANY = 3


def signs_of(hits: Iterable[tuple[str, bool]], sentence: str, accented: str, languages: tuple[str, ...], question: bool) -> frozenset[str]:
    """What the rules say of a sentence, as features: rules matched (``r:``) or denied (``n:``), a forecast, words from elsewhere."""
    found = {("n:" if negated else "r:") + rule for rule, negated in hits}
    if not question and in_sentence(sentence, accented if "es" in languages else "", languages):
        found.add("f:forecast")
    elsewhere = len(outside(sentence, languages))
    if elsewhere:
        found.add(f"u:{min(elsewhere, _MANY)}")
    if elsewhere > 1:
        found.add("u:>1")
    return frozenset(found)


@lru_cache(maxsize=20_000)
def read_part(sentence: str, languages: tuple[str, ...], question: bool, signs: frozenset[str]) -> Mapping[str, float]:
    """Probability per label that a masked sentence or clause says such a thing. Memoised: sentences of templates come again and again."""
    return load().scores(word_features(sentence, languages, question), signs)
