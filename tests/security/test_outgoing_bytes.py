"""Nothing a customer record, a name or a file can carry changes where a message goes or what its headers say."""

from __future__ import annotations

import io
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from openpyxl import load_workbook

from accounts.facts import facts_for
from drafts.delivery import handover, mime
from drafts.generation.statement import statement_file
from drafts.models import Delivery
from drafts.review import edit
from tests.drafts.scene import AS_OF, Desk, prepared, routine_case

pytestmark = pytest.mark.django_db
LEAVES = AS_OF + timedelta(minutes=10)
ONCE = {"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"}


def with_contact(**fields):
    """A prepared account whose only contact was written past every form."""
    desk = Desk()
    case = prepared(desk, [{}])
    contact = case.account.contacts.get()
    type(contact).objects.filter(pk=contact.pk).update(**fields)
    case.prepare(AS_OF + timedelta(minutes=1))
    return case


def nothing_left_for(evil):
    for row in Delivery.objects.all():
        assert evil not in row.mime
        assert all(evil not in recipient for recipient in row.recipients)


@pytest.mark.parametrize(
    "email",
    [
        "a@x.example, b@evil.example", "a@x.example;b@evil.example", "a@x.example\r\nBcc: b@evil.example", "a@x.example\nTo: b@evil.example",
        "<b@evil.example> a@x.example", "\"b@evil.example\" <a@x.example>", "a@x.example>, <b@evil.example", "a@x.example (b@evil.example)",
        "list: a@x.example, b@evil.example;", "a@x.example\u2028b@evil.example",
    ],
)  # fmt: skip
def test_an_address_that_is_more_than_one_address_receives_nothing(browser, email):
    case = with_contact(email=email)
    if case.draft is not None:
        assert browser(case.desk.reviewer).approve(case).status_code == 409
    nothing_left_for("evil.example")
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("email", ["müller@x.example", "ap@bücher.example", "аp@customer.example"])
def test_an_address_beyond_ascii_is_refused_in_words_before_anything_is_scheduled(browser, email):
    case = with_contact(email=email)
    response = browser(case.desk.reviewer).approve(case)
    assert response.status_code == 409
    assert "characters" in response.content.decode()
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("number", ["INV-1\r\nBcc: b@evil.example", "INV-1\nSubject: Pay elsewhere", "INV-1\u2028X: y", "INV-1\x0bX: y", "INV-1\x1cX: y"])
def test_a_line_break_in_an_invoice_number_makes_no_header(browser, number):
    desk = Desk()
    case = prepared(desk, [{"number": number}])
    if case.draft is None:
        return
    browser(desk.reviewer).approve(case)
    for row in Delivery.objects.all():
        headers = message_from_bytes(row.mime.encode("ascii"), policy=policy.SMTP)
        assert set(headers.keys()) <= ONCE
        assert len(headers.keys()) == len(set(headers.keys()))
        assert "evil.example" not in str(headers["To"])


@pytest.mark.parametrize("field", ["sender_name", "sender_company", "sender_title", "sender_address", "sender_email", "reply_to"])
def test_a_line_break_in_a_field_of_the_sender_makes_no_header(browser, field):
    desk = Desk()
    value = "a@brightwater.example\r\nBcc: b@evil.example" if field in ("sender_email", "reply_to") else "X\r\nBcc: b@evil.example"
    type(desk.portfolio).objects.filter(pk=desk.portfolio.pk).update(**{field: value})
    case = prepared(desk, [{}])
    if case.draft is not None:
        browser(desk.reviewer).approve(case)
    for row in Delivery.objects.all():
        headers = message_from_bytes(row.mime.encode("ascii"), policy=policy.SMTP)
        assert "Bcc" not in headers
        assert row.recipients == [case.draft.to_address]


