"""Figures said in two pieces: minor units behind the currency ("12'664 francs 35", "6 120:50 kr"), weeks and days, the columns of an ageing list."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .items import Item
from .numbers import THOUSAND, parse_number
from .scan_patterns import JOINED

_MINOR = re.compile(r"[ \t](\d{2})(?![\w]|[.,'/:-]\d|[ \t]?[%$€£])(?=[ \t]*(?:[.,;:)!?\n|]|\Z|(?:centimes?|cents?|rappen|centimos|centavos|ct|and|et|und|y|is|are|ist|est|es)\b))")
_COLON = re.compile(r":(\d{2})(?![\d:])")
_AND = re.compile(r"[ ]*(?:,|and|und|et|y|&|\+)[ ]*(?:and|und|et|y)?[ ]*")
_MONTHS = re.compile(r"(?:month|monat|mois|mes)")
_BUCKET = re.compile(r"\W*(?:[a-z]+ ){0,3}(\d{1,3})[ ]?(?:-|to|bis|a)[ ]?(\d{1,3})(?!\d)|\W*(?:over|more than|uber|mehr als|plus de|mas de) (\d{1,3})(?!\d)|\W*(?:less than|under|up to|unter|weniger als|bis|moins de|jusqu'a|menos de|hasta) (\d{1,3})(?!\d)")
_NOTHING = re.compile(r"[^:|\t]{0,12}[:|\t –-]+\W*(?:none|nil|nothing|no items?|n/a|keine?\w*|nichts|entfallt|aucune?|neant|rien|sin (?:partidas?|saldo|importe|facturas?|movimientos?)|ningun\w*|nada|0)?\W*\Z")


def minor_units(folded: str, plain: str, end: int, value: int | None) -> tuple[int | None, int]:
    """The amount and its new end when two digits of minor units follow the currency word of a whole amount."""
    found = _MINOR.match(folded, end) if value is not None and value % THOUSAND == 0 and plain[end - 1].isalpha() else None
    return (value + int(found[1]) * 10, found.end()) if found and value is not None else (value, end)


def whole_number(folded: str, start: int, end: int, value: int | None, decimals: bool) -> tuple[int, int | None, bool]:
    """(end, value, decimals) of a number with its groups behind spaces (``6 120,50``) and a colon before the minor units (``6 120:50``)."""
    if end - start <= 3 and folded[end : end + 1] == " ":
        joined = JOINED.match(folded, start)
        if joined:
            end, value, decimals = joined.end(), parse_number(joined.group()), True
    found = _COLON.match(folded, end) if value is not None and end - start > 2 and value % THOUSAND == 0 else None
    if found and value is not None:
        end, value, decimals = found.end(), value + int(found[1]) * 10, True
    return end, value, decimals


def compound_counts(plain: str, items: list[Item]) -> None:
    """ "2 weeks and 5 days" is one period: the second piece is taken into the first; "1 month and 5 days" keeps its months in ``ref``."""
    for first, second in zip(list(items), list(items)[1:], strict=False):
        if first.kind != "count" or second.kind != "count" or first.seg != second.seg or not second.value or second not in items or first not in items:
            continue
        if not _AND.fullmatch(plain, first.end, second.start):
            continue
        if first.value and first.value % 7 == 0 and second.value < 7:
            first.value, first.end = first.value + second.value, second.end
            items.remove(second)
        elif first.value is None and _MONTHS.match(first.word) and isinstance(first.ref, int) and second.value < 31:
            first.value, first.word, first.end = second.value, "+months", second.end
            items.remove(second)


def months_and_days(item: Item, counts: Sequence[int]) -> bool:
    """True when a period of months and days (word ``+months``) is one of the ``counts`` of days."""
    months = item.ref // THOUSAND
    left, right = months * 30 - 2 + (item.value or 0), months * 31 + (item.value or 0)
    return any(left <= days <= right for days in counts)


def ageing_column(plain: str, item: Item, line_start: int, row: Sequence[Item], counts: Sequence[int]) -> bool:
    """ "31-60 days: 8,500.00" at the beginning of a row: true when an invoice of ``counts`` falls into it, or the row shows 0.00 or "none" and
    none does."""
    found = _BUCKET.match(plain, line_start, item.end)
    money = [other for other in row if other.kind == "money"]
    if found is None:
        return False
    low, high = (int(found[3]) + 1, 10 * 365) if found[3] else (-10 * 365, int(found[4])) if found[4] else (int(found[1]), int(found[2]))
    there = any(low <= days <= high for days in counts)
    if not money:
        line_end = plain.find("\n", item.end)
        return not there and bool(_NOTHING.match(plain[item.end : line_end if line_end >= 0 else len(plain)]))
    return there or all(other.value == 0 for other in money)
