"""What the browser reports of a look at a draft; nothing on the screen depends on it."""

from __future__ import annotations

import logging

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse

from drafts.admin.lookup import follow_up_or_404
from drafts.review.looking import looked
from drafts.review.timing import beat
from governance import clock
from governance.admin.pages import may, person

log = logging.getLogger(__name__)


def look(request: HttpRequest, pk: int) -> HttpResponse:
    """Record an opened draft, opened evidence, or some seconds of looking; 204 in any case."""
    follow_up = follow_up_or_404(request, pk)
    draft, evidence, seconds = (request.POST.get(name, "") for name in ("draft", "evidence", "seconds"))
    if "first" in request.GET and not evidence:
        return HttpResponse(status=204)  # the text is not shown yet: nobody looks at it
    if may(request, "approve", follow_up) and draft.isdecimal() and len(draft) < 19:
        number = int(evidence) if evidence in "123456789" and evidence else None
        try:
            if seconds.isdecimal() and len(seconds) < 4:
                beat(pk, int(draft), int(seconds), by=person(request), at=clock.now())
            else:
                looked(pk, int(draft), number, by=person(request), at=clock.now())
        except OperationalError:
            # A busy database: the look is then not on record and the history says so. Nobody's work waits for it.
            log.warning("a look at draft %s was not recorded", draft, exc_info=True)
    return HttpResponse(status=204)

