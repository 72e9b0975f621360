"""Reading what customers wrote: signals and holds first, each text once."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Contract, DisputeSignal, Message, Ticket
from drafts import detection
from drafts.detection import judging, scan, topics_in
from governance.ledger import verify
from governance.models import Event, Hold
from tests import factories as f
from tests.drafts.judging import judge
from tests.drafts.test_classification_policy import overdue

pytestmark = pytest.mark.django_db

DISPUTE = "We dispute this invoice: two pallets are missing from the delivery and we will not pay for them."
HARMLESS = "Thank you for the statement. Could you tell us your new phone number?"


def test_a_dispute_in_a_ticket_becomes_a_signal_with_a_hold_and_events():
    account = overdue()
    ticket = f.make_ticket(account, subject="Delivery", body=DISPUTE)
    (signal,) = scan(at=f.AS_OF)
    assert (signal.account_id, signal.source_kind, signal.source_id, signal.invoice_id) == (account.pk, "ticket", ticket.pk, None)
    assert signal.quote in DISPUTE
    assert 0 < signal.score <= 1
    hold = Hold.objects.get()
    assert (hold.scope, hold.account_id, hold.kind, hold.source) == ("account", account.pk, "dispute", f"signal:{signal.pk}")
    assert {"signal.found", "hold.put"} <= set(Event.objects.values_list("action", flat=True))
    assert signal.history.count() == 1
    assert verify() == []
    assert judge(account).action == "hold"


def test_an_invoice_named_in_the_text_is_held_by_its_number():
    account = overdue()
    named, other = account.invoices.get(), f.make_invoice(account)
    f.make_message(account, subject=f"Re: {named.number}", body=DISPUTE)
    (signal,) = scan(at=f.AS_OF)
    assert signal.invoice_id == named.pk
    assert [(h.scope, h.scope_id) for h in Hold.objects.all()] == [("invoice", named.pk)]
    assert other.pk != named.pk


def test_an_invoice_of_another_account_is_never_held():
    account, stranger = overdue(), overdue()
    f.make_message(account, body=f"{DISPUTE} Invoice {stranger.invoices.get().number}.")
    (signal,) = scan(at=f.AS_OF)
    assert (signal.account_id, signal.invoice_id) == (account.pk, None)
    assert not Hold.objects.filter(account_id=stranger.pk).exists()


def test_scanning_again_finds_nothing_twice():
    account = overdue()
    f.make_ticket(account, body=DISPUTE)
    assert len(scan(at=f.AS_OF)) == 1
    assert scan(at=f.AS_OF) == []
    Ticket.objects.update(scanned_at=None)  # the text was changed by an import
    assert scan(at=f.AS_OF) == []
    assert (DisputeSignal.objects.count(), Hold.objects.count()) == (1, 1)


def test_a_signal_a_person_dismissed_does_not_come_back():
    account = overdue()
    f.make_ticket(account, body=DISPUTE)
    scan(at=f.AS_OF)
    DisputeSignal.objects.update(status="dismissed", decision_reason="about another supplier")
    Hold.objects.update(released_at=f.AS_OF)
    Ticket.objects.update(scanned_at=None)
    assert scan(at=f.AS_OF) == []
    assert judge(account).action == "draft"


def test_harmless_texts_are_marked_as_read_and_hold_nothing():
    account = overdue()
    f.make_message(account, body=HARMLESS)
    f.make_ticket(account, body=HARMLESS)
    assert scan(at=f.AS_OF) == []
    assert not Hold.objects.exists()
    assert not Message.objects.filter(scanned_at__isnull=True).exists()
    assert not Ticket.objects.filter(scanned_at__isnull=True).exists()


def test_our_own_messages_and_solved_tickets_open_no_dispute():
    account = overdue()
    f.make_message(account, direction="out", body=DISPUTE)
    f.make_ticket(account, status="solved", body=DISPUTE)
    assert scan(at=f.AS_OF) == []


def test_contract_notes_and_phone_notes_are_read_too():
    account = overdue()
    contract = f.make_contract(account, notes=DISPUTE, noted_on=f.day(-10))
    call = f.make_call(account, f.make_user(), note=DISPUTE)
    found = {(s.source_kind, s.source_id) for s in scan(at=f.AS_OF)}
    assert found == {("contract", contract.pk), ("call", call.pk)}
    assert Contract.objects.get().scanned_at == f.AS_OF


def test_a_year_old_mail_that_names_nothing_open_challenges_nothing():
    account = overdue()
    f.make_message(account, at=f.moment(-24 * 365), body=DISPUTE)
    assert scan(at=f.AS_OF) == []
    f.make_message(account, at=f.moment(-24 * 365), body=f"{DISPUTE} {account.invoices.get().number}")
    assert len(scan(at=f.AS_OF)) == 1


def test_only_the_accounts_asked_for_are_read():
    mine, other = overdue(), overdue()
    f.make_ticket(mine, body=DISPUTE)
    f.make_ticket(other, body=DISPUTE)
    assert [s.account_id for s in scan([mine.pk], at=f.AS_OF)] == [mine.pk]
    assert Ticket.objects.get(account=other).scanned_at is None


def test_more_texts_than_one_batch_are_all_read():
    account = overdue()
    for _ in range(7):
        f.make_ticket(account, body=DISPUTE)
    assert len(scan(at=f.AS_OF, batch=3)) == 7


def test_the_number_of_queries_does_not_grow_with_the_number_of_texts():
    counts = []
    sizes = (30, 60) if connection.vendor == "postgresql" else (3, 20)  # a handful of rows is one statement; more are copied there, split here
    for size in sizes:
        for _ in range(size):
            f.make_ticket(overdue(), body=DISPUTE)
        with CaptureQueriesContext(connection) as queries:
            assert len(scan(at=f.AS_OF)) == size
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_text_somebody_else_read_meanwhile_is_left_alone(monkeypatch):
    f.make_ticket(overdue(), body=DISPUTE)
    judged = detection.judge

    def read_by_another_worker(texts, at):
        Ticket.objects.update(scanned_at=f.moment(-1))
        return judged(texts, at)

    monkeypatch.setattr(detection, "judge", read_by_another_worker)
    assert scan(at=f.AS_OF) == []
    assert not DisputeSignal.objects.exists()
    assert Ticket.objects.get().scanned_at == f.moment(-1)


def test_a_text_changed_while_it_was_judged_is_judged_again(monkeypatch):
    account = overdue()
    message = f.make_message(account, body=HARMLESS)
    at_once = detection.judge

    def slowly(texts, at):
        found = at_once(texts, at)
        Message.objects.filter(pk=message.pk, body=HARMLESS).update(body=DISPUTE)
        return found

    monkeypatch.setattr(detection, "judge", slowly)
    (signal,) = scan(at=f.AS_OF)
    assert signal.source_id == message.pk
    assert Message.objects.get().scanned_at is not None


def test_a_text_no_detector_can_read_is_held_for_a_person_and_keeps_nobody_waiting(monkeypatch):
    odd, ordinary = overdue(), overdue()
    f.make_ticket(odd, body="the odd one")
    f.make_ticket(ordinary, body=HARMLESS)
    real = judging.judge_dispute
    monkeypatch.setattr(judging, "judge_dispute", lambda body, subject: real(body, subject) if "odd" not in body else 1 / 0)
    (signal,) = scan(at=f.AS_OF)
    assert signal.account_id == odd.pk and signal.quote.endswith("the odd one")
    assert [h.account_id for h in Hold.objects.all()] == [odd.pk]
    assert not Ticket.objects.filter(scanned_at=None).exists()


def test_broken_detectors_mark_nothing_as_read(monkeypatch):
    account = overdue()
    f.make_ticket(account, body=HARMLESS)
    f.make_ticket(account, body=HARMLESS)
    monkeypatch.setattr(judging, "judge_dispute", lambda body, subject: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        scan(at=f.AS_OF)
    assert Ticket.objects.filter(scanned_at=None).count() == 2
    assert not Hold.objects.exists()


def test_a_claim_of_payment_holds_the_account_until_somebody_looked():
    account = overdue()
    message = f.make_message(account, at=f.moment(-3), body="We paid this invoice last week by bank transfer.")
    assert scan(at=f.AS_OF) == []
    hold = Hold.objects.get()
    assert (hold.kind, hold.source) == ("payment_claim", f"message:{message.pk}")
    message.refresh_from_db()
    assert message.kind == "paid"
    verdict = judge(account)
    assert (verdict.action, verdict.owner_role) == ("hold", "finance_approver")


def test_a_claim_of_payment_from_last_year_holds_nothing():
    f.make_message(overdue(), at=f.moment(-24 * 300), body="We paid this invoice last week by bank transfer.")
    scan(at=f.AS_OF)
    assert not Hold.objects.exists()


def test_what_a_message_asks_for_is_kept_with_it_and_reaches_the_rules():
    account = overdue()
    f.make_message(account, body="Could we agree on a payment plan in three monthly instalments?")
    scan(at=f.AS_OF)
    assert Message.objects.get().topics == "plan"
    assert judge(account).action == "await_decision"


@pytest.mark.parametrize(("text", "topic"), [
    ("Could we agree on a payment plan in three instalments?", "plan"),
    ("Wir bitten um Ratenzahlung in drei Raten.", "plan"),
    ("Nous souhaitons un échéancier en trois fois.", "plan"),
    ("Solicitamos un plan de pagos en tres cuotas.", "plan"),
    ("We would like to ask for an extension until 30 June.", "extension"),
    ("Können Sie uns einen Zahlungsaufschub bis Juni gewähren?", "extension"),
    ("Serait-il possible d'obtenir un délai supplémentaire ?", "extension"),
    ("Necesitamos una prórroga de dos semanas.", "extension"),
    ("Please grant us 3% discount and we pay at once.", "discount"),
    ("Bitte gewähren Sie uns einen Nachlass von 5 %.", "discount"),
    ("Pouvez-vous nous accorder une remise de 5 % ?", "discount"),
    ("Solicitamos un descuento del 5 %.", "discount"),
    ("We are still waiting for the credit note you promised.", "credit"),
    ("Könnten Sie uns bitte eine Gutschrift ausstellen?", "credit"),
    ("Nous demandons un avoir pour cette facture.", "credit"),
    ("Solicitamos una nota de crédito.", "credit"),
    ("Our lawyer will contact you.", "legal"),
    ("Über unser Vermögen wurde das Insolvenzverfahren eröffnet.", "legal"),
    ("Notre avocat vous répondra.", "legal"),
    ("Hemos solicitado el concurso de acreedores.", "legal"),
    ("I will escalate this to your CEO.", "escalation"),
    ("Ich werde mich an Ihre Geschäftsführung wenden.", "escalation"),
    ("Nous allons contacter votre direction.", "escalation"),
    ("Voy a hablar con su director.", "escalation"),
])  # fmt: skip
def test_topics_are_read_in_four_languages(text, topic):
    assert topic in topics_in(text)


@pytest.mark.parametrize("text", [
    "", "Thank you, payment was made yesterday.", "Please send a copy of the invoice.", "Our legal name changed in March.",
    "This contract is governed by the laws of Germany.", "Can you send us the credit application form?", "Court Street 5, 10115",
    "Vielen Dank für die Rechnung.", "Merci de nous envoyer la facture.", "Gracias por la factura.",
])  # fmt: skip
def test_ordinary_words_raise_no_topic(text):
    assert topics_in(text) == ()


def test_quoted_history_is_not_what_the_customer_says_now():
    assert topics_in("Thank you.\n\nOn 3 May Jonas wrote:\n> Would you like a payment plan?") == ()


def test_a_crash_while_writing_leaves_the_text_unread_and_holds_nothing(monkeypatch):
    f.make_ticket(overdue(), body=DISPUTE)

    def broken(*args, **kwargs):
        raise RuntimeError("disk full")

    monkeypatch.setattr(detection.writing, "_mark", broken)
    with pytest.raises(RuntimeError):
        scan(at=f.AS_OF)
    assert not DisputeSignal.objects.exists()
    assert not Hold.objects.exists()
    assert Ticket.objects.get().scanned_at is None
