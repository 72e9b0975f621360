"""The cash beside the measures, per currency and as SQL: ageing, DSO, CEI, what is at risk, and how many accounts were worked.

Context, never a claim for the machine. Every function takes the rows somebody may see as a condition, and the day as a parameter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, CharField, Count, F, Max, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from accounts.ageing import BUCKETS, NOT_DUE
from accounts.models import Allocation, Invoice
from governance.measuring import kinds
from governance.models import Measure

OLD = "over_90"
DSO_VARIANT = "closing-balance DSO: receivables at the end of the period by the sales of the period, times its days"
CEI_FORMULA = "(receivables at the beginning + sales of the period - receivables at the end) / (beginning + sales - receivables at the end not yet due)"


@dataclass(frozen=True, slots=True)
class Cash:
    """One currency. Money in minor units; ``dso`` in days, ``cei`` and ``at_risk`` as shares; None where there is nothing to divide by."""

    currency: str
    ageing: dict[str, int]
    beginning: int
    sales: int
    ending: int
    ending_not_due: int
    days: int

    @property
    def dso(self) -> float | None:
        """Days of sales outstanding, by ``DSO_VARIANT``."""
        return self.ending / self.sales * self.days if self.sales else None

    @property
    def cei(self) -> float | None:
        """Collection effectiveness, by ``CEI_FORMULA``: all of the period's sales count, not only what is still open of them."""
        could = self.beginning + self.sales - self.ending_not_due
        return (self.beginning + self.sales - self.ending) / could if could > 0 else None

    @property
    def at_risk(self) -> float | None:
        """Share of the open balance more than 90 days past due."""
        total = sum(self.ageing.values())
        return self.ageing[OLD] / total if total else None


def ageing(inside: Q, today: date) -> dict[str, dict[str, int]]:
    """Open minor units per currency and band; one statement, every band present."""
    rows = Invoice.objects.open().filter(inside).annotate(band=_band(today)).order_by().values_list("currency", "band")
    table: dict[str, dict[str, int]] = {}
    for currency, band, total in rows.annotate(total=Sum("balance_minor")):
        table.setdefault(currency, dict.fromkeys(BUCKETS, 0))[band] = total
    return dict(sorted(table.items()))


def _band(today: date) -> Case:
    """The bands of ``accounts.ageing`` as SQL: due today is not overdue."""
    whens = [When(due_on__gte=today, then=Value(NOT_DUE))]
    for number, band in enumerate(BUCKETS[1:-1], 1):
        whens.append(When(due_on__gte=today - timedelta(days=30 * number), then=Value(band)))
    return Case(*whens, default=Value(BUCKETS[-1]), output_field=CharField())


def cash(inside: Q, first: date, last: date) -> list[Cash]:
    """Every currency with invoices in the window or open at its end. The past is what payments on record make of it."""
    bands, begun = ageing(inside, last), receivable(inside, first - timedelta(days=1))
    ended, current = receivable(inside, last), receivable(inside & Q(due_on__gte=last), last)
    issued = Invoice.objects.filter(inside, issued_on__gte=first, issued_on__lte=last).exclude(status=Invoice.Status.CANCELLED)
    sales = dict(issued.order_by().values_list("currency").annotate(total=Sum("amount_minor")))
    days = (last - first).days + 1
    return [
        Cash(c, bands.get(c, dict.fromkeys(BUCKETS, 0)), begun.get(c, 0), sales.get(c, 0), ended.get(c, 0), current.get(c, 0), days)
        for c in sorted({*bands, *begun, *ended, *sales})
    ]


def receivable(inside: Q, on: date) -> dict[str, int]:
    """What was owed at the end of a day per currency: invoices issued by then and not settled, less what had been allocated by then."""
    paid = Allocation.objects.filter(invoice=OuterRef("pk"), payment__value_on__lte=on, payment__status="cleared")
    paid = paid.order_by().values("invoice").annotate(total=Sum("amount_minor")).values("total")
    rows = Invoice.objects.filter(inside, issued_on__lte=on).exclude(status=Invoice.Status.CANCELLED)
    rows = rows.filter(Q(settled_on__isnull=True, status=Invoice.Status.OPEN) | Q(settled_on__gt=on))
    rows = rows.annotate(left=F("amount_minor") - Coalesce(Subquery(paid), Value(0)))
    return dict(rows.filter(left__gt=0).order_by().values_list("currency").annotate(total=Sum("left")))


def coverage(inside: Q, decided: Q, today: date) -> dict[str, Any]:
    """Accounts with something overdue, and those of them with a draft decided (``decided`` narrows the measures)."""
    eligible = set(Invoice.objects.overdue(today).filter(inside).order_by().values_list("account_id", flat=True).distinct())
    worked = Measure.objects.filter(decided, kind=kinds.DECIDED, stands=True).order_by()
    reached = set(worked.values_list("account_id", flat=True).distinct()) & eligible
    latest = worked.aggregate(latest=Max("at"), n=Count("pk"))
    return {"eligible": len(eligible), "decided": len(reached), "share": len(reached) / len(eligible) if eligible else None, **latest}
