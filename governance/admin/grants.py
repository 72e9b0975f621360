"""Roles: dated grants to persons and groups. A system administrator gives them, never to themselves; every grant is an event."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from governance import clock
from governance.admin.base import ReadOnlyAdmin, reach
from governance.admin.pages import may, person, scope_for
from governance.audit import Entry, record
from governance.models import AllPortfoliosGrant, Portfolio, PortfolioGroupGrant, PortfolioUserGrant, User
from governance.roles import ALL_ROLES, SYSTEM


class _GrantForm(ModelForm):
    """Refuses a grant to oneself, directly or through a group one belongs to."""

    current_user: User

    def clean(self) -> dict[str, Any]:
        """Raise on a grant that would reach the person who makes it."""
        cleaned = super().clean() or {}
        user, group = cleaned.get("user"), cleaned.get("group")
        if user is not None and user.pk == self.current_user.pk:
            raise ValidationError("You cannot give a role to yourself. Another system administrator can.")
        if group is not None and self.current_user.groups.filter(pk=group.pk).exists():
            raise ValidationError("You belong to this group, so you cannot give it a role. Another system administrator can.")
        starts, ends = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts and ends and ends < starts:
            raise ValidationError("The last day lies before the first day.")
        return cleaned


def _reaches(grant: Any, user: User) -> bool:
    """True when the grant is the person's own or of a group the person belongs to."""
    group_id = getattr(grant, "group_id", None)
    return getattr(grant, "user_id", None) == user.pk or (group_id is not None and user.groups.filter(pk=group_id).exists())


class GrantAdmin(ReadOnlyAdmin):
    """Dated grants. A grant is ended by its last day, never deleted."""

    see = "see_roles"
    form = _GrantForm
    list_filter = ("starts_on", "ends_on")
    holder_fields: tuple[str, ...] = ()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only who assigns roles."""
        return bool(may(request, "assign_roles"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only who assigns roles; a grant that reaches oneself, directly or through a group, is for a colleague to change."""
        return bool(may(request, "assign_roles")) and (obj is None or not _reaches(obj, person(request)))

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form knows who fills it in."""
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"current_user": request.user})

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Once given, only the dates change."""
        return (*self.holder_fields, "granted_by") if obj else ("granted_by",)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Roles only, people only: no other permission of Django can be granted here."""
        if db_field.name == "permission":
            kwargs["queryset"] = Permission.objects.filter(content_type__model="portfolio", codename__in=ALL_ROLES)
        if db_field.name == "content_object":
            inside = reach(scope_for(request), "assign_roles", "pk")
            kwargs["queryset"] = Portfolio.objects.all() if inside is None else Portfolio.objects.filter(inside)
        if db_field.name == "user":
            kwargs["queryset"] = User.objects.filter(is_active=True, is_service=False).exclude(pk=person(request).pk)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Of the portfolios in reach, with the names the list shows in one query."""
        rows = super().get_queryset(request).select_related(*self.holder_fields_related())
        inside = reach(scope_for(request), self.see, "content_object_id") if "content_object" in self.holder_fields else None
        return rows if inside is None else rows.filter(inside)

    def holder_fields_related(self) -> list[str]:
        """Foreign keys among the holder fields."""
        return [f for f in self.holder_fields if self.model._meta.get_field(f).is_relation]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save with who gave it, and record the act."""
        role = getattr(obj, "role", "") or obj.permission.codename
        action = "rights.withdrawn" if change and obj.ends_on else "rights.granted"
        data = {
            "role": role, "portfolio": getattr(obj, "content_object_id", None), "user": getattr(obj, "user_id", None),
            "group": getattr(obj, "group_id", None), "from": str(obj.starts_on or ""), "until": str(obj.ends_on or ""),
        }
        obj.granted_by = obj.granted_by or request.user
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            record([Entry("rights", action, "grant", obj.pk, data)], by=request.user, at=clock.now())  # type: ignore[arg-type]


@admin.register(PortfolioUserGrant)
class PortfolioUserGrantAdmin(GrantAdmin):
    """Roles of persons."""

    list_display = ("user", "role", "content_object", "starts_on", "ends_on")
    holder_fields = ("user", "permission", "content_object")
    fields = ("user", "permission", "content_object", "starts_on", "ends_on", "granted_by")
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
    fields = ("group", "permission", "content_object", "starts_on", "ends_on", "granted_by")

    @admin.display(description="role")
    def role(self, obj: PortfolioGroupGrant) -> str:
        """The role's name."""
        return str(obj.permission.codename).replace("_", " ")


@admin.register(AllPortfoliosGrant)
class AllPortfoliosGrantAdmin(GrantAdmin):
    """Roles in all portfolios."""

    list_display = ("__str__", "role", "starts_on", "ends_on")
    holder_fields = ("user", "group", "role")
    fields = ("user", "group", "role", "starts_on", "ends_on", "granted_by")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only an administrator of all portfolios: one of a few gives nothing beyond them."""
        return SYSTEM in scope_for(request).roles_everywhere

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Likewise."""
        return self.has_add_permission(request) and super().has_change_permission(request, obj)