@pytest.mark.parametrize("name", ["Ms Keller\r\nBcc: b@evil.example", "=?utf-8?q?Bcc=3A_b=40evil=2Eexample?=", "Ms \u202eKeller", "Ms\u200bKeller", "x" * 160])
def test_a_name_of_a_contact_reaches_no_header(browser, name):
    case = with_contact(name=name, salutation=name)
    if case.draft is not None:
        browser(case.desk.reviewer).approve(case)
    for row in Delivery.objects.all():
        headers = message_from_bytes(row.mime.encode("ascii"), policy=policy.SMTP)
        assert str(headers["To"]) == case.draft.to_address
        assert "Bcc" not in headers


@pytest.mark.parametrize("mark", ["\u202e", "\u2066", "\u200b", "\u00ad"])
def test_hidden_characters_in_an_edit_block_the_approval(browser, mark):
    case = routine_case()
    edit(case.follow_up.pk, case.draft.subject, case.draft.body.replace("overdue", f"over{mark}due").replace("Dear", f"De{mark}ar"), 1, by=case.desk.finance, at=AS_OF)
    response = browser(case.desk.finance).approve(case)
    assert response.status_code == 409
    assert not Delivery.objects.exists()


def test_an_encoded_word_typed_as_a_subject_arrives_as_typed_or_not_at_all(browser):
    case = routine_case()
    edit(case.follow_up.pk, "=?utf-8?q?Your_account_is_closed?=", case.draft.body, 1, by=case.desk.finance, at=AS_OF)
    response = browser(case.desk.finance).approve(case)
    if response.status_code == 302:
        sent = message_from_bytes(case.delivery.mime.encode("ascii"), policy=policy.SMTP)
        assert str(sent["Subject"]) == "=?utf-8?q?Your_account_is_closed?="
    else:
        assert response.status_code == 409
        assert not Delivery.objects.exists()


def test_very_long_lines_stay_within_the_limit_and_come_back_unchanged(browser):
    case = routine_case()
    body = case.draft.body + "\n" + "thank you " * 60
    edit(case.follow_up.pk, "Reminder " + "x" * 280, body, 1, by=case.desk.finance, at=AS_OF)
    browser(case.desk.finance).approve(case)
    for row in Delivery.objects.all():
        assert max(len(line) for line in row.mime.split("\r\n")) <= 998
        assert mime.differences(row.draft, row.mime) == []


@pytest.mark.parametrize("external_id", ["../../etc/passwd", "..\\..\\evil.exe", "a\r\nX: y", "a\"; filename=\"evil.exe", "\u202eslx.exe", "", ".", "con"])
def test_the_statements_file_name_carries_nothing_of_a_hostile_account_number(external_id):
    desk = Desk()
    case = prepared(desk, [{"days_overdue": 10 + n} for n in range(31)])
    type(case.account).objects.filter(pk=case.account.pk).update(external_id=external_id)
    facts = facts_for([case.account.pk], AS_OF)[case.account.pk]
    made = statement_file(facts, list(facts.invoices), "en")
    assert all(c.isascii() and (c.isalnum() or c in "._-") for c in made.name), made.name
    assert made.name.endswith(".xlsx")
    assert ".." not in made.name


def test_the_statement_holds_no_formula_whatever_the_customer_is_called():
    desk = Desk()
    rows = [{"days_overdue": 10 + n, "number": f"={n}+1", "po_number": "@SUM(1)"} for n in range(31)]
    case = prepared(desk, rows, name="=1+1")
    facts = facts_for([case.account.pk], AS_OF)[case.account.pk]
    sheet = load_workbook(io.BytesIO(statement_file(facts, list(facts.invoices), "en").content)).worksheets[0]
    assert not [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


@pytest.mark.django_db(transaction=True)
def test_the_mail_server_receives_exactly_the_approved_bytes_from_and_to_exactly_the_approved_addresses(server):
    case = routine_case()
    delivery = case.approve()
    handover.deliver_due(LEAVES)
    sender, recipients, content = server.box.taken[0]
    assert (sender, recipients) == (case.draft.from_address, [case.draft.to_address])
    assert content == delivery.mime.encode("ascii")
    assert len(server.box.taken) == 1
