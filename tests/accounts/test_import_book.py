"""A whole book: the canonical set in, again, changed, and never half."""

from __future__ import annotations

import json

import pytest

from accounts.importing import service, writing
from accounts.models import (
    Account,
    Allocation,
    Contact,
    Contract,
    CreditNote,
    Dispute,
    ImportRun,
    Invoice,
    Message,
    Payment,
    Promise,
    PromisedCredit,
    Source,
    Ticket,
)
from drafts.review import confirm_address, propose_address
from governance.models import Event, Portfolio
from tests.accounts.importing.files import INVOICES, run, small_book, write
from tests.factories import AS_OF, make_dispute, make_portfolio, make_user

pytestmark = pytest.mark.django_db


def full_book(folder):
    write(folder, "accounts.csv",
          "account_number,name,tier,currency,country,time_zone,language,parent_account_number,owner,natural_person",
          "0007,Northwind Bearings GmbH,strategic,EUR,DE,Europe/Berlin,de,,a.ruiz,no",
          "0008,Northwind Nord GmbH,standard,EUR,DE,Europe/Berlin,de,0007,,no",
          "K-9,\"Alder, Berg & Co\",,CHF,CH,Europe/Zurich,fr-CH,,,yes")
    write(folder, "contacts.csv", "account_number,name,email,role,verified_on",
          "0007,Kim Keller,ap@northwind.example,ap,2026-01-15", "K-9,Jo Berg,,executive,")
    write(folder, "contracts.csv", "account_number,contract_number,terms_days,renewal_on,late_fee_allowed,notes",
          "0007,C-1,45,2026-07-01,no,Invoices only after acceptance")
    write(folder, "invoices.csv", INVOICES + ",balance,po_number,billed_account_number",
          "0007,0000123,2026-03-01,2026-03-31,EUR,1234.56,980.00,4500012345,0008",
          "0007,0000124,2026-03-02,2026-04-01,EUR,10.00,0,,",
          "K-9,INV-3,2026-03-03,2026-04-02,CHF,99.90,99.90,,")
    write(folder, "payments.csv", "account_number,payment_number,value_on,currency,amount,invoice_number,allocated_amount",
          "0007,PAY-1,2026-04-02,EUR,500.00,0000123,254.56", "0007,PAY-1,2026-04-02,EUR,500.00,0000124,10.00",
          "K-9,PAY-2,2026-04-03,CHF,5.00,,")
    write(folder, "credit_notes.csv", "account_number,credit_note_number,issued_on,amount,open_amount,invoice_number",
          "0007,CN-1,2026-04-01,50.00,20.00,0000123")
    write(folder, "promised_credits.csv", "account_number,reference,promised_on,amount,quote",
          "0007,PC-1,2026-04-10,,we will credit the freight")
    write(folder, "disputes.csv", "account_number,reference,opened_on,invoice_number,category,amount,quote",
          "0007,D-1,2026-04-08,0000123,quantity,300.00,two pallets are missing")
    write(folder, "promises.csv", "account_number,reference,made_on,due_on,invoice_number", "K-9,P-1,2026-04-12,,INV-3")
    write(folder, "tickets.csv", "account_number,ticket_number,opened_at,subject,body,severity,escalated",
          '0007,ZD-1,2026-04-09T08:15:00+02:00,"Pallets, missing","We got 8\nof 10",urgent,yes')
    write(folder, "messages.csv", "account_number,reference,direction,at,subject,body,message_id",
          "0007,M-1,in,2026-04-08 09:30,Re: statement,=cmd(),<1@northwind.example>")
    return folder  # fmt: skip


FULL = ("--portfolio", "North", "--currency", "EUR", "--as-of", "2026-05-12")


def test_every_kind_of_the_canonical_set_arrives_as_it_stands_in_the_files(tmp_path):
    make_user(username="a.ruiz")
    ran = run(full_book(tmp_path / "book"), *FULL)
    assert (ran.code, ran.data["refused"], ran.data["layout"]) == (0, [], "canonical")
    assert ran.data["rows"] == ran.data["created"] == 18 and ran.data["totals"] == {"CHF": "99.90", "EUR": "1244.56"}
    north, nord, alder = (Account.objects.get(external_id=n) for n in ("0007", "0008", "K-9"))
    assert nord.parent == north and north.owner.username == "a.ruiz" and north.tier == "strategic" and alder.natural_person
    assert (alder.name, alder.currency, alder.language) == ("Alder, Berg & Co", "CHF", "fr-CH")
    first, second = Invoice.objects.get(number="0000123"), Invoice.objects.get(number="0000124")
    assert (first.amount_minor, first.balance_minor, first.status, first.billed_account) == (123456, 98000, "open", nord)
    assert (second.balance_minor, second.status, second.settled_on) == (0, "paid", None)
    assert Contact.objects.get(account=north).usable and not Contact.objects.get(account=alder).verified_at
    assert Contract.objects.get().late_fee_allowed is False and Contract.objects.get().terms_days == 45
    payment = Payment.objects.get(external_id="PAY-1")
    assert payment.unapplied_minor == 50000 - 25456 - 1000 and payment.allocations.count() == 2
    assert Payment.objects.get(external_id="PAY-2").unapplied_minor == 500
    assert CreditNote.objects.get().invoice == first and CreditNote.objects.get().open_minor == 2000
    assert PromisedCredit.objects.get().amount_minor is None
    assert Dispute.objects.get().amount_minor == 30000 and Dispute.objects.get().status == "open"
    assert Promise.objects.get().due_on is None
    assert Ticket.objects.get().opened_at.hour == 6 and Ticket.objects.get().body == "We got 8\nof 10" and Ticket.objects.get().escalated
    assert Message.objects.get().body == "=cmd()" and Message.objects.get().scanned_at is None


