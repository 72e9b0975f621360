"""The day a customer names in a promise. A date is read or it is None: none is ever invented.

"Next week", "soon" and "in two weeks" name no day. "Next Friday" names one, but on a Monday nobody can tell
which; 03/04 in an English text is two days at once: both stay None for a person to fill in. German, French
and Spanish write the day first.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = (
    "january|jan|januar|janner|janvier|janv|enero|ene",
    "february|feb|februar|fevrier|fevr|fev|febrero",
    "march|mar|marz|mrz|mars|marzo",
    "april|apr|avril|avr|abril|abr",
    "may|mai|mayo",
    "june|jun|juni|juin|junio",
    "july|jul|juli|juillet|juil|julio",
    "august|aug|aout|agosto|ago",
    "september|sept|sep|septembre|septiembre|setiembre",
    "october|oct|oktober|okt|octobre|octubre",
    "november|nov|novembre|noviembre",
    "december|dec|dezember|dez|decembre|diciembre|dic",
)
_WEEKDAYS = (
    "monday|montag|lundi|lunes",
    "tuesday|dienstag|mardi|martes",
    "wednesday|mittwoch|mercredi|miercoles",
    "thursday|donnerstag|jeudi|jueves",
    "friday|freitag|vendredi|viernes",
    "saturday|samstag|sonnabend|samedi|sabado",
    "sunday|sonntag|dimanche|domingo",
)
_MONTH_OF = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split("|")}
_WEEKDAY_OF = {name: number for number, names in enumerate(_WEEKDAYS) for name in names.split("|")}
_M = "(?:" + "|".join(sorted(_MONTH_OF, key=len, reverse=True)) + r")\.?"
_W = "(?:" + "|".join(sorted(_WEEKDAY_OF, key=len, reverse=True)) + ")"

_NAMED = re.compile(
    r"(?P<iso>\b(?P<iy>20\d\d)-(?P<im>\d\d)-(?P<id>\d\d)\b)"
    r"|(?P<num>(?<![\d.,/])(?P<a>\d{1,2})(?P<sep>[./-])(?P<b>\d{1,2})(?:(?P=sep)(?P<y>20\d\d|\d\d)\b|\.?(?![\d.,/%])))"
    rf"|(?P<dm>\b(?P<d1>\d{{1,2}})(?:st|nd|rd|th|er|\.)? (?:of |de |du )?(?P<m1>{_M})(?:,? (?:de |del )?(?P<y1>20\d\d))?(?!\w))"
    rf"|(?P<md>\b(?P<m2>{_M}) (?:the )?(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<y2>20\d\d))?(?![\w,.]\d|\w))"
    r"|(?P<eom>\b(?:end of (?:this |the |the current )?month|month[- ]end|ende (?:des |dieses )?monats?|monatsende"
    r"|fin (?:du|de ce) mois|fin de mois|(?:final(?:es)?|fin) de(?:l| este)? mes)\b)"
    rf"|(?P<eonm>\b(?:end of|ende|fin|(?:final(?:es)? |fin )de) (?P<m3>{_M})(?!\w))"
    r"|(?P<rel>\b(?:day after tomorrow|ubermorgen|apres-demain|pasado manana|tomorrow|(?<!guten )morgen|demain"
    r"|(?<!la )(?<!esta )manana|today|heute|aujourd'hui|hoy)\b)"
    r"|(?P<days>\b(?:in|within|innerhalb von|binnen|dans|sous|en|dentro de) (?P<n>\d{1,2}) (?:days|tagen|jours|dias)\b)"
    rf"|(?P<wd>\b(?:(?P<next>next|nachsten?|nachster) |this |on |by |am |bis |diesen |kommenden |ce |le |este "
    rf"|el |el proximo |proximo |before |until |vor |avant |antes del )?(?P<w>{_W})\b)"
    r"|(?P<dom>\b(?:(?:on|by|until|before) the (?P<d3>\d{1,2})(?:st|nd|rd|th)\b|(?:am|bis zum|zum) (?P<d4>\d{1,2})\.(?![\d])"
    r"|(?:le|avant le|pour le) (?P<d5>\d{1,2})(?![\d/%]|[.,]\d)\b(?! jours)"
    rf"|(?:el|el dia|antes del) (?P<d6>\d{{1,2}})(?![\d/%]|[.,]\d)\b)(?! (?:of |de )?{_M}))"
)
_NOT_A_PROMISE = re.compile(
    r"(?:dated|date|invoice|issued|from|since|due|of|vom|seit|datum|fallig|du|des|depuis|datee|echue|desde|fecha|del"
    r"|no\.?|nr\.?|was|were|(?<!be )paid|received|sent|shipped|delivered)(?: (?:on|the|am|le|el|to us|in))? $"
)
_PROMISE_ANYWAY = re.compile(r"(?:before|by|until|antes|am|bis|avant|end|fin|ende|partir|finales) (?:the |del |du )?$")


@dataclass(frozen=True)
class NamedDay:
    """A day named at `start` of the folded text; `day` is None when it cannot be told which day it is."""

    start: int
    day: date | None


def named_days(folded: str, as_of: date | None, *, day_first: bool) -> list[NamedDay]:
    """The days a folded sentence names as something to come.

    `as_of` is the day the message arrived; without it only full dates are resolved. Days before it are
    left out: a promise looks forward. `day_first` says how 03/04 is read; False leaves it unresolved.
    """
    found: list[NamedDay] = []
    for match in _NAMED.finditer(folded):
        before = folded[: match.start()]
        if _NOT_A_PROMISE.search(before) and not _PROMISE_ANYWAY.search(before):
            continue
        try:
            day = _resolve(match, as_of, day_first)
        except ValueError:
            continue
        if day is not None and as_of is not None and day < as_of:
            continue
        found.append(NamedDay(match.start(), day))
    return found


def _resolve(match: re.Match[str], as_of: date | None, day_first: bool) -> date | None:
    """The calendar day of a match; ValueError when it is no date at all (31/02, 45.99)."""
    kind = next(name for name in _READERS if match.group(name))
    return _READERS[kind](match, as_of, day_first)


def _iso(match: re.Match[str], as_of: date | None, day_first: bool) -> date | None:
    return date(int(match["iy"]), int(match["im"]), int(match["id"]))


def _numeric(match: re.Match[str], as_of: date | None, day_first: bool) -> date | None:
    first, second, year = int(match["a"]), int(match["b"]), match["y"]
    if match["sep"] == "." and not year and not match.group().endswith("."):
        raise ValueError("a decimal number")
    if match["sep"] == "-" and not year:
        raise ValueError("a range")
    whole = int(year) + (2000 if len(year) == 2 else 0) if year else None
    readings = set()
    for day, month in ((first, second), (second, first)):
        if month <= 12 and day <= 31:
            readings.add((day, month))
    if not readings:
        raise ValueError("no date")
    if len(readings) == 1 or day_first or match["sep"] == ".":
        day, month = (first, second) if (first, second) in readings else readings.pop()
        return _in_year(day, month, whole, as_of)
    return None


def _day_month(match: re.Match[str], as_of: date | None, day_first: bool) -> date | None:
    prefix = "1" if match["dm"] else "2"
    year = match["y" + prefix]
    month = _MONTH_OF[match["m" + prefix].rstrip(".")]
    return _in_year(int(match["d" + prefix]), month, int(year) if year else None, as_of)


def _in_year(day: int, month: int, year: int | None, as_of: date | None) -> date | None:
    """Without a year, the next such day from `as_of` on, at most about ten months ahead."""
    if year is not None:
        return date(year, month, day)
    date(2024, month, day)
    if as_of is None:
        return None
    this_year = date(as_of.year, month, day)
    if this_year >= as_of:
        return this_year
    next_year = date(as_of.year + 1, month, day)
    return next_year if (next_year - as_of).days < 300 else this_year


def _end_of_month(match: re.Match[str], as_of: date | None, day_first: bool) -> date | None:
    if as_of is None:
        return None
    return as_of.replace(day=calendar.monthrange(as_of.year, as_of.month)[1])


def _end_of_named_month(match: re.Match[str], as_of: date | None, day_first: bool) -> date | None:
    if as_of is None:
        return None
    month = _MONTH_OF[match["m3"].rstrip(".")]
    year = as_of.year + (month < as_of.month)
    return date(year, month, calendar.monthrange(year, month)[1])


def _relative(match: re.Match[str], as_of: date | None, day_first: bool) -> date | None:
    if as_of is None:
        return None
    word = match["rel"]
    if word in ("today", "heute", "aujourd'hui", "hoy"):
        return as_of
    return as_of + timedelta(days=1 if word in ("tomorrow", "morgen", "demain", "manana") else 2)


def _in_days(match: re.Match[str], as_of: date | None, day_first: bool) -> date | None:
    return None if as_of is None else as_of + timedelta(days=int(match["n"]))


def _weekday(match: re.Match[str], as_of: date | None, day_first: bool) -> date | None:
    if as_of is None:
        return None
    weekday = _WEEKDAY_OF[match["w"]]
    if match["next"] and weekday > as_of.weekday():
        return None
    ahead = (weekday - as_of.weekday()) % 7
    return as_of + timedelta(days=ahead or 7)


def _day_of_month(match: re.Match[str], as_of: date | None, day_first: bool) -> date | None:
    day = int(next(match[g] for g in ("d3", "d4", "d5", "d6") if match[g]))
    date(2024, 1, day)
    if as_of is None:
        return None
    year, month = (as_of.year, as_of.month) if day >= as_of.day else _next_month(as_of)
    return date(year, month, day)


def _next_month(as_of: date) -> tuple[int, int]:
    return (as_of.year + 1, 1) if as_of.month == 12 else (as_of.year, as_of.month + 1)


_READERS = {
    "iso": _iso,
    "num": _numeric,
    "dm": _day_month,
    "md": _day_month,
    "eom": _end_of_month,
    "eonm": _end_of_named_month,
    "rel": _relative,
    "days": _in_days,
    "wd": _weekday,
    "dom": _day_of_month,
}
