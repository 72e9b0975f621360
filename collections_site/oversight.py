"""What an administrator reads under emergency access is on record before it is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from governance import break_glass
from governance.admin.pages import moment, person, scope_for

QUIET = frozenset({"jsi18n", "logout", "end_break_glass"})


class EmergencyAccessMiddleware:
    """Records every page asked for while an emergency access is open; what cannot be recorded is not shown."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Everything happens once the view is known."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        """One event per page: the name of its address and the id in it, never what was searched for."""
        match = request.resolver_match
        if match is None or match.namespace != "admin" or match.url_name in QUIET or not request.user.is_authenticated:
            return
        scope = scope_for(request)
        if scope.break_glass:
            subject = next((int(v) for v in kwargs.values() if str(v).isdecimal()), None)
            break_glass.note_page(scope.break_glass, match.url_name or "", subject, by=person(request), at=moment(request))
