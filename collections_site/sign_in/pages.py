"""Pages of signing in: the second factor, recovery codes, staying signed in, a locked sign-in, and how a colleague signs in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import segno
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from collections_site.sign_in import single_sign_on, visit
from drafts.admin.acting import attempt, tell
from governance import assignment, clock, second_factor
from governance.admin.pages import act_view, desk_view, may, page, person, require, scope_for
from governance.models import RecoveryCode, User
from governance.rights import scope_of

View = Callable[..., HttpResponse]


def signed_in(view: View, *, methods: tuple[str, ...] = ("GET", "HEAD", "POST")) -> View:
    """For people who gave their password and nothing more yet: such a page shows nothing of the desk."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in methods:
            return HttpResponseNotAllowed(methods)
        if not request.user.is_authenticated or person(request).is_service:
            return redirect("admin:login")
        return view(request, *args, **kwargs)

    return never_cache(csrf_protect(guarded))


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()) else redirect("admin:index").url


def second_factor_page(request: HttpRequest) -> HttpResponse:
    """Set it up, show a code of it, or see that it stands."""
    user, problem = person(request), ""
    row = second_factor.of(user)
    if request.method == "POST" and row is None and request.POST.get("begin"):
        second_factor.begin(user, at=clock.now())
        return redirect(f"{request.path}?{urlencode({'next': _next(request)})}")
    if request.method == "POST":
        code = request.POST.get("code", "")
        if row is None:
            codes, refused = attempt(request, "enrol", lambda: second_factor.enrol(user, code, at=clock.now()))
            if refused is None:
                visit.factor_used(request, second_factor.of(user))  # type: ignore[arg-type]
                return _codes(request, codes)
            problem = refused.words
        elif second_factor.verify(user, code, at=clock.now()):
            visit.factor_used(request, row)
            return redirect(_next(request))
        else:
            problem = "This code does not fit, was used before, or came too soon after a wrong one. Wait for the next code and try again."
    done = visit.complete(request) and row is not None
    left = RecoveryCode.objects.filter(user=user, used_at__isnull=True).count() if done else 0
    return page(
        request, "desk/second_factor.html", "Second factor", status=409 if problem else 200, problem=problem, row=row, done=done, left=left,
        next=_next(request), needed=second_factor.needed(scope_for(request)), **(_to_scan(user) if row is None else {}),
    )  # fmt: skip


def _to_scan(user: User) -> dict[str, Any]:
    """Picture and key for the app, once the person began."""
    begun = second_factor.begun(user)
    if begun is None:
        return {}
    groups = [begun.key[n : n + 4] for n in range(0, len(begun.key), 4)]
    picture = segno.make(begun.address, micro=False).svg_data_uri(scale=5, border=3, light="#fff")
    return {"key": " ".join(groups), "address": begun.address, "picture": picture}


def _codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    request.desk_complete = request.desk_frame = None  # type: ignore[attr-defined]  # the gate is open from this answer on
    return page(request, "desk/recovery_codes.html", "Recovery codes", codes=codes, next=_next(request))


def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Ten new codes, shown once."""
    if not visit.complete(request):
        return redirect("admin:second_factor")
    codes, problem = attempt(request, "codes", lambda: second_factor.new_codes(person(request), at=clock.now()))
    if problem is not None:
        tell(request, problem, "")
        return redirect("admin:second_factor")
    return _codes(request, codes)


def stay(request: HttpRequest) -> HttpResponse:
    """Go on for the usual time; the answer is for the warning on the page."""
    return JsonResponse({"left": visit.stay(request)})


def locked_out(request: HttpRequest, credentials: Any = None, *args: Any, **kwargs: Any) -> HttpResponse:
    """Too many wrong tries from here with this name; whether the name exists is not said."""
    minutes = int(settings.AXES_COOLOFF_TIME * 60)
    context = {**admin.site.each_context(request), "title": "Too many tries", "minutes": minutes, "has_permission": False, "desk_nav": [], "desk_lines": []}
    return TemplateResponse(request, "desk/locked_out.html", context, status=429).render()


def how_a_person_signs_in(request: HttpRequest, pk: int) -> HttpResponse:
    """The second factor and the groups of a colleague, for administrators."""
    require(request, "see_roles")
    user = User.objects.filter(pk=pk).first()
    if user is None:
        raise Http404
    return page(
        request, "desk/person_sign_in.html", f"Sign-in of {user}", whose=user, row=second_factor.of(user), groups=list(Group.objects.filter(user=user)),
        left=RecoveryCode.objects.filter(user=user, used_at__isnull=True).count(), resets=second_factor.may_reset(person(request), user),
        leaves=assignment.may_assign(person(request), None) and user.pk != person(request).pk, assigns=may(request, "assign_roles"),
        crumbs=[(redirect("admin:governance_user_changelist").url, "People")],
    )  # fmt: skip


def reset(request: HttpRequest, pk: int) -> HttpResponse:
    """For a lost phone."""
    require(request, "assign_roles")
    user = User.objects.filter(pk=pk).first()
    if user is None:
        raise Http404
    reason = request.POST.get("reason", "")
    _, problem = attempt(request, "reset", lambda: second_factor.reset(user, reason, by=person(request), at=clock.now()))
    tell(request, problem, f"{user} sets up a new second factor at the next sign-in. Give nobody a password by telephone.")
    return redirect("admin:person_sign_in", user.pk)


def begin_after_password(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """What follows a sign-in by password: the visit begins, and the next page knows whether a second factor is due."""
    if request.method == "POST" and response.status_code == 302 and request.user.is_authenticated:
        visit.begin(request)
        user = person(request)
        if second_factor.of(user) is None and second_factor.needed(scope_of(user)):
            second_factor.begin(user, at=clock.now())  # so that the page that follows has nothing to write
    return response


def sign_in_urls() -> list[URLPattern]:
    """Addresses of signing in."""
    return [
        path("second-factor/", signed_in(second_factor_page), name="second_factor"),
        path("second-factor/codes/", signed_in(recovery_codes, methods=("POST",)), name="recovery_codes"),
        path("language/", require_POST(set_language), name="set_language"),
        path("stay/", signed_in(stay, methods=("POST",)), name="stay"),
        path("single-sign-on/", single_sign_on.start, name="single_sign_on"),
        path("single-sign-on/done/", single_sign_on.done, name="single_sign_on_done"),
        path("people/<int:pk>/sign-in/", desk_view(how_a_person_signs_in, methods=("GET", "HEAD")), name="person_sign_in"),
        path("people/<int:pk>/second-factor/reset/", act_view(reset), name="reset_second_factor"),
    ]
