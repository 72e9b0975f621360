"""The admin site of the desk: who may enter, the frame, the front page per role, and the pages that are not model pages."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path

from accounts.admin.imports import import_urls
from collections_site import dashboard, demo_views, navigation
from drafts.admin.compliance import compliance_urls
from drafts.admin.urls import page_urls
from governance.admin.pages import act_view, desk_view, moment, page


class SignInForm(AdminAuthenticationForm):
    """Every named, active person may sign in; what they see is decided by their roles. Service accounts may not."""

    def confirm_login_allowed(self, user: Any) -> None:
        """Refuse inactive people and machines, without saying which."""
        AuthenticationForm.confirm_login_allowed(self, user)
        if user.is_service:
            raise ValidationError(self.error_messages["invalid_login"], code="invalid_login", params={"username": "username"})


class DeskAdminSite(admin.AdminSite):
    """The one site. Superuser and staff flags open nothing: pages ask ``governance.rights.can``."""

    site_title = "Collections Desk"
    site_header = "Collections Desk"
    index_title = "Home"
    site_url = None
    enable_nav_sidebar = False
    login_form = SignInForm
    login_template = "desk/sign_in.html"

    def has_permission(self, request: HttpRequest) -> bool:
        """Signed in, active, a person."""
        user = request.user
        return bool(user.is_authenticated and user.is_active and not getattr(user, "is_service", False))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """The frame; computed once per request although several layers of the admin ask for it."""
        cached: dict[str, Any] | None = getattr(request, "desk_frame", None)
        if cached is not None:
            return cached
        demo = demo_views.is_demo()
        frame: dict[str, Any] = {
            "site_title": self.site_title, "site_header": self.site_header, "site_url": self.site_url,
            "has_permission": self.has_permission(request), "available_apps": [], "is_popup": False, "is_nav_sidebar_enabled": False,
            "log_entries": [], "demo": demo, "desk_nav": [], "desk_lines": [], "desk_people": [],
        }
        if frame["has_permission"]:
            frame["desk_nav"] = navigation.sidebar(request)
            frame["desk_lines"] = navigation.system_lines(request)
            frame["desk_roles"] = dashboard.role_words(request)
        if demo:
            frame["demo_now"] = moment(request)
            frame["desk_people"] = demo_views.people()
        request.desk_frame = frame  # type: ignore[attr-defined]
        return frame

    def index(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Home: what this person should do next."""
        return dashboard.home(request)

    def all_data(self, request: HttpRequest) -> HttpResponse:
        """Every model page this person may read."""
        return page(request, "desk/all_data.html", "All data", app_list=self.get_app_list(request))

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Our pages first; the generic "view on site" redirect, which tells whether a row exists, is left out."""
        stock = [u for u in super().get_urls() if getattr(u, "name", "") != "view_on_site"]
        own: list[URLPattern | URLResolver] = [
            path("data/", desk_view(self.all_data), name="all_data"),
            path("record/verify/", act_view(dashboard.verify_record), name="verify_record"),
        ]
        return [*own, *compliance_urls(), *page_urls(), *import_urls(self), *demo_views.urls(), *stock]
