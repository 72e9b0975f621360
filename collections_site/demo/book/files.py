"""The book as canonical CSV files: what the feeds of a business day would have delivered."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from accounts.importing.canonical import KINDS
from collections_site.demo.book import dach, south, uk
from collections_site.demo.book.customer import Customer, Row
from collections_site.demo.book.portfolios import DACH, SOUTH, UK
from collections_site.demo.days import Days

BY_PORTFOLIO = {DACH: dach.customers, UK: uk.customers, SOUTH: south.customers}


def customers(days: Days) -> dict[str, list[Customer]]:
    """Every customer of the book, by portfolio code."""
    return {code: make(days) for code, make in BY_PORTFOLIO.items()}


def write(book: Iterable[Customer], folder: Path, business_day: int) -> int:
    """Write one portfolio's files into ``folder`` as they stood on ``business_day``; kinds without rows get no file. Returns rows."""
    folder.mkdir(parents=True, exist_ok=True)
    known = [row for customer in book for row in customer.rows if row.since <= business_day and customer.since <= business_day]
    written = 0
    for kind in KINDS:
        rows = _latest(row for row in known if row.kind == kind.name)
        if not rows:
            continue
        columns = [column.name for column in kind.columns if any(column.name in row.values for row in rows)]
        with (folder / f"{kind.name}.csv").open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, columns, restval="")
            writer.writeheader()
            writer.writerows(row.values for row in rows)
        written += len(rows)
    return written


def _latest(rows: Iterable[Row]) -> list[Row]:
    """Per key the youngest row, in the order the keys first appeared."""
    found: dict[tuple[str, str], Row] = {}
    for row in rows:
        key = (row.values["account_number"], row.key)
        if key not in found or row.since >= found[key].since:
            found[key] = row
    return list(found.values())