def test_history_one_run_one_event_and_fresh_sources_come_with_it(tmp_path):
    make_user(username="a.ruiz")
    run(full_book(tmp_path / "book"), *FULL)
    for model in (Account, Contact, Contract, Invoice, Payment, CreditNote, PromisedCredit, Dispute, Promise, Ticket):
        kinds = list(model.history.values_list("history_type", flat=True))
        assert kinds == ["+"] * model.objects.count(), model
    assert Account.history.get(external_id="0008").parent_id == Account.objects.get(external_id="0007").pk
    done = ImportRun.objects.get()
    assert done.state == "committed" and done.created == 18 and done.committed_at
    event = Event.objects.get(stream="import")
    assert event.subject_id == done.pk and "Northwind" not in event.data and json.loads(event.data)["rows"] == 18
    kinds = {"invoices", "payments", "contacts", "credits", "disputes", "promises", "tickets", "contracts", "messages"}
    assert {s.kind for s in Source.objects.all()} == kinds
    assert {f"{s.as_of:%Y-%m-%d}" for s in Source.objects.all()} == {"2026-05-12"}


def test_the_same_book_again_changes_nothing_and_writes_no_history(tmp_path):
    make_user(username="a.ruiz")
    folder = full_book(tmp_path / "book")
    run(folder, *FULL)
    before = Invoice.history.count(), Account.history.count(), Payment.history.count()
    ran = run(folder, *FULL)
    assert (ran.data["created"], ran.data["updated"], ran.data["unchanged"]) == (0, 0, 18)
    assert (Invoice.history.count(), Account.history.count(), Payment.history.count()) == before
    assert Allocation.objects.count() == 2 and ImportRun.objects.count() == 2 and Event.objects.filter(stream="import").count() == 2


def test_a_row_that_pays_an_invoice_is_one_update_with_one_history_row(tmp_path):
    folder = small_book(tmp_path / "a", invoices=("0007,INV-1,2026-03-01,2026-03-31,EUR,10.00", "0008,INV-2,2026-03-01,2026-03-31,EUR,20.00"))
    run(folder, "--portfolio", "North", "--as-of", "2026-05-12")
    paid = write(tmp_path / "b", "invoices.csv", INVOICES + ",settled_on", "0007,INV-1,2026-03-01,2026-03-31,EUR,10.00,2026-04-03")
    ran = run(paid, "--as-of", "2026-05-12")
    assert (ran.data["created"], ran.data["updated"], ran.data["unchanged"]) == (0, 1, 0)
    invoice = Invoice.objects.get(number="INV-1")
    assert (invoice.status, invoice.balance_minor, str(invoice.settled_on)) == ("paid", 0, "2026-04-03")
    assert list(invoice.history.values_list("history_type", flat=True)) == ["~", "+"]
    assert Invoice.objects.get(number="INV-2").status == "open"  # absent from the file, and not closed for that


def test_columns_the_file_does_not_have_keep_what_the_book_has(tmp_path):
    run(small_book(tmp_path / "a"), "--portfolio", "North", "--as-of", "2026-05-12")
    Invoice.objects.update(balance_minor=500, po_number="PO-1")
    ran = run(small_book(tmp_path / "b"), "--as-of", "2026-05-12")
    assert ran.data["updated"] == 0
    assert (Invoice.objects.get().balance_minor, Invoice.objects.get().po_number) == (500, "PO-1")


