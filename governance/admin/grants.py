"""Roles as rows: dated grants to persons and groups, with their history. They are given and ended on the page Roles (``governance.assignment``)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from governance.admin.base import ReadOnlyAdmin, reach
from governance.admin.pages import scope_for
from governance.models import AllPortfoliosGrant, PortfolioGroupGrant, PortfolioUserGrant


class GrantAdmin(ReadOnlyAdmin):
    """Dated grants. A grant is ended by its last day, never deleted."""

    see = "see_roles"
    list_filter = ("starts_on", "ends_on")
    holder_fields: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Of the portfolios in reach, with the names the list shows in one query."""
        related = [f for f in self.holder_fields if self.model._meta.get_field(f).is_relation]
        rows = super().get_queryset(request).select_related(*related)
        inside = reach(scope_for(request), self.see, "content_object_id") if "content_object" in self.holder_fields else None
        return rows if inside is None else rows.filter(inside)


@admin.register(PortfolioUserGrant)
class PortfolioUserGrantAdmin(GrantAdmin):
    """Roles of persons."""

    list_display = ("user", "role", "content_object", "starts_on", "ends_on")
    holder_fields = ("user", "permission", "content_object")
    fields = ("user", "permission", "content_object", "starts_on", "ends_on", "granted_by", "reason")
    search_fields = ("user__username", "user__last_name", "content_object__name")

    @admin.display(description="role")
    def role(self, obj: PortfolioUserGrant) -> str:
        """The role's name."""
        return str(obj.permission.codename).replace("_", " ")


@admin.register(PortfolioGroupGrant)
class PortfolioGroupGrantAdmin(GrantAdmin):
    """Roles of groups."""

    list_display = ("group", "role", "content_object", "starts_on", "ends_on")
    holder_fields = ("group", "permission", "content_object")
    fields = ("group", "permission", "content_object", "starts_on", "ends_on", "granted_by", "reason")

    @admin.display(description="role")
    def role(self, obj: PortfolioGroupGrant) -> str:
        """The role's name."""
        return str(obj.permission.codename).replace("_", " ")


@admin.register(AllPortfoliosGrant)
class AllPortfoliosGrantAdmin(GrantAdmin):
    """Roles in all portfolios."""

    list_display = ("__str__", "role", "starts_on", "ends_on")
    holder_fields = ("user", "group", "role")
    fields = ("user", "group", "role", "starts_on", "ends_on", "granted_by", "reason")
