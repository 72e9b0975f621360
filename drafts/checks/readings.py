"""What the context says about figures that could be read in several ways: the order of day and month, a number of days whose unit is
understood ("FI-1 is 12 days late and FI-2 30"), an invoice told by its last digits ("…1240"), an identifier written with spaces.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .items import Item
from .numbers import THOUSAND
from .shapes import iso

# What cuts a chunk of digits in ``scan``: identifiers that hold such a character are looked for as a whole.
_CUTS = re.compile(r"[\s|;()\[\]{}<>\":=]")
_PARTS = re.compile(r"[\s._/-]+")
_GAP = r"[\s._/-]{0,3}"
_DAY_MONTH = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-]\d{2,4}")
_COUNT_LEAD = re.compile(r"\b(?:hace|a|en a|by|for|and|with|um|seit|mit|und|de|depuis|desde|with|of|on|at|is|are|steht bei|lleva|llevan)\W{1,2}\Z|\) \Z")
_COUNT_TAIL = re.compile(r"\s*(?:[.,;:!?)]|\(|\Z|\n|overdue|late|respectively|behind|bzw|beziehungsweise|respectivement|respectivamente)")
_MONEY_VERB = re.compile(
    r"(?:\b(?:pay|amount|sum|total|for|balance|remit|transfer|settle|owe|of|over|betrag|summe|uber|zahl\w*|uberweis\w*|offen|von|montant|"
    r"somme|payer|regler|solde|de|importe|suma|pagar|abonar|saldo|por|is|are|ist|est|es)|[€$£¥₹]|\b[a-z]{3}\.?)\W{0,2}\Z"
)
_SHORT_SIGN = re.compile(
    r"(?:\.\.\.?|…|[-/#]|\b(?:ending(?: in| with)?|invoices?|rechnung(?:en)?|factures?|facturas?|nr|no|die|der|zur|la|the|numero|nummer|"
    r"number|endziffern?|terminant par|terminad[oa] en|acabad[oa] en|finissant par|n[o°]))\W{0,2}\Z"
)

_ACCOUNT = re.compile(r"\b(?:account|iban|konto\w*|compte|cuenta|card|karte|carte|tarjeta|bank\w*|tel\w*|phone|extension|ext|po box|postfach)\b")


def spaced_pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """One expression for the identifiers that a scan by chunks would tear apart, or None when there are none."""
    torn = [name for name in names if _CUTS.search(name.strip())]
    if not torn:
        return None
    forms = sorted({_GAP.join(re.escape(part) for part in _PARTS.split(name.strip()) if part) for name in torn}, key=len, reverse=True)
    return re.compile(rf"(?<![\w])(?:{'|'.join(forms)})(?!\w|[-/]\w)", re.I)


_SPACED_DAY = re.compile(r"(?<![\d.,])(\d{1,2})\. ?(\d{1,2})\. (\d{4})(?!\d)|(?<![\d.,])(\d{1,2})\. (\d{1,2})\.(\d{4})(?!\d)")


def spaced_days(folded: str) -> list[Item]:
    """Days written with spaces: ``1. 5. 2026``."""
    found = []
    for match in _SPACED_DAY.finditer(folded):
        day, month, year = (int(part) for part in match.groups() if part)
        date = iso(year, month, day)
        found.append(Item("date", match.start(), match.end(), dates=(date,) if date else ()))
    return found


_CLOCK = r"\d{1,2}(?:[.:]\d{2})?"
_HOURS = re.compile(
    rf"(?<![\d.,]){_CLOCK}(?:(?: ?(?:-|to|until|till|bis|a|und|and|et|y|sowie|,) ?)+(?:from |von |de )?{_CLOCK})+ ?(?:uhr|hrs?|hours|h|heures|horas|o'clock|a\.?m|p\.?m)\b", re.I
)


def hours_of_day(folded: str) -> list[Item]:
    """Office hours: "8 bis 11.30 und von 13.30 bis 17 Uhr"."""
    return [Item("hour", *match.span()) for match in _HOURS.finditer(folded)]


# "4. Days overdue: 30", "2) NB-7": the number of a line in a list.
_LISTED = re.compile(r"(?:\A|\n)[ \t]*\(?\Z")
_LIST_MARK = re.compile(r"[.)][ \t]+(?=\D)")


def list_number(folded: str, start: int, end: int) -> bool:
    """True for the number of a line in a list; a day of a month is read before."""
    return end - start <= 2 and bool(_LIST_MARK.match(folded, end)) and bool(_LISTED.search(folded, max(0, start - 12), start))


_DAY_BEHIND = re.compile(r"[ \t]+\d{1,2}(?:st|nd|rd|th)?,?[ \t]+\d{4}(?!\d)")


def numbers_a_line(folded: str, start: int, end: int, month_end: int) -> bool:
    """True for the "1." of "1. February 15, 2027" at the beginning of a line: the day stands behind the month."""
    opens = folded.rfind("\n", 0, start) + 1
    return folded[end : end + 1] in {".", ")"} and not folded[opens:start].strip(" \t-*•") and bool(_DAY_BEHIND.match(folded, month_end))


_SIGN_NEAR = re.compile(r"(?:[$€£¥]|\b(?:EUR|USD|GBP|CHF|CAD|MXN|AUD))[ \t]?\Z")
_SIGN_NEXT = re.compile(r"[ \t]?(?:[$€£¥%]|(?:EUR|USD|GBP|CHF|CAD|MXN|AUD|[Ee]uros?|[Ff]ranken|Uhr|h)\b)")


def bears_a_sign(folded: str, start: int, end: int) -> bool:
    """True when a currency, a percentage or an hour stands beside the figure: no day of a month."""
    return bool(_SIGN_NEAR.search(folded, max(0, start - 5), start) or _SIGN_NEXT.match(folded, end))


_VERB_NEXT = re.compile(r"(?:may|march) (?:be|have|has|not|well|also|still|already|just|simply|even|both|each|now|need|want|wish|differ|get|come|go)\b")


def is_verb(folded: str, start: int, word: str, worded: bool = False) -> bool:
    """True for "the two may be settled together" and "the 2 may be": a month of English written small, behind digits also before a verb."""
    if word not in {"may", "march"} or not folded[start].islower():
        return False
    return worded or bool(_VERB_NEXT.match(folded, start))


JOINT = re.compile(r"[/+&,]")


def joined_ids(text: str, ids: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Where the identifiers stand that make up a chunk without spaces (``FI-1/FI-2``); empty when a piece of it is none."""
    found: list[tuple[int, int]] = []
    start = 0
    ends = [match.start() for match in JOINT.finditer(text)] + [len(text)]
    while start < len(text):
        end = max((end for end in ends if end > start and text[start:end].upper() in ids), default=0)
        if not end:
            return []
        found.append((start, end))
        start = end + 1
    return found


