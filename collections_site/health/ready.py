"""Answers for load balancers: ok or not ok. Details are for people of the installation who are signed in."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from governance import guards, quarantine
from governance.rights import can


@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and every guard stands in it, else 503.

    Signed in, also whether sending is refused after a restore, and why: the desk itself is ready then, so the answer stays 200.
    """
    told: dict[str, object] = {}
    try:
        ready = not guards.missing(connection)
        if request.user.is_authenticated and can(request.user, "see_health"):
            told["quarantine"] = [{"cause": row.cause, "since": row.found_at, "words": row.words} for row in quarantine.standing()]
    except DatabaseError:
        ready = False
    return JsonResponse({"ok": ready, **told}, status=200 if ready else 503)
