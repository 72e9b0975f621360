"""A dispute from signal to resolution: confirmed, dismissed, owned, resolved. (Answering is in ``answers``.)"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from accounts.models import Account, Dispute, DisputeSignal, Invoice
from accounts.models.dispute import CATEGORIES
from drafts import states
from drafts.models import FollowUp
from drafts.review.base import Blocked, demand_reason
from drafts.review.consequences import interrupt, lock_account, new_reference
from drafts.review.recompute import recompute
from governance import holds
from governance.audit import Entry, account_stream, record
from governance.history import save_as
from governance.models import Hold
from governance.rights import can

if TYPE_CHECKING:
    from governance.models import User


def mark_disputed(
    follow_up_id: int, invoice_ids: Sequence[int], *, category: str, quote: str, by: User, at: datetime, owner: User | None = None,
    reason: str = "", amount_minor: int | None = None,
) -> list[Dispute]:
    """``open_disputes`` for the account of a follow-up, from the review screen."""
    account_id = FollowUp.objects.values_list("account_id", flat=True).get(pk=follow_up_id)
    return open_disputes(
        account_id, invoice_ids, category=category, quote=quote, by=by, at=at, owner=owner, reason=reason, amount_minor=amount_minor
    )


def open_disputes(
    account_id: int, invoice_ids: Sequence[int], *, category: str, quote: str, by: User, at: datetime, owner: User | None = None,
    reason: str = "", amount_minor: int | None = None,
) -> list[Dispute]:
    """Confirm a dispute about each invoice named, or about the whole account when none is.

    Pending signals on them are confirmed, their holds become the dispute's, and everything about to leave to the account stops.
    ``amount_minor`` (one invoice only) when only a part is in dispute. The account is computed again: an undisputed rest may be chased.
    """
    if category not in dict(CATEGORIES):
        raise ValueError(f"unknown category of dispute: {category}")
    quote = demand_reason(quote or reason, "a dispute (the customer's words)")
    with transaction.atomic():
        account = lock_account(account_id)
        can(by, "judge_dispute", account).or_raise()
        invoices = _invoices(account, invoice_ids)
        if amount_minor is not None and len(invoices) != 1:
            raise Blocked("E-DISPUTE", "A disputed part needs exactly one invoice.")
        about: list[Invoice | None] = [*invoices] or [None]
        owner = owner or account.owner
        disputes = [_open(account, invoice, category, quote, reason, amount_minor, owner, by, at) for invoice in about]
        _confirm_signals(account, invoices, disputes, by, at)
        interrupt(account.pk, code="disputed", reason="The customer disputes what this message asks for.", hold=True, by=by, at=at)
    recompute([account_id], at)
    return disputes


def confirm_signal(signal_id: int, *, by: User, at: datetime, owner: User | None = None, category: str = "") -> list[Dispute]:
    """The signal is a dispute: open it with the signal's invoice, category and words."""
    signal = DisputeSignal.objects.get(pk=signal_id)
    if signal.status != DisputeSignal.Status.PENDING:
        raise Blocked("E-DISPUTE", f"This signal was already judged: {signal.get_status_display().lower()}.")
    invoice_ids = [signal.invoice_id] if signal.invoice_id else []
    return open_disputes(
        signal.account_id, invoice_ids, category=category or signal.category, quote=signal.quote, by=by, at=at, owner=owner
    )


def dismiss_signal(signal_id: int, reason: str, evidence: str, *, by: User, at: datetime) -> DisputeSignal:
    """Not a dispute, with a reason and the line that shows it. Its hold is released; who dismisses cannot approve the message."""
    reason = demand_reason(reason, "the dismissal of a dispute signal")
    if not evidence.strip():
        raise Blocked("E-REASON", "Please choose the line that shows it is not a dispute: a dismissal rests on evidence.")
    with transaction.atomic():
        account = lock_account(DisputeSignal.objects.values_list("account_id", flat=True).get(pk=signal_id))
        can(by, "judge_dispute", account).or_raise()
        signal = DisputeSignal.objects.select_for_update(of=("self",)).get(pk=signal_id)
        if signal.status != DisputeSignal.Status.PENDING:
            raise Blocked("E-DISPUTE", f"This signal was already judged: {signal.get_status_display().lower()}.")
        signal.status, signal.decided_by, signal.decided_at = DisputeSignal.Status.DISMISSED, by, at
        signal.decision_reason, signal.evidence = reason, evidence.strip()
        save_as(signal, by=by, at=at, reason=reason)
        record([Entry(account_stream(account.pk), "signal.dismissed", "signal", signal.pk)], by=by, at=at)
        holds.release_many(_holds_of("signal", [signal.pk]), by=by, at=at, reason=f"Not a dispute: {reason}")
    recompute([account.pk], at)
    return signal


def own_dispute(dispute_id: int, owner: User, *, by: User, at: datetime) -> Dispute:
    """Give a dispute to the person who works on it."""
    with transaction.atomic():
        account, dispute = _locked_dispute(dispute_id)
        can(by, "own_dispute", account).or_raise()
        can(owner, "own_dispute", account).or_raise()
        dispute.owner = owner
        save_as(dispute, by=by, at=at)
        record([Entry(account_stream(account.pk), "dispute.owned", "dispute", dispute.pk, {"owner": owner.pk})], by=by, at=at)
    return dispute


