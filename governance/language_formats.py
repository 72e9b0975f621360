"""Amounts, dates, moments and numbers of the desk in the formats of a language. Letters to customers have their own (drafts.generation)."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from babel import Locale
from babel.dates import format_date, get_day_names
from babel.numbers import format_decimal

MONTHS = {name: n for n, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)}
DAYS = {name: n for n, name in enumerate("Mon Tue Wed Thu Fri Sat Sun".split())}
LONG = {name: n for n, name in enumerate("January February March April May June July August September October November December".split(), 1)}
_MONTH = "|".join([*LONG, *MONTHS])
AMOUNT = re.compile(r"([A-Z]{3}) (-?\d[\d,]*(?:\.\d+)?)")
NUMBER = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+\.\d+")
SHARE = re.compile(r"(-?\d[\d,]*(?:\.\d+)?) ?%")
NUMBER_AND_SHARE = re.compile(r"(\d[\d,]*) \((\d+(?:\.\d+)?) %\)")
MOMENT = re.compile(
    rf"(?:(?P<weekday>{'|'.join(DAYS)}) )?(?P<day>\d{{1,2}}) (?P<month>{_MONTH})(?: (?P<year>\d{{4}}))?(?P<time> \d\d:\d\d(?::\d\d)?(?: [A-Z]{{2,5}}| [+-]\d\d)?)?"
)


def in_format(text: str, language: str) -> str | None:
    """A text that is nothing but an amount, a date, a moment or a number, as the language writes it; None for anything else."""
    if not any(char.isdigit() for char in text):
        return None
    if found := AMOUNT.fullmatch(text):
        return f"{number(found[2], language)} {found[1]}"
    if found := MOMENT.fullmatch(text):
        return _moment(found, language)
    if found := SHARE.fullmatch(text):
        return f"{number(found[1], language)} %"
    if NUMBER.fullmatch(text):
        return number(text, language)
    if found := NUMBER_AND_SHARE.fullmatch(text):
        return f"{number(found[1], language)} ({number(found[2], language)} %)"
    return None


def number(text: str, language: str) -> str:
    """ "1,234.50" as the language writes it, with every digit it had."""
    value = Decimal(text.replace(",", ""))
    places = -int(value.as_tuple().exponent)
    grouped = "#,##0" if "," in text or abs(value) < 1000 else "0"
    return str(format_decimal(value, grouped + ("." + "0" * places if places > 0 else ""), locale=Locale.parse(language, sep="-")))


def _moment(found: re.Match[str], language: str) -> str:
    """ "3 Nov 2026", "Mon 24 Nov 09:00": day, month and year in the language; the time and its zone as they are."""
    locale, name = Locale.parse(language, sep="-"), found["month"]
    pattern = day_pattern(language, long=name in LONG and name not in MONTHS)
    year = int(found["year"] or 2000)
    words = format_date(date(year, LONG.get(name) or MONTHS[name], int(found["day"])), pattern + (" y" if found["year"] else ""), locale=locale)
    if found["weekday"]:
        words = f"{get_day_names('abbreviated', locale=locale)[DAYS[found['weekday']]]} {words}"
    return words + (found["time"] or "")


def day_pattern(language: str, *, long: bool = False) -> str:
    """Day and month: "3. Nov." in German, "3 Nov" elsewhere."""
    month = "MMMM" if long else "MMM"
    return f"d. {month}" if language.startswith("de") else f"d {month}"


def dates_in_format(text: str, language: str) -> str:
    """Every date with its year in a sentence of the desk, as the language writes it."""
    return MOMENT.sub(lambda found: _moment(found, language) if found["year"] else found.group(), text)


# What a value does to the words around it in a language: "vor 2 Tagen", though two days by themselves are "2 Tage".
BENDS: dict[str, tuple[tuple[re.Pattern[str], str], ...]] = {
    "de": ((re.compile(r"\b(vor|seit|in|nach|binnen|von|mit|aus|innerhalb von) (\d[\d.,]*) (Tage|Monate|Jahre)\b"), r"\1 \2 \3n"),),
}


def bent(text: str, language: str) -> str:
    """A sentence whose values have been put in, with the endings the language asks for."""
    for pattern, instead in BENDS.get(language, ()):
        text = pattern.sub(instead, text)
    return text
