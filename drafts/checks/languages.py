"""Which language a text is in, from the small words it uses. Packs exist for English, German, French and Spanish."""

from __future__ import annotations

import re
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


# Letters and marks that of the four languages only one writes, in words without a capital (names come from anywhere).
_MARKS = {
    "de": re.compile(r"(?<![^\W\d_])[a-zß-ÿ]*[äöß][a-zß-ÿ]*"),
    "fr": re.compile(r"(?<![^\W\d_])[a-zß-ÿ]*[èêàâîçùûœ][a-zß-ÿœ]*"),
    "es": re.compile(r"[¿¡]|(?<![^\W\d_])[a-zß-ÿ]*[áíóúñ][a-zß-ÿ]*"),
}
_SHORT, _CLOSE, _MOST_MARKS = 40, 3, 10


def _by_marks(main: str | None, scores: dict[str, int], own: dict[str, int], spelling: str) -> str | None:
    """The better of the four languages when the small words of a text leave the choice between them close."""
    if main not in LANGUAGES or spelling.isascii():
        return main
    most = scores[main] + own[main]
    if all(code == main or scores[code] + own[code] + _MOST_MARKS < most for code in LANGUAGES):
        return main
    marks = {code: 2 * min(len(pattern.findall(spelling)), _MOST_MARKS // 2) for code, pattern in _MARKS.items()}
    return max(LANGUAGES, key=lambda code: (scores[code] + own[code] + marks.get(code, 0), code == main))


def weigh(words: Sequence[str], masks: Sequence[int], spelling: str = "") -> Evidence:
    """Count small words per language. A language other than the main one counts when it has words of its own that the main one lacks, or,
    in a short text, when it comes close. ``spelling`` is the text with its accents.
    """
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
    main = _by_marks(main, scores, own, spelling)
    near = scores[main] + own[main] - _CLOSE if main in LANGUAGES and len(words) < _SHORT else None
    packs = tuple(
        code
        for code in LANGUAGES
        if code == main or (own[code] >= 3 and 4 * own[code] >= own[main or code]) or (near is not None and (own[code] or not own[main or code]) and scores[code] + own[code] >= near)
    )
    share = scores[main] / len(words) if main and words else 0.0
    return Evidence(main, scores, packs or ("en",), share, own)
