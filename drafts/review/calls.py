"""A phone call, logged in ten seconds, with what it means at once."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.models import Account, CallNote, Contact, Invoice
from drafts.detection.topics import topics_in
from drafts.review.base import Blocked
from drafts.review.consequences import (
    Heard,
    claim_of_payment,
    interrupt,
    lock_account,
    open_signals,
    promise_of,
    wrong_person,
)
from drafts.review.recompute import recompute
from governance.audit import Entry, account_stream, record
from governance.history import save_as
from governance.rights import can

if TYPE_CHECKING:
    from governance.models import User

HOLDING = (CallNote.Outcome.DISPUTE, CallNote.Outcome.PAID)


def log_call(
    account_id: int, outcome: str, *, by: User, at: datetime, note: str = "", contact_id: int | None = None,
    invoice_id: int | None = None, promised_on: date | None = None, amount_minor: int | None = None, method: str = "",
) -> CallNote:
    """Log one call. A promise is recorded (without a date it stays without one); a dispute opens a signal with its hold; "paid" and
    "wrong person" put theirs. Whatever was about to leave stops unless nobody answered.
    """
    if outcome not in CallNote.Outcome.values:
        raise ValueError(f"unknown outcome of a call: {outcome}")
    with transaction.atomic():
        account = lock_account(account_id)
        can(by, "log_call", account).or_raise()
        contact = Contact.objects.filter(account=account, pk=contact_id or 0).first()
        invoice = Invoice.objects.filter(account=account, pk=invoice_id or 0).first()
        if (contact_id and contact is None) or (invoice_id and invoice is None):
            raise Blocked("E-CALL", "This contact or invoice does not belong to this account.")
        call = CallNote(account=account, contact=contact, at=at, by=by, outcome=outcome, note=note.strip())
        save_as(call, by=by, at=at)
        record([Entry(account_stream(account.pk), "call.logged", "call", call.pk, {"outcome": outcome})], by=by, at=at)
        heard = Heard("call", call.pk, call.note or call.get_outcome_display(), call.at)
        if outcome == CallNote.Outcome.PROMISE:
            call.promise = promise_of(
                account, heard, due_on=promised_on, invoice=invoice, made_on=at.date(), by=by, at=at, amount_minor=amount_minor,
                method=method,
            )
            save_as(call, by=by, at=at)
        _other_consequences(account, call, heard, invoice, by, at)
        if outcome != CallNote.Outcome.NO_ANSWER:
            reason = f"The customer was reached by phone at {at:%H:%M} UTC: {call.get_outcome_display().lower()}."
            interrupt(account.pk, code="call", reason=reason, hold=outcome in HOLDING, by=by, at=at)
    if outcome != CallNote.Outcome.NO_ANSWER and outcome not in HOLDING:
        recompute([account_id], at)
    return call


def _other_consequences(account: Account, call: CallNote, heard: Heard, invoice: Invoice | None, by: User, at: datetime) -> None:
    if call.outcome == CallNote.Outcome.DISPUTE:
        invoices = [invoice] if invoice else []
        open_signals(account, invoices, heard, category="other", score=1.0, detector="person", by=by, at=at)
        call.scanned_at, call.topics = at, " ".join(topics_in(call.note))[:200]
        save_as(call, by=by, at=at)
    elif call.outcome == CallNote.Outcome.PAID:
        claim_of_payment(account, heard, by=by, at=at)
    elif call.outcome == CallNote.Outcome.WRONG_PERSON and call.contact is not None:
        wrong_person(call.contact, heard, by=by, at=at)

