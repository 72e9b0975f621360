"""The question before the text: any reason not to write?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from drafts.admin import workspace
from drafts.admin.acting import attempt, needed
from drafts.admin.lookup import follow_up_or_404
from drafts.review import evidence_first
from governance import clock
from governance.admin.pages import person
from governance.measuring.kinds import FIRST_YES


def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the answer on record. No shows the text; yes shows it too, with the panel it calls for open and the reason in it."""
    follow_up_or_404(request, pk)
    yes = request.POST.get("answer") == FIRST_YES

    def act() -> Any:
        step = needed(request, "next", "choose what the reason calls for") if yes else ""
        if yes:
            needed(request, "text", "say what the reason is")
        return evidence_first.answer(pk, request.POST.get("answer", ""), step, by=person(request), at=clock.now())

    kept, problem = attempt(request, "first", act)
    if problem is not None:
        return workspace.shown(request, pk, problem)
    if yes:
        return workspace.shown(request, pk, carried={"panel": request.POST["next"], "text": request.POST["text"].strip()})
    if kept:  # not where another tab was faster: its answer stands
        messages.success(request, "Your answer is on record: no reason not to write.")
    return redirect(reverse("admin:review", args=[pk]) + workspace.list_query(request))
