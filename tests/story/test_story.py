"""The whole line, from a file to the customer's answer: every stage real, the mail server included."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from accounts.models import Account, DisputeSignal, Invoice, Message
from drafts import states, sweeping
from drafts.models import Delivery, Draft, FollowUp
from drafts.preparation import prepare_accounts
from drafts.review import (
    NotAllowed,
    answer_dispute,
    approve,
    confirm_signal,
    decide,
    edit,
    open_for_review,
    resolve_dispute,
)
from governance import clock
from governance.ledger import verify
from governance.models import Decision, Event, Portfolio
from tests.drafts.scene import AS_OF, stop_clock
from tests.factories import make_user
from tests.story.conftest import run
from tests.story.event_fields import faults

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

FILES = {
    "accounts.csv": """account_number,name,tier,currency,country,time_zone,language
0007,Northwind Bearings GmbH,standard,EUR,DE,Europe/Berlin,en
0008,Alder AG,standard,EUR,DE,Europe/Berlin,de
0009,Osprey Holdings plc,enterprise,EUR,DE,Europe/Berlin,en
""",
    "contacts.csv": """account_number,name,email,salutation,verified_on
0007,Kim Keller,ap@northwind.example,Ms Keller,2026-02-01
0008,Jo Alder,ap@alder.example,Frau Alder,2026-02-01
0009,Sam Hollis,ap@osprey.example,Mr Hollis,2026-02-01
""",
    "invoices.csv": """account_number,invoice_number,issued_on,due_on,currency,amount,balance,delivery_status
