"""An honest approval, other bytes: what was slipped in beside the approved text does not leave, and cannot be approved."""

from __future__ import annotations

from email import message_from_string

import pytest

from drafts.delivery import mime, outbox
from drafts.models import Delivery, Draft, DraftAttachment
from governance.models import Approval, ApprovalRequest, Event
from tests.drafts.scene import routine_case
from tests.security.forged_rows import LEAVES, fake_request, insert, leaves, slip_in, sql

pytestmark = pytest.mark.django_db


def approved_but_not_scheduled():
    """An honest, complete approval whose own delivery was stopped by hand, so that a forged row may take its place."""
    case = routine_case()
    kept, outbox.schedule = outbox.schedule, lambda *a, **k: Delivery()
    try:
        case.approve()
    finally:
        outbox.schedule = kept
    return case, ApprovalRequest.objects.get(state="complete")


def test_the_honest_bytes_leave():
    case, request = approved_but_not_scheduled()
    assert leaves(slip_in(case, request))


@pytest.mark.parametrize("recipients", ['["evil@x.example"]', '["evil@x.example", "ADDRESS"]', "[]", '["ADDRESS", "ADDRESS"]'])
def test_an_envelope_with_other_recipients_than_the_approved_text_does_not_leave(recipients):
    case, request = approved_but_not_scheduled()
    delivery = slip_in(case, request, recipients=recipients.replace("ADDRESS", case.draft.to_address))
    assert not leaves(delivery)
    assert "envelope" in delivery.stop_reason


def test_an_envelope_with_another_sender_does_not_leave():
    case, request = approved_but_not_scheduled()
    delivery = slip_in(case, request, sender="evil@x.example")
    assert not leaves(delivery)
    assert "envelope" in delivery.stop_reason


EXTRA = {
    "blind copy": lambda m: m.replace("Subject:", "Bcc: evil@x.example\r\nSubject:", 1),
    "second recipient line": lambda m: m.replace("Subject:", "To: evil@x.example\r\nSubject:", 1),
    "second subject": lambda m: m.replace("Date:", "Subject: Pay elsewhere\r\nDate:", 1),
    "reply path": lambda m: m.replace("Subject:", "Reply-To: evil@x.example\r\nSubject:", 1),
    "another sender line": lambda m: m.replace("Subject:", "Sender: evil@x.example\r\nSubject:", 1),
    "resent": lambda m: m.replace("Subject:", "Resent-To: evil@x.example\r\nSubject:", 1),
    "html": lambda m: m.replace("text/plain", "text/html", 1),
    "other message id": lambda m: m.replace("Message-ID: <", "Message-ID: <x", 1),
    "other date": lambda m: m.replace("Date: ", "Date: Mon, 01 Jan 2001 00:00:00 +0000\r\nX-Date: ", 1),
    "other words": lambda m: m.replace("Payment reminder", "Payment received"),
    "another amount": lambda m: m.replace("1,000.00", "9,000.00"),
    "script header": lambda m: m.replace("Subject:", "X-Tracking: 1\r\nSubject:", 1),
}


@pytest.mark.parametrize("trick", EXTRA)
def test_bytes_with_anything_beside_the_approved_text_do_not_leave(trick):
    case, request = approved_but_not_scheduled()
    frozen = mime.freeze(case.draft, reply_to="", date=LEAVES)
    changed = EXTRA[trick](frozen.mime)
    assert changed != frozen.mime, "the trick must change something"
    delivery = slip_in(case, request, mime=changed, message_id=frozen.message_id, date_header=frozen.date_header)
    assert not leaves(delivery)
    assert delivery.state == "stopped"


def test_an_alternative_html_part_beside_the_approved_text_does_not_leave():
    case, request = approved_but_not_scheduled()
    frozen = mime.freeze(case.draft, reply_to="", date=LEAVES)
    message = message_from_string(frozen.mime, policy=mime.WIRE)
    message.add_alternative("<p>Pay to another account</p>", subtype="html")
    delivery = slip_in(
        case, request, mime=message.as_bytes().decode("ascii"), message_id=frozen.message_id, date_header=frozen.date_header
    )
    assert not leaves(delivery)


def test_an_attachment_slipped_under_an_approved_draft_does_not_leave():
    case, request = approved_but_not_scheduled()
    insert(
        "drafts_draftattachment", draft_id=case.draft.pk, name="invoice.html", content_type="text/html", content=b"<b>other account</b>",
        sha256="0" * 64,
    )
    delivery = slip_in(case, request)
    assert "invoice.html" in delivery.mime
    assert not leaves(delivery)
    assert delivery.state == "stopped"


def test_a_draft_whose_words_are_not_those_of_its_fingerprint_cannot_be_approved(browser):
    """The fingerprint is of ``canonical``; a row made by hand could show other words than it is of."""
    case = routine_case()
    honest = case.draft
    columns = [f.column for f in Draft._meta.concrete_fields if f.column not in ("id", "body", "revision")]
    names = ", ".join(f'"{c}"' for c in columns)
    sql(
        f"INSERT INTO drafts_draft ({names}, body, revision) SELECT {names}, body || %s, 2 FROM drafts_draft WHERE id = %s",
        "\nThe bank says hello.", honest.pk,
    )
    forged = Draft.objects.get(revision=2)
    sql("UPDATE drafts_followup SET draft_id = %s WHERE id = %s", forged.pk, case.follow_up.pk)
    assert case.draft.pk == forged.pk
    response = browser(case.desk.reviewer).approve(case)
    assert response.status_code == 409
    assert not Approval.objects.exists()
    assert not Delivery.objects.exists()


def test_an_attachment_slipped_under_a_draft_before_its_approval_is_refused(browser):
    case = routine_case()
    DraftAttachment.objects.create(draft=case.draft, name="x.html", content_type="text/html", content=b"<b>", sha256="0" * 64)
    assert browser(case.desk.reviewer).approve(case).status_code == 409
    assert not Delivery.objects.exists()


def test_the_ledger_has_no_row_for_what_was_slipped_in():
    case = routine_case()
    fake_request(case, person=case.desk.reviewer)
    assert not Event.objects.filter(action="approval.given").exists()
    assert Approval.objects.count() == 1
