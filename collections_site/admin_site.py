"""The admin site of the desk: who may enter, the frame, the front page per role, and the pages that are not model pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path

from accounts.admin.imports import import_urls
from collections_site import dashboard, demo_views, navigation
from collections_site.health.pages import health_urls
from collections_site.measures.pages import measure_urls
from collections_site.notices.pages import notice_urls
from collections_site.sign_in import pages, single_sign_on, visit
from drafts.admin.compliance import compliance_urls
from drafts.admin.urls import page_urls
from governance import clock
from governance.admin.pages import act_view, desk_view, moment, page
from governance.audit import Entry, record


class SignInForm(AdminAuthenticationForm):
    """Every named, active person may sign in; what they see is decided by their roles. Service accounts may not."""

    error_messages: ClassVar = {
        **AdminAuthenticationForm.error_messages,
        "invalid_login": "This user name and this password do not fit together. Capital letters count. Nothing else is said here, for safety.",
    }

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
        """Signed in, active, a person, and nothing left to show (a second factor)."""
        user = request.user
        return bool(user.is_authenticated and user.is_active and not getattr(user, "is_service", False)) and visit.complete(request)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """The frame; computed once per request although several layers of the admin ask for it."""
        cached: dict[str, Any] | None = getattr(request, "desk_frame", None)
        if cached is not None:
            return cached
        demo = demo_views.is_demo()
        frame: dict[str, Any] = {
            "site_title": self.site_title, "site_header": self.site_header, "site_url": self.site_url,
            "has_permission": self.has_permission(request), "available_apps": [], "is_popup": False, "is_nav_sidebar_enabled": False,
            "log_entries": [], "demo": demo, "single_sign_on": settings.OIDC_NAME if single_sign_on.configured() else "",
            "password_sign_in": settings.PASSWORD_SIGN_IN, "desk_nav": [], "desk_lines": [], "desk_people": [],
        }
        if frame["has_permission"]:
            frame["seconds_left"] = visit.seconds_left(request)
            frame["desk_nav"] = navigation.sidebar(request)
            frame["desk_lines"] = navigation.system_lines(request)
            frame["desk_roles"] = dashboard.role_words(request)
        if demo:
            frame["demo_now"] = moment(request)
            frame["desk_people"] = demo_views.people()
        request.desk_frame = frame  # type: ignore[attr-defined]
        return frame

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """By password, where the installation allows it; then the visit begins."""
        if request.method == "POST" and not settings.PASSWORD_SIGN_IN:
            return HttpResponse("Passwords are switched off here. Use single sign-on.", status=403, content_type="text/plain; charset=utf-8")
        return pages.begin_after_password(request, super().login(request, extra_context))

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """One's own password; the change is on record."""
        response = super().password_change(request, extra_context)
        if request.method == "POST" and response.status_code == 302:
            with transaction.atomic():
                user: Any = request.user
                record([Entry("rights", "rights.password_changed", "user", user.pk, {})], by=user, at=clock.now())
        return response

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
        return [
            *own, *pages.sign_in_urls(), *compliance_urls(), *health_urls(), *page_urls(), *measure_urls(), *notice_urls(), *import_urls(self),
            *demo_views.urls(), *stock,
        ]  # fmt: skip