def settle_days(folded: str, items: Sequence[Item], day_first: bool) -> None:
    """``04/05/2026`` is one day: day first outside English, else in the order of the dates of the text that can be read in one way only."""
    open_items = [item for item in items if item.kind == "date" and len(item.dates) == 2]
    if not open_items:
        return
    keep = 0 if day_first else _order(folded)
    if keep is not None:
        for item in open_items:
            item.dates = item.dates[keep : keep + 1]


def _order(folded: str) -> int | None:
    first = {(int(m[1]) > 12, int(m[2]) > 12) for m in _DAY_MONTH.finditer(folded)}
    if (True, False) in first:
        return None if (False, True) in first else 0
    return 1 if (False, True) in first else None


def understood_counts(plain: str, segments: Sequence[tuple[int, int]], items: Sequence[Item]) -> None:
    """A small bare number behind a number of days in the same sentence counts the same unit."""
    unit: dict[int, Item] = {}
    for item, before in zip(items, (None, *items), strict=False):
        if item.kind == "count" and item.value:
            unit[item.seg] = item
        elif item.kind == "number" and item.seg in unit and item.value is not None and item.value < 1000 * THOUSAND and not item.decimals:
            start = max(segments[item.seg][0], item.start - 14)
            close = before is not None and before.kind == "ref" and 0 <= item.start - before.end <= 3
            if item.value % THOUSAND == 0 and (close or _COUNT_LEAD.search(plain, start, item.start)) and _COUNT_TAIL.match(plain, item.end):
                told = unit[item.seg]
                whole = item.value // THOUSAND
                length = 1 if not told.value or not told.ref else told.value * THOUSAND // told.ref
                item.kind, item.ref, item.value, item.word = "count", item.value, whole * length, told.word


def short_references(plain: str, items: Sequence[Item], tails: Mapping[str, Any]) -> None:
    """``the 1240 is open``, ``…1240``: the last digits of exactly one invoice, where nothing says that they are money."""
    for item in items:
        if item.kind == "number" and not item.decimals and item.word in tails and tails[item.word] is not None:
            before = plain[max(0, item.start - 24) : item.start]
            if _ACCOUNT.search(before):
                continue
            if _SHORT_SIGN.search(before) or not _MONEY_VERB.search(before):
                item.kind, item.ref = "ref", tails[item.word]
