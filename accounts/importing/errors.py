"""What can be wrong with a file, in words a person can act on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

SHOWN = 80
KEPT = 5_000


class Unreadable(Exception):
    """The file as a whole cannot be read; nothing was written. The message says what was found and what was expected."""


class Doubt(Exception):
    """A number or date that is not in the plain form was met before the habits of the file were looked at."""


class RowRefused(Exception):
    """One value of one row cannot be taken."""

    def __init__(self, column: str, value: object, expected: str, cause: str) -> None:
        super().__init__(cause)
        self.column = column
        self.value = shorten(value)
        self.expected = expected
        self.cause = cause


def shorten(value: object) -> str:
    """A value as shown in a message: at most 80 characters."""
    text = "" if value is None else str(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refused row. ``row`` counts like a spreadsheet (the header is row 1); ``cells`` are the row as it stood in the file."""

    file: str
    row: int
    column: str
    value: str
    expected: str
    cause: str
    cells: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        """The refusal in one sentence."""
        where = f"{self.file}, row {self.row}" if self.file else f"row {self.row}"
        place = f"{where}, column {self.column}" if self.column else where
        return f'{place}: "{self.value}" {self.cause}; expected {self.expected}'

    def as_json(self) -> dict[str, Any]:
        """The keys of the ``--json`` output."""
        found: dict[str, Any] = {
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "expected": self.expected,
            "message": self.message,
        }
        return {**found, "file": self.file} if self.file else found


@dataclass(slots=True)
class Refusals:
    """All refusals of a run: every one counted by cause, the first 5,000 kept in full so that memory stays bounded."""

    kept: list[Refusal] = field(default_factory=list)
    count: int = 0
    causes: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, refusal: Refusal) -> None:
        """Count a refusal and keep it while there is room."""
        self.count += 1
        self.causes[(refusal.column, refusal.cause)] += 1
        if len(self.kept) < KEPT:
            self.kept.append(refusal)
