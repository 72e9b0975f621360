"""Set-based questions about accounts and invoices; every list a person sees starts with ``visible_to``."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Sum

from governance.reach import reach
from governance.rights import Scope, scope_of

if TYPE_CHECKING:
    from governance.models import User


class AccountQuerySet(models.QuerySet):
    """Accounts."""

    def visible_to(self, user: User, scope: Scope | None = None) -> AccountQuerySet:
        """Accounts in portfolios the person has a role in, or routed to the person; no grant means none."""
        inside = reach(scope or scope_of(user), "see_account", "portfolio_id", "id")
        return self if inside is None else self.filter(inside)


class InvoiceQuerySet(models.QuerySet):
    """Invoices."""

    def visible_to(self, user: User, scope: Scope | None = None) -> InvoiceQuerySet:
        """Invoices of visible accounts."""
        inside = reach(scope or scope_of(user), "see_account", "portfolio_id", "account_id")
        return self if inside is None else self.filter(inside)

    def open(self) -> InvoiceQuerySet:
        """Invoices with something left to pay."""
        return self.filter(status="open", balance_minor__gt=0)

    def overdue(self, as_of: date) -> InvoiceQuerySet:
        """Open invoices whose due date is before ``as_of``; an invoice due today is not overdue."""
        return self.open().filter(due_on__lt=as_of)

    def open_balance(self) -> dict[str, int]:
        """Open minor units per currency; currencies are never added."""
        rows = self.open().values_list("currency").annotate(total=Sum("balance_minor")).order_by("currency")
        return dict(rows)
