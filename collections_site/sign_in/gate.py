"""The gate before every page: who has not shown the second factor sees nothing else, and high acts ask again who is there.

A form that meets the gate is not lost: the page that asks carries everything that was typed, and its answer goes on to where the form was
going. CSRF has been checked by then: the gate stands behind that check.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, login
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.http import urlencode

from collections_site.sign_in import visit
from governance import clock, second_factor
from governance.models import User

OPEN = frozenset({
    "login", "logout", "second_factor", "recovery_codes", "stay", "jsi18n", "password_change", "password_change_done", "single_sign_on", "set_language",
    "single_sign_on_done", "demo_enter",
})  # fmt: skip
# Acts that ask again who is there: what gives rights, changes rules, lets messages leave or go elsewhere, takes data out, or cannot be undone.
HIGH = frozenset({
    "give_role", "answer_role", "end_role", "leave_group", "reset_second_factor", "governance_user_add", "governance_user_change",
    "auth_user_password_change", "begin_break_glass", "activate_text", "activate_prompt", "policy_activate", "request_pack", "download_pack",
    "erase_contact", "lift_quarantine", "resume_sending", "recovery_codes", "answer_address",
})  # fmt: skip
AGAIN = ("again_username", "again_password", "again_code", "again")


class SignInGate:
    """See the module."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Everything happens once the view is known."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """None lets the page answer."""
        match = request.resolver_match
        if match is None or match.namespace != "admin":
            return None
        name = match.url_name or ""
        if not request.user.is_authenticated:
            return _visit_over(request) if request.method == "POST" and name not in OPEN else None
        if name not in OPEN and not visit.complete(request):
            back = request.get_full_path() if request.method == "GET" else ""
            return redirect(f"{redirect('admin:second_factor').url}?{urlencode({'next': back})}")
        if request.method == "POST" and name in HIGH and not visit.proved(request):
            return _again(request)
        return None


def typed(request: HttpRequest) -> list[tuple[str, str]]:
    """Everything the form brought along, but for the token and the answers to the gate itself."""
    return [(name, value) for name, values in request.POST.lists() if name not in (*AGAIN, "csrfmiddlewaretoken") for value in values]


def _let_through(request: HttpRequest) -> None:
    """The view behind sees the form as it was first sent."""
    form = QueryDict(mutable=True)
    for name, value in typed(request):
        form.appendlist(name, value)
    form["csrfmiddlewaretoken"] = request.POST.get("csrfmiddlewaretoken", "")
    form._mutable = False
    request.POST = form  # type: ignore[assignment]


def _again(request: HttpRequest) -> HttpResponse | None:
    """Ask again; a right answer lets the act through."""
    user: Any = request.user
    row = second_factor.of(user)
    problem = ""
    if "again" in request.POST:
        if _shown_again(request, user):
            visit.prove(request)
            _let_through(request)
            return None
        problem = "This does not fit. Nothing has been done yet. Try again."
    by_password = settings.PASSWORD_SIGN_IN and user.has_usable_password()
    context = {"by_password": by_password, "by_code": row is not None, "problem": problem, "title": "Who is there?", "minutes": settings.PROVE_AGAIN_SECONDS // 60}
    return _page(request, "desk/again.html", context)


def _shown_again(request: HttpRequest, user: User) -> bool:
    password, code = request.POST.get("again_password", ""), request.POST.get("again_code", "").strip()
    if code:
        return second_factor.verify(user, code, at=clock.now())
    if password and settings.PASSWORD_SIGN_IN:
        return authenticate(request, username=user.get_username(), password=password) == user
    return False


def _visit_over(request: HttpRequest) -> HttpResponse | None:
    """The visit ended while something was typed: sign in on the spot, and the form goes on."""
    if request.headers.get("X-Requested-With") == "desk":
        words = "You are signed out. Your text is still on this page: sign in again in another tab, then go on here."
        return JsonResponse({"words": words, "problem": words}, status=401)
    problem = ""
    if "again" in request.POST:
        user: Any = _signed_in_again(request)
        if user is not None:
            row = second_factor.of(user) if settings.SECOND_FACTOR else None
            login(request, user)
            visit.begin(request)
            if row is not None:
                visit.factor_used(request, row)
            _let_through(request)
            return None if visit.complete(request) else redirect("admin:second_factor")
        problem = "This user name, password or code does not fit. Your text is still here. Try again."
    return _page(request, "desk/visit_over.html", {"problem": problem, "title": "You were signed out", "fields": typed(request)})


def _signed_in_again(request: HttpRequest) -> User | None:
    if not settings.PASSWORD_SIGN_IN:
        return None
    user: Any = authenticate(request, username=request.POST.get("again_username", ""), password=request.POST.get("again_password", ""))
    if user is None or user.is_service:
        return None
    code = request.POST.get("again_code", "").strip()
    if settings.SECOND_FACTOR and second_factor.of(user) is not None and not (code and second_factor.verify(user, code, at=clock.now())):
        return None
    return user  # type: ignore[no-any-return]


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A page without the frame's figures, which carries what was typed."""
    from django.contrib import admin  # the site is built after this module is named in the settings

    frame = {**admin.site.each_context(request), "desk_nav": [], "desk_lines": [], "has_permission": False, "second_factor_on": settings.SECOND_FACTOR}
    shown = {**frame, "fields": typed(request), "target": request.get_full_path(), "password_sign_in": settings.PASSWORD_SIGN_IN, **context}
    response = TemplateResponse(request, template, {**shown, "single_sign_on": settings.OIDC_NAME if settings.OIDC_ISSUER else ""}, status=403)
    response["Cache-Control"] = "no-store"
    return response
