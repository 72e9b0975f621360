"""One pass over the digits of a text: amounts, dates, identifiers, counts, percentages, phone numbers, accounts, links and addresses."""

from __future__ import annotations

import re

from .contacts import contacts_of
from .currencies import code_of, currency_of
from .facts import Facts, compact
from .items import EDGE, Item
from .lexicon.basics import CURRENCY_WORDS, MINOR_UNIT_WORDS, MONTHS, PERCENT, SCALES, UNIT_ADJECTIVES, UNITS
from .numbers import THOUSAND, parse_number
from .readings import JOINT, bears_a_sign, hours_of_day, is_verb, joined_ids, list_number, numbers_a_line, spaced_days
from .scan_patterns import (
    CELL,
    CHUNK,
    DAY_END,
    DAY_WORD,
    DIGIT_NEXT,
    FRIDAY,
    GLUED,
    HOUR,
    IBAN,
    LATER,
    NEXT,
    NO_NOUN,
    PREVIOUS,
    SHORT_DAY,
    THE,
    YEAR,
)
from .shapes import Shape, iso, shape_of
from .spoken_figures import minor_units, whole_number


def _blanked(text: str, items: list[Item]) -> str:
    for item in items:
        text = text[: item.start] + " " * (item.end - item.start) + text[item.end :]
    return text


