"""What a customer's words do at once, whichever way they reached us: reply, phone call, or a person's judgement.

Every function here runs inside the caller's transaction with the account locked first.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from accounts.models import Account, Contact, DisputeSignal, Invoice, Promise
from drafts import states, transitions
from drafts.delivery import outbox
from drafts.detection.writing import OVER
from drafts.models import FollowUp
from drafts.review.verdicts import void_approvals
from governance import holds
from governance.audit import Entry, account_stream, record
from governance.history import save_as
from governance.models import Hold

if TYPE_CHECKING:
    from governance.models import User


@dataclass(frozen=True, slots=True)
class Heard:
    """Where somebody's words were found: kind and id of the row ("message", 12), the words themselves, and when they were said."""

    kind: str
    id: int
    quote: str
    at: datetime | None = None


def lock_account(account_id: int) -> Account:
    """The account row under lock: the first lock of every verb that changes volatile facts."""
    return Account.objects.select_for_update(of=("self",)).get(pk=account_id)


def open_signals(
    account: Account, invoices: Sequence[Invoice], heard: Heard, *, category: str, score: float, detector: str, by: User | None,
    at: datetime,
) -> list[DisputeSignal]:
    """One dispute signal per invoice named (or one for the account), each with its hold. Finding the same words twice adds nothing."""
    signals = []
    about: list[Invoice | None] = [*invoices] or [None]
    for invoice in about:
        known = DisputeSignal.objects.filter(account=account, source_kind=heard.kind, source_id=heard.id, invoice=invoice)
        if (known.exclude(OVER) if detector == "person" else known).exists():  # a person may find anew what was dismissed or resolved; a machine may not
            continue
        signal = DisputeSignal(
            account=account, invoice=invoice, source_kind=heard.kind, source_id=heard.id, category=category or "other",
            quote=heard.quote, score=score, detector=detector, found_at=at,
        )
        save_as(signal, by=by, at=at)
        signals.append(signal)
    stream = account_stream(account.pk)
    data = {"source": f"{heard.kind}:{heard.id}", "portfolio": account.portfolio_id, "since": heard.at}
    record([Entry(stream, "signal.found", "signal", s.pk, data) for s in signals], by=by, at=at)
    holds.put_many([_hold_of(signal, account) for signal in signals], by=by, at=at)
    return signals


def _hold_of(signal: DisputeSignal, account: Account) -> holds.NewHold:
    about = Hold.Scope.INVOICE if signal.invoice_id else Hold.Scope.ACCOUNT
    return holds.NewHold(
        scope=about, scope_id=signal.invoice_id or account.pk, account_id=account.pk, kind=Hold.Kind.DISPUTE,
        reason="Possible dispute, not yet judged", quote=signal.quote, source=f"signal:{signal.pk}", owner_id=account.owner_id,
    )


def claim_of_payment(account: Account, heard: Heard, *, by: User | None, at: datetime) -> Hold:
    """The customer says it is paid: nothing is chased until a person has looked at the bank."""
    return holds.put(
        Hold.Scope.ACCOUNT, account.pk, kind=Hold.Kind.PAYMENT_CLAIM, reason="The customer says it is paid", quote=heard.quote,
        source=f"{heard.kind}:{heard.id}", owner=account.owner, by=by, at=at,
    )


def promise_of(
    account: Account, heard: Heard, *, due_on: date | None, invoice: Invoice | None, made_on: date, by: User | None, at: datetime,
    amount_minor: int | None = None, method: str = "",
) -> Promise:
    """Record a promise to pay. Without a date it stays without one: no date is ever invented."""
    reference = f"{heard.kind}-{heard.id}"
    known = Promise.objects.filter(account=account, external_id=reference).first()
    if known is not None:
        return known
    promise = Promise(
        account=account, invoice=invoice, external_id=reference, made_on=made_on, due_on=due_on, quote=heard.quote, method=method,
        currency=invoice.currency if invoice else account.currency, amount_minor=amount_minor, source=heard.kind, recorded_by=by,
    )
    save_as(promise, by=by, at=at)
    data: dict[str, Any] = {"due_on": due_on, "source": f"{heard.kind}:{heard.id}", "portfolio": account.portfolio_id}
    data["amounts"] = {promise.currency: promise.amount_minor} if promise.amount_minor else {}
    record([Entry(account_stream(account.pk), "promise.recorded", "promise", promise.pk, data)], by=by, at=at)
    return promise


def opt_out(contact: Contact, *, by: User | None, at: datetime) -> None:
    """The contact asked not to be written to."""
    if contact.opted_out_at is None:
        contact.opted_out_at = at
        save_as(contact, by=by, at=at, reason="asked not to be contacted")
        entry = Entry(account_stream(contact.account_id), "contact.opted_out", "contact", contact.pk, {"portfolio": contact.account.portfolio_id})
        record([entry], by=by, at=at)


def wrong_person(contact: Contact, heard: Heard, *, by: User | None, at: datetime) -> Hold:
    """The contact says they are not the right one: nothing more goes to this address until a person has looked."""
    return holds.put(
        Hold.Scope.CONTACT, contact.pk, account_id=contact.account_id, kind=Hold.Kind.OTHER, reason="Says it is the wrong person",
        quote=heard.quote, source=f"{heard.kind}:{heard.id}", by=by, at=at,
    )


def interrupt(account_id: int, *, code: str, reason: str, hold: bool, by: User | None, at: datetime) -> None:
    """Stop what is about to leave, and take the open follow-up out of the hands it is in.

    ``hold`` puts it on hold; otherwise an unfinished one is computed again from the new facts. A stopped message stays stopped (a person
    sees why) unless it must be held.
    """
    outbox.stop_account(account_id, code=code, reason=reason, by=by, at=at, caught="hold" if hold else "news")
    follow_up = FollowUp.objects.filter(account_id=account_id, status__in=states.OPEN).first()
    if follow_up is None:
        return
    action = "hold" if hold else "refresh"
    if follow_up.status not in states.BY_ACTION[action].sources or (not hold and follow_up.status != states.READY):
        return
    void_approvals(follow_up, reason, code=code, by=by, at=at)
    # Nobody can be late with what is on hold: the clock begins anew when it is released.
    fields: dict[int, dict[str, Any]] = {follow_up.pk: {"hold_reason": reason, "due_at": None} if hold else {}}
    transitions.perform([follow_up.pk], action, by=by, at=at, reason=reason, fields=fields, data={follow_up.pk: {"code": code}})


def new_reference(prefix: str) -> str:
    """A reference of our own for a row that no source numbered."""
    return f"{prefix}-{secrets.token_hex(5)}"
