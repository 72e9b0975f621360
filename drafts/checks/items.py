"""What a scan of a text yields: its figures, each with the places it stands at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# Punctuation around a figure.
EDGE = "*_~.,!?'-/\\+&"


@dataclass(slots=True)
class Item:
    """One figure of the text. ``kind``: money, percent, date, month, ref, id, count, number, range, phone, iban, email, link.

    ``value``: thousandths (money, percent, number), days (count; None for months), the fact reference (ref). ``currency``: the ISO codes
    the amount may be in, None when unnamed. ``dates``: ISO days it may mean; ``-04-15`` when the year is not written.
    """

    kind: str
    start: int
    end: int
    value: int | None = None
    currency: frozenset[str] | None = None
    dates: tuple[str, ...] = ()
    word: str = ""
    ref: Any = None
    seg: int = 0
    decimals: bool = False
