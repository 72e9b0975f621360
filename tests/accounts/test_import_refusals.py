"""Bad input: a clear message naming row, column, value and what was expected; nothing written; never a traceback."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from accounts.importing import files, workbook
from accounts.models import Account, ImportRun, Invoice
from governance.models import Event, Portfolio
from tests.accounts.importing.files import ACCOUNTS, INVOICES, run, small_book, write

pytestmark = pytest.mark.django_db

GOOD = "0007,INV-1,2026-03-01,2026-03-31,EUR,10.00"


def nothing_written():
    written = [m.__name__ for m in (Portfolio, Account, Invoice, Event) if m.objects.exclude().exists()]
    return [name for name in written if name != "Event" or Event.objects.filter(stream="import").exists()] == []


ROWS = {
    "not a number": ("0007,INV-2,2026-03-01,2026-03-31,EUR,NaN", "amount", "NaN", "1234.56"),
    "infinity": ("0007,INV-2,2026-03-01,2026-03-31,EUR,Infinity", "amount", "Infinity", "1234.56"),
    "an exponent": ("0007,INV-2,2026-03-01,2026-03-31,EUR,1e3", "amount", "1e3", "1234.56"),
    "a formula in an amount": ("0007,INV-2,2026-03-01,2026-03-31,EUR,=1+1", "amount", "=1+1", "1234.56"),
    "too many decimals": ("0007,INV-2,2026-03-01,2026-03-31,EUR,10.123456", "amount", "10.123456", "at most 2 decimals"),
    "a negative amount": ("0007,INV-2,2026-03-01,2026-03-31,EUR,-10.00", "amount", "-10.00", "above zero"),
    "an unknown currency": ("0007,INV-2,2026-03-01,2026-03-31,EUD,10.00", "currency", "EUD", "ISO 4217"),
    "an empty currency": ("0007,INV-2,2026-03-01,2026-03-31,,10.00", "currency", "", "ISO 4217"),
    "a day that is not": ("0007,INV-2,2026-03-01,2026-02-30,EUR,10.00", "due_on", "2026-02-30", "2026-05-31"),
    "due before issue": ("0007,INV-2,2026-03-01,2026-02-01,EUR,10.00", "due_on", "2026-02-01", "2026-03-01"),
    "no number": ("0007,,2026-03-01,2026-03-31,EUR,10.00", "invoice_number", "", "text"),
    "an unknown account": ("0999,INV-2,2026-03-01,2026-03-31,EUR,10.00", "account_number", "0999", "an account number"),
    "the same invoice twice": (GOOD, "invoice_number", "INV-1", "once"),
    "too few cells": ("0007,INV-2,2026-03-01", "", "3 cells", "6 cells"),
    "too many cells": ("0007,INV-2,2026-03-01,2026-03-31,EUR,10.00,surprise", "", "7 cells", "6 cells"),
    "a name too long": (f"0007,{'9' * 65},2026-03-01,2026-03-31,EUR,10.00", "invoice_number", "99999", "64 characters"),
    "a control character": ("0007,INV\x1b2,2026-03-01,2026-03-31,EUR,10.00", "invoice_number", "x1b", "text"),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_bad_row_is_refused_by_row_column_value_and_expectation_and_nothing_is_written(tmp_path, name):
    row, column, value, expected = ROWS[name]
    ran = run(small_book(tmp_path / "a", invoices=(GOOD, row)), "--portfolio", "North", "--as-of", "2026-05-12")
    assert ran.code == 1 and len(ran.data["refused"]) == 1
    found = ran.data["refused"][0]
    assert (found["row"], found["column"]) == (3, column) and value in found["value"] and expected in found["expected"]
    assert found["expected"] in found["message"] and "row 3" in found["message"]
    assert nothing_written() and ImportRun.objects.get().state == "refused"


def test_two_customers_for_one_invoice_in_one_file_refuse_both_rows(tmp_path):
    ran = run(small_book(tmp_path / "a", invoices=(GOOD, GOOD.replace("0007", "0008"))), "--portfolio", "North")
    assert [r["row"] for r in ran.data["refused"]] == [2, 3] and "another customer" in ran.messages[0]
    assert nothing_written()


def test_two_customers_for_one_invoice_against_the_book_refuse_the_row(tmp_path):
    run(small_book(tmp_path / "a", invoices=(GOOD,)), "--portfolio", "North", "--as-of", "2026-05-12")
    ran = run(write(tmp_path / "b", "invoices.csv", INVOICES, GOOD.replace("0007", "0008")), "--as-of", "2026-05-12")
    assert ran.code == 1 and "already belongs to customer 0007" in ran.messages[0]
    assert Invoice.objects.get().account.external_id == "0007"


def test_a_fact_about_another_accounts_invoice_is_refused(tmp_path):
    folder = small_book(tmp_path / "a", invoices=(GOOD,))
    write(folder, "disputes.csv", "account_number,reference,opened_on,invoice_number", "0008,D-1,2026-04-08,INV-1", "0007,D-2,2026-04-08,INV-9")
    ran = run(folder, "--portfolio", "North", "--as-of", "2026-05-12")
    assert [(r["row"], r["file"]) for r in ran.data["refused"]] == [(2, "disputes.csv"), (3, "disputes.csv")]
    assert "not an invoice of this account" in ran.messages[0] and nothing_written()


def test_a_payment_allocated_beyond_itself_or_told_in_two_ways_is_refused(tmp_path):
    folder = small_book(tmp_path / "a", invoices=(GOOD, GOOD.replace("INV-1", "INV-2")))
    header = "account_number,payment_number,value_on,currency,amount,invoice_number,allocated_amount"
    write(folder, "payments.csv", header, "0007,P,2026-04-01,EUR,10.00,INV-1,6.00", "0007,P,2026-04-01,EUR,10.00,INV-2,6.00",
          "0007,Q,2026-04-01,EUR,10.00,INV-1,1.00", "0007,Q,2026-04-02,EUR,10.00,INV-2,1.00")  # fmt: skip
    ran = run(folder, "--portfolio", "North", "--as-of", "2026-05-12")
    assert [r["row"] for r in ran.data["refused"]] == [2, 3, 5] and "beyond" in ran.messages[0] and "differs" in ran.messages[2]


def test_a_circle_of_parents_is_refused(tmp_path):
    path = write(tmp_path, "accounts.csv", ACCOUNTS + ",parent_account_number", "A,One,B", "B,Two,A", "C,Three,C")
    ran = run(path, "--portfolio", "North")
    assert ran.code == 1 and "circle" in " ".join(ran.messages) and "itself" in " ".join(ran.messages)


UNREADABLE = {
    "an empty file": (b"", "is empty"),
    "only blank lines": (b"\n\n \n", "holds no text"),
    "a PDF": (b"%PDF-1.7 ...", "is a PDF"),
    "a gzip bomb": (b"\x1f\x8b\x08\x00" + b"\0" * 50, "gzip"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xls"),
    "a picture": (b"\x89PNG\r\n\x1a\n", "picture"),
    "NUL bytes": (b"account_number,name\n0007,\0\0\n", "NUL"),
    "a ZIP that is no workbook": (None, "no Excel workbook"),
    "a truncated workbook": (b"PK\x03\x04 cut", "damaged or cut off"),
    "an unknown header": (b"foo,bar\n1,2\n", "Known layouts: canonical"),
    "a missing column": (b"account_number,invoice_number,issued_on,currency,amount\n", "missing due_on"),
    "a misspelt column": (b"account_number,name,languge\n", "did you mean language?"),
    "the same column twice": (b"account_number,name,Name\n", 'names "Name" twice'),
    "a column without a name": (b"account_number,name,\n", "header is not known"),
    "cut off in a quotation": (b'account_number,name\n0007,"Northwind', "never closes"),
    "cut off in a row": (b"account_number,name,tier\n0007,Northwind,standard\n0008,Al", "cut off"),
    "broken quotation": (b'account_number,name\n0007,"North" wind\n', "not readable as CSV"),
    "a field of 9 kB": (b"account_number,name\n0007," + b"x" * 9000 + b"\n", "at most 8 kB"),
    "a line without an end": (b"account_number,name\n0007," + b"x" * 700_000, "characters"),
    "65 columns": (",".join(["account_number", "name", *[f"c{n}" for n in range(63)]]).encode() + b"\n", "65 columns"),
    "an uncertain encoding": ("account_number,name\n0007,Crème\n".encode("cp1252"), "--encoding windows-1252"),
    "an ambiguous date": (b"account_number,contract_number,starts_on\n0007,C-1,03/04/2026\n", "--date-order"),
    "an ambiguous amount": (b"account_number,contract_number,value\n0007,C-1,\"1,234\"\n", "--decimal"),
    "both decimal signs": (b'account_number,contract_number,value\n0007,C-1,"1,50"\n0007,C-2,1.5\n0007,C-3,"2,50"\n0007,C-4,1.234.5\n', "--decimal"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_an_unreadable_file_ends_with_code_2_says_why_and_writes_nothing(tmp_path, name):
    content, words = UNREADABLE[name]
    path = tmp_path / "accounts_or_so.csv"
    if content is None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("readme.txt", "hello")
    else:
        path.write_bytes(content)
    ran = run(path, "--portfolio", "North", "--currency", "EUR")
    assert ran.code == 2 and words in ran.data["error"] and words in ran.err, ran.data["error"]
    assert nothing_written() and not ImportRun.objects.exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--layout", "sap"), "known layouts: canonical, ibm_late_payments, highradius"),
        (("--layout", "highradius"), "missing cust_number"),
        (("--currency", "EUD"), "not a known currency"),
        (("--as-of", "31.05.2026"), "--as-of"),
        (("--encoding", "klingon"), "not an encoding"),
    ],
)
def test_bad_options_are_named(tmp_path, options, words):
    ran = run(small_book(tmp_path / "a") / "invoices.csv", "--portfolio", "North", *options)
    assert ran.code == 2 and words in ran.err and nothing_written()


def test_an_empty_folder_names_the_files_it_expects(tmp_path):
    ran = run(tmp_path, "--portfolio", "North")
    assert ran.code == 2 and "accounts.csv" in ran.err


@pytest.mark.parametrize(
    ("encoding", "delimiter", "name"),
    [("utf-8", ",", "Ødegård – Łódź"), ("utf-8-sig", ";", "Ødegård"), ("utf-16", "\t", "Łódź"), ("cp1252", "|", "Müller & Söhne"), ("cp1252", ";", "Ößä")],
)
def test_encoding_and_separator_are_found_and_shown(tmp_path, encoding, delimiter, name):
    path = write(tmp_path, "accounts.csv", f"account_number{delimiter}name", f"0007{delimiter}{name}", encoding=encoding, end="\r\n")
    ran = run(path, "--portfolio", "North")
    assert ran.code == 0 and Account.objects.get().name == name
    assert any("separated by" in note for note in ran.data["notes"])


def test_an_answer_settles_encoding_date_order_and_decimal(tmp_path):
    header = "account_number;contract_number;starts_on;value;notes"
    write(tmp_path, "accounts.csv", ACCOUNTS, "0007,North")
    write(tmp_path, "contracts.csv", header, "0007;C-1;03/04/2026;1.234;Crème", encoding="cp1252")
    options = ("--portfolio", "North", "--currency", "EUR", "--encoding", "windows-1252", "--date-order", "dmy", "--decimal", "comma")
    assert run(tmp_path, *options).code == 0
    contract = Account.objects.get().contracts.get()
    assert (contract.starts_on, contract.value_minor, contract.notes) == (date(2026, 4, 3), 123400, "Crème")


def test_decimal_commas_and_day_first_dates_are_proved_by_the_file_and_shown(tmp_path):
    header = INVOICES.replace(",", ";")
    write(tmp_path, "accounts.csv", ACCOUNTS, "0007,North")
    write(tmp_path, "invoices.csv", header, "0007;A;01.03.2026;31.03.2026;EUR;1.234", "0007;B;02.03.2026;03.04.2026;EUR;1.234,56")
    ran = run(tmp_path, "--portfolio", "North", "--as-of", "2026-05-12")
    assert {i.number: (i.amount_minor, i.due_on) for i in Invoice.objects.all()} == {"A": (123400, date(2026, 3, 31)), "B": (123456, date(2026, 4, 3))}
    assert any("decimal comma, dates day first" in note for note in ran.data["notes"])


def book_of(path, *rows, title="invoices", second=None):
    made = openpyxl.Workbook()
    made.active.title = title
    for row in rows:
        made.active.append(row)
    for row in second or ():
        sheet = made["accounts"] if "accounts" in made.sheetnames else made.create_sheet("accounts")
        sheet.append(row)
    made.save(path)
    return path


def test_a_workbook_with_native_dates_and_numbers_is_read_like_a_csv(tmp_path):
    rows = (INVOICES.split(","), ["0007", "A", datetime(2026, 3, 1), date(2026, 3, 31), "EUR", 1234.5], [], ["0007", "B", "2026-03-01", "2026-03-31", "EUR", 7])
    path = book_of(tmp_path / "book.xlsx", *rows, second=[["account_number", "name"], ["0007", "North"]])
    ran = run(path, "--portfolio", "North", "--as-of", "2026-05-12")
    assert ran.code == 0 and {i.number: i.amount_minor for i in Invoice.objects.all()} == {"A": 123450, "B": 700}


@pytest.mark.parametrize("cell", ["=1+1", '=HYPERLINK("http://x.example")'])
def test_a_formula_in_a_workbook_is_refused_and_not_computed(tmp_path, cell):
    path = book_of(tmp_path / "accounts.xlsx", ["account_number", "name"], ["0007", cell], title="accounts")
    ran = run(path, "--portfolio", "North")
    assert ran.code == 1 and "formula" in ran.messages[0] and ran.data["refused"][0]["column"] == "name" and nothing_written()


def test_a_float_that_is_no_amount_is_refused_not_rounded(tmp_path):
    rows = (INVOICES.split(","), ["0007", "A", date(2026, 3, 1), date(2026, 3, 31), "EUR", 10.005])
    path = book_of(tmp_path / "book.xlsx", *rows, second=[["account_number", "name"], ["0007", "North"]])
    assert "more decimals" in run(path, "--portfolio", "North", "--as-of", "2026-05-12").messages[0]


def test_a_workbook_that_unpacks_too_far_or_carries_entities_is_refused(tmp_path, monkeypatch):
    path = book_of(tmp_path / "accounts.xlsx", ["account_number", "name"], ["0007", "North"], title="accounts")
    evil = tmp_path / "evil.xlsx"
    with zipfile.ZipFile(path) as good, zipfile.ZipFile(evil, "w") as bad:
        for part in good.infolist():
            text = good.read(part)
            bad.writestr(part, text.replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet') if "sheet1" in part.filename else text)
    assert "no spreadsheet writes" in run(evil, "--portfolio", "North").err
    monkeypatch.setattr(workbook, "UNPACKED_BYTES", 1000)
    assert "unpacks to more" in run(path, "--portfolio", "North").err and nothing_written()


def test_a_sheet_with_a_false_size_costs_nothing(tmp_path):
    path = book_of(tmp_path / "accounts.xlsx", ["account_number", "name"], ["0007", "North"], title="accounts")
    wide = tmp_path / "wide.xlsx"
    with zipfile.ZipFile(path) as good, zipfile.ZipFile(wide, "w") as bad:
        for part in good.infolist():
            bad.writestr(part, good.read(part).replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"'))
    assert run(wide, "--portfolio", "North").code == 0 and Account.objects.count() == 1


def test_the_limits_of_an_upload_do_not_bind_the_command_line(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "UPLOAD_BYTES", 10)
    assert run(small_book(tmp_path / "a"), "--portfolio", "North").code == 0


def test_a_line_of_separators_is_an_empty_line(tmp_path):
    ran = run(small_book(tmp_path / "a", invoices=(GOOD, ",,,,,", "")), "--portfolio", "North", "--as-of", "2026-05-12")
    assert ran.code == 0 and ran.data["rows"] == 3


def test_ten_thousand_refused_rows_are_counted_and_only_the_first_are_kept(tmp_path):
    rows = tuple(f"0007,N{n},2026-03-01,2026-03-31,EUR,x" for n in range(6_000)) + tuple(f"0999,M{n},2026-03-01,2026-03-31,EUR,1.00" for n in range(6_000))
    ran = run(small_book(tmp_path / "a", invoices=rows), "--portfolio", "North", "--as-of", "2026-05-12")
    assert ran.data["refused_count"] == 12_000 and len(ran.data["refused"]) == 5_000


def test_no_bytes_whatsoever_make_a_traceback(tmp_path):
    seeds = [bytes(range(256)), b"account_number,name\n" + bytes(range(1, 256)), b"\xff\xfe\x00", b"\xef\xbb\xbf", b'"' * 5000, b"PK\x05\x06" + b"\0" * 18]
    for n, content in enumerate(seeds):
        path = tmp_path / f"{n}.csv"
        path.write_bytes(content)
        assert run(path, "--portfolio", "North").code in (1, 2), content[:20]
    stream = io.BytesIO()
    zipfile.ZipFile(stream, "w").writestr("xl/workbook.xml", "<nonsense/>")
    (tmp_path / "n.xlsx").write_bytes(stream.getvalue())
    assert run(tmp_path / "n.xlsx", "--portfolio", "North").code == 2