0007,INV-10398,2026-03-20,2026-04-20,EUR,12400.00,12400.00,delivered
0007,INV-10442,2026-03-25,2026-04-25,EUR,9180.00,9180.00,delivered
0008,INV-20001,2026-03-25,2026-04-25,EUR,3100.50,3100.50,delivered
0009,INV-30001,2026-03-25,2026-04-25,EUR,500.00,500.00,delivered
""",
}


@pytest.fixture
def desk(tmp_path, settings):
    """The book imported on the day, the line prepared, and people in their roles."""
    stop_clock(settings)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    result = run("import_book", str(tmp_path), "--as-of", "2026-05-12", "--currency", "EUR", "--portfolio", "North")
    assert result["refused"] == [], result
    portfolio = Portfolio.objects.get()
    portfolio.sender_company, portfolio.sender_name, portfolio.sender_email = "Brightwater Supplies GmbH", "Jonas Weber", "ar@brightwater.example"
    portfolio.save()
    portfolio.sources.update(as_of=AS_OF)
    roles = ("reviewer", "account_owner", "finance_approver", "executive")
    people = {role: make_user(role, portfolio) for role in roles}
    Account.objects.update(owner=people["account_owner"])
    again = run("import_book", str(tmp_path), "--as-of", "2026-05-12", "--currency", "EUR", "--portfolio", "North")
    assert (again["created"], again["updated"]) == (0, 0)
    prepare_accounts(Account.objects.values_list("pk", flat=True), as_of=AS_OF)
    return people


def follow_up(number):
    return FollowUp.objects.filter(account__external_id=number).latest("pk")


def approve_all(number, *people, at):
    result = None
    for person in people:
        row = follow_up(number)
        assert not row.draft.findings.filter(severity="block").exists(), [row.draft.body, *row.draft.findings.values_list("check_id", "quote", "why")]
        warnings = list(row.draft.findings.filter(severity="warn").values_list("pk", flat=True))
        result = approve(row.pk, row.draft.fingerprint, by=person, at=at, acknowledged=warnings, reason="checked_source")
    return result


def reply(tmp_path, to, body, message_id):
    mail = EmailMessage()
    mail["From"], mail["Subject"], mail["Message-ID"], mail["In-Reply-To"] = "ap@northwind.example", "Re: invoices", message_id, to
    mail.set_content(body)
    path = tmp_path / "reply.eml"
    path.write_bytes(mail.as_bytes())
    return run("record_reply", "--file", str(path))


def test_from_a_ledger_file_to_an_answered_dispute_and_a_demand_computed_anew(desk, server, settings, tmp_path):
    reviewer, owner, finance = desk["reviewer"], desk["account_owner"], desk["finance_approver"]

    # Prepared: every amount, date and number of the text is the file's, and nothing has left.
    row = follow_up("0007")
    assert (row.status, row.lane) == (states.READY, states.ROUTINE), row.reasons
    for figure in ("INV-10398", "INV-10442", "12,400.00", "9,180.00", "21,580.00"):
        assert figure in row.draft.body
    assert server.box.taken == []

    # Read, edited, approved; it waits for its leaving time, then exactly the approved bytes arrive once.
    open_for_review(row.pk, by=reviewer, at=AS_OF)
    edit(row.pk, row.draft.subject, row.draft.body + "\nThank you for looking into it.", 1, by=reviewer, at=AS_OF)
    delivery = approve_all("0007", reviewer, at=AS_OF).delivery
    sweeping.sweep(AS_OF + timedelta(minutes=9))
    assert server.box.taken == []
    sweeping.sweep(delivery.leaves_at)
    ((sender, recipients, content),) = server.box.taken
    assert (sender, recipients) == ("ar@brightwater.example", ["ap@northwind.example"])
    arrived = message_from_bytes(content, policy=policy.SMTP)
    approved = Draft.objects.get(pk=delivery.draft_id)
    assert arrived.get_body(("plain",)).get_content().replace("\r\n", "\n").rstrip("\n") == approved.body.rstrip("\n")
    assert arrived["Subject"] == approved.subject
    assert Message.objects.get(message_id=delivery.message_id).direction == "out"

    # The customer disputes one invoice: signal and hold at once.
    stop_clock(settings, AS_OF + timedelta(hours=3))
    said = reply(tmp_path, delivery.message_id, "We dispute INV-10442: half of the pallets never arrived.", "<1@northwind.example>")
    later = clock.now()
    assert said["kind"] == "dispute"
    assert Delivery.objects.get(pk=delivery.pk).replies.count() == 1
    assert follow_up("0007").status == states.ANSWERED
    signal = DisputeSignal.objects.get()
    assert signal.invoice.number == "INV-10442"

    # Confirmed, owned, answered by a person, approved by finance and the owner, sent beside the hold.
    (dispute,) = confirm_signal(signal.pk, by=reviewer, at=later, owner=finance)
    text = (
        "Dear Ms Keller,\n\nthank you for telling us about INV-10442. We are checking the delivery with our warehouse.\n"
        "You can reply to this e-mail: ar@brightwater.example.\n\nKind regards\nJonas Weber\nBrightwater Supplies GmbH"
    )
    answer_dispute(dispute.pk, "Your query about INV-10442", text, by=reviewer, at=later)
    with pytest.raises(NotAllowed):
        approve_all("0007", reviewer, at=later)
    answered = approve_all("0007", finance, owner, at=later)
    sweeping.sweep(answered.delivery.leaves_at)
    assert len(server.box.taken) == 2
    dispute.refresh_from_db()
    assert dispute.status == "answered"

    # Resolved: the customer was right about it, the books are corrected first; the demand is computed anew, for what is left.
    stop_clock(settings, later + timedelta(days=9))
    end = later + timedelta(days=9)
    Portfolio.objects.get().sources.update(as_of=end)
    corrected = Invoice.objects.get(number="INV-10442")
    corrected.status, corrected.balance_minor = "cancelled", 0
    corrected.save()
    resolve_dispute(dispute.pk, "valid", "never delivered; cancelled", by=finance, at=end)
    row = follow_up("0007")
    assert row.status == states.READY, (row.status, row.hold_reason)
    assert row.draft.purpose == states.DEMAND
    assert "INV-10398" in row.draft.body
    assert "INV-10442" not in row.draft.body
    assert verify() == []
    assert Event.objects.filter(action="delivery.accepted").count() == 2
    assert faults(Event.objects.all()) == []
    assert set(Event.objects.filter(actor_id=finance.pk, action="approval.given").values_list("roles", flat=True)) == {"finance_approver"}


def test_an_enterprise_customer_hears_nothing_before_the_executive_decided(desk, server):
    row = follow_up("0009")
    assert row.status == states.AWAITING_DECISION
    assert not Draft.objects.filter(follow_up=row).exists()
    decision = Decision.objects.get(account_id=row.account_id)
    with pytest.raises(NotAllowed):
        decide(decision.pk, "proceed", by=desk["finance_approver"], at=AS_OF)
    decide(decision.pk, "proceed", by=desk["executive"], at=AS_OF)
    result = approve_all("0009", desk["account_owner"], desk["finance_approver"], at=AS_OF)
    sweeping.sweep(result.delivery.leaves_at)
    assert [recipients for _, recipients, _ in server.box.taken] == [["ap@osprey.example"]]
    assert faults(Event.objects.all()) == []


def test_a_german_customer_is_written_to_in_german_and_a_payment_before_leaving_stops_the_message(desk, server):
    row = follow_up("0008")
    assert row.draft.language == "de"
    assert "3.100,50" in row.draft.body
    delivery = approve_all("0008", desk["reviewer"], at=AS_OF).delivery
    Invoice.objects.filter(number="INV-20001").update(status="paid", balance_minor=0)
    sweeping.sweep(delivery.leaves_at)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.stop_reason) == (states.DELIVERY_STOPPED, "INV-20001 is paid.")
    assert server.box.taken == []
    assert follow_up("0008").status == states.STOPPED
    assert faults(Event.objects.all()) == []
