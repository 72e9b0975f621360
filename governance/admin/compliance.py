"""Rows of governance evidence as model pages: results of controls, incidents with their history, erasures."""

from __future__ import annotations

from django.contrib import admin

from governance.admin.base import ScopedAdmin, portfolio_filter
from governance.admin.records import AuditorsOnly
from governance.models import ControlResult, Erasure, Incident


@admin.register(ControlResult)
class ControlResultAdmin(AuditorsOnly):
    """Every look at every control."""

    list_display = ("control", "state", "count", "bad", "at")
    list_filter = ("state",)
    search_fields = ("=control",)
    ordering = ("-id",)


@admin.register(Erasure)
class ErasureAdmin(AuditorsOnly):
    """Erasures: ids and moments only."""

    list_display = ("uid", "contact_id", "account_id", "cause", "by", "at", "applied_at")
    list_select_related = ("by",)
    ordering = ("-id",)


@admin.register(Incident)
class IncidentAdmin(ScopedAdmin):
    """Incidents as rows; they are worked on their own page."""

    see = "see_incidents"
    portfolio_path, account_path = "portfolio_id", "account_id"
    list_display = ("__str__", "severity", "state", "action_owner", "action_due", "noticed_at")
    list_filter = ("state", "severity", portfolio_filter("portfolio_id"))
    list_select_related = ("action_owner",)
    ordering = ("-id",)