class Scanner:
    """Scans one text against the identifiers of its facts; ``items`` comes out sorted by position."""

    def __init__(self, folded: str, plain: str, facts: Facts, words: frozenset[str]) -> None:
        self.folded, self.plain, self.words = folded, plain, words
        self.ids, self.phone, self.spaced = facts.ids, facts.phone, facts.spaced_ids
        self.items: list[Item] = []
        self._skip = 0

    def run(self) -> list[Item]:
        torn = self._torn_ids() + (spaced_days(self.folded) if ". " in self.folded else []) + hours_of_day(self.folded)
        work = _blanked(self.folded, torn)
        contacts = torn + contacts_of(work, _blanked(self.plain, torn), self.words, self.ids, self.phone)
        for match in CHUNK.finditer(_blanked(work, contacts)):
            start, end = match.span()
            if start >= self._skip:
                self._chunk(start, end)
        if contacts:
            self.items += contacts
            self.items.sort(key=lambda item: item.start)
        return self.items

    def _torn_ids(self) -> list[Item]:
        """Identifiers of the facts that hold spaces or brackets."""
        if self.spaced is None:
            return []
        found = [(m.start(), m.end(), self.ids.get(compact(m.group()))) for m in self.spaced.finditer(self.folded)]
        return [Item("ref", start, end, ref=ref, word=self.folded[start:end]) for start, end, ref in found if ref is not None]

    def _chunk(self, start: int, end: int) -> None:
        folded = self.folded
        raw = folded[start:end]
        text = raw.rstrip(EDGE)
        end -= len(raw) - len(text)
        lead = len(text) - len(text.lstrip(EDGE + "#"))
        start, text = start + lead, text[lead:]
        ref = self.ids.get(text.upper()) if text else None
        if ref is None and "'" in text:  # d'EC/2026/7, EC/2026/7's
            cut = text.index("'") + 1 if text.partition("'")[0].isalpha() else 0
            bare = text[cut:].removesuffix("'s")
            ref = self.ids.get(bare.upper())
            start, end, text = (start + cut, start + cut + len(bare), bare) if ref is not None or cut else (start, end, text)
        if ref is None and self._joined_ids(start, text):
            return
        if len(text) <= 5 and SHORT_DAY.fullmatch(text) and self._partial_day(start, end, text, raw):
            return
        if ref is not None:
            self.items.append(Item("ref", start, end, ref=ref, word=text))
            return
        if not self._iban(start, text):
            self._shaped(start, end, text, raw[len(text) + lead :])

    def _joined_ids(self, start: int, text: str) -> bool:
        """``FI-1/FI-2``, ``FI-1+FI-2``: several identifiers of the facts without a space between them."""
        pieces = joined_ids(text, self.ids) if not text.isdigit() and JOINT.search(text, 3) else []
        if len(pieces) < 2:
            return False
        self.items += [
            Item("ref", start + left, start + right, ref=self.ids[text[left:right].upper()], word=text[left:right]) for left, right in pieces
        ]
        return True

    def _iban(self, start: int, text: str) -> bool:
        """True (and an item) for a bank account number that begins here."""
        if not (text[:2].isalpha() and text[:2].isupper() and text[2:4].isdigit()):
            return False
        account = IBAN.match(self.folded, start)
        if not account or account.end() - start < 14:
            return False
        self._skip = account.end()
        self.items.append(Item("iban", start, account.end(), word=re.sub(r"[ -]", "", account.group())))
        return True

    def _shaped(self, start: int, end: int, text: str, after: str) -> None:
        """An item by the shape of the characters: number, money, date …"""
        shape = shape_of(text)
        spread = GLUED.match(self.folded, start) if shape.kind in {"money", "id"} and self.folded[end : end + 1] == " " else None
        if spread and spread.start(2) < end and (code := currency_of(spread[1].lower(), spread[1])):  # "€1 100.00"
            self._skip = spread.end()
            self._money(start, spread.end(), parse_number(spread[2]), code, "")
        elif shape.kind == "number":
            self._number(start, end, shape)
        elif shape.kind == "ordinal":
            self._ordinal(start, end, shape.value or 0)
        elif shape.kind == "money":
            self._money(start, end, shape.value, currency_of(shape.word, shape.word.upper()), after)
        elif shape.kind == "span":
            self.items.append(Item("count", start, end, _days(shape.value, shape.word), word=shape.word, ref=shape.value))
        elif shape.kind == "percent":
            self.items.append(Item("percent", start, end, shape.value))
        elif shape.kind == "date":
            self._date(start, end, shape.dates)
        elif shape.kind != "time":
            self._spaced_id(start, end, text, shape)

    def _partial_day(self, start: int, end: int, text: str, raw: str) -> bool:
        """``am 19.10.``, ``le 19/10``, ``due 10/19``: a day without its year, after a word that announces one."""
        dotted = "." in text
        told = DAY_WORD.search(self.plain, max(0, start - 14), start)
        if bears_a_sign(self.folded, start, end) or (not told and not (dotted and (text[-3] == "." or CELL.search(self.folded, max(0, start - 3), start)))):
            return False
        closed = raw.rstrip(",;:!?)").endswith(".")  # "24.12." in German; "06.05" only after a word that announces a day
        if dotted and not closed and (told is None or text[-3] != "." or told.group().strip() in {"of", "on", "from"}):
            return False
        one, two = (int(part) for part in re.split(r"[./-]", text))
        orders = ((one, two),) if dotted else ((one, two), (two, one))  # 3.4. is always the third of April
        days = [f"-{month:02d}-{day:02d}" for day, month in orders if 1 <= month <= 12 and 1 <= day <= 31]
        if days:
            self.items.append(Item("date", start, end, dates=tuple(dict.fromkeys(days))))
        return bool(days)

    def _date(self, start: int, end: int, dates: tuple[str, ...]) -> None:
        if dates and dates[0].startswith("-"):
            year = YEAR.match(self.plain, end)
            if year:
                end, dates = year.end(), (year[1] + dates[0],)
        self.items.append(Item("date", start, end, dates=dates))

    def _spaced_id(self, start: int, end: int, text: str, shape: Shape) -> None:
        """``INV 2041`` is looked up with the word before; anything else with letters and digits is an unknown id."""
        if shape.kind == "range":
            unit = NEXT.match(self.plain, end)
            if unit and unit[1] in UNITS:
                self.items.append(Item("count", start, unit.end(1), _days(shape.value, unit[1]), word=unit[1], ref=shape.value))
                return
        previous = self.folded[max(0, start - 12) : start].split()
        if previous:
            ref = self.ids.get((previous[-1].strip("#:.(") + text).upper())
            if ref is not None:
                self.items.append(Item("ref", start, end, ref=ref, word=text))
                return
        self.items.append(Item("range" if shape.kind == "range" else "id", start, end, shape.value, word=text))

    def _number(self, start: int, end: int, shape: Shape) -> None:
        folded, plain = self.folded, self.plain
        value, decimals = shape.value, shape.decimals
        end, value, decimals = whole_number(folded, start, end, value, decimals)
        self._skip = max(self._skip, end)
        near = folded[start - 2 : start].rstrip(" (-:.") if start > 1 else ""
        before = PREVIOUS.search(folded, max(0, start - 10), start) if near and not near[-1].isdigit() else None
        word, opened = (before[1], before.start(1)) if before else ("", start)
        after = NEXT.match(plain, end) if folded[end : end + 1] not in "\n|" else None
        following = after[1] if after else ""
        if (following in MONTHS or following in {"of", "de"}) and not decimals and self._day_of_month(start, end, (value or 0) // THOUSAND):
            return
        if list_number(folded, start, end):
            return
        if before and word.lower() in MONTHS and self._day_like(end, shape.word, decimals):
            self._month_before(start, end, before, (value or 0) // THOUSAND)
            return
        if word and word.lower() in MONTHS and shape.word.isdigit() and len(shape.word) == 4:
            self.items.append(Item("month", opened, end, dates=(f"{shape.word}-{MONTHS[word.lower()]:02d}",)))
            return
        friday = word == "Fr" and (FRIDAY.search(folded, max(0, opened - 8), opened) or HOUR.match(plain, end))
        currency = currency_of(word.lower(), word) if word and not friday else None
        if currency is not None:
            self._money(start, end, value, currency, "", opened=opened)
        elif not self._followed(start, end, value, following, after):
            spaced = self.ids.get((word + shape.word).upper()) or self.ids.get((word + "-" + shape.word).upper()) if word else None
            if spaced is not None:
                self.items.append(Item("ref", opened, end, ref=spaced, word=folded[opened : end]))
            else:
                self.items.append(Item("money" if decimals else "number", start, end, value, word=shape.word, decimals=decimals))

    def _day_like(self, end: int, digits: str, decimals: bool) -> bool:
        """True for what stands where a day stands behind its month, impossible ones (May 45, 2026) included."""
        if decimals or not digits.isdigit() or len(digits) > 2:
            return False
        return int(digits) <= 31 or bool(YEAR.match(self.plain, end)) or bool(NO_NOUN.match(self.plain, end))

    def _followed(self, start: int, end: int, value: int | None, word: str, after: re.Match[str] | None) -> bool:
        """True when the word after the number says what it is: a currency, a unit of time, a percentage, a scale."""
        if not word or after is None:
            return False
        if word in UNIT_ADJECTIVES:
            later = LATER.match(self.plain, after.end())
            if later and later[1] in UNITS:
                self.items.append(Item("count", start, later.end(1), _days(value, later[1]), word=later[1], ref=value))
                return True
        currency = currency_of(word, self.folded[after.start(1) : after.end(1)])
        if (
            currency is not None
            and (after.start(1) - end > 1 or DIGIT_NEXT.match(self.folded, after.end(1)))
            and not self._decimal(start, end)
            and minor_units(self.folded, self.plain, after.end(1), value)[1] == after.end(1)
        ):
            return False  # "35  GBP 2,480.00": the currency belongs to the next column
        if currency is not None:
            value, end = minor_units(self.folded, self.plain, after.end(1), value)
            self._skip = max(self._skip, end)
            self._money(start, end, value, currency, "")
        elif word in PERCENT or self.plain.startswith(("pour cent", "per cent", "por ciento", "v. h."), after.start(1)):
            self.items.append(Item("percent", start, after.end(1), value))
        elif word in SCALES and (word not in {"k", "m"} or self.folded[end] != " "):
            self._money(start, after.end(1), None if value is None else value * SCALES[word], None, "")
        elif word in UNITS and word not in {"m", "d", "h", "j", "p", "a", "std"}:
            self.items.append(Item("count", start, after.end(1), _days(value, word), word=word, ref=value))
        else:
            return False
        return True

    def _decimal(self, start: int, end: int) -> bool:
        return end - start > 3 and self.folded[end - 3] in ".,"

    def _money(self, start: int, end: int, value: int | None, currency: frozenset[str] | None, tail: str, opened: int = -1) -> None:
        """Add an amount, with a currency or scale written behind it (``GBP 2.5 million``, ``2 480 € 50``, ``EUR 2,480 and 50 cents``)."""
        follow = NEXT.match(self.plain, end) if not tail else None
        if follow and value is not None:
            if follow[1] in SCALES and follow[1] not in {"m", "mil"} | MINOR_UNIT_WORDS:
                value, end = value * SCALES[follow[1]], follow.end(1)
                follow = NEXT.match(self.plain, end)
            if currency is None and follow and follow[1] in CURRENCY_WORDS:
                currency, end = currency_of(follow[1], ""), follow.end(1)
            elif currency and follow and (code := code_of(self.folded[follow.start(1) : follow.end(1)])) and not DIGIT_NEXT.match(self.folded, follow.end(1)):
                currency, end = (currency & code) or code, follow.end(1)  # "$1,240.00 MXN"
        self.items.append(Item("money", start if opened < 0 else opened, end, value, currency, decimals=True))

    def _day_of_month(self, start: int, end: int, day: int) -> bool:
        """``15 April 2026``, ``15th of April``, ``15 de abril de 2026``; False when no month follows."""
        after = NEXT.match(self.plain, end)
        if after and after[1] in {"of", "de"}:
            after = LATER.match(self.plain, after.end(1))
        month = MONTHS.get(after[1]) if after else None
        if after is None or month is None or is_verb(self.folded, after.start(1), after[1]) or numbers_a_line(self.folded, start, end, after.end(1)):
            return False
        end = after.end(1)
        year = YEAR.match(self.plain, end)
        if year:
            self._skip = end = year.end()
            found = iso(int(year[1]), month, day)
            self.items.append(Item("date", start, end, dates=(found,) if found else ()))
        else:
            self.items.append(Item("date", start, end, dates=(f"-{month:02d}-{day:02d}",)))
        return True

    def _ordinal(self, start: int, end: int, day: int) -> None:
        """``15th April``, ``April 15th``, or ``the 15th`` of a month not named; ``1st reminder`` is no day."""
        if self._day_of_month(start, end, day):
            return
        before = PREVIOUS.search(self.folded, max(0, start - 10), start)
        if before and before[1].lower() in MONTHS:
            self._month_before(start, end, before, day)
        elif THE.search(self.plain, max(0, start - 12), start) and DAY_END.match(self.plain, end):
            self.items.append(Item("date", start, end, dates=(f"-{day:02d}",) if 1 <= day <= 31 else ()))

    def _month_before(self, start: int, end: int, before: re.Match[str], day: int) -> None:
        month = MONTHS[before[1].lower()]
        year = YEAR.match(self.plain, end + (self.plain[end : end + 2] in {"st", "nd", "rd", "th"} and 2))
        found = iso(int(year[1]) if year else 2000, month, day)
        if year:
            self._skip = end = year.end()
        dates = () if found is None else (found,) if year else (found[4:],)
        self.items.append(Item("date", before.start(1), end, dates=dates))


def _days(value: int | None, unit: str) -> int | None:
    length = UNITS[unit]
    return None if value is None or length is None or value % THOUSAND else value // THOUSAND * length
