"""Numbers as people write them, in any locale and in words, to exact thousandths of a unit. No float anywhere.

A currency has at most three decimals, so an integer number of thousandths holds every amount of the world's currencies exactly and makes
"equals a fact" a comparison of integers. Source for grouping: CLDR (``,`` ``.`` space, apostrophe, the Indian 2-2-3).
"""

from __future__ import annotations

import re
from functools import lru_cache

THOUSAND = 1000

_GROUPED = re.compile(r"\d{1,3}(?:([.,' ])\d{3}(?:\1\d{3})*)?(?:([.,])(\d{1,3}))?")
_INDIAN = re.compile(r"\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d{1,2})?")
_DECIMAL = re.compile(r"\d+(?:[.,]\d{1,2})?")


def parse_number(raw: str) -> int | None:
    """Thousandths of the one value ``raw`` stands for, or None when it has none (``1.2.3``, ``24,80.00``, ``2,4800.00``).

    A single separator followed by exactly three digits groups thousands (``2.480`` = ``2,480`` = 2480): amounts carry two decimals or
    none in the four languages, and a three-decimal currency always shows both separators or its own precision (``1.234.567``).
    """
    if raw.isdigit():
        return int(raw) * THOUSAND
    match = _GROUPED.fullmatch(raw)
    if match:
        group, mark, decimals = match.groups()
        if mark is None or (group is not None and mark != group):
            return _assemble(raw, mark, decimals)
        if group is None and len(decimals) < 3:
            return _assemble(raw, mark, decimals)
        return None if group == mark else int(re.sub(r"\D", "", raw)) * THOUSAND
    if _INDIAN.fullmatch(raw):
        whole, _, decimals = raw.replace(",", "").partition(".")
        return int(whole) * THOUSAND + int((decimals + "000")[:3])
    if _DECIMAL.fullmatch(raw):
        mark = "." if "." in raw else ","
        whole, _, decimals = raw.partition(mark)
        return int(whole) * THOUSAND + int((decimals + "000")[:3])
    return None


def _assemble(raw: str, mark: str | None, decimals: str | None) -> int:
    body = raw if mark is None else raw[: raw.rindex(mark)]
    return int(re.sub(r"\D", "", body)) * THOUSAND + int(((decimals or "") + "000")[:3])


def is_year(word: str, value: int) -> bool:
    """True for four digits between 1990 and 2100 (``value`` in thousandths)."""
    return len(word) == 4 and 1990 * THOUSAND <= value <= 2100 * THOUSAND


@lru_cache(maxsize=4096)
def fact_amount(value: str) -> int | None:
    """Thousandths of a decimal string from the facts (``"2480.00"``); None when it is not one."""
    whole, _, decimals = value.strip().removeprefix("-").partition(".")
    if not whole.isdigit() or (decimals and not decimals.isdigit()) or decimals[3:].strip("0"):
        return None
    return int(whole) * THOUSAND + int((decimals + "000")[:3])


def show_number(thousandths: int) -> str:
    """``2,480.00`` for 2480000, for messages to people."""
    whole, rest = divmod(thousandths, THOUSAND)
    return f"{whole:,}.{rest:03d}".removesuffix("0")
