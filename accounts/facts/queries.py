"""One query per kind of row, as tuples: model instances would cost more than all the rules together.

The first column is what rows are grouped by; the rest stands in the order of the fact it becomes, where nothing is computed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Lower

from accounts.models import (
    Account,
    CallNote,
    Contact,
    Contract,
    CreditNote,
    Dispute,
    DisputeItem,
    DisputeSignal,
    Invoice,
    Message,
    Payment,
    Promise,
    PromisedCredit,
    Source,
    SourceState,
    Ticket,
)
from accounts.models.payment import Allocation
from governance.models import User
from governance.sql import Among

Row = tuple[Any, ...]

WINDOW = timedelta(days=45)  # recent messages and calls
PAYMENTS_WINDOW = timedelta(days=60)
HABIT_WINDOW = timedelta(days=365)


def accounts(ids: list[int]) -> QuerySet[Any, Row]:
    """The accounts themselves."""
    return Account.objects.filter(Among("pk", ids)).order_by("pk").values_list(
        "id", "portfolio_id", "external_id", "name", "tier", "currency", "owner_id", "escalation_owner_id", "country",
        "time_zone", "language", "natural_person", "insolvent", "never_automate", "never_automate_reason",
        "procurement_note",
    )


def people(ids: set[int]) -> QuerySet[Any, Row]:
    """Owners and escalation owners with their deputies."""
    return User.objects.filter(pk__in=ids).values_list(
        "id", "first_name", "last_name", "username", "is_active", "away_until", "deputy_id", "deputy__first_name",
        "deputy__last_name", "deputy__username", "deputy__is_active", "deputy__away_until",
    )


def contacts(mine: Q) -> QuerySet[Any, Row]:
    """All contacts, usable or not."""
    return Contact.objects.filter(mine).order_by("id").values_list(
        "account_id", "id", "name", "salutation", "email", "role", "language", "verified_at", "placeholder",
        "opted_out_at", "bounced_at",
    )


def invoices(mine: Q) -> QuerySet[Any, Row]:
    """Open invoices, oldest due date first."""
    return Invoice.objects.open().filter(mine).order_by("due_on", "id").values_list(
        "account_id", "id", "number", "issued_on", "due_on", "currency", "amount_minor", "balance_minor", "po_number",
        "po_required", "delivery_status", "billed_account__name",
    )


def payments(mine: Q, as_of: datetime) -> QuerySet[Any, Row]:
    """Recent, unapplied and pending payments."""
    recent = Q(value_on__gte=as_of.date() - PAYMENTS_WINDOW)
    relevant = recent | Q(unapplied_minor__gt=0) | Q(status=Payment.Status.PENDING)
    return (
        Payment.objects.filter(mine)
        .filter(relevant)
        .order_by("value_on", "id")
        .values_list(
            "account_id", "id", "external_id", "value_on", "currency", "amount_minor", "unapplied_minor",
            "status", "method",
        )
    )


def allocations(ids: list[int]) -> QuerySet[Any, Row]:
    """What payments put on open invoices: by account, payment and invoice."""
    on_open = Allocation.objects.filter(Among("invoice__account_id", ids), invoice__status=Invoice.Status.OPEN)
    return on_open.order_by("id").values_list(
        "invoice__account_id", "payment_id", "invoice_id", "amount_minor"
    )


def credits(mine: Q) -> QuerySet[Any, Row]:
    """Unused credits, and used ones on open invoices (they explain a smaller balance)."""
    relevant = Q(open_minor__gt=0) | Q(invoice__status=Invoice.Status.OPEN)
    return (
        CreditNote.objects.filter(mine)
        .filter(relevant)
        .order_by("issued_on", "id")
        .values_list(
            "account_id", "id", "number", "issued_on", "currency", "amount_minor", "open_minor",
            "future_only", "invoice_id",
        )
    )


def promised_credits(mine: Q) -> QuerySet[Any, Row]:
    """Credits promised and not posted."""
    return (
        PromisedCredit.objects.filter(mine, status=PromisedCredit.Status.OPEN)
        .order_by("id")
        .values_list(
            "account_id", "id", "external_id", "promised_on", "currency", "amount_minor", "invoice_id",
            "promised_by", "quote",
        )
    )


def promises(mine: Q) -> QuerySet[Any, Row]:
    """Promises not yet known as kept or withdrawn, each with what was paid since it was made."""
    paid = Payment.objects.filter(
        account_id=OuterRef("account_id"), currency=OuterRef("currency"), status=Payment.Status.CLEARED,
        value_on__gte=OuterRef("made_on"),
    ).order_by().values("account_id").annotate(total=Sum("amount_minor")).values("total")
    unsettled = Q(status__in=[Promise.Status.OPEN, Promise.Status.BROKEN])
    return Promise.objects.filter(mine).filter(unsettled).annotate(paid=Subquery(paid)).order_by("id").values_list(
        "account_id", "id", "made_on", "due_on", "status", "currency", "amount_minor", "invoice_id", "method", "quote",
        "invoice__status", "invoice__settled_on", "paid",
    )


def disputes(mine: Q) -> QuerySet[Any, Row]:
    """All disputes: those that are not resolved, and of the others the moment they ended (last column)."""
    return Dispute.objects.filter(mine).order_by("id").values_list(
        "account_id", "id", "external_id", "invoice_id", "category", "amount_minor", "currency", "status", "opened_on",
        "quote", "reason", "owner_id", "resolved_at",
    )


def items(ids: list[int]) -> QuerySet[Any, Row]:
    """The disputed items, by dispute."""
    unresolved = DisputeItem.objects.filter(Among("dispute__account_id", ids)).exclude(
        dispute__status=Dispute.Status.RESOLVED
    )
    return unresolved.order_by("id").values_list("dispute_id", "description", "amount_minor")


def signals(mine: Q) -> QuerySet[Any, Row]:
    """Signals nobody judged, oldest first."""
    pending = DisputeSignal.objects.filter(mine, status=DisputeSignal.Status.PENDING).order_by(
        "found_at", "id"
    )
    return pending.values_list(
        "account_id", "id", "invoice_id", "source_kind", "source_id", "category", "quote", "score", "found_at"
    )


def tickets(mine: Q, as_of: datetime) -> QuerySet[Any, Row]:
    """Tickets that are not solved."""
    unsolved = Ticket.objects.filter(mine, opened_at__lte=as_of).exclude(status=Ticket.Status.SOLVED)
    return unsolved.order_by("opened_at", "id").values_list(
        "account_id", "id", "external_id", "subject", "severity", "escalated", "status", "opened_at",
        "updated_at", "topics",
    )


def contracts(mine: Q) -> QuerySet[Any, Row]:
    """All contracts, next renewal first."""
    return Contract.objects.filter(mine).order_by("renewal_on", "id").values_list(
        "account_id", "id", "external_id", "terms_days", "renewal_on", "renewal_stage", "currency", "value_minor",
        "late_fee_allowed", "notes", "noted_on", "po_required",
    )


def messages(mine: Q, since: datetime, as_of: datetime) -> QuerySet[Any, Row]:
    """Recent messages, newest first."""
    return (
        Message.objects.filter(mine, at__gte=since, at__lte=as_of)
        .order_by("-at", "-id")
        .values_list("account_id", "id", "direction", "at", "subject", "kind", "topics", "sender")
    )


def written_to(addresses: set[str], since: datetime, as_of: datetime) -> QuerySet[Any, Row]:
    """Our messages to these addresses (lower case), of whatever account, newest first: a mailbox may serve several customers."""
    ours = Message.objects.filter(direction=Message.Direction.OUT, at__gte=since, at__lte=as_of)
    found = ours.annotate(address=Lower("recipient")).filter(address__in=addresses - {""})
    return found.order_by("-at", "-id").values_list("address", "at")


def calls(mine: Q, since: datetime, as_of: datetime) -> QuerySet[Any, Row]:
    """Recent phone calls, newest first."""
    recent = CallNote.objects.filter(mine, at__gte=since, at__lte=as_of).order_by("-at", "-id")
    return recent.values_list("account_id", "id", "at", "outcome", "topics")


def last_messages(mine: Q, as_of: datetime) -> QuerySet[Any, Row]:
    """Per account and direction: the moment of the last message, however long ago."""
    return (
        Message.objects.filter(mine, at__lte=as_of)
        .order_by()
        .values_list("account_id", "direction")
        .annotate(Max("at"))
    )


def settled(mine: Q, as_of: datetime) -> QuerySet[Any, Row]:
    """Per account: invoices settled within a year and their mean lateness, aggregated by the database."""
    start = as_of.date() - HABIT_WINDOW
    paid = Invoice.objects.filter(
        mine, status=Invoice.Status.PAID, settled_on__gte=start, settled_on__lte=as_of.date()
    )
    lateness = ExpressionWrapper(F("settled_on") - F("due_on"), output_field=DurationField())
    return paid.order_by().values_list("account_id").annotate(count=Count("id"), late=Avg(lateness))


def judged(mine: Q) -> QuerySet[Any, Row]:
    """Per account and outcome: how many promises were called kept or broken."""
    judged = Promise.objects.filter(mine, status__in=[Promise.Status.KEPT, Promise.Status.BROKEN])
    return judged.order_by().values_list("account_id", "status").annotate(Count("id"))


def sources(portfolio_ids: set[int]) -> QuerySet[Any, Row]:
    """The sources of each portfolio."""
    return Source.objects.filter(portfolio_id__in=portfolio_ids).values_list(
        "portfolio_id", "kind", "name", "status", "as_of", "error", "owner_id"
    )


def states(mine: Q) -> QuerySet[Any, Row]:
    """What sources said about single accounts."""
    return SourceState.objects.filter(mine).values_list(
        "account_id", "source__kind", "source__name", "status", "as_of", "detail", "source__owner_id"
    )
