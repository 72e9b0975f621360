"""The currencies a word or sign beside an amount can mean."""

from __future__ import annotations

from governance.money import is_currency

from .lexicon.basics import CURRENCY_WORDS, SHARED_CURRENCY


def currency_of(word: str, original: str) -> frozenset[str] | None:
    """ISO codes that ``word`` (in small letters; ``original`` as written) can mean; None when it names no currency."""
    code = CURRENCY_WORDS.get(word)
    if code is None:
        return frozenset((original,)) if len(original) == 3 and original.isupper() and is_currency(original) else None
    return SHARED_CURRENCY.get(code) or frozenset((code,))


def code_of(word: str) -> frozenset[str] | None:
    """The currency of an ISO code written in capitals."""
    return frozenset((word,)) if len(word) == 3 and word.isupper() and is_currency(word) else None
