"""The statement as a spreadsheet."""

import io
import time
import zipfile
from datetime import datetime
from decimal import Decimal

from openpyxl import load_workbook

from drafts.generation.statement import statement_file
from tests.drafts.fact_samples import facts, invoice


def rows_of(file):
    sheet = load_workbook(io.BytesIO(file.content)).active
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_every_invoice_is_a_row_with_exact_amounts_and_each_currency_a_total():
    account = facts(invoice(1, open_minor=33_33), invoice(2, currency="JPY", amount_minor=500))
    rows = rows_of(statement_file(account, account.invoices, "en"))
    heads = ["Invoice", "Billed to", "PO number", "Issued", "Due", "Currency", "Amount", "Open"]
    assert rows[0] == heads
    assert rows[1][0] == "INV-1"
    assert rows[1][4] == datetime(2026, 5, 2)
    assert [Decimal(str(value)) for value in rows[1][6:]] == [Decimal("1000.00"), Decimal("33.33")]
    assert [(row[5], Decimal(str(row[7]))) for row in rows[3:]] == [
        ("EUR", Decimal("33.33")),
        ("JPY", Decimal(500)),
    ]


def test_text_that_looks_like_a_formula_stays_text():
    account = facts(
        invoice(1, number="=1+1", billed_name='=HYPERLINK("http://x.example")', po_number="@SUM(A1)")
    )
    sheet = load_workbook(io.BytesIO(statement_file(account, account.invoices, "en").content)).active
    assert [cell.data_type for cell in sheet[2]][:3] == ["s", "s", "s"]
    assert sheet["A2"].value == "=1+1"


def test_the_same_invoices_give_the_same_bytes_at_any_time(monkeypatch):
    account = facts(invoice(1), invoice(2))
    first = statement_file(account, account.invoices, "de")
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 86_400)
    assert statement_file(account, account.invoices, "de") == first
    core = zipfile.ZipFile(io.BytesIO(first.content)).read("docProps/core.xml").decode()
    assert core.count("2000-01-01T00:00:00Z") == 2


def test_a_customer_number_with_odd_characters_still_makes_a_file_name():
    account = facts(invoice(1), external_id="../A 17\\x")
    assert statement_file(account, account.invoices, "fr").name == "releve-A-17-x.xlsx"
