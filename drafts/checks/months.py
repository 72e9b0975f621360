"""G04: months and weeks named in passing ("fell due in March", "échue depuis mars", "venció el mes pasado") hold the day they speak of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from .attach import attachment
from .base import BLOCK, Finding
from .lexicon.basics import MONTHS
from .text import Draft, Text

# Full names and those short forms that are no other word.
_NAMES = {name: number for name, number in MONTHS.items() if len(name) > 4 or name in {"june", "july", "mai", "mars", "juni", "juli", "juin", "aout", "mayo", "abril", "may"}}
_DUE = r"(?:due|payable|fallig\w*|faellig\w*|echue?s?|exigibles?|echeance|venci\w*|vencimiento|uberfallig\w*|overdue)"
_LEAD = (
    r"(?:in|im|since|seit|ende|anfang|mitte|end of|early|mid|late|back in|depuis|en|fin|debut|mi|le mois de|desde|a finales de|finales de|a principios de|"
    r"a mediados de|en el mes de|of)"
)
_MONTH = re.compile(rf"\b(?P<due>{_DUE}\b(?:\W+\w+){{0,3}}?\W+)?(?P<lead>{_LEAD})[ -](?:the |de |dem |le |el )?(?P<month>{'|'.join(sorted(_NAMES, key=len, reverse=True))})\b(?! \d)")
_PERIOD = re.compile(
    rf"\b{_DUE}\b(?:\W+\w+){{0,2}}?\W+(?:(?P<month>last month|(?:im )?letzten monat|(?:im )?vergangenen monat|le mois dernier|el mes pasado)|"
    r"(?P<week>last week|letzte woche|vergangene woche|la semaine derniere|la semana pasada)|"
    r"(?P<now>this month|diesen monat|in diesem monat|ce mois-ci|este mes))\b"
)


_ONE_MONTH = re.compile(
    r"\b(?:overdue|late|uberfallig|fallig|echue?s?|retard|vencid\w*|atrasad\w*)\W+(?:\w+\W+){0,2}?(?:by|for|seit|depuis|de|desde hace|hace|um)\W+(?:a|one|einem|einen|un)\W+(?:month|monat|mois|mes)\b|"
    r"\bseit (?:einem|ueber einem|uber einem) monat (?:uberfallig|fallig)\b|\b(?:a|one) month (?:overdue|late|past due)\b"
)
_MONTH_DAYS = range(27, 36)


def month_claims(draft: Draft, text: Text) -> Iterator[Finding]:
    """Findings about months and weeks in which, by the facts, nothing of the kind happened."""
    if draft.facts.as_of is None:
        return
    if not text.vocabulary.isdisjoint(_NAMES):
        for found in _MONTH.finditer(text.plain):
            yield from _month(draft, text, found)
    for found in _ONE_MONTH.finditer(text.plain):
        if not any((draft.facts.as_of - day).days in _MONTH_DAYS for day in _due_days(draft, text, found)):
            yield text.finding("G04", "wrong_date", BLOCK, *found.span(), "it is not a month overdue")
    for found in _PERIOD.finditer(text.plain):
        if not any(_in_period(found, day, draft.facts.as_of) for day in _due_days(draft, text, found)):
            yield text.finding("G04", "wrong_date", BLOCK, *found.span(), "no due date lies in that time")


def _month(draft: Draft, text: Text, found: re.Match[str]) -> Iterator[Finding]:
    start, end = found.span("month")
    if any(item.kind in {"date", "month"} and item.start < end and start < item.end for item in text.items):
        return
    if found["month"] in {"may", "mai", "mars"} and "fr" not in text.languages and text.folded[start].islower():
        return
    number = _NAMES[found["month"]]
    if found["due"]:
        if not any(day.month == number for day in _due_days(draft, text, found)):
            yield text.finding("G04", "wrong_date", BLOCK, *found.span(), "the due date lies in another month")
    elif not any(int(day[5:7]) == number for day in draft.facts.all_dates):
        yield text.finding("G04", "wrong_date", BLOCK, start, end, "no fact falls in this month")


def _due_days(draft: Draft, text: Text, found: re.Match[str]) -> list[date]:
    attach, seg = attachment(draft, text), text.segment_at(found.start())
    named = attach.named.get(seg)
    invoices = [draft.facts.invoice(item.ref.name) for item in named] if named else attach.nearby(seg) or draft.facts.invoices
    return [date.fromisoformat(invoice.due[:10]) for invoice in invoices if invoice.due]


def _in_period(found: re.Match[str], day: date, today: date) -> bool:
    if found["week"]:
        monday = today - timedelta(days=today.weekday())
        return monday - timedelta(days=7) <= day < monday
    month = today.replace(day=1) if found["now"] else (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    return (day.year, day.month) == (month.year, month.month)
