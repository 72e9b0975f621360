"""The editor: save a revision, keep what is being typed, check it while it is typed, and never lose a word."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from drafts import review
from drafts.admin import workspace
from drafts.admin.acting import attempt, whole
from drafts.admin.lookup import follow_up_or_404
from drafts.admin.merging import put_together
from drafts.review.base import Conflict
from governance import clock
from governance.admin.pages import page, person, require


def save(request: HttpRequest, pk: int) -> HttpResponse:
    """A new revision of the text. When somebody saved meanwhile, both texts are shown and three ways on are offered."""
    follow_up_or_404(request, pk)
    subject, body = request.POST.get("subject", ""), request.POST.get("body", "")

    def act() -> Any:
        base = whole(request, "base_revision") or 0
        return review.edit(pk, subject, body, base, by=person(request), at=clock.now())

    try:
        draft, problem = attempt(request, "edit", act)
    except Conflict as conflict:
        return _conflict(request, pk, conflict)
    if problem is not None:
        return workspace.shown(request, pk, problem, editing=True, typed=request.POST.dict())
    blocking = draft.findings.filter(severity="block").count()
    tail = f" {blocking} blocking check{'s' if blocking != 1 else ''}." if blocking else " All checks ran."
    messages.success(request, f"Saved as version {draft.revision}. Earlier approvals of the old text are void.{tail}")
    return redirect(reverse("admin:review", args=[pk]) + workspace.list_query(request))


def keep(request: HttpRequest, pk: int) -> JsonResponse:
    """The working copy, saved while typing; not a version."""
    follow_up = follow_up_or_404(request, pk)
    subject, body = request.POST.get("subject", ""), request.POST.get("body", "")

    def act() -> Any:
        draft_id = whole(request, "draft") or follow_up.draft_id or 0
        return review.save_working_copy(draft_id, subject, body, by=person(request), at=clock.now(), follow_up_id=pk)

    _, problem = attempt(request, "edit", act)
    words = problem.words if problem else "Your words are kept. They become a version when you save."
    return JsonResponse({"words": words, "ok": problem is None}, status=problem.status if problem else 200)


def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Let go of what was typed: the version in force stands, and the editor begins with it again."""
    follow_up_or_404(request, pk)
    dropped, problem = attempt(request, "edit", lambda: review.drop_working_copy(pk, by=person(request)))
    if problem is not None:
        return workspace.shown(request, pk, problem)
    if dropped:
        messages.success(request, "Your unsaved words are gone. The version below stands.")
    return redirect(reverse("admin:review", args=[pk]) + workspace.list_query(request))


def check(request: HttpRequest, pk: int) -> HttpResponse:
    """The checks over the text as typed: the same gate as at saving, nothing is stored. Answers the list of findings."""
    follow_up = follow_up_or_404(request, pk)
    require(request, "edit_draft", follow_up)
    subject, body = request.POST.get("subject", ""), request.POST.get("body", "")
    act = lambda: review.check_text(pk, subject, body, by=person(request), at=clock.now())  # noqa: E731
    findings, problem = attempt(request, "edit", act)
    context = {"findings": findings or [], "typed": True, "problem": problem, "now": clock.now()}
    return TemplateResponse(request, "desk/parts/findings.html", context, status=problem.status if problem else 200)


def _conflict(request: HttpRequest, pk: int, conflict: Conflict) -> HttpResponse:
    """Both texts, what each changed, and the three choices. Nothing has been saved or approved."""
    follow_up = follow_up_or_404(request, pk)
    mine = conflict.mine
    base, current = conflict.base, conflict.current
    merge = None
    if mine is not None and base is not None and current is not None:
        merge = put_together(base, mine, current)
    return page(
        request, "desk/conflict.html", f"Two versions: {follow_up.account.name}", status=409, f=follow_up, conflict=conflict,
        mine=mine, base=base, current=current, merge=merge, errors=True, list_query=workspace.list_query(request),
    )  # fmt: skip
