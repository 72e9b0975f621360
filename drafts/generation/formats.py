"""Money and dates in the reader's language, the same everywhere: ISO code and grouped digits, dates in words.

The symbols are CLDR's, read through Babel once per language; the digits are placed here, because Babel's own
formatter takes thirty times as long and a statement has many amounts. Every amount is exact: an integer of
minor units goes in, no rounding happens.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from babel import Locale
from babel.dates import format_date

from governance.money import exponent

LANGUAGES = ("en", "de", "fr", "es")
_LOCALES = {"en": "en_GB", "de": "de_DE", "fr": "fr_FR", "es": "es_ES"}
_AND = {"en": "and", "de": "und", "fr": "et", "es": "y"}
# CLDR groups French digits with a narrow no-break space, which many mail programs show as a box; the plain
# no-break space is safe.
_SAFE = {"\u202f": "\u00a0"}


def base_language(language: str) -> str:
    """The supported language behind a tag: ``de-AT`` gives ``de``; an unknown one gives ``en``."""
    code = language.replace("_", "-").split("-")[0].lower()
    return code if code in _LOCALES else "en"


@lru_cache(maxsize=8)
def _symbols(language: str) -> tuple[str, str]:
    symbols = Locale.parse(_LOCALES[language]).number_symbols
    latin = symbols.get("latn", symbols)
    return _SAFE.get(latin["group"], latin["group"]), latin["decimal"]


def digits(minor: int, currency: str, language: str) -> str:
    """The amount without its code: ``digits(123456, "EUR", "de") == "1.234,56"``."""
    group, decimal = _symbols(language)
    places = exponent(currency)
    whole, rest = divmod(abs(minor), 10**places)
    text = f"{whole:,}".replace(",", group)
    if places:
        text = f"{text}{decimal}{rest:0{places}d}"
    return f"-{text}" if minor < 0 else text


@lru_cache(maxsize=65_536)
def money(minor: int, currency: str, language: str) -> str:
    """The amount with its ISO code: ``EUR 1,234.56`` in English, ``1.234,56 EUR`` in German, French and
    Spanish.
    """
    text = digits(minor, currency, language)
    return f"{currency} {text}" if language == "en" else f"{text} {currency}"


@lru_cache(maxsize=8_192)
def day(value: date, language: str) -> str:
    """The date in words, never ambiguous: ``15 April 2026``, ``15. April 2026``, ``15 avril 2026``, ``15 de
    abril de 2026``.
    """
    text = format_date(value, "long", locale=_LOCALES[language])
    # CLDR writes "1 avril"; French readers expect "1er avril".
    return f"1er {text[2:]}" if language == "fr" and value.day == 1 else text


def separator(language: str, last: bool) -> str:
    """What stands between the items of a list: a comma, before the last one "and" in the language."""
    return f" {_AND[language]} " if last else ", "


def totals(sums: Mapping[str, int], language: str) -> str:
    """One amount per currency, never a sum across them: ``EUR 10.00 and USD 5.00``."""
    parts = [money(minor, currency, language) for currency, minor in sorted(sums.items())]
    if len(parts) <= 1:
        return "".join(parts)
    return ", ".join(parts[:-1]) + separator(language, last=True) + parts[-1]
