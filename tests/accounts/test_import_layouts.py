"""Exports of other systems: recognised by their header, read by their own quirks, compared with the files by an independent reading."""

from __future__ import annotations

import csv
import os
from collections import Counter
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from accounts.importing.ledger import best_spelling
from accounts.models import Account, Contact, Dispute, Invoice, Source
from tests.accounts.importing.files import run, write
from tests.factories import make_portfolio, make_user

pytestmark = pytest.mark.django_db

SHARED = Path(os.environ.get("SHARED_DATA", Path(__file__).resolve().parents[3] / "shared" / "data")) / "ledgers"
IBM = SHARED / "ibm_late_payment_histories_70customers.csv"
HIGHRADIUS = SHARED / "highradius_open_invoices_A.csv"
needs_ibm = pytest.mark.skipif(not IBM.exists(), reason="the IBM sample ledger is not on this machine (SHARED_DATA)")
needs_highradius = pytest.mark.skipif(not HIGHRADIUS.exists(), reason="the HighRadius sample ledger is not on this machine (SHARED_DATA)")

IBM_HEADER = "countryCode,customerID,PaperlessDate,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,SettledDate,PaperlessBill,DaysToSettle,DaysLate"
HR_HEADER = (
    "business_code,cust_number,name_customer,clear_date,buisness_year,doc_id,posting_date,due_in_date,baseline_create_date,"
    "cust_payment_terms,converted_usd"
)


def ibm(folder, *rows):
    lines = (f"391,{c},1/2/2012,{n},{i},{d},{a},{q},{s},Paper,1,0" for c, n, i, d, a, q, s in rows)
    return write(folder, "ibm.csv", IBM_HEADER, *lines, end="\r\n")


def highradius(folder, *rows):
    lines = (f"U001,{c},{name},,2020,{n},{p},{d},{b},NAA8,{a}" for c, name, n, p, d, b, a in rows)
    return write(folder, "hr.csv", HR_HEADER, *lines)


def test_the_layout_is_found_from_the_header_and_leading_zeros_stay(tmp_path):
    ran = run(ibm(tmp_path, ("0379-NEVHP", "0000123456", "1/2/2013", "2/1/2013", "55.94", "No", "1/15/2013")), "--currency", "USD", "--portfolio", "P")
    assert (ran.code, ran.data["layout"]) == (0, "ibm_late_payments")
    invoice = Invoice.objects.get()
    assert (invoice.number, invoice.account.external_id, str(invoice.issued_on), str(invoice.due_on)) == (
        "0000123456", "0379-NEVHP", "2013-01-02", "2013-02-01",
    )  # fmt: skip
    assert (invoice.amount_minor, invoice.currency, invoice.status, str(invoice.settled_on)) == (5594, "USD", "paid", "2013-01-15")


def test_month_first_is_the_layouts_and_never_asked_or_swapped(tmp_path):
    run(ibm(tmp_path, ("A", "1", "3/4/2013", "5/6/2013", "1.00", "No", "")), "--currency", "USD", "--portfolio", "P")
    assert [str(d) for d in Invoice.objects.values_list("issued_on", "due_on")[0]] == ["2013-03-04", "2013-05-06"]
    run(highradius(tmp_path, ("B", "B co", "2", "03-04-2020", "05-06-2020", "03-04-2020", "1.00")), "--currency", "USD")
    invoice = Invoice.objects.get(number="2")
    assert (str(invoice.issued_on), str(invoice.due_on)) == ("2020-04-03", "2020-06-05")


def test_a_row_in_the_wrong_date_form_is_refused_by_the_files_own_column_name(tmp_path):
    ran = run(ibm(tmp_path, ("A", "1", "13/4/2013", "5/6/2013", "1.00", "No", "")), "--currency", "USD", "--portfolio", "P")
    assert ran.code == 1 and ran.data["refused"][0]["column"] == "InvoiceDate" and ran.data["refused"][0]["value"] == "13/4/2013"


