"""From the text of a cell to a value of the database, one converter per column type. Raises ``RowRefused``."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.importing.columns import Column
from accounts.importing.context import Context
from accounts.importing.errors import RowRefused
from accounts.importing.formats import Dates, read_moment
from governance.money import is_currency

Convert = Callable[[str], Any]
YES = ("yes", "y", "true", "t", "1", "ja", "oui", "sí", "si")
NO = ("no", "n", "false", "f", "0", "nein", "non")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Memo(dict[str, Any]):
    """A converter that remembers: few different texts, many rows."""

    def __init__(self, convert: Convert) -> None:
        super().__init__()
        self.convert = convert

    def __missing__(self, text: str) -> Any:
        value = self.convert(text)
        if len(self) < 50_000:
            self[text] = value
        return value


def converter(column: Column, dates: Dates, context: Context) -> Convert:
    """The converter of one column (amounts excepted: they depend on the currency of their row)."""
    makers: dict[str, Callable[[], Convert]] = {
        "text": lambda: _text(column),
        "account": lambda: _text(column),
        "invoice": lambda: _text(column),
        "email": lambda: Memo(lambda t: _email(t, column)).__getitem__,
        "choice": lambda: Memo(lambda t: _choice(t, column)).__getitem__,
        "currency": lambda: Memo(lambda t: _currency(t, column)).__getitem__,
        "country": lambda: Memo(lambda t: _country(t, column)).__getitem__,
        "zone": lambda: Memo(lambda t: _zone(t, column)).__getitem__,
        "bool": lambda: Memo(lambda t: _bool(t, column)).__getitem__,
        "maybe": lambda: Memo(lambda t: _bool(t, column)).__getitem__,
        "int": lambda: Memo(lambda t: _int(t, column)).__getitem__,
        "user": lambda: Memo(lambda t: _user(t, column, context.users)).__getitem__,
        "date": lambda: _date(column, dates),
        "moment": lambda: Memo(lambda t: _moment(t, column, dates, context)).__getitem__,
    }
    return makers[column.type]()


def _refuse(column: Column, cause: str, expected: str = "") -> RowRefused:
    return RowRefused(column.name, None, expected or column.format, cause)


def _given(text: str, column: Column) -> str:
    text = text.strip()
    if not text and column.required:
        raise _refuse(column, "is empty")
    return text


def _text(column: Column) -> Convert:
    size, required, blank, name = column.size or 8_192, column.required, column.blank, column.name

    def convert(text: str) -> Any:
        text = text.strip()
        if not text:
            if required:
                raise RowRefused(name, None, column.format, "is empty")
            return blank
        if len(text) > size:
            raise RowRefused(name, text, f"at most {size} characters", f"has {len(text)} characters")
        if not text.isprintable() and CONTROL.search(text):
            raise RowRefused(name, repr(text), "text", "holds control characters")
        return text

    def language(text: str) -> Any:
        value = convert(text)
        return value if not value else _language(value, column)

    return Memo(language).__getitem__ if name == "language" else convert


def _language(text: str, column: Column) -> str:
    try:
        Locale.parse(text, sep="-" if "-" in text else "_")
    except (ValueError, UnknownLocaleError):
        raise _refuse(column, "is not a known language", "a language such as en, de or fr-CA") from None
    return text


def _email(text: str, column: Column) -> Any:
    text = _given(text, column)
    if text:
        try:
            validate_email(text)
        except ValidationError:
            raise _refuse(column, "is not an e-mail address") from None
    return text


def _choice(text: str, column: Column) -> Any:
    value = _given(text, column).lower()
    if not value:
        return column.blank
    if value not in column.choices:
        raise _refuse(column, "is not known")
    return value


def _currency(text: str, column: Column) -> Any:
    value = _given(text, column)
    if value and not is_currency(value):
        raise _refuse(column, "is not a known currency")
    return value


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    return frozenset(c for c in get_global("territory_currencies") if len(c) == 2)


def _country(text: str, column: Column) -> Any:
    value = _given(text, column)
    if value and value not in _countries():
        raise _refuse(column, "is not a known country")
    return value


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _zone(text: str, column: Column) -> Any:
    value = _given(text, column) or column.blank
    if value not in _zones():
        raise _refuse(column, "is not a known time zone")
    return value


def _bool(text: str, column: Column) -> Any:
    value = _given(text, column).lower()
    if not value:
        return column.blank
    if value in YES:
        return True
    if value in NO:
        return False
    raise _refuse(column, "is neither yes nor no")


def _int(text: str, column: Column) -> Any:
    value = _given(text, column)
    if not value:
        return column.blank
    if not (value.isascii() and value.isdecimal() and int(value[:6]) <= 3_650 and len(value) <= 4):
        raise _refuse(column, "is not a whole number of days between 0 and 3650")
    return int(value)


def _user(text: str, column: Column, users: dict[str, int]) -> Any:
    value = _given(text, column)
    if value and value not in users:
        raise _refuse(column, "is not a user name known here")
    return users[value] if value else None


def _date(column: Column, dates: Dates) -> Convert:
    name, required = column.name, column.required

    def convert(text: str) -> Any:
        try:
            value = dates[text]
        except ValueError as error:
            raise RowRefused(name, None, column.format, str(error)) from None
        if value is None and required:
            raise RowRefused(name, None, column.format, "is empty")
        return value

    return convert


def _moment(text: str, column: Column, dates: Dates, context: Context) -> Any:
    value = _given(text, column)
    if not value:
        return None
    try:
        found = read_moment(value, dates).replace(tzinfo=None)
    except ValueError as error:
        cause = str(error) if str(error).startswith("is not") else "is not a moment"
        raise _refuse(column, cause) from None
    return f"{found}+00" if context.vendor == "postgresql" else str(found)
