"""What a reply tells us that we, or a connected source, already knew when our message left: the contact we could have spared the customer.

The root cause is a code of the measures: ``rule`` (our books held it, and no rule stopped the message), ``source`` (it was so by then, and
the source brought it later), ``reviewer`` (a person had set the sign aside).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from accounts.models import Account, Dispute, DisputeSignal, Message, Payment, Promise, Ticket
from drafts.models import Delivery, FollowUp, Reply

RULE, SOURCE, REVIEWER = "rule", "source", "reviewer"
RECENT = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Question:
    """A reply to a message that left at ``sent_at`` about ``invoices``."""

    account: Account
    message: Message
    sent_at: datetime
    invoices: Collection[int]


def told_of(account: Account, message: Message, kind: str, follow_up: FollowUp | None, delivery: Delivery | None) -> dict[str, Any]:
    """The part of a reply's event for the measures; only the follow-up's id where nothing was sent before."""
    told: dict[str, Any] = {"follow_up": follow_up.pk if follow_up else None, "portfolio": account.portfolio_id}
    sent_at = (delivery.accepted_at if delivery else None) or (follow_up.sent_at if follow_up else None)
    if sent_at is None or follow_up is None:
        return told
    draft = delivery.draft if delivery else follow_up.draft
    cause = known_cause(Question(account, message, sent_at, draft.invoice_ids if draft else ()), kind)
    told["avoidable"] = cause
    if kind == "dispute":
        told["knew"] = bool(cause)
    return told


def known_cause(question: Question, kind: str) -> str:
    """Why the customer had to tell us; empty when it was news."""
    ask = _ASK.get(kind)
    return ask(question) if ask else ""


def _paid(q: Question) -> str:
    """Money that had arrived, or was on its way, when we wrote."""
    about = Q(allocations__invoice_id__in=q.invoices) | Q(unapplied_minor__gt=0)
    inside = Q(value_on__lte=q.sent_at.date(), value_on__gte=(q.sent_at - RECENT).date())
    rows = Payment.objects.filter(about & inside, account=q.account).exclude(status=Payment.Status.FAILED)
    ids = list(rows.values_list("pk", flat=True).distinct())
    if not ids:
        return ""
    held = Payment.history.filter(id__in=ids, history_type="+", history_date__lt=q.sent_at)  # type: ignore[attr-defined]
    return RULE if held.exists() else SOURCE


def _disputed(q: Question) -> str:
    """A dispute that stood, a sign of one, or words in a source that nobody had read as one."""
    open_then = Q(resolved_at__isnull=True) | Q(resolved_at__gt=q.sent_at)
    if Dispute.objects.filter(open_then, account=q.account, opened_on__lt=q.sent_at.date()).exists():
        return RULE
    signals = DisputeSignal.objects.filter(account=q.account).exclude(source_kind="message", source_id=q.message.pk)
    before = signals.filter(found_at__lt=q.sent_at).order_by("-found_at").first()
    if before is not None:
        return REVIEWER if before.status == DisputeSignal.Status.DISMISSED else RULE
    later = {(s.source_kind, s.source_id) for s in signals}
    tickets = [pk for kind, pk in later if kind == "ticket"]
    messages = [pk for kind, pk in later if kind == "message"]
    said = Ticket.objects.filter(pk__in=tickets, opened_at__lt=q.sent_at).exists() or Message.objects.filter(pk__in=messages, at__lt=q.sent_at).exists()
    return SOURCE if said else ""


def _promised(q: Question) -> str:
    """The same promise, made before we wrote and not yet due."""
    day = q.sent_at.date()
    stood = Promise.objects.filter(account=q.account, made_on__lt=day, due_on__gte=day, status=Promise.Status.OPEN)
    return RULE if stood.exclude(external_id=f"message-{q.message.pk}").exists() else ""


def _wrong_person(q: Question) -> str:
    """They said so before."""
    earlier = Reply.objects.filter(message__account=q.account, message__at__lt=q.sent_at)
    said = Q(confirmed_kind="wrong_person") | Q(confirmed_kind="", machine_kind="wrong_person")
    return RULE if earlier.filter(said).exists() else ""


def _document(q: Question) -> str:
    """Our own account says what their purchasing needs."""
    return RULE if q.account.procurement_note else ""


_ASK: dict[str, Callable[[Question], str]] = {
    "paid": _paid, "remittance": _paid, "dispute": _disputed, "promise_with_date": _promised, "promise_without_date": _promised,
    "wrong_person": _wrong_person, "needs_document": _document, "in_customer_approval": _document,
}  # fmt: skip
