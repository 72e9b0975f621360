"""Amounts and counts written in words: two thousand four hundred eighty, zweitausendvierhundertachtzig, quatre-vingt-dix, dos mil."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from .lexicon.basics import NUMBER_GLUE, NUMBER_WORDS, ORDINAL_WORDS

VAGUE = {
    "en": "several|a_few|few|some|a_couple_of|couple_of|many|various",
    "de": "mehrere|einige|ein_paar|paar|viele",
    "fr": "quelques|plusieurs|des|de_nombreux",
    "es": "varios|varias|unos|unas|algunos|algunas|muchos",
}
_HALF = r"and a half|einhalb|et demi|y medio|y media"

# Alone it is a lake ("Fermes du Lac"), behind a figure a hundred thousand.
_PLACES = frozenset(("lac", "lacs"))


@lru_cache(maxsize=8)
def _patterns(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """(a run of number words, one piece of a run) for ``language``."""
    words = {**NUMBER_WORDS[language], **ORDINAL_WORDS[language]}
    alternatives = "|".join(sorted(words, key=len, reverse=True))
    glue = "|".join(NUMBER_GLUE[language])
    unit = f"(?:(?!und\\b)(?:{alternatives}|und)+)" if language == "de" else f"(?:{alternatives})"
    vague = VAGUE[language].replace("_", r"\s")
    run = rf"(?<!\w)(?:(?P<vague>{vague})\s)?{unit}(?:[\s-]+(?:(?:{glue})[\s-]+)?{unit})*(?P<half>[\s-]+(?:{_HALF})(?:\s+{unit})?)?(?!\w)"
    return re.compile(run), re.compile(f"{alternatives}|{glue}")


def value_of(run: str, language: str) -> int | None:
    """The whole number a run of number words stands for, or None (``twenty hundred and`` is still a number; ``und`` alone is not)."""
    values = {**NUMBER_WORDS[language], **ORDINAL_WORDS[language]}
    total, current, seen, previous = 0, 0, False, ""
    for piece in _patterns(language)[1].findall(run):
        value = values.get(piece)
        if value is None:
            continue
        seen = True
        if value >= 1000:
            total, current = total + (current or 1) * value, 0
        elif value == 100 and piece not in {"ciento", "cien"}:
            current = current // 100 * 100 + (current % 100 or 1) * 100
        elif language == "fr" and piece.startswith("vingt") and previous == "quatre":
            current += 76
        else:
            current += value
        previous = piece
    return total + current if seen else None


def find_runs(plain: str, language: str) -> Iterator[tuple[int, int, int | None]]:
    """(start, end, value) of every run of number words; value None when it is vague (several thousand) or holds a half."""
    for match in _patterns(language)[0].finditer(plain):
        if match.group() in _PLACES:
            continue
        vague = match.group("vague") or match.group("half")
        yield match.start(), match.end(), None if vague else value_of(match.group(), language)
