"""Words that a letter about an unpaid invoice does not need (catalogues, tyres, mailboxes, neighbours).

Honest letters hold such words too; how many there are is a sign for the learned model, never a verdict.
"""

from __future__ import annotations

from functools import lru_cache

from .lexicon.basics import LANGUAGES
from .pack_files import read_words
from .text import WORD, Text
from .words import LANGUAGE_SHIFT, mask_of

# ß reads as s in folded text and as ss in these lists.
_KNOWN = {language: (words := read_words(language)) | {word.replace("ss", "s") for word in words} for language in LANGUAGES}
_GREETING_WORDS = 3


@lru_cache(maxsize=50_000)
def _everyday(word: str, languages: tuple[str, ...]) -> bool:
    stems = [word, word[2:]] if "de" in languages and word.startswith("ge") else [word]
    return any(stem[:size] in _KNOWN[language] for language in languages for stem in stems for size in range(3, len(stem) + 1))


@lru_cache(maxsize=20_000)
def outside(sentence: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    """Words of a masked sentence outside the everyday ones; empty for greetings and rows of figures."""
    words = WORD.findall(sentence)
    if len(words) <= _GREETING_WORDS:
        return ()
    return tuple(
        word
        for word in words
        if len(word) >= 4 and not mask_of(word) >> LANGUAGE_SHIFT and word.strip("xz") and not _everyday(word, languages)
    )


def unusual(text: Text, word: str) -> bool:
    """True for a word outside the everyday ones of the text's languages."""
    return not mask_of(word) >> LANGUAGE_SHIFT and not _everyday(word, text.languages) and word not in text.facts.name_tokens
