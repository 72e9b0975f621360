"""Invoices, money received and credits. Amounts are shown with their currency and its digits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.html import format_html

from accounts.models import Account, CreditNote, Invoice, Payment, Promise, PromisedCredit
from governance.admin.base import ScopedAdmin, portfolio_filter
from governance.admin.pages import person, scope_for
from governance.money import Money


def money_column(field: str, title: str) -> Callable[[Any], str]:
    """A right-aligned column of exact money; "not stated" when the amount is unknown."""

    @admin.display(description=title, ordering=field)
    def shown(obj: Any) -> str:
        minor = getattr(obj, field)
        if minor is None:
            return "not stated"
        return format_html('<span class="money">{}</span>', Money(minor, obj.currency))

    shown.__name__ = f"{field}_shown"
    return shown


class LedgerAdmin(ScopedAdmin):
    """Rows of an account; the raw integers are hidden behind their money columns."""

    list_select_related = ("account",)
    money: tuple[Callable[[Any], str], ...] = ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Every field once, minor units replaced by money."""
        names = [f.name for f in self.model._meta.fields if not f.name.endswith("_minor") and not f.primary_key]
        return [*names, *self.money]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """All of them."""
        return self.get_fields(request, obj)


@admin.register(Invoice)
class InvoiceAdmin(LedgerAdmin):
    """Invoices."""

    portfolio_path = "portfolio_id"
    money = (money_column("amount_minor", "amount"), money_column("balance_minor", "open"))
    list_display = ("number", "account", "issued_on", "due_on", *money, "status", "delivery_status")
    list_filter = ("status", "delivery_status", "po_required", portfolio_filter("portfolio_id"))
    search_fields = ("number", "po_number")
    search_help_text = "invoice or PO number"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The child it was billed to may live in a portfolio this person does not see: then only that is said."""

        @admin.display(description="billed to")
        def billed_to(row: Invoice) -> str:
            if row.billed_account_id is None:
                return "the account itself"
            visible = Account.objects.visible_to(person(request), scope_for(request)).filter(pk=row.billed_account_id).first()
            return str(visible) if visible else "an account outside your portfolios"

        return [billed_to if name == "billed_account" else name for name in super().get_fields(request, obj)]

    def masked_fields(self, request: HttpRequest, obj: Model) -> frozenset[str]:
        """Nothing personal here; kept explicit because the history page asks."""
        return frozenset() if scope_for(request).everything else frozenset({"billed_account"})


@admin.register(Payment)
class PaymentAdmin(LedgerAdmin):
    """Payments."""

    money = (money_column("amount_minor", "amount"), money_column("unapplied_minor", "unapplied"))
    list_display = ("external_id", "account", "value_on", *money, "status", "method")
    list_filter = ("status", portfolio_filter("account__portfolio_id"))
    search_fields = ("external_id",)


@admin.register(CreditNote)
class CreditNoteAdmin(LedgerAdmin):
    """Posted credits."""

    money = (money_column("amount_minor", "amount"), money_column("open_minor", "unused"))
    list_display = ("number", "account", "issued_on", *money, "future_only")
    list_filter = ("future_only", portfolio_filter("account__portfolio_id"))
    search_fields = ("number",)


@admin.register(PromisedCredit)
class PromisedCreditAdmin(LedgerAdmin):
    """Credits promised and not yet posted."""

    money = (money_column("amount_minor", "amount"),)
    list_display = ("external_id", "account", "promised_on", "promised_by", *money, "status")
    list_filter = ("status", portfolio_filter("account__portfolio_id"))
    search_fields = ("external_id",)


@admin.register(Promise)
class PromiseAdmin(LedgerAdmin):
    """Promises to pay."""

    money = (money_column("amount_minor", "amount"),)
    list_display = ("external_id", "account", "made_on", "due_on", *money, "status")
    list_filter = ("status", portfolio_filter("account__portfolio_id"))
    search_fields = ("external_id",)