def resolve_dispute(dispute_id: int, outcome: str, note: str, *, by: User, at: datetime) -> Dispute:
    """End a dispute with its outcome. Holds are released and everything about the account is computed again, never replayed.

    The books are corrected first where the customer was right: a resolved dispute changes no balance.
    """
    if outcome not in Dispute.Outcome.values or not outcome:
        raise ValueError(f"unknown outcome of a dispute: {outcome!r}")
    note = demand_reason(note, "the outcome of a dispute")
    with transaction.atomic():
        account, dispute = _locked_dispute(dispute_id)
        can(by, "own_dispute", account).or_raise()
        if dispute.status == Dispute.Status.RESOLVED:
            raise Blocked("E-DISPUTE", "This dispute is already resolved.")
        dispute.status, dispute.outcome, dispute.outcome_note = Dispute.Status.RESOLVED, outcome, note
        dispute.resolved_at, dispute.resolved_by = at, by
        save_as(dispute, by=by, at=at, reason=note)
        record([Entry(account_stream(account.pk), "dispute.resolved", "dispute", dispute.pk, {"outcome": outcome})], by=by, at=at)
        holds.release_many(_holds_of("dispute", [dispute.pk]), by=by, at=at, reason=f"Dispute resolved: {note}")
        _withdraw_answer(account, by, at)
    recompute([account.pk], at)
    return dispute


def _withdraw_answer(account: Account, by: User, at: datetime) -> None:
    """An answer that did not leave answers nothing any more: it stops, its approvals are void, and the account is worked as usual."""
    answer = FollowUp.objects.filter(account=account, status__in=states.OPEN, draft__purpose=states.DISPUTE_RESPONSE).exists()
    if answer and not Dispute.objects.filter(account=account).exclude(status=Dispute.Status.RESOLVED).exists():
        interrupt(account.pk, code="resolved", reason="The dispute this message answers is resolved.", hold=True, by=by, at=at)


def _locked_dispute(dispute_id: int) -> tuple[Account, Dispute]:
    account = lock_account(Dispute.objects.values_list("account_id", flat=True).get(pk=dispute_id))
    return account, Dispute.objects.select_for_update(of=("self",)).get(pk=dispute_id)


def _invoices(account: Account, invoice_ids: Sequence[int]) -> list[Invoice]:
    invoices = list(Invoice.objects.filter(account=account, pk__in=invoice_ids).order_by("pk"))
    if len(invoices) != len(set(invoice_ids)):
        raise Blocked("E-DISPUTE", "One of these invoices does not belong to this account.")
    return invoices


def _open(
    account: Account, invoice: Invoice | None, category: str, quote: str, reason: str, amount_minor: int | None, owner: User | None,
    by: User, at: datetime,
) -> Dispute:
    """One open dispute with its hold; a second confirmation of the same invoice returns the one that is open."""
    standing = Dispute.objects.filter(account=account, invoice=invoice).exclude(status=Dispute.Status.RESOLVED).first()
    if standing is not None:
        return standing
    dispute = Dispute(
        account=account, invoice=invoice, external_id=new_reference("D"), category=category, quote=quote, reason=reason,
        currency=invoice.currency if invoice else account.currency, amount_minor=amount_minor, opened_on=at.date(), owner=owner,
        opened_by=by,
    )
    save_as(dispute, by=by, at=at)
    data = {"invoice": invoice.pk if invoice else None, "category": category, "portfolio": account.portfolio_id}
    record([Entry(account_stream(account.pk), "dispute.opened", "dispute", dispute.pk, data)], by=by, at=at)
    holds.put(
        Hold.Scope.INVOICE if invoice else Hold.Scope.ACCOUNT, invoice.pk if invoice else account.pk, account_id=account.pk,
        kind=Hold.Kind.DISPUTE, reason=f"Dispute {dispute.external_id} is open", quote=quote, source=f"dispute:{dispute.pk}",
        owner=owner, by=by, at=at,
    )
    return dispute


def _confirm_signals(account: Account, invoices: Sequence[Invoice], disputes: Sequence[Dispute], by: User, at: datetime) -> None:
    """Signals the dispute covers are confirmed; a dispute about the whole account covers all of them."""
    by_invoice = {dispute.invoice_id: dispute for dispute in disputes}
    pending = DisputeSignal.objects.select_for_update(of=("self",)).filter(account=account, status=DisputeSignal.Status.PENDING)
    if invoices:
        pending = pending.filter(Q(invoice__isnull=True) | Q(invoice__in=invoices))
    confirmed = []
    for signal in pending.order_by("pk"):
        signal.status, signal.decided_by, signal.decided_at = DisputeSignal.Status.CONFIRMED, by, at
        signal.dispute = by_invoice.get(signal.invoice_id) or disputes[0]
        save_as(signal, by=by, at=at)
        confirmed.append(signal.pk)
    stream = account_stream(account.pk)
    record([Entry(stream, "signal.confirmed", "signal", pk) for pk in confirmed], by=by, at=at)
    if confirmed:
        holds.release_many(_holds_of("signal", confirmed), by=by, at=at, reason="Confirmed: the dispute's own hold takes its place")


def _holds_of(kind: str, ids: Sequence[int]) -> list[Hold]:
    return list(Hold.objects.filter(source__in=[f"{kind}:{pk}" for pk in ids], released_at__isnull=True))
