"""What the browser reports of a look at a draft; nothing on the screen depends on it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from drafts.admin.lookup import follow_up_or_404
from drafts.review.looking import looked
from governance import clock
from governance.admin.pages import may, person


def look(request: HttpRequest, pk: int) -> HttpResponse:
    """Record an opened draft or opened evidence; 204 in any case."""
    follow_up = follow_up_or_404(request, pk)
    draft, evidence = request.POST.get("draft", ""), request.POST.get("evidence", "")
    if may(request, "approve", follow_up) and draft.isdecimal() and len(draft) < 19:
        looked(pk, int(draft), int(evidence) if evidence in "123456789" and evidence else None, by=person(request), at=clock.now())
    return HttpResponse(status=204)