def test_an_empty_cell_does_not_take_away_an_opt_out_or_a_verification(tmp_path):
    run(small_book(tmp_path / "a"), "--portfolio", "North", "--placeholder-contacts", "--as-of", "2026-05-12")
    contact = Contact.objects.get(account__external_id="0007")
    Contact.objects.filter(pk=contact.pk).update(opted_out_at="2026-05-01T00:00:00Z")
    header = "account_number,name,email,verified_on,opted_out_on"
    path = write(tmp_path / "b", "contacts.csv", header, f"0007,New Name,{contact.email},,")
    assert run(path, "--as-of", "2026-05-12").data["updated"] == 1
    contact.refresh_from_db()
    assert contact.name == "New Name" and contact.opted_out_at and contact.verified_at


def test_an_older_book_does_not_bring_back_an_address_two_people_replaced(tmp_path):
    run(small_book(tmp_path / "a"), "--portfolio", "North", "--as-of", "2026-05-12")
    book = ("contacts.csv", "account_number,name,email,verified_on", "0007,Kim Keller,old@northwind.example,2026-01-15")
    run(write(tmp_path / "b", *book), "--as-of", "2026-05-12")
    account, asks, answers = Account.objects.get(external_id="0007"), make_user("reviewer"), make_user("finance_approver")
    change = propose_address(account.pk, "new@northwind.example", "letter", by=asks, at=AS_OF, contact_id=account.contacts.get().pk)
    confirm_address(change.pk, "called them", by=answers, at=AS_OF)
    for again in ("c", "d"):  # also when the row is there already
        run(write(tmp_path / again, *book[:2], book[2].replace("15", "16" if again == "d" else "15")), "--as-of", "2026-05-13")
        old = account.contacts.get(email="old@northwind.example")
        assert not old.usable and old.verified_by == "replaced by another address" and old.history.latest().verified_at is None
    assert account.contacts.get(email="new@northwind.example").usable
    back = propose_address(account.pk, old.email, "they moved back", by=asks, at=AS_OF, contact_id=old.pk)
    confirm_address(back.pk, "called them", by=answers, at=AS_OF)
    run(write(tmp_path / "e", *book[:2], book[2].replace("15", "17")), "--as-of", "2026-05-14")
    old.refresh_from_db()
    assert old.usable


def test_a_dispute_a_person_resolved_is_not_reopened_by_a_file(tmp_path):
    run(small_book(tmp_path / "a"), "--portfolio", "North", "--as-of", "2026-05-12")
    account = Account.objects.get(external_id="0007")
    make_dispute(account, external_id="D-1", status="resolved", outcome="valid", resolved_by=make_user(), currency="EUR")
    path = write(tmp_path / "b", "disputes.csv", "account_number,reference,opened_on,status", "0007,D-1,2026-05-04,open")
    ran = run(path, "--as-of", "2026-05-12")
    assert (ran.code, ran.data["unchanged"], Dispute.objects.get().status) == (0, 1, "resolved")


def test_allocations_become_exactly_those_of_the_file(tmp_path):
    folder = small_book(tmp_path / "a", invoices=("0007,INV-1,2026-03-01,2026-03-31,EUR,10.00", "0007,INV-2,2026-03-01,2026-03-31,EUR,20.00"))
    header = "account_number,payment_number,value_on,currency,amount,invoice_number,allocated_amount"
    write(folder, "payments.csv", header, "0007,P,2026-04-01,EUR,10.00,INV-1,10.00")
    run(folder, "--portfolio", "North", "--as-of", "2026-05-12")
    moved = write(tmp_path / "b", "payments.csv", header, "0007,P,2026-04-01,EUR,10.00,INV-2,10.00")
    assert run(moved, "--as-of", "2026-05-12").data["updated"] == 1
    assert Allocation.objects.get().invoice.number == "INV-2"
    assert run(moved, "--as-of", "2026-05-12").data["unchanged"] == 1


def test_rows_after_the_as_of_day_are_not_in_the_book_and_later_settlements_are_hidden(tmp_path):
    rows = ("0007,A,2026-03-01,2026-03-31,EUR,10.00,2026-04-20", "0007,B,2026-03-01,2026-03-31,EUR,10.00,2026-04-10",
            "0007,C,2026-04-16,2026-05-16,EUR,10.00,")  # fmt: skip
    write(tmp_path / "a", "accounts.csv", "account_number,name", "0007,North")
    write(tmp_path / "a", "invoices.csv", INVOICES + ",settled_on", *rows)
    ran = run(tmp_path / "a", "--portfolio", "North", "--as-of", "2026-04-15")
    assert ran.data["outside"] == 1 and ran.data["open_totals"] == {"EUR": "10.00"}
    assert {i.number: i.status for i in Invoice.objects.all()} == {"A": "open", "B": "paid"}
    assert Invoice.objects.get(number="A").settled_on is None
    later = run(tmp_path / "a", "--as-of", "2026-05-01")
    assert (later.data["created"], later.data["updated"]) == (1, 1)


