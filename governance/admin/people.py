"""People and portfolios. Whoever may act for a person here could act as that person, so every change is an event."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import BaseUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet, URLField
from django.http import HttpRequest, HttpResponse

from governance import clock
from governance.admin.base import ReadOnlyAdmin, reach
from governance.admin.pages import may, person, scope_for
from governance.audit import Entry, record
from governance.models import Portfolio, User
from governance.rights import scope_of
from governance.roles import ACTIONS, SYSTEM


class _NewUser(BaseUserCreationForm):
    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email")


class _ChangedUser(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"


@admin.register(User)
class PersonAdmin(ReadOnlyAdmin, UserAdmin):
    """People of this company. Administrators add and change them; their own account is read-only to them."""

    see = "see_roles"
    form = _ChangedUser
    add_form = _NewUser
    change_form_template = "desk/person_change.html"
    list_display = ("username", "full_name", "email", "is_active", "is_service", "away_until")
    list_filter = ("is_active", "is_service")
    search_fields = ("username", "first_name", "last_name", "email")
    ordering = ("username",)
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email", "time_zone", "language", "away_until", "deputy")}),
        ("Access", {"fields": ("is_active", "is_service", "groups")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "first_name", "last_name", "email", "password1", "password2")}),)
    readonly_fields = ("last_login", "groups")  # a group carries roles: membership is asked for and confirmed on the page Roles

    @admin.display(description="name")
    def full_name(self, obj: User) -> str:
        """First and last name."""
        return obj.get_full_name()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only who assigns roles."""
        return bool(may(request, "assign_roles"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only who assigns roles wherever the person acts, and never for oneself: group membership carries roles."""
        if obj is None:
            return bool(may(request, "assign_roles"))
        return obj.pk != person(request).pk and _covers(request, obj)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Administrators and auditors."""
        return bool(scope_for(request).all_roles & ACTIONS["see_roles"].roles)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the groups and record what the person is and belongs to now."""
        with transaction.atomic():
            super().save_related(request, form, formsets, change)
            row: User = form.instance
            groups = sorted(row.groups.values_list("pk", flat=True))
            data = {"active": row.is_active, "service": row.is_service, "groups": groups, "fields": sorted(form.changed_data)}
            _note(request, "rights.person_changed" if change else "rights.person_added", row, data)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Set somebody's password; it opens everything the person may do, so it is on record."""
        rows = User.objects.filter(pk=id) if id.isdecimal() else User.objects.none()
        before = rows.values_list("password", flat=True).first()
        with transaction.atomic():
            response: HttpResponse = super().user_change_password(request, id, form_url)
            row = rows.first()
            if row is not None and row.password != before:
                _note(request, "rights.password_set", row, {})
        return response


def _of_everything(request: HttpRequest) -> bool:
    """True for an administrator of all portfolios."""
    return SYSTEM in scope_for(request).roles_everywhere


def _covers(request: HttpRequest, obj: User) -> bool:
    """True when this administrator assigns roles everywhere the person has one; an administrator of one portfolio reaches no further."""
    if _of_everything(request):
        return True
    scope, theirs = scope_for(request), scope_of(obj)
    own = {pk for pk, held in scope.roles_by_portfolio.items() if SYSTEM in held}
    return bool(own) and not theirs.roles_everywhere and set(theirs.roles_by_portfolio) <= own


def _note(request: HttpRequest, action: str, row: User | Portfolio, data: dict[str, Any]) -> None:
    """One event of the stream ``rights``: ids, flags and names of fields, never their content."""
    record([Entry("rights", action, row._meta.model_name or "", row.pk, data)], by=person(request), at=clock.now())


# Importing Django's own user pages registers its group page, which would let groups be edited freely.
admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(ReadOnlyAdmin):
    """Groups are created with the installation; membership is changed on the person."""

    see = "see_roles"
    fields = ("name",)
    search_fields = ("name",)


@admin.register(Portfolio)
class PortfolioAdmin(ReadOnlyAdmin):
    """Portfolios with their sender identity; administrators set them up."""

    see = "see_roles"
    list_display = ("name", "code", "currency", "country", "sender_company")
    search_fields = ("name", "code")
    prepopulated_fields = {"code": ("name",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Those in reach."""
        rows = super().get_queryset(request)
        inside = reach(scope_for(request), self.see, "pk")
        return rows if inside is None else rows.filter(inside)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only who assigns roles."""
        return bool(may(request, "assign_roles"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only who assigns roles there."""
        return bool(may(request, "assign_roles", obj))

    def save_model(self, request: HttpRequest, obj: Portfolio, form: Any, change: bool) -> None:
        """Save and record which parts of the sender's identity, bank accounts included, were touched."""
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            _note(request, "portfolio.changed" if change else "portfolio.added", obj, {"fields": sorted(form.changed_data)})

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """An address without a scheme means https."""
        if isinstance(db_field, URLField):
            kwargs["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """Only while it can be typed."""
        return {} if obj or not self.has_add_permission(request) else dict(self.prepopulated_fields)
