"""Mail that came back: a delivery status notification closes the address, with the server's words, wherever it is a contact."""

from __future__ import annotations

import json
from datetime import timedelta
from email import message_from_string, policy
from email.message import EmailMessage

import pytest
from django.core.management import CommandError, call_command

from drafts import states
from drafts.delivery import handover
from drafts.delivery.transports import OutboxTransport
from drafts.responses import mark_bounced, read_notice, record_notice
from drafts.review import Blocked, NotAllowed, lift_hold
from governance.models import Event, Hold
from tests.drafts.scene import AS_OF, Desk, make_contact, routine_case, stop_clock

pytestmark = pytest.mark.django_db
LATER = AS_OF + timedelta(hours=3)

NOTICE = """From: MAILER-DAEMON@mx.customer.example
To: receivables@brightwater.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <dsn-1@mx.customer.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain

I am sorry to have to inform you that your message could not be delivered.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.customer.example
Arrival-Date: Tue, 12 May 2026 10:00:00 +0000

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}

--b1
Content-Type: {kind}

Message-ID: {message_id}
Subject: Your invoices

--b1--
"""


def notice(address: str, message_id: str, **fields: str) -> EmailMessage:
    values = {"action": "failed", "status": "5.1.1", "said": "550 5.1.1 user unknown", "kind": "text/rfc822-headers", **fields}
    message = message_from_string(NOTICE.format(address=address, message_id=message_id, **values), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


@pytest.fixture(autouse=True)
def at_as_of(settings):
    stop_clock(settings)


def sent_case(desk: Desk | None = None):
    case = routine_case(desk)
    case.approve()
    handover.deliver_due(AS_OF + timedelta(hours=1), transport=OutboxTransport())
    assert case.follow_up.status == states.SENT
    return case


def test_a_notice_closes_the_address_and_the_account_waits_for_a_person():
    case = sent_case()
    contact = case.account.contacts.get()
    closed = record_notice(read_notice(notice(contact.email, case.delivery.message_id)), by=None, at=LATER)
    assert closed == [contact]
    contact.refresh_from_db()
    assert contact.bounced_at == LATER
    hold = Hold.objects.get(kind="bounce")
    assert (hold.scope, hold.scope_id, hold.quote) == ("contact", contact.pk, "550 5.1.1 user unknown")
    assert case.prepare(LATER + timedelta(days=20)).status == states.ON_HOLD
    assert "bounced" in case.follow_up.hold_reason
    assert Event.objects.filter(action="contact.bounced").count() == 1
    assert case.delivery.state == states.ACCEPTED, "the mail server had it: the outcome of the hand-over is what it was"


def test_reading_it_twice_changes_nothing():
    case = sent_case()
    found = read_notice(notice(case.account.contacts.get().email, case.delivery.message_id))
    record_notice(found, by=None, at=LATER)
    assert record_notice(found, by=None, at=LATER + timedelta(hours=1)) == []
    assert Hold.objects.filter(kind="bounce").count() == 1


def test_the_same_mailbox_is_closed_in_every_account_and_what_leaves_to_it_stops():
    desk = Desk()
    case, other = sent_case(desk), routine_case(desk)
    other.account.contacts.update(email=case.account.contacts.get().email)
    other.prepare(AS_OF)
    delivery = other.approve()
    record_notice(read_notice(notice(case.account.contacts.get().email.upper(), case.delivery.message_id)), by=None, at=AS_OF)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.stop_code) == (states.DELIVERY_STOPPED, "bounced")
    assert other.account.contacts.get().bounced_at is not None


def test_another_contact_is_written_to_instead():
    case = sent_case()
    first = case.account.contacts.get()
    second = make_contact(case.account)
    record_notice(read_notice(notice(first.email, case.delivery.message_id)), by=None, at=LATER)
    assert second.bounced_at is None
    later = AS_OF + timedelta(days=20)
    from accounts.models import Source

    Source.objects.update(as_of=later)
    assert case.prepare(later).status == states.READY
    assert case.draft.to_address == second.email


@pytest.mark.parametrize("fields", [{"status": "4.2.2", "said": "452 mailbox full"}, {"action": "delayed", "status": "4.4.1"}])
def test_a_failure_that_may_pass_is_on_record_and_closes_nothing(fields):
    case = sent_case()
    assert record_notice(read_notice(notice(case.account.contacts.get().email, case.delivery.message_id, **fields)), by=None, at=LATER) == []
    assert case.account.contacts.get().bounced_at is None
    assert not Hold.objects.exists()
    assert json.loads(Event.objects.get(action="delivery.returned").data)["permanent"] is False


def test_a_stranger_cannot_silence_a_contact():
    case = sent_case()
    address = case.account.contacts.get().email
    for message_id, to in (("<made-up@elsewhere.example>", address), ("", address), (case.delivery.message_id, "boss@elsewhere.example")):
        with pytest.raises(Blocked, match="nothing was changed"):
            record_notice(read_notice(notice(to, message_id)), by=None, at=LATER)
    assert case.account.contacts.get().bounced_at is None


def test_an_ordinary_mail_is_no_notice():
    message = message_from_string("From: a@b.example\nSubject: Undelivered\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\n", policy=policy.default)
    assert read_notice(message) is None


def test_a_notice_with_the_whole_message_and_hostile_words_is_read():
    found = read_notice(notice("ap@x.example", "<m-1@y.example>", kind="message/rfc822", said="550 \u202eno\x07 such user " + "x" * 900))
    assert found.message_id == "<m-1@y.example>"
    assert found.failures[0].permanent
    assert "\u202e" not in found.failures[0].said
    assert len(found.failures[0].said) <= 300


def test_the_mail_pipe_knows_a_notice_from_a_reply(tmp_path, capsys):
    case = sent_case()
    path = tmp_path / "back.eml"
    path.write_bytes(notice(case.account.contacts.get().email, case.delivery.message_id).as_bytes())
    call_command("record_reply", file=str(path), json=True)
    assert json.loads(capsys.readouterr().out)["closed"] == [case.account.contacts.get().pk]
    path.write_bytes(notice("x@y.example", "<nobody@knows.example>").as_bytes())
    with pytest.raises(CommandError, match="no message that we sent"):
        call_command("record_reply", file=str(path))


def test_lifting_the_hold_lets_the_address_be_written_to_again():
    case = sent_case()
    contact = case.account.contacts.get()
    record_notice(read_notice(notice(contact.email, case.delivery.message_id)), by=None, at=LATER)
    hold = Hold.objects.get(kind="bounce")
    with pytest.raises(NotAllowed):
        lift_hold(hold.pk, "mailbox is back", by=case.desk.reviewer, at=LATER)
    lift_hold(hold.pk, "their IT says the mailbox is back", by=case.desk.owner, at=LATER)
    contact.refresh_from_db()
    assert contact.bounced_at is None
    assert Event.objects.filter(action="contact.tried_again").count() == 1


def test_a_person_may_mark_an_address_whose_mail_came_back_elsewhere():
    case = routine_case()
    contact = case.account.contacts.get()
    with pytest.raises(Blocked):
        mark_bounced(contact.pk, " ", by=case.desk.reviewer, at=AS_OF)
    with pytest.raises(NotAllowed):
        mark_bounced(contact.pk, "returned", by=case.desk.person("leadership"), at=AS_OF)
    assert mark_bounced(contact.pk, "the newsletter came back", by=case.desk.reviewer, at=AS_OF).bounced_at == AS_OF
    assert case.follow_up.status == states.ON_HOLD