def test_a_dry_run_says_the_same_and_writes_nothing(tmp_path):
    make_user(username="a.ruiz")
    folder = full_book(tmp_path / "book")
    dry = run(folder, *FULL, "--dry-run")
    assert dry.code == 0 and dry.data["created"] == 18 and dry.data["written"] is False
    for model in (Portfolio, Account, Invoice, Payment, ImportRun, Source, Event):
        assert not model.objects.exists(), model
    assert Invoice.history.count() == 0
    wet = run(folder, *FULL)
    assert {k: dry.data[k] for k in ("created", "totals", "kinds")} == {k: wet.data[k] for k in ("created", "totals", "kinds")}


def test_a_crash_in_the_middle_leaves_nothing(tmp_path, monkeypatch):
    write_one, done = writing.write, []

    def crash(plan, context):
        if done:
            raise KeyboardInterrupt
        done.append(plan)
        write_one(plan, context)

    monkeypatch.setattr(service.writing, "write", crash)
    with pytest.raises(KeyboardInterrupt):
        run(small_book(tmp_path / "a"), "--portfolio", "North")
    for model in (Portfolio, Account, Invoice, ImportRun, Source, Event):
        assert not model.objects.exists(), model
    assert Account.history.count() == 0


def test_placeholder_contacts_are_verified_marked_and_made_once(tmp_path):
    folder = small_book(tmp_path / "a")
    ran = run(folder, "--portfolio", "North West", "--placeholder-contacts")
    assert ran.data["kinds"]["contacts"]["created"] == 2
    contact = Contact.objects.get(account__external_id="0007")
    assert (contact.email, contact.placeholder, contact.verified_by) == ("ap+0007@north-west.example", True, "placeholder")
    assert contact.usable and contact.history.count() == 1
    run(folder, "--placeholder-contacts")
    assert Contact.objects.count() == 2


def test_a_new_portfolio_gets_a_neutral_sender_and_the_output_says_so(tmp_path):
    ran = run(small_book(tmp_path / "a"), "--portfolio", "North")
    portfolio = Portfolio.objects.get()
    assert (portfolio.code, portfolio.sender_company, portfolio.sender_email) == ("north", "North", "receivables@north.example")
    assert any("is new" in note and "neutral" in note for note in ran.data["notes"])


def test_several_portfolios_and_no_name_is_a_question(tmp_path):
    make_portfolio(name="East"), make_portfolio(name="West")
    ran = run(small_book(tmp_path / "a"))
    assert ran.code == 2 and "East" in ran.err and "--portfolio" in ran.err and not Account.objects.exists()


def test_the_currency_of_amounts_without_one_is_said_or_asked(tmp_path):
    header = "account_number,invoice_number,issued_on,due_on,amount"
    write(tmp_path / "a", "accounts.csv", "account_number,name", "0007,North")
    write(tmp_path / "a", "invoices.csv", header, "0007,A,2026-03-01,2026-03-31,1000")
    asked = run(tmp_path / "a", "--portfolio", "New")
    assert asked.code == 2 and "--currency" in asked.err and not Portfolio.objects.exists()
    make_portfolio(name="Yen", currency="JPY")
    said = run(tmp_path / "a", "--portfolio", "Yen", "--as-of", "2026-05-12")
    assert any("read as JPY" in note for note in said.data["notes"]) and Invoice.objects.get().amount_minor == 1000


def test_accept_partial_imports_the_good_rows_and_names_the_others(tmp_path):
    rows = ("0007,A,2026-03-01,2026-03-31,EUR,10.00", "0007,B,2026-03-01,31.02.2026,EUR,10.00", "0999,C,2026-03-01,2026-03-31,EUR,1.00")
    folder = small_book(tmp_path / "a", invoices=rows)
    refused = run(folder, "--portfolio", "North")
    assert refused.code == 1 and not Account.objects.exists() and not Portfolio.objects.exists()
    assert ImportRun.objects.get().state == "refused" and ImportRun.objects.get().refused_count == 2
    assert not Event.objects.filter(stream="import").exists()
    ran = run(folder, "--portfolio", "North", "--accept-partial")
    assert ran.code == 1 and [r["row"] for r in ran.data["refused"]] == [3, 4] and ran.data["created"] == 3
    assert list(Invoice.objects.values_list("number", flat=True)) == ["A"]


def test_json_has_the_documented_keys(tmp_path):
    ran = run(small_book(tmp_path / "a"), "--portfolio", "North")
    assert {"layout", "rows", "created", "updated", "unchanged", "refused", "totals", "seconds"} <= set(ran.data)
    bad = run(tmp_path / "nothing.csv")
    assert bad.code == 2 and {"layout", "rows", "created", "updated", "unchanged", "refused", "totals", "seconds"} <= set(bad.data)
    assert "does not exist" in bad.data["error"]
