"""Amounts and dates as people write them: the habits of a file are found from all its rows, shown, and never guessed.

A plain file (ISO dates, point before at most two decimals, no grouping) needs no second look. Anything else makes the reader look at the
whole file once (``Evidence``): one value that can only be read one way settles the rest; none means the person is asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from accounts.importing.errors import Doubt, RowRefused, Unreadable

PLAIN = re.compile(r"(-?)(\d{1,15})(?:\.(\d{1,2}))?", re.ASCII)
SPACES = "\u0020\u00a0\u2007\u2009\u202f'\u2019"
NUMBER = re.compile(r"\d[\d.,\u0020\u00a0\u2007\u2009\u202f'\u2019]*", re.ASCII)
ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?", re.ASCII)
YEAR_FIRST = re.compile(r"(\d{4})([./])(\d{1,2})\2(\d{1,2})", re.ASCII)
YEAR_LAST = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})", re.ASCII)
LARGEST = 10**15
AMOUNT = "an amount such as 1234.56"
DATE = "a date such as 2026-05-31"
ORDERS = {"ymd": "year first", "dmy": "day first", "mdy": "month first"}


@dataclass(frozen=True, slots=True)
class Formats:
    """How numbers and dates of one file are read. ``settled`` is False until the file was looked at."""

    decimal: str = "."
    order: str = "ymd"
    settled: bool = False
    rounded: bool = False  # amounts are results of a currency conversion and are rounded half up to the currency's digits
    roundings: list[str] = field(default_factory=list, compare=False)  # the texts that were rounded

    @property
    def words(self) -> str:
        """For the screen: "decimal comma, dates day first"."""
        return f"decimal {'comma' if self.decimal == ',' else 'point'}, dates {ORDERS[self.order]}"


    @property
    def rounding_words(self) -> str:
        """What was rounded, for the screen; empty when nothing was."""
        if not self.roundings:
            return ""
        return (
            f"{len(self.roundings)} amounts have more decimals than their currency (first: {self.roundings[0]}). "
            "This layout carries results of a currency conversion, so they were rounded half up."
        )


def unsigned(text: str) -> tuple[int, str]:
    """Sign and the rest; a minus may lead or, as some ledgers write it, trail. A text mark (') before a number is dropped."""
    text = text.strip().removeprefix("'")
    if text[:1] in "-\u2212":
        return -1, text[1:].strip()
    if text[-1:] in "-\u2212":
        return -1, text[:-1].strip()
    return 1, text


def read_amount(text: str, digits: int, formats: Formats, column: str) -> int:
    """Minor units of an amount with ``digits`` decimals; raises ``RowRefused`` (unreadable, too many decimals, too large)."""
    match = PLAIN.fullmatch(text)
    if match is None and not formats.settled:
        raise Doubt
    if match is not None and (formats.decimal == "." or not match[3]):
        sign, whole, part = (-1 if match[1] else 1), match[2], match[3] or ""
    else:
        sign, whole, part = _split(text, formats, column)
    if len(part) > digits and part[digits:].strip("0"):
        if not formats.rounded:
            raise RowRefused(column, text, _digits(digits), "has more decimals than its currency")
        minor = _half_up(whole, part, digits)
        formats.roundings.append(text)
    else:
        minor = int(whole + part[:digits].ljust(digits, "0"))
    if minor >= LARGEST:
        raise RowRefused(column, text, "an amount below ten trillion", "is too large")
    return sign * minor


def _half_up(whole: str, part: str, digits: int) -> int:
    return int(whole + part[:digits]) + (1 if part[digits] >= "5" else 0)


def _digits(digits: int) -> str:
    return f"at most {digits} decimals, nothing is rounded"


def _split(text: str, formats: Formats, column: str) -> tuple[int, str, str]:
    """Sign, whole digits, decimal digits under the file's decimal sign; groups of three (or lakh and crore) may be set apart."""
    sign, rest = unsigned(text)
    whole, mark, part = rest.partition(formats.decimal)
    group = "," if formats.decimal == "." else "."
    pieces = re.split(f"[{re.escape(group)}{SPACES}]", whole)
    marks = set(whole) - set("0123456789")
    good = bool(NUMBER.fullmatch(rest)) and _grouped(pieces) and len(marks) <= 1 and (part.isdecimal() or not mark)
    if not good or not "".join(pieces).isascii() or len(rest) > 40:
        raise RowRefused(column, text, AMOUNT, "is not an amount")
    return sign, "".join(pieces), part


def _grouped(pieces: list[str]) -> bool:
    if not all(piece.isdecimal() for piece in pieces):
        return False
    first, rest = pieces[0], pieces[1:]
    if not rest:
        return True
    if not 1 <= len(first) <= 3:
        return False
    return all(len(p) == 3 for p in rest) or (len(rest[-1]) == 3 and all(len(p) == 2 for p in rest[:-1]) and len(first) <= 2)


class Dates(dict[str, "str | None"]):
    """Text → ISO date, remembered: a ledger repeats few dates many times. Raises ``ValueError`` with the cause."""

    def __init__(self, formats: Formats) -> None:
        super().__init__()
        self.formats = formats

    def __missing__(self, text: str) -> str | None:
        stripped = text.strip()
        value = read_date(stripped, self.formats) if stripped else None
        self[text] = value
        return value


def read_date(text: str, formats: Formats) -> str:
    """The ISO form of a date; raises ``ValueError`` with the cause, or ``Doubt`` before the file was looked at."""
    match = ISO.fullmatch(text)
    if match:
        return _real(match[1], match[2], match[3])
    match = YEAR_FIRST.fullmatch(text)
    if match:
        return _real(match[1], match[3], match[4])
    if formats.order == "ymd" and not formats.settled:
        raise Doubt
    match = YEAR_LAST.fullmatch(text)
    if match is None:
        raise ValueError("is not a date")
    if formats.order == "mdy":
        return _real(match[4], match[1], match[3])
    return _real(match[4], match[3], match[1])


def _real(year: str, month: str, day: str) -> str:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        raise ValueError("is not a date of the calendar") from None
    if not 1970 <= found.year <= 2199:
        raise ValueError("is not a year between 1970 and 2199")
    return found.isoformat()


def read_moment(text: str, dates: Dates) -> datetime:
    """An aware moment: ISO 8601 with offset or Z; without an offset it is UTC; a date alone is its midnight."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return datetime.fromisoformat(dates[text] or "").replace(tzinfo=UTC)
    found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    _real(str(found.year), str(found.month), str(found.day))
    return found


@dataclass(slots=True)
class Evidence:
    """What the values of a file prove about its decimal sign and date order; each proof keeps its first row and value."""

    decimals: dict[str, tuple[int, str]] = field(default_factory=dict)
    orders: dict[str, tuple[int, str]] = field(default_factory=dict)
    open_amount: tuple[int, str] | None = None
    open_date: tuple[int, str] | None = None

    def amount(self, row: int, text: str) -> None:
        """Take one amount into account."""
        _, rest = unsigned(text)
        if not rest or not NUMBER.fullmatch(rest):
            return
        marks = [c for c in rest if c in ".,"]
        if not marks:
            return
        proof = _decimal_of(rest, marks)
        if proof:
            self.decimals.setdefault(proof, (row, text))
        elif self.open_amount is None:
            self.open_amount = (row, text)

    def date(self, row: int, text: str) -> None:
        """Take one date into account."""
        match = YEAR_LAST.fullmatch(text.strip())
        if match is None:
            return
        first, second = int(match[1]), int(match[3])
        if first > 12 >= second:
            self.orders.setdefault("dmy", (row, text))
        elif second > 12 >= first:
            self.orders.setdefault("mdy", (row, text))
        elif first <= 12 and first != second and self.open_date is None:
            self.open_date = (row, text)

    def settle(self, *, decimal: str = "", order: str = "", rounded: bool = False) -> Formats:
        """The habits of the file, given or proved; raises ``Unreadable`` with the question when neither."""
        return Formats(decimal or self._decimal(), order or self._order(), settled=True, rounded=rounded)

    def _decimal(self) -> str:
        if len(self.decimals) > 1:
            (a, b), (c, d) = self.decimals["."], self.decimals[","]
            raise Unreadable(f'row {a} writes "{b}" and row {c} writes "{d}": point and comma both; give --decimal point or comma')
        if not self.decimals and self.open_amount:
            row, text = self.open_amount
            raise Unreadable(
                f'row {row}: "{text}" can be read in two ways, with a decimal sign or with thousands set apart, and no other '
                "amount of the file decides it; give --decimal point or --decimal comma"
            )
        return next(iter(self.decimals), ".")

    def _order(self) -> str:
        if len(self.orders) > 1:
            (a, b), (c, d) = self.orders["dmy"], self.orders["mdy"]
            raise Unreadable(f'row {a} writes "{b}" and row {c} writes "{d}": day first and month first both; give --date-order')
        if not self.orders and self.open_date:
            row, text = self.open_date
            raise Unreadable(
                f'row {row}: "{text}" can be read day first or month first, and no other date of the file decides it; '
                "give --date-order dmy or --date-order mdy"
            )
        return next(iter(self.orders), "ymd")


def _decimal_of(rest: str, marks: list[str]) -> str:
    """The decimal sign one amount proves, or "" when it could be read both ways."""
    last, other = marks[-1], "," if marks[-1] == "." else "."
    if len(set(marks)) == 2:
        return last
    if len(marks) > 1:
        return other
    whole, _, part = rest.partition(last)
    if len(part) != 3 or len(whole) > 3 or whole.startswith("0") or any(c in SPACES for c in whole):
        return last
    return ""
