"""Ageing: open amounts by days past due, per currency. Pure; the buckets are the usual ones of a receivables report."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.fact_types import InvoiceFact

NOT_DUE = "not_due"
BUCKETS = (NOT_DUE, "1_30", "31_60", "61_90", "over_90")
LABELS = {NOT_DUE: "not due", "1_30": "1-30 days", "31_60": "31-60 days", "61_90": "61-90 days", "over_90": "over 90 days"}


def bucket(days_overdue: int) -> str:
    """The ageing band of an invoice ``days_overdue`` days past due; due today (0) is not due."""
    if days_overdue <= 0:
        return NOT_DUE
    return BUCKETS[min(4, (days_overdue - 1) // 30 + 1)]


def ageing(invoices: Iterable[InvoiceFact]) -> dict[str, dict[str, int]]:
    """Open minor units per currency and band; every band is present, currencies are never added."""
    table: dict[str, dict[str, int]] = {}
    for invoice in invoices:
        row = table.get(invoice.currency)
        if row is None:
            row = table[invoice.currency] = dict.fromkeys(BUCKETS, 0)
        row[bucket(invoice.days_overdue)] += invoice.balance_minor
    return table
