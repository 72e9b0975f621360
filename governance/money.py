"""Exact money: an integer number of minor units and an ISO 4217 currency.

SQLite stores decimals as floating point (a sum of 1,000 x 0.10 is 99.9999999999986 there), so the database holds integers only
(docs/adr/0002). The exponent of a currency comes from CLDR through Babel.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from babel.core import get_global
from babel.numbers import get_currency_precision


class CurrencyMismatch(ValueError):
    """Two currencies met in one sum."""


@lru_cache(maxsize=512)
def is_currency(code: str) -> bool:
    """True for a known upper-case ISO 4217 code."""
    return code in get_global("all_currencies")


@lru_cache(maxsize=512)
def exponent(currency: str) -> int:
    """Digits after the decimal point in ``currency`` (EUR 2, JPY 0, KWD 3)."""
    return int(get_currency_precision(currency))


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """``minor`` units of ``currency``; adding another currency raises ``CurrencyMismatch``."""

    minor: int
    currency: str

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"cannot add {other.currency} to {self.currency}")
        return Money(self.minor + other.minor, self.currency)

    @property
    def decimal(self) -> Decimal:
        """The exact amount in major units, with the currency's digits."""
        return to_decimal(self.minor, self.currency)

    def __str__(self) -> str:
        return f"{self.currency} {self.decimal:,}"


def to_decimal(minor: int, currency: str) -> Decimal:
    """Major units, exact: ``to_decimal(123456, "EUR") == Decimal("1234.56")``."""
    return Decimal(minor).scaleb(-exponent(currency))


def to_minor(amount: Decimal, currency: str) -> int:
    """Minor units; raises ``ValueError`` when the amount has more digits than the currency allows (nothing is rounded)."""
    scaled = amount.scaleb(exponent(currency))
    if not scaled.is_finite() or scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} is not an amount of {currency}: at most {exponent(currency)} decimal digits")
    return int(scaled)


def totals(amounts: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Sum (currency, minor) pairs per currency, sorted by currency; never across currencies."""
    sums: dict[str, int] = {}
    for currency, minor in amounts:
        sums[currency] = sums.get(currency, 0) + minor
    return dict(sorted(sums.items()))
