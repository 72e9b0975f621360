"""What customers said: tickets, messages, calls, disputes and signals. Their text is data, shown and never followed."""

from __future__ import annotations

from django.contrib import admin

from accounts.models import CallNote, Dispute, DisputeSignal, ImportRun, Message, Ticket
from governance.admin.base import ScopedAdmin, portfolio_filter


@admin.register(Ticket)
class TicketAdmin(ScopedAdmin):
    """Support tickets."""

    list_display = ("external_id", "account", "subject", "severity", "escalated", "status", "updated_at")
    list_filter = ("status", "severity", "escalated", portfolio_filter("account__portfolio_id"))
    list_select_related = ("account",)
    search_fields = ("external_id", "subject")


@admin.register(Message)
class MessageAdmin(ScopedAdmin):
    """E-mails in and out; only for people who may read message texts and personal data."""

    see = "see_contact_data"
    list_display = ("at", "direction", "account", "subject")
    list_filter = ("direction", portfolio_filter("account__portfolio_id"))
    list_select_related = ("account",)
    search_fields = ("subject", "=message_id")


@admin.register(CallNote)
class CallNoteAdmin(ScopedAdmin):
    """Phone calls."""

    see = "see_contact_data"
    list_display = ("at", "account", "by", "outcome")
    list_filter = ("outcome", portfolio_filter("account__portfolio_id"))
    list_select_related = ("account", "by")


@admin.register(Dispute)
class DisputeAdmin(ScopedAdmin):
    """Disputes as rows; they are worked on their own page."""

    list_display = ("external_id", "account", "category", "status", "opened_on", "owner", "outcome")
    list_filter = ("status", "category", "outcome", portfolio_filter("account__portfolio_id"))
    list_select_related = ("account", "owner")
    search_fields = ("external_id",)


@admin.register(DisputeSignal)
class DisputeSignalAdmin(ScopedAdmin):
    """Dispute signals as rows; they are judged in the review workspace."""

    list_display = ("__str__", "account", "category", "status", "found_at", "decided_by")
    list_filter = ("status", "category", portfolio_filter("account__portfolio_id"))
    list_select_related = ("account", "decided_by")


@admin.register(ImportRun)
class ImportRunAdmin(ScopedAdmin):
    """Imports done and refused."""

    see = "import"
    portfolio_path, account_path = "portfolio_id", ""
    list_display = ("__str__", "layout", "state", "rows", "created", "updated", "unchanged", "refused_count", "started_by", "started_at")
    list_filter = ("state", portfolio_filter("portfolio_id"))
    list_select_related = ("started_by",)
    exclude = ("upload",)
