"""Answers for load balancers: ok or not ok, no detail without signing in."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from governance import guards


@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and every guard stands in it, else 503."""
    try:
        ready = not guards.missing(connection)
    except DatabaseError:
        ready = False
    return JsonResponse({"ok": ready}, status=200 if ready else 503)
