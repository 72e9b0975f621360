"""Accounts and the people at the customer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import Account, AddressChange, Contact, Contract, Source, SourceState
from governance.admin.base import ScopedAdmin, portfolio_filter
from governance.admin.pages import may

PRIVATE = frozenset({"name", "salutation", "email", "phone"})


def mask(value: str) -> str:
    """A name or address of which only the outline is shown: "a•••@northwind.example"."""
    head, at, domain = value.partition("@")
    return f"{head[:1]}•••{at}{domain}" if value else ""


@admin.register(Account)
class AccountAdmin(ScopedAdmin):
    """The list of accounts; one account opens on its own page."""

    portfolio_path, account_path = "portfolio_id", "id"
    list_display = ("name", "external_id", "tier", "owner", "country", "currency")
    list_filter = (portfolio_filter("portfolio_id"), "tier", "natural_person", "never_automate")
    list_select_related = ("owner",)
    search_fields = ("name", "external_id")
    search_help_text = "name or account number"

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """The account page shows everything; there is nothing to edit here."""
        number = object_id.isascii() and object_id.isdigit() and self.get_object(request, object_id) is not None
        return redirect("admin:account_page", object_id) if number else super().change_view(request, object_id)


@admin.register(Contact)
class ContactAdmin(ScopedAdmin):
    """People at the customer; names and addresses are masked for whom they are not their business, row by row."""

    list_filter = ("role", portfolio_filter("account__portfolio_id"))
    list_select_related = ("account",)
    # Searching an address would confirm it, so contacts are found by their account's number.
    search_fields = ("=account__external_id",)
    search_help_text = "account number"
    plain = ("role", "language", "verified_at", "verified_by", "placeholder", "opted_out_at", "bounced_at")

    def _personal(self, request: HttpRequest) -> list[Callable[[Contact], str]]:
        def column(name: str) -> Callable[[Contact], str]:
            def shown(obj: Contact) -> str:
                value: str = getattr(obj, name)
                return value if may(request, "see_contact_data", obj.account) else mask(value)

            shown.short_description = name  # type: ignore[attr-defined]
            shown.__name__ = f"{name}_shown"
            return shown

        return [column(name) for name in ("name", "email", "phone")]

    def get_list_display(self, request: HttpRequest) -> Any:
        """Personal columns by right."""
        return [*self._personal(request)[:2], "role", "verified_at", "opted_out_at", "bounced_at", "placeholder"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Personal fields by right."""
        return ["account", *self._personal(request), *self.plain]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """All of them."""
        return self.get_fields(request, obj)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Contact | None:
        """One row; titles and breadcrumbs print it, so a masked person is masked there too."""
        obj: Contact | None = super().get_object(request, object_id, from_field)
        if obj is not None and self.masked_fields(request, obj):
            obj.name = mask(obj.name)
        return obj

    def masked_fields(self, request: HttpRequest, obj: Model) -> frozenset[str]:
        """Name, address and phone for people without the right."""
        return frozenset() if may(request, "see_contact_data", getattr(obj, "account", None)) else PRIVATE


@admin.register(AddressChange)
class AddressChangeAdmin(ScopedAdmin):
    """Addresses that were proposed, and what became of them; only for people who may see personal data."""

    see = "see_contact_data"
    list_display = ("__str__", "account", "email", "state", "asked_by", "asked_at", "decided_by", "decided_at")
    list_filter = ("state", portfolio_filter("account__portfolio_id"))
    list_select_related = ("account", "asked_by", "decided_by")


@admin.register(Contract)
class ContractAdmin(ScopedAdmin):
    """Contracts."""

    list_display = ("external_id", "account", "terms_days", "renewal_on", "renewal_stage")
    list_filter = ("renewal_stage", portfolio_filter("account__portfolio_id"))
    list_select_related = ("account",)
    search_fields = ("external_id",)


@admin.register(Source)
class SourceAdmin(ScopedAdmin):
    """Sources of facts per portfolio; system administrators see them too, for they keep them running."""

    see = "see_health"
    portfolio_path, account_path = "portfolio_id", ""
    list_display = ("name", "kind", "portfolio", "status", "as_of", "failed_since", "owner")
    list_filter = ("kind", "status", portfolio_filter("portfolio_id"))
    list_select_related = ("portfolio", "owner")


@admin.register(SourceState)
class SourceStateAdmin(ScopedAdmin):
    """What a source said about one account."""

    portfolio_path = "account__portfolio_id"
    list_display = ("source", "account", "status", "as_of")
    list_filter = ("status",)
    list_select_related = ("source", "account")
