"""What one digit-bearing chunk of text is by its shape alone (number, amount with its currency, date, ordinal, identifier …).

Pure and memoised: the same chunk means the same in every draft; context is added by ``scan``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from .lexicon.basics import CURRENCY_WORDS, MONTHS, SCALES, UNITS
from .numbers import parse_number


class Shape(NamedTuple):
    """``kind``: number, money, percent, date, ordinal, time, span, range, id, other. ``value`` thousandths or a day number."""

    kind: str
    value: int | None = None
    word: str = ""
    dates: tuple[str, ...] = ()
    decimals: bool = False


_NUM = r"\d+(?:[.,']\d+)*"
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_DMY = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})")
_DM = re.compile(r"(\d{1,2})\.(\d{1,2})")
_NUMBER = re.compile(rf"({_NUM})(?:,-+|\.-+|,--)?")
_BEFORE = re.compile(rf"(-?)([A-Za-z]{{0,4}}[$€£¥₹₺₽]?|[$€£¥₹₺₽][A-Za-z]{{2}})[ .]?(-?)({_NUM})(k|K|m|M|bn|mn)?(?:,-+|\.-+)?")
_SPREAD = re.compile(rf"([A-Za-z]{{0,4}}[$€£¥₹₺₽]?){_NUM}[-/]{_NUM}")
_AFTER = re.compile(rf"(-?{_NUM})-?([$€£¥₹₺₽%]|[A-Za-z]{{1,9}}[$]?)")
_NAMED_DAY = re.compile(r"(\d{1,2})[-. ]?([A-Za-z]{3,9})[-. ]?(\d{4}|\d{2})?")
_MONTH_DAY = re.compile(r"([A-Za-z]{3,9})[-.]?(\d{1,2})")
_TIME = re.compile(r"\d{1,2}h(?:\d{2})?|\d{1,2}[:.]\d{2}(?:am|pm)|\d{1,2}(?:am|pm)|24/7")
_RANGE = re.compile(rf"({_NUM})[-/]({_NUM})")
_ORDINALS = frozenset("st nd rd th er e o a eme re te".split())


def iso(year: int, month: int, day: int) -> str | None:
    """``2026-04-15`` when such a calendar day can exist, else None."""
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    return f"{year if year > 99 else 2000 + year:04d}-{month:02d}-{day:02d}"


def _dates(text: str) -> tuple[str, ...] | None:
    match = _ISO.fullmatch(text)
    if match:
        found = iso(int(match[1]), int(match[2]), int(match[3]))
        return (found,) if found else ()
    match = _DMY.fullmatch(text)
    if match:
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        both = (iso(year, second, first), None if match[2] == "." else iso(year, first, second))  # 3.4.2026 is always the third of April
        return tuple(dict.fromkeys(day for day in both if day))
    return None


def _glued(text: str) -> Shape | None:
    """Amounts, percentages, ordinals and spans of time written without a space."""
    match = _AFTER.fullmatch(text)
    if match:
        value, word = parse_number(match[1].lstrip("-")), match[2].lower()
        if word == "%":
            return Shape("percent", value)
        if word in _ORDINALS and match[1].isdigit():
            return Shape("ordinal", int(match[1]))
        if word in UNITS and word not in {"p", "m"}:
            return Shape("span", value, word)
        if word in CURRENCY_WORDS:
            return Shape("money", value, word, decimals=True)
        if word in SCALES:
            return Shape("money", None if value is None else value * SCALES[word], decimals=True)
    match = _SPREAD.fullmatch(text)
    if match and match[1].lower() in CURRENCY_WORDS:
        return Shape("money", None, match[1].lower(), decimals=True)  # "£2,000-3,000" has no one value
    match = _BEFORE.fullmatch(text)
    if match and match[2]:
        word = match[2].lower()
        if word in CURRENCY_WORDS or (len(word) == 3 and match[2].isupper() and not match[4].isdigit()):
            value = parse_number(match[4])
            scale = SCALES.get((match[5] or "").lower(), 1)
            return Shape("money", None if value is None else value * scale, word, decimals=True)
    return None


def _named_day(text: str) -> Shape | None:
    match = _NAMED_DAY.fullmatch(text)
    if match and match[2].lower() in MONTHS:
        month = MONTHS[match[2].lower()]
        if match[3]:
            found = iso(int(match[3]), month, int(match[1]))
            return Shape("date", dates=(found,) if found else ())
        return Shape("date", dates=(f"-{month:02d}-{int(match[1]):02d}",))
    match = _MONTH_DAY.fullmatch(text)
    if match and match[1].lower() in MONTHS and len(match[1]) > 2:
        return Shape("date", dates=(f"-{MONTHS[match[1].lower()]:02d}-{int(match[2]):02d}",))
    return None


@lru_cache(maxsize=16384)
def shape_of(text: str) -> Shape:
    """Classify one chunk (punctuation around it already stripped)."""
    match = _NUMBER.fullmatch(text)
    dates = _dates(text)
    if dates is not None:
        return Shape("date", dates=dates)
    if match:
        digits = match[1]
        decimals = len(digits) > 3 and digits[-3] in ".,"
        return Shape("number", parse_number(digits), digits, decimals=decimals or len(text) > len(digits))
    if _TIME.fullmatch(text):
        return Shape("time")
    found = _glued(text) or _named_day(text)
    if found:
        return found
    match = _RANGE.fullmatch(text)
    if match:
        return Shape("range", parse_number(match[2]), match[1])
    return Shape("id" if any(map(str.isalpha, text)) else "other")