def test_open_disputed_rows_make_disputes_and_their_settlement_ends_them(tmp_path):
    path = ibm(
        tmp_path,
        ("A", "1", "1/2/2013", "2/1/2013", "10.00", "Yes", "3/15/2013"),
        ("A", "2", "1/2/2013", "2/1/2013", "20.00", "Yes", "2/2/2013"),
        ("B", "3", "1/2/2013", "2/1/2013", "30.00", "No", "3/15/2013"),
    )
    run(path, "--currency", "USD", "--portfolio", "P", "--as-of", "2013-02-10")
    dispute = Dispute.objects.get()
    assert (dispute.invoice.number, dispute.status, str(dispute.opened_on), dispute.amount_minor) == ("1", "open", "2013-02-10", None)
    assert "no date" in dispute.reason
    again = run(path, "--currency", "USD", "--as-of", "2013-02-10")
    assert again.data["updated"] == 0 and again.data["kinds"]["disputes"] == {"created": 0, "updated": 0}
    run(path, "--currency", "USD", "--as-of", "2013-03-20")
    dispute.refresh_from_db()
    assert (dispute.status, dispute.outcome) == ("resolved", "invalid") and "2013-03-15" in dispute.outcome_note
    assert Dispute.objects.count() == 1 and str(dispute.opened_on) == "2013-02-10"


def test_a_disputed_mark_does_not_reopen_what_a_person_resolved(tmp_path):
    path = ibm(tmp_path, ("A", "1", "1/2/2013", "2/1/2013", "10.00", "Yes", "3/15/2013"))
    run(path, "--currency", "USD", "--portfolio", "P", "--as-of", "2013-02-10")
    Dispute.objects.update(status="resolved", outcome="valid", resolved_by=make_user())
    run(path, "--currency", "USD", "--as-of", "2013-02-11")
    run(path, "--currency", "USD", "--as-of", "2013-03-20")
    assert (Dispute.objects.get().status, Dispute.objects.get().outcome) == ("resolved", "valid")


def test_many_spellings_of_one_customer_are_one_account_by_number(tmp_path):
    spellings = ["WAL-MAR co", "WAL-MAR corp", "WAL-MAR ", "WAL-MAR  corp", "WAL-MAR corp"]
    rows = [("0200769623", s, str(n), "01-04-2020", "16-04-2020", "01-04-2020", "10.00") for n, s in enumerate(spellings)]
    other = ("200769623", "SHOPPE trust", "9", "01-04-2020", "16-04-2020", "01-04-2020", "1.00")
    run(highradius(tmp_path, *rows, other), "--currency", "USD", "--portfolio", "P")
    assert dict(Account.objects.values_list("external_id", "name")) == {"0200769623": "WAL-MAR", "200769623": "SHOPPE trust"}
    Account.objects.filter(external_id="200769623").update(name="Shoppe Inc.")
    run(highradius(tmp_path, *rows, other), "--currency", "USD")
    assert Account.objects.get(external_id="200769623").name == "Shoppe Inc."  # a person's correction stays


def test_the_name_is_always_one_of_the_files_spellings():
    assert best_spelling(Counter({"TARG us": 3, "TARG": 1, "TARG co": 9})) == "TARG"
    assert best_spelling(Counter({"DEC us": 3, "DEC co": 5})) == "DEC co"
    assert best_spelling(Counter({"CO": 1})) == "CO" and best_spelling(Counter()) == ""


def test_an_invoice_posted_after_it_was_due_is_issued_when_its_terms_began(tmp_path):
    ran = run(highradius(tmp_path, ("A", "A co", "1", "24-04-2020", "23-04-2020", "16-04-2020", "10.00")), "--currency", "USD", "--portfolio", "P")
    assert str(Invoice.objects.get().issued_on) == "2020-04-16"
    assert any("1 invoices were posted after" in note and "baseline_create_date" in note for note in ran.data["notes"])


def test_converted_amounts_are_rounded_by_this_layout_alone_and_it_says_so(tmp_path):
    ran = run(highradius(tmp_path, ("A", "A co", "1", "01-04-2020", "16-04-2020", "01-04-2020", "93179.355")), "--currency", "USD", "--portfolio", "P")
    assert Invoice.objects.get().amount_minor == 9317936
    assert any("93179.355" in note and "rounded half up" in note for note in ran.data["notes"])


def test_a_layout_without_currency_takes_the_portfolios_and_says_it(tmp_path):
    make_portfolio(name="Canada", currency="CAD")
    ran = run(highradius(tmp_path, ("A", "A co", "1", "01-04-2020", "16-04-2020", "01-04-2020", "1.00")), "--portfolio", "Canada")
    assert Invoice.objects.get().currency == "CAD" and any("read as CAD" in note for note in ran.data["notes"])


