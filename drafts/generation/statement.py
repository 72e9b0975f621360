"""The statement as a spreadsheet, for messages about more invoices than a body can carry.

The file holds values only: text cells are typed as text, so no customer name can become a formula, and
amounts are exact decimals. The same invoices give the same bytes, because the hash of an attachment is part
of the fingerprint a person approves.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from accounts.fact_types import AccountFacts, InvoiceFact
from governance.money import exponent, to_decimal, totals

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Files say when they were made; the fingerprint must not depend on it.
_STAMP = datetime(2000, 1, 1)  # noqa: DTZ001 - a spreadsheet property without a zone
_CORE_TIMES = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_TITLE = {"en": "Statement", "de": "Aufstellung", "fr": "Relevé", "es": "Extracto"}
_FILE = {"en": "statement", "de": "aufstellung", "fr": "releve", "es": "extracto"}
_TOTAL = {"en": "Total", "de": "Summe", "fr": "Total", "es": "Total"}
_HEADS = {
    "en": ("Invoice", "Billed to", "PO number", "Issued", "Due", "Currency", "Amount", "Open"),
    "de": ("Rechnung", "Rechnung an", "Bestellung", "Datum", "Fällig", "Währung", "Betrag", "Offen"),
    "fr": ("Facture", "Facturé à", "Commande", "Date", "Échéance", "Devise", "Montant", "Solde"),
    "es": ("Factura", "Facturado a", "Pedido", "Fecha", "Vencimiento", "Moneda", "Importe", "Pendiente"),
}
_WIDTHS = (18, 32, 16, 12, 12, 10, 16, 16)
Cell = str | date | tuple[Decimal, int]  # an amount is (value, digits after the point)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message."""

    name: str
    content_type: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Hex SHA-256 of the content; part of the draft's fingerprint."""
        return hashlib.sha256(self.content).hexdigest()


def statement_file(facts: AccountFacts, invoices: Sequence[InvoiceFact], language: str) -> Attachment:
    """All invoices with their open amounts and one total per currency. Days overdue are left out: they would
    change every day.
    """
    rows: list[Sequence[Cell]] = [
        (
            i.number,
            i.billed_name or facts.name,
            i.po_number,
            i.issued_on,
            i.due_on,
            i.currency,
            _money(i.amount_minor, i.currency),
            _money(i.balance_minor, i.currency),
        )
        for i in invoices
    ]
    sums = totals((i.currency, i.balance_minor) for i in invoices)
    rows += [(_TOTAL[language], "", "", "", "", c, "", _money(minor, c)) for c, minor in sums.items()]
    # Anything outside these characters has no business in a file name.
    number = re.sub(r"[^A-Za-z0-9._-]+", "-", facts.external_id).strip("-.") or str(facts.account_id)
    return Attachment(
        f"{_FILE[language]}-{number}.xlsx", CONTENT_TYPE, _workbook(_TITLE[language], _HEADS[language], rows)
    )


def _money(minor: int, currency: str) -> tuple[Decimal, int]:
    return to_decimal(minor, currency), exponent(currency)


def _workbook(title: str, heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    # openpyxl takes long to import and only accounts with many invoices need it.
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    book.properties.creator = ""
    book.properties.created = _STAMP
    sheet = book.worksheets[0]
    sheet.title = title
    sheet.freeze_panes = "A2"
    for column, (head, width) in enumerate(zip(heads, _WIDTHS, strict=True), 1):
        cell = sheet.cell(1, column)
        _put(cell, head)
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = width
    for number, row in enumerate(rows, 2):
        for column, value in enumerate(row, 1):
            _put(sheet.cell(number, column), value)
    out = io.BytesIO()
    book.save(out)
    return _same_bytes(out.getvalue())


def _put(cell: object, value: Cell) -> None:
    if isinstance(value, tuple):
        cell.value = value[0]  # type: ignore[attr-defined]
        cell.number_format = "#,##0" + (f".{'0' * value[1]}" if value[1] else "")  # type: ignore[attr-defined]
    elif isinstance(value, date):
        cell.value = value  # type: ignore[attr-defined]
        cell.number_format = "yyyy-mm-dd"  # type: ignore[attr-defined]
    elif value:
        cell.value = _CONTROL.sub("", value)  # type: ignore[attr-defined]
        cell.data_type = "s"  # type: ignore[attr-defined]


def _same_bytes(content: bytes) -> bytes:
    """The archive with every moment of its making replaced by a fixed one."""
    out = io.BytesIO()
    stamp = _STAMP.isoformat().encode() + b"Z"
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            data = old.read(name)
            if name == "docProps/core.xml":
                data = _CORE_TIMES.sub(rb"\g<1>" + stamp + rb"\g<3>", data)
            entry = zipfile.ZipInfo(name, date_time=_STAMP.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, data)
    return out.getvalue()
