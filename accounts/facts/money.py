"""Payments, credits and what they leave of the open balance, per currency. Pure; currencies are never added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from accounts.fact_types import Balance, CreditFact, InvoiceFact, PaymentFact
from accounts.facts.queries import Row
from governance.calendar import add_business_days


def payments(rows: Iterable[Row], allocations: Iterable[Row]) -> tuple[PaymentFact, ...]:
    """Recent, unapplied and pending payments, each with what it put on open invoices."""
    applied: dict[int, list[tuple[int, int]]] = {}
    for _, payment_id, invoice_id, minor in allocations:
        applied.setdefault(payment_id, []).append((invoice_id, minor))
    return tuple(PaymentFact(*row[1:], tuple(applied.get(row[1], ()))) for row in rows)


def credits(posted: Iterable[Row], promised: Iterable[Row]) -> tuple[CreditFact, ...]:
    """Unused credit notes, then credits promised and not yet posted."""
    notes = [CreditFact(*row[1:]) for row in posted if row[6] > 0]
    announced = [
        CreditFact(pk, reference, on, currency, amount, amount or 0, False, invoice_id, True, by, quote)
        for _, pk, reference, on, currency, amount, invoice_id, by, quote in promised
    ]
    return (*notes, *announced)


def credited(posted: Iterable[Row]) -> dict[int, int]:
    """Minor units that posted credits already took off each open invoice."""
    used: dict[int, int] = {}
    for row in posted:
        if row[8] is not None and row[5] > row[6]:
            used[row[8]] = used.get(row[8], 0) + row[5] - row[6]
    return used


def in_flight(payment: PaymentFact, today: date, country: str, processing_days: int) -> int:
    """Minor units of a payment that may reach us without being in the ledger yet.

    Pending money, money of a future value date, and cleared money the bank is still processing (value date plus
    ``processing_days`` business days) that nobody has applied.
    """
    if payment.status == "pending":
        return payment.amount_minor
    if payment.status != "cleared":
        return 0
    if payment.value_on > today:
        return payment.amount_minor
    if payment.unapplied_minor and today <= add_business_days(payment.value_on, processing_days, country):
        return payment.unapplied_minor
    return 0


def balances(
    invoices: Iterable[InvoiceFact], unapplied: Mapping[str, int], usable: Mapping[str, int], flying: Mapping[str, int]
) -> dict[str, Balance]:
    """One ``Balance`` per currency something is open, credited or on its way in."""
    gross: dict[str, int] = {}
    overdue: dict[str, int] = {}
    disputed: dict[str, int] = {}
    for invoice in invoices:
        currency = invoice.currency
        gross[currency] = gross.get(currency, 0) + invoice.balance_minor
        if invoice.days_overdue > 0:
            overdue[currency] = overdue.get(currency, 0) + invoice.balance_minor
        if invoice.disputed_minor:
            disputed[currency] = disputed.get(currency, 0) + invoice.disputed_minor
    found = {}
    for currency in sorted({*gross, *unapplied, *usable, *flying}):
        total = gross.get(currency, 0)
        cash, credit, moving = unapplied.get(currency, 0), usable.get(currency, 0), flying.get(currency, 0)
        found[currency] = Balance(
            currency, total, overdue.get(currency, 0), disputed.get(currency, 0), cash, credit, moving,
            total - cash - credit - moving,
        )
    return found


def cover(
    paid: Iterable[PaymentFact], credit: Iterable[CreditFact], today: date, country: str, processing_days: int
) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    """Unapplied cash, usable posted credits and money in flight, each minor units per currency; no unit counts twice."""
    unapplied: dict[str, int] = {}
    usable: dict[str, int] = {}
    flying: dict[str, int] = {}
    for payment in paid:
        moving = in_flight(payment, today, country, processing_days)
        if moving:
            flying[payment.currency] = flying.get(payment.currency, 0) + moving
        elif payment.unapplied_minor and payment.status == "cleared":
            unapplied[payment.currency] = unapplied.get(payment.currency, 0) + payment.unapplied_minor
    for note in credit:
        if note.open_minor and not note.promised and not note.future_only:
            usable[note.currency] = usable.get(note.currency, 0) + note.open_minor
    return unapplied, usable, flying
