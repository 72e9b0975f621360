"""Policy versions, approved texts and approved terms: readable by who works under them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from governance.admin.base import ReadOnlyAdmin, reach
from governance.admin.pages import scope_for
from governance.models import ApprovedTerm, EvaluationRun, PolicyVersion, PromptVersion, TemplateVersion


class OpenToEveryRole(ReadOnlyAdmin):
    """What everybody with a role may read: the rules they work under."""

    see = "see_health"


@admin.register(PolicyVersion)
class PolicyVersionAdmin(OpenToEveryRole):
    """Which numbers hold, since when, by whom."""

    list_display = ("__str__", "state", "author", "asked_at", "activated_by", "activated_at")
    list_filter = ("state",)
    list_select_related = ("author", "activated_by")
    list_display_links = ("__str__",)

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """The page of the version, where it is compared, simulated, asked for and activated."""
        return redirect("admin:policy", object_id) if object_id.isascii() and object_id.isdigit() else super().change_view(request, object_id)


@admin.register(TemplateVersion)
class TemplateVersionAdmin(OpenToEveryRole):
    """Approved texts."""

    list_display = ("key", "language", "version", "purpose", "lane", "step", "state")
    list_filter = ("state", "purpose", "language")
    search_fields = ("key", "subject", "body")

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """The page of the version, where a new one is written and put in force."""
        return redirect("admin:text_version", object_id) if object_id.isascii() and object_id.isdigit() else super().change_view(request, object_id)


@admin.register(PromptVersion)
class PromptVersionAdmin(OpenToEveryRole):
    """What a model is asked, version by version."""

    list_display = ("__str__", "state", "author", "activated_by", "activated_at")
    list_filter = ("key", "state")
    list_select_related = ("author", "activated_by")

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """The page of the version."""
        return redirect("admin:prompt_version", object_id) if object_id.isascii() and object_id.isdigit() else super().change_view(request, object_id)


@admin.register(EvaluationRun)
class EvaluationRunAdmin(OpenToEveryRole):
    """Comparisons of versions on the same facts."""

    list_display = ("subject", "baseline", "model", "accounts", "passed", "at")
    list_filter = ("passed",)


@admin.register(ApprovedTerm)
class ApprovedTermAdmin(ReadOnlyAdmin):
    """Credits, plans, discounts, fees, legal steps that were really decided. Scoped by the decision they rest on."""

    list_display = ("ref", "kind", "currency", "approved_by", "approved_at", "expires_on")
    list_filter = ("kind",)
    search_fields = ("ref",)
    list_select_related = ("approved_by",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Terms of accounts in reach."""
        rows = super().get_queryset(request)
        inside = reach(scope_for(request), self.see, "decision__portfolio_id", "account_id")
        return rows if inside is None else rows.filter(inside)
