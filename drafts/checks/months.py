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
_AGO = {
    "y1": (1, 1, r"yesterday|gestern|hier|ayer"),
    "y2": (2, 2, r"(?:the )?day before yesterday|vorgestern|avant-hier|anteayer|antier"),
    "few": (1, 13, r"(?:a |some |the last )?few days(?: ago)?|some days(?: ago)?|(?:vor |seit )?(?:wenigen|ein paar|einigen) tagen|(?:il y a |depuis )?quelques jours|(?:hace )?(?:unos|pocos|algunos) dias"),
    "months": (45, 9999, r"(?:several|some|many) months|(?:mehreren|einigen|vielen) monaten|(?:de |depuis )?(?:plusieurs|quelques) mois|(?:varios|algunos|muchos) meses"),
    "half": (150, 220, r"half a year|(?:einem )?halben jahr|la moitie d'une annee|medio ano"),
    "year": (364, 9999, r"(?:over|more than) a year|(?:uber|mehr als) einem jahr|plus d'un an|mas de un ano"),
    "week": (1, 13, r"last week|(?:letzte|vergangene|vorige)r? woche|la semaine derniere|la semana pasada"),
}
"""Name → least and most days ago, and the words."""
_AGO_WORDS = "|".join(f"(?P<{name}>{words})" for name, (_, _, words) in _AGO.items())
_DUE_AGO = r"(?:due|overdue|past due|late|fallig|uberfallig|faellig|echue?s?|echeance|en retard|venci\w*|vencid\w*|atrasad\w*)"
_RELATIVE = re.compile(
    rf"\b{_DUE_AGO}\b(?: (?!wrote|spoke|called|schrieb|ecri|escrib)\w+){{0,2}}? (?:{_AGO_WORDS})\b|"
    rf"\b(?:{_AGO_WORDS.replace('?P<', '?P<b_')})(?: (?:und|offen|and|unpaid|zur zahlung|bereits|ist|war|sie))* {_DUE_AGO}\b"
)
_LAST_YEAR = re.compile(
    rf"\b{_DUE_AGO}\b(?: \w+){{0,2}}? (?:last year|(?:letztem|vergangenem|letzten|vergangenen|vorigen) jahr|l'an dernier|l'annee derniere|el ano pasado)\b|"
    rf"\b(?:letztem|vergangenem|letzten|vergangenen|vorigen) jahr(?: (?:offen|und))* {_DUE_AGO}\b"
)


# What makes a month named in passing one of ours: the sentence speaks of invoices, money or reminders, or holds a figure of them.
_MATTERS = re.compile(
    r"invoice|bill|pay|paid|due|owe|open|balance|account|amount|remind|wr[io]t|letter|statement|settl|transfer|rechnung|zahl|fallig|betrag|offen|konto|mahn|erinner|"
    r"schreib|geschrieb|uberweis|beglich|factur|pai|pay|echu|echean|sold|solde|montant|compte|relanc|rappel|ecri|courrier|regl|vir|venc|pag|saldo|importe|cuenta|"
    r"recorda|recl|escrib|abon|transfer|cobr|depuis|seit|since|desde"
)


def matters(text: Text, seg: int) -> bool:
    """True when the sentence ``seg`` speaks of invoices or money, so that a month in it claims something about them."""
    return any(item.kind in {"money", "ref"} for item in text.by_segment.get(seg, ())) or bool(_MATTERS.search(text.plain, *text.segments[seg]))


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
    yield from _relative(draft, text, draft.facts.as_of)
    yield from _feasts(draft, text, draft.facts.as_of)
    for found in _PERIOD.finditer(text.plain):
        if not any(_in_period(found, day, draft.facts.as_of) for day in _due_days(draft, text, found)):
            yield text.finding("G04", "wrong_date", BLOCK, *found.span(), "no due date lies in that time")


def _relative(draft: Draft, text: Text, today: date) -> Iterator[Finding]:
    """ "Due yesterday", "overdue for half a year", "since last year"."""
    for found in _RELATIVE.finditer(text.plain):
        name = next(name.removeprefix("b_") for name, said in found.groupdict().items() if said)
        if found.group().endswith("hier") and "fr" not in text.languages:
            continue  # German: here
        least, most, _ = _AGO[name]
        if not any(least <= (today - day).days <= most for day in _due_days(draft, text, found)):
            yield text.finding("G04", "wrong_date", BLOCK, *found.span(), "no due date lies in that time")
    for found in _LAST_YEAR.finditer(text.plain):
        if not any(day.year == today.year - 1 for day in _due_days(draft, text, found)):
            yield text.finding("G04", "wrong_date", BLOCK, *found.span(), "no due date lies in that year")


_FEASTS = {"christmas": (12, 25), "xmas": (12, 25), "weihnachten": (12, 25), "noel": (12, 25), "navidad": (12, 25), "navidades": (12, 25), "new year": (1, 1), "neujahr": (1, 1), "nouvel an": (1, 1), "ano nuevo": (1, 1)}
_FEAST_WORDS = frozenset(name.split()[-1] for name in _FEASTS)
_FEAST = re.compile(
    rf"\b{_DUE_AGO}\b(?: \w+){{0,3}}? (?P<side>before|after|since|vor|nach|seit|avant|apres|depuis|antes de|despues de|desde) (?:the |dem |le |la |las )?(?P<feast>{'|'.join(_FEASTS)})\b|"
    rf"\b(?P<side2>vor|nach|seit) (?:dem )?(?P<feast2>weihnachten|neujahr)(?: \w+){{0,2}}? {_DUE_AGO}\b"
)


def _feasts(draft: Draft, text: Text, today: date) -> Iterator[Finding]:
    """ "Due before Christmas" is held against the last Christmas."""
    if text.vocabulary.isdisjoint(_FEAST_WORDS):
        return
    for found in _FEAST.finditer(text.plain):
        month, day = _FEASTS[found["feast"] or found["feast2"]]
        feast = date(today.year if (month, day) <= (today.month, today.day) else today.year - 1, month, day)
        earlier = (found["side"] or found["side2"]) in {"before", "vor", "avant", "antes de"}
        if not any(due < feast if earlier else due >= feast for due in _due_days(draft, text, found)):
            yield text.finding("G04", "wrong_date", BLOCK, *found.span(), "the due date does not lie there")


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
    elif not any(int(day[5:7]) == number for day in draft.facts.all_dates) and matters(text, text.segment_at(start)):
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
