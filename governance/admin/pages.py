"""What every page of the desk shares: the person's reach (once per request), the frame, and refusals in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, cast

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseNotAllowed
from django.template.response import TemplateResponse

from governance import clock
from governance.blind import Withheld, withheld
from governance.decisions import Decision, NotAllowed
from governance.models import User
from governance.rights import Scope, can, scope_of

View = Callable[..., HttpResponse]


def person(request: HttpRequest) -> User:
    """Who is asking: every page of the desk is behind the sign-in."""
    return cast(User, request.user)


def moment(request: HttpRequest) -> datetime:
    """The moment this page is about, the same for everything on it."""
    now: datetime | None = getattr(request, "desk_moment", None)
    if now is None:
        now = clock.now()
        request.desk_moment = now  # type: ignore[attr-defined]
    return now


def scope_for(request: HttpRequest) -> Scope:
    """The person's reach, read once per request; the next request reads it again, so a demotion acts at once."""
    scope: Scope | None = getattr(request, "desk_scope", None)
    if scope is None:
        scope = scope_of(person(request))
        request.desk_scope = scope  # type: ignore[attr-defined]
    return scope


def withheld_for(request: HttpRequest) -> list[Withheld]:
    """Answers of others that this person does not see before they have answered themselves; read once per request."""
    found: list[Withheld] | None = getattr(request, "desk_withheld", None)
    if found is None:
        found = withheld(person(request), scope_for(request))
        request.desk_withheld = found  # type: ignore[attr-defined]
    return found


def may(request: HttpRequest, action: str, subject: Any = None) -> Decision:
    """``can`` for the person of this request, without reading the grants again."""
    return can(person(request), action, subject, scope=scope_for(request))


def require(request: HttpRequest, action: str, subject: Any = None) -> None:
    """Raise ``NotAllowed`` unless the person may; ``desk_view`` turns it into a page."""
    may(request, action, subject).or_raise()


def page(request: HttpRequest, template: str, title: str, *, status: int = 200, **context: Any) -> TemplateResponse:
    """One page in the frame of the desk. ``now`` is the moment every age on the page is measured from."""
    frame = admin.site.each_context(request)
    return TemplateResponse(request, template, {**frame, "title": title, "now": moment(request), **context}, status=status)


def desk_view(view: View, *, methods: tuple[str, ...] = ("GET", "HEAD", "POST")) -> View:
    """A page of the admin site for signed-in people; ``NotAllowed`` becomes a page that says why (403)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in methods:
            return HttpResponseNotAllowed(methods)
        if _has_nul(request):
            return HttpResponseBadRequest("The address or the form contains a NUL character, which no text has.")
        try:
            return view(request, *args, **kwargs)
        except NotAllowed as refusal:
            return refused(request, refusal.reason)

    return admin.site.admin_view(guarded)


def _has_nul(request: HttpRequest) -> bool:
    """True when some field carries a NUL: PostgreSQL stores none and would answer with an error."""
    sent = [*request.GET.lists(), *(request.POST.lists() if request.method == "POST" else [])]
    return any("\x00" in value for _, values in sent for value in values)


def act_view(view: View) -> View:
    """A page that changes something: POST only, with the CSRF token every admin form carries."""
    return desk_view(view, methods=("POST",))


def refused(request: HttpRequest, reason: str) -> HttpResponse:
    """The 403 page: what was asked, why not, where to go."""
    return page(request, "desk/refused.html", "Not possible for you", status=403, reason=reason)
