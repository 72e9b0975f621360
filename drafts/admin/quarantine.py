"""After a restore: the one button that lets messages leave again."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from drafts.admin.acting import attempt, tell
from governance import clock, quarantine
from governance.admin.pages import person


def lift(request: HttpRequest) -> HttpResponse:
    """Lift the delivery quarantine with a reason; every waiting message is looked at once more before it leaves."""
    reason = request.POST.get("reason", "")
    _, problem = attempt(request, "quarantine", lambda: quarantine.lift(reason, by=person(request), at=clock.now()))
    tell(request, problem, "Lifted and on record. Every waiting message is looked at once more before it leaves.")
    return redirect("admin:outgoing")