def test_a_ledger_that_shows_settlements_is_a_source_of_payments_until_a_bank_feed_is(tmp_path):
    path = ibm(tmp_path, ("A", "1", "1/2/2013", "2/1/2013", "10.00", "No", ""))
    run(path, "--currency", "USD", "--portfolio", "P", "--as-of", "2013-02-10")
    payments = Source.objects.get(kind="payments")
    assert f"{payments.as_of:%Y-%m-%d}" == "2013-02-10"
    Source.objects.filter(pk=payments.pk).update(name="House bank")
    run(path, "--currency", "USD", "--as-of", "2013-03-10")
    assert f"{Source.objects.get(kind='payments').as_of:%Y-%m-%d}" == "2013-02-10"
    assert f"{Source.objects.get(kind='invoices').as_of:%Y-%m-%d}" == "2013-03-10"


def _rows(path):
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


@needs_ibm
@pytest.mark.parametrize("as_of", ["2012-06-30", "2012-12-31", "2013-11-30"])
def test_the_real_ibm_ledger_arrives_as_the_file_says(as_of):
    ran = run(IBM, "--currency", "USD", "--portfolio", "IBM", "--as-of", as_of, "--placeholder-contacts")
    today = datetime.strptime(as_of, "%Y-%m-%d").date()
    day = lambda text: datetime.strptime(text, "%m/%d/%Y").date()  # noqa: E731
    expected, disputed = {}, set()
    for row in _rows(IBM):
        if day(row["InvoiceDate"]) > today:
            continue
        settled = day(row["SettledDate"])
        minor = int(Decimal(row["InvoiceAmount"]) * 100)
        is_open = settled > today
        state = ("open", minor, None) if is_open else ("paid", 0, settled)
        expected[row["invoiceNumber"]] = (row["customerID"], day(row["InvoiceDate"]), day(row["DueDate"]), minor, *state)
        if is_open and row["Disputed"] == "Yes":
            disputed.add(row["invoiceNumber"])
    fields = ("number", "account__external_id", "issued_on", "due_on", "amount_minor", "status", "balance_minor", "settled_on")
    assert {row[0]: row[1:] for row in Invoice.objects.values_list(*fields)} == expected
    assert set(Dispute.objects.filter(status="open").values_list("invoice__number", flat=True)) == disputed and disputed
    assert ran.code == 0 and ran.data["rows"] == 1694 == ran.data["created"] + ran.data["outside"]
    assert Contact.objects.filter(placeholder=True).count() == Account.objects.count()
    again = run(IBM, "--currency", "USD", "--as-of", as_of, "--placeholder-contacts")
    assert (again.data["created"], again.data["updated"]) == (0, 0)


@needs_highradius
def test_the_real_highradius_ledger_arrives_as_the_file_says():
    ran = run(HIGHRADIUS, "--currency", "USD", "--portfolio", "HR", "--as-of", "2020-05-26", "--placeholder-contacts")
    day = lambda text: datetime.strptime(text, "%d-%m-%Y").date()  # noqa: E731
    expected, names = {}, {}
    for row in _rows(HIGHRADIUS):
        due, posted = day(row["due_in_date"]), day(row["posting_date"])
        issued = posted if posted <= due else day(row["baseline_create_date"])
        cents = int(Decimal(row["converted_usd"]).quantize(Decimal("0.01"), ROUND_HALF_UP) * 100)
        expected[row["doc_id"]] = (row["cust_number"], issued, due, cents, cents, "open", row["cust_payment_terms"])
        names.setdefault(row["cust_number"], set()).add(" ".join(row["name_customer"].split()))
    fields = ("number", "account__external_id", "issued_on", "due_on", "amount_minor", "balance_minor", "status", "terms_code")
    assert {row[0]: row[1:] for row in Invoice.objects.values_list(*fields)} == expected
    assert set(Account.objects.values_list("external_id", flat=True)) == set(names)
    assert all(name in names[number] for number, name in Account.objects.values_list("external_id", "name"))
    assert (ran.code, ran.data["rows"], ran.data["created"]) == (0, 3114, 3114)
    again = run(HIGHRADIUS, "--currency", "USD", "--as-of", "2020-05-26", "--placeholder-contacts")
    assert (again.data["created"], again.data["updated"], again.data["unchanged"]) == (0, 0, 3114)
