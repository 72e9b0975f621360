"""Which language a text is in, from the small words it uses. Packs exist for English, German, French and Spanish."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from .lexicon.basics import LANGUAGES, STOPWORDS
from .words import LANGUAGE_SHIFT

CODES = tuple(STOPWORDS)
_BITS = tuple(1 << (LANGUAGE_SHIFT + index) for index in range(len(CODES)))
_TOP = sum(_BITS)


@lru_cache(maxsize=512)
def _codes(bits: int) -> tuple[str, ...]:
    return tuple(code for code, bit in zip(CODES, _BITS, strict=True) if bits & bit)


@dataclass(frozen=True, slots=True)
class Evidence:
    """``main``: best language (``xx`` = another one) or None when too short to tell; ``packs``: rules to apply."""

    main: str | None
    scores: dict[str, int]
    packs: tuple[str, ...]
    share: float
    own: dict[str, int]


def weigh(words: Sequence[str], masks: Sequence[int]) -> Evidence:
    """Count small words per language. A language other than the main one counts when it has words of its own that the main one lacks."""
    scores = dict.fromkeys(CODES, 0)
    own = dict.fromkeys(CODES, 0)
    for bits, count in Counter(mask & _TOP for mask in masks).items():
        codes = _codes(bits)
        for code in codes:
            scores[code] += count
        if len(codes) == 1:
            own[codes[0]] += count
    ranked = sorted(CODES, key=lambda code: (scores[code] + own[code], scores[code]), reverse=True)
    main = ranked[0] if scores[ranked[0]] else None
    packs = tuple(code for code in LANGUAGES if code == main or (own[code] >= 3 and 4 * own[code] >= own[main or code]))
    share = scores[main] / len(words) if main and words else 0.0
    return Evidence(main, scores, packs or ("en",), share, own)
