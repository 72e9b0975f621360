"""An independent reader of the real ledgers: does every draft say exactly what the file says?

It knows nothing of the importer: it reads the CSV with the csv module, the drafts as plain text, the attachments with a spreadsheet reader.
Against any database the two commands were run on:

    DATABASE_URL=… python -m tests.story.ledger_check highradius FILE.csv 2020-05-26
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

CENT = Decimal("0.01")
AMOUNT = re.compile(r"\b[A-Z]{3} (-?[\d,]+\.\d{2})\b")
DAY = re.compile(r"\b(\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December) \d{4})\b")
NUMBER = re.compile(r"\b\d{8,}\b")


@dataclass(frozen=True)
class Row:
    """One invoice of the file, as it stood on the day."""

    number: str
    customer: str
    due_on: date
    amount: Decimal
    disputed: bool
    open: bool


def read_ibm(path: Path, as_of: date) -> dict[str, Row]:
    """The IBM layout: month first, settled rows hidden after the day."""

    def day(text: str) -> date:
        month, day_, year = map(int, text.split("/"))
        return date(year, month, day_)

    return {
        row["invoiceNumber"]: Row(
            row["invoiceNumber"], row["customerID"], day(row["DueDate"]), Decimal(row["InvoiceAmount"]), row["Disputed"] == "Yes",
            day(row["InvoiceDate"]) <= as_of < day(row["SettledDate"]),
        )
        for row in _rows(path)
    }  # fmt: skip


def read_highradius(path: Path, as_of: date) -> dict[str, Row]:
    """The HighRadius layout: day first, every row open, amounts with the decimals of a currency conversion."""
    found = {}
    for row in _rows(path):
        number = row["doc_id"].removesuffix(".0")
        due_on = datetime.strptime(row["due_in_date"], "%d-%m-%Y").date()
        posted = datetime.strptime(row["posting_date"], "%d-%m-%Y").date()
        amount = Decimal(row["converted_usd"]).quantize(CENT, ROUND_HALF_UP)
        found[number] = Row(number, row["cust_number"], due_on, amount, False, posted <= as_of)
    return found


READERS = {"ibm": read_ibm, "highradius": read_highradius}


def _rows(path: Path) -> Iterable[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as lines:
        yield from csv.DictReader(lines)


def problems_of(draft: Any, rows: dict[str, Row], as_of: date) -> list[str]:
    """What a draft says that the file does not: wrong numbers, dates or amounts, an invoice that is not overdue, a total that does not add up."""
    named = {number: rows[number] for number in NUMBER.findall(draft.body + draft.subject) if number in rows}
    files = [list(_sheet(bytes(f.content))) for f in draft.attachments.all()]
    listed = {**named, **{r[0]: rows[r[0]] for file in files for r in file if r[0] in rows}}
    problems = [f"{n} is no invoice of the file" for n in NUMBER.findall(draft.body) if n not in rows]
    problems += [f"{r.number} is not open and overdue on the day" for r in listed.values() if not r.open or r.due_on >= as_of]
    customers = {r.customer for r in listed.values()}
    if customers != {draft.follow_up.account.external_id}:
        problems.append(f"names invoices of {sorted(customers)}")
    amounts = {r.amount for r in named.values()} | {sum((r.amount for r in listed.values()), Decimal(0))}
    stated = {Decimal(text.replace(",", "")) for text in AMOUNT.findall(draft.body)}
    problems += [f"{value} is no amount of its invoices nor their total" for value in stated - amounts]
    days = {r.due_on for r in named.values()}
    problems += [f"{text} is no due date of its invoices" for text in DAY.findall(draft.body) if _day(text) not in days]
    problems += [p for file in files for row in file for p in _sheet_problems(row, rows)]
    if not files and len(named) > 1:
        problems += [f"the line of {r.number} differs" for r in named.values() if not _line_holds(draft.body, r)]
    return problems


def _line_holds(body: str, row: Row) -> bool:
    line = next((line for line in body.splitlines() if re.search(rf"\b{row.number}\b", line)), "")
    days, amounts = DAY.findall(line), AMOUNT.findall(line)
    return [_day(d) for d in days] == [row.due_on] and Decimal(amounts[0].replace(",", "")) == row.amount


def _day(text: str) -> date:
    return datetime.strptime(text, "%d %B %Y").date()


def _sheet(content: bytes) -> Iterable[list[Any]]:
    from openpyxl import load_workbook

    sheet = load_workbook(io.BytesIO(content)).active
    yield from ([cell.value for cell in row] for row in sheet.iter_rows(min_row=2) if row[0].value != "Total")


def _sheet_problems(cells: list[Any], rows: dict[str, Row]) -> list[str]:
    row = rows.get(cells[0])
    if row is None:
        return [f"the attachment lists {cells[0]}, which is no invoice of the file"]
    same = cells[4].date() == row.due_on and Decimal(str(cells[7])).quantize(CENT) == row.amount
    return [] if same else [f"the attachment differs from the file at {row.number}"]


def main(layout: str, file: str, day: str) -> int:
    """Check every draft of the current database; print what is wrong."""
    import django

    django.setup()
    from drafts.models import Draft

    as_of = date.fromisoformat(day)
    rows = READERS[layout](Path(file), as_of)
    drafts = list(Draft.objects.prefetch_related("attachments").select_related("follow_up__account"))
    wrong = [(draft.pk, problem) for draft in drafts for problem in problems_of(draft, rows, as_of)]
    for pk, problem in wrong:
        print(f"draft {pk}: {problem}")
    print(f"{len(drafts)} drafts against {len(rows)} rows: {len(wrong)} differences")
    return 1 if wrong or not drafts else 0


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collections_site.settings")
    sys.exit(main(*sys.argv[1:4]))
