"""Model pages that show only what the person may see, and change nothing that has a verb of its own.

A scoped ``get_queryset`` alone leaks (measured on this stack): list filters naming foreign rows, foreign-key drop-downs, search over
related fields, actions posted with foreign ids, history pages, autocomplete, counts and the superuser bypass. Each is closed here once,
and ``tests/site`` has a test for each.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.text import capfirst

from governance.admin.history import Version, acts_about, changes_of, subject_kind_of
from governance.admin.pages import moment, page, person, scope_for
from governance.blind import withheld
from governance.language import said, speaks_english
from governance.models import Portfolio
from governance.reach import reach
from governance.reading import note_read
from governance.roles import ACTIONS

__all__ = ["ReadOnlyAdmin", "ScopedAdmin", "portfolio_filter", "reach"]


class PortfolioFilter(admin.SimpleListFilter):
    """Filter by portfolio that names only portfolios the person has a role in."""

    title = "portfolio"
    parameter_name = "portfolio"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The person's own portfolios."""
        inside = reach(scope_for(request), model_admin.see, "pk")
        rows = Portfolio.objects.all() if inside is None else Portfolio.objects.filter(inside)
        return [(str(pk), name) for pk, name in rows.values_list("pk", "name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Rows of the chosen portfolio."""
        if not self.value():
            return queryset
        path = getattr(self, "portfolio_path", "portfolio_id")
        own = {value for value, _ in self.lookup_choices}
        return queryset.filter(**{path: self.value()}) if self.value() in own else queryset.none()


def portfolio_filter(path: str) -> type[PortfolioFilter]:
    """``PortfolioFilter`` for rows that reach their portfolio through ``path``."""
    return type("PortfolioFilter", (PortfolioFilter,), {"portfolio_path": path})


class ReadOnlyAdmin(admin.ModelAdmin):
    """A look at rows, for people whose role may see them. ``see`` names the action of the role matrix; superuser status buys nothing."""

    see = "see_account"
    actions = None
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    view_on_site = False
    object_history_template = "desk/history.html"

    def get_ordering(self, request: HttpRequest) -> Any:
        """Newest first where nothing else is said: a list, or the answers of a search, cut in pages needs an order."""
        return self.ordering or self.model._meta.ordering or ("-pk",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows come from imports and verbs, never from here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Governed rows change through their verbs."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing governed is deleted."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """By role, never by superuser status."""
        return bool(scope_for(request).all_roles & ACTIONS[self.see].roles)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """As ``has_view_permission``."""
        return self.has_view_permission(request)

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        """A row out of reach does not exist: 404 like every other page, not Django's way home with the number in a message."""
        raise Http404

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Titled by what it lists; there is nothing to select."""
        title = capfirst(str(self.opts.verbose_name_plural)) if not speaks_english() else str(self.opts.verbose_name_plural).capitalize()
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Every recorded version of one row with word differences; only for rows the person may open."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        obj = self.get_object(request, object_id)
        if obj is None or not self.has_view_permission(request, obj):
            raise Http404
        note_read(subject_kind_of(obj), obj.pk, by=person(request), at=moment(request))
        versions = self.without_answers(request, obj, self.versions_of(request, obj))
        return page(request, self.object_history_template, f"History: {obj}", object=obj, opts=self.opts, versions=versions)

    def without_answers(self, request: HttpRequest, obj: Model, versions: list[Version]) -> list[Version]:
        """The versions without those that tell who answered a request this person may still answer (``governance.blind``)."""
        return versions

    def versions_of(self, request: HttpRequest, obj: Model) -> list[Version]:
        """The versions of one row, newest first: recorded ones, or for rows that never change the acts about them."""
        if getattr(obj, "history", None) is not None:
            return changes_of(obj, hide=self.masked_fields(request, obj))
        return acts_about(obj)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """As Django's; choices in the reader's language."""
        return [self._in_words(name) for name in super().get_list_display(request)]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """As Django's, but a row this person may not open is named without a link: no link answers 403."""
        names: list[Any] = list(super().get_fields(request, obj))
        return [self._without_link(name) if obj and self._leads_to_403(name, request, obj) else self._in_words(name) for name in names]

    def _in_words(self, name: Any) -> Any:
        """A column of choices, or of what rows call themselves, shown in another language than the one they are kept in."""
        if speaks_english():
            return name
        if name == "__str__":
            return admin.display(description=self.opts.verbose_name)(lambda row: said(str(row)))
        field = next((f for f in self.opts.fields if f.name == name and f.choices), None)
        if field is None:
            return name
        shown = admin.display(description=field.verbose_name, ordering=field.name)(lambda row: said(getattr(row, f"get_{field.name}_display")()))
        shown.__name__ = field.name  # type: ignore[attr-defined]
        return shown

    def _leads_to_403(self, name: Any, request: HttpRequest, obj: Model) -> bool:
        foreign = {field.name for field in self.opts.fields if field.remote_field}
        row = getattr(obj, name, None) if name in foreign else None
        target = self.admin_site._registry.get(type(row)) if row is not None else None
        return target is not None and not target.has_view_permission(request, row)

    def _without_link(self, name: str) -> Any:
        return admin.display(description=self.opts.get_field(name).verbose_name)(lambda row: str(getattr(row, name)))  # type: ignore[union-attr]

    def masked_fields(self, request: HttpRequest, obj: Model) -> frozenset[str]:
        """Fields this person sees masked; history masks them too."""
        return frozenset()


class ScopedAdmin(ReadOnlyAdmin):
    """Rows of the person's portfolios and routed accounts. ``portfolio_path`` and ``account_path`` say how a row reaches them."""

    portfolio_path = "account__portfolio_id"
    account_path = "account_id"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Only rows in reach; list, detail, history, search and autocomplete all start here."""
        rows = super().get_queryset(request)
        inside = reach(scope_for(request), self.see, self.portfolio_path, self.account_path)
        return rows if inside is None else rows.filter(inside)

    def without_answers(self, request: HttpRequest, obj: Model, versions: list[Version]) -> list[Version]:
        """Rows of an account under approval: what somebody did since they answered is told once this person has answered too."""
        account: Any = obj
        for name in self.account_path.split("__") if self.account_path else ():
            account = getattr(account, name, None)
        found = withheld(person(request), scope_for(request), account_ids=[account]) if isinstance(account, int) else []
        return [v for v in versions if not any(v.by is not None and v.by.pk in one.people and v.at >= one.since for one in found)]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """By role; for one row also by reach."""
        if not super().has_view_permission(request, obj):
            return False
        return obj is None or self.get_queryset(request).filter(pk=obj.pk).exists()
