"""One row of a file → the values to stage, or a refusal that names column, value and what was expected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.importing.columns import Column, Kind
from accounts.importing.context import Context
from accounts.importing.errors import RowRefused
from accounts.importing.formats import Dates, Formats, read_amount
from accounts.importing.layouts import Match
from accounts.importing.rules import RULES
from accounts.importing.values import converter
from accounts.importing.workbook import FORMULA
from governance.money import exponent

SQL_TYPES = {
    "date": "date", "moment": "moment", "amount": "bigint", "bool": "boolean", "maybe": "boolean", "int": "integer", "user": "bigint",
}


@dataclass(frozen=True, slots=True)
class Slot:
    """One staged column. ``target`` is the table's column (empty: staged only); ``ref`` says that the text names an account or an
    invoice; ``update`` is False for what is only set on new rows, because the file does not speak of it; ``keep`` means that an empty cell
    does not take away what the book has (an opt-out, a bounce, a verification)."""

    name: str
    target: str
    type: str
    ref: str = ""
    update: bool = True
    keep: bool = False


DERIVED_TYPES = {"currency": "text", "balance_minor": "bigint", "status": "text", "settled_on": "date", "unapplied_minor": "bigint",
                 "open_minor": "bigint", "updated_at": "moment"}
# What a file without any of these columns says nothing about: an existing row keeps its value.
SPOKEN_BY = {
    "balance_minor": ("balance", "status", "settled_on"),
    "status": ("balance", "status", "settled_on"),
    "settled_on": ("balance", "status", "settled_on"),
    "unapplied_minor": ("unapplied_amount", "invoice_number"),
    "open_minor": ("open_amount",),
    "updated_at": ("updated_at",),
}


KEPT = ("verified_at", "opted_out_at", "bounced_at")


def slots_of(kind: Kind, present: list[str]) -> list[Slot]:
    """The staged columns of a file that has the canonical columns ``present``."""
    found: dict[str, Slot] = {}
    for column in kind.columns:
        if column.name in present and column.target:
            ref = column.type if column.type in ("account", "invoice") else ""
            keep = column.target in KEPT
            found[column.target] = Slot(column.target, column.target, SQL_TYPES.get(column.type, "text"), ref, keep=keep)
    for target in kind.derived:
        # the currency is always spoken of: amounts were read with its digits
        spoken = target not in SPOKEN_BY or any(name in present for name in SPOKEN_BY[target])
        found[target] = Slot(target, target, DERIVED_TYPES[target], "", spoken)
    if kind.name == "accounts" and "currency" not in found:
        found["currency"] = Slot("currency", "currency", "text", "", False)
    return list(found.values())


class RowParser:
    """Parses rows of one file. Call it with the cells; it returns the staged values, or None for a row that is not in the book yet."""

    def __init__(self, match: Match, context: Context, formats: Formats) -> None:
        kind, header = match.kind, match.header
        self.kind, self.header, self.context, self.formats = kind, header, context, formats
        by_name = kind.by_name
        self.dates = dates = Dates(formats)
        self.terms_from = _terms_place(match)
        self.posted_late = 0
        self.plain: list[tuple[str, int, Callable[[str], Any]]] = []
        self.amounts: list[tuple[Column, int]] = []
        for place, name in enumerate(header):
            column = by_name.get(name)
            if column is None:
                continue
            if column.type == "amount":
                self.amounts.append((column, place))
            else:
                self.plain.append((column.target or name, place, converter(column, dates, context)))
        self.slots = slots_of(kind, header)
        self.targets = [slot.target for slot in self.slots]
        self.rule = RULES[kind.name]
        self.priced = bool(self.amounts) or "currency" in kind.derived

    def __call__(self, cells: list[str]) -> dict[str, Any] | None:
        """Values by target. Raises ``RowRefused``; ``Doubt`` while the formats of the file are not settled."""
        if len(cells) != len(self.header):
            self._fit(cells)
        try:
            values = {target: convert(cells[place]) for target, place, convert in self.plain}
            if self.priced:
                self._amounts(values, cells)
            if self.terms_from is not None and values["due_on"] < values["issued_on"]:
                self._issue(values, cells[self.terms_from])
            return self.rule(values, self.context)
        except RowRefused as refused:
            if not refused.value and refused.column in self.header:
                refused.value = cells[self.header.index(refused.column)][:80]
            raise

    def _issue(self, values: dict[str, Any], text: str) -> None:
        """An invoice posted after it was due was issued when its terms began."""
        try:
            began = self.dates[text]
        except ValueError:
            return
        if began and began <= values["due_on"]:
            values["issued_on"] = began
            self.posted_late += 1

    def _amounts(self, values: dict[str, Any], cells: list[str]) -> None:
        currency = values.get("currency") or self._default_currency(values)
        digits = exponent(currency)
        for column, place in self.amounts:
            text = cells[place].strip()
            if text:
                values[column.target or column.name] = read_amount(text, digits, self.formats, column.name)
            elif column.required:
                raise RowRefused(column.name, None, column.format, "is empty")
            else:
                values[column.target or column.name] = None

    def _default_currency(self, values: dict[str, Any]) -> str:
        if "currency" in values and not self.context.options.currency and self.kind.name == "invoices":
            raise RowRefused("currency", None, "a currency code of ISO 4217, for example EUR", "is empty")
        values["currency"] = self.context.currency
        return self.context.currency

    def _fit(self, cells: list[str]) -> None:
        width = len(self.header)
        if len(cells) < width or any(cell.strip() for cell in cells[width:]):
            raise RowRefused("", f"{len(cells)} cells", f"{width} cells as in the header", "does not fit the header")


def _terms_place(match: Match) -> int | None:
    begins = match.layout.terms_from if match.layout else ""
    return match.original.index(begins) if begins in match.original else None


def no_formulas(cells: list[str], header: list[str]) -> None:
    """Refuse a row of a workbook that holds a formula or an error value: what it shows is not what is stored."""
    for name, cell in zip(header, cells, strict=False):
        if cell.startswith(FORMULA):
            raise RowRefused(name, cell.removeprefix(FORMULA), "a value (copy, then paste as values)", "is a formula or an error")
