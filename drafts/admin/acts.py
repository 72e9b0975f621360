"""The buttons of the workspace. Each reads its form, calls one verb of ``drafts.review``, and shows what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from drafts import responses, review
from drafts.admin import workspace
from drafts.admin.acting import Missing, Problem, attempt, ids_of, needed, until_and_why, whole
from drafts.admin.lookup import follow_up_or_404
from drafts.review.base import Conflict
from governance import clock, topics
from governance.admin.pages import person
from governance.models import User

Act = Callable[[], Any]


def _ended(
    request: HttpRequest, pk: int, panel: str, act: Act, done: str | Callable[[int], str], *, stay: bool = False
) -> HttpResponse:
    """Run the verb; then the next draft of the list, or the same page with the reason and the typed words."""
    follow_up = follow_up_or_404(request, pk)
    next_pk = pk if stay else workspace.neighbour(request, follow_up)
    try:
        _, problem = attempt(request, panel, act)
    except Conflict as conflict:
        problem = Problem("E-LOCK", conflict.words, panel, posted=dict(request.POST.items()))
    if problem is not None:
        return workspace.shown(request, pk, problem)
    words = done(pk) if callable(done) else done
    messages.success(request, f"{follow_up.account.name}: {words}")
    if next_pk is None:
        return redirect(reverse("admin:drafts_followup_changelist") + workspace.list_query(request))
    return redirect(reverse("admin:review", args=[next_pk]) + workspace.list_query(request))


def _verb(request: HttpRequest) -> dict[str, Any]:
    """What every verb is told: who, when, and the version that was on the screen."""
    return {"by": person(request), "at": clock.now(), "version": whole(request, "version")}


def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve exactly the text and facts that were on the screen."""

    def act() -> Any:
        fingerprint = needed(request, "fingerprint", "the page is incomplete; please reload it")
        said = request.POST.getlist("corrections") if request.POST.get("coded") else None
        critical, reason = request.POST.get("critical") == "1", request.POST.get("reason", "")
        return review.approve(
            pk, fingerprint, acknowledged=ids_of(request, "acknowledged"), reason=reason, corrections=said, critical=critical, **_verb(request)
        )

    return _ended(request, pk, "approve", act, workspace.after_approval)


def request_changes(request: HttpRequest, pk: int) -> HttpResponse:
    """Back to the drafter with what should change."""

    def act() -> Any:
        text = request.POST.get("text", "")
        return review.request_changes(pk, request.POST.getlist("kinds"), text, **_verb(request))

    return _ended(request, pk, "request_changes", act, "sent back with your remarks.")


def reject(request: HttpRequest, pk: int) -> HttpResponse:
    """Not to be sent."""

    def act() -> Any:
        kind = needed(request, "kind", "choose why this should not be sent")
        cause = topics.CAUSES.get(kind, "") if request.POST.get("grouped") else ""
        return review.reject(pk, kind, request.POST.get("text", ""), cause=cause, **_verb(request))

    return _ended(request, pk, "reject", act, "rejected. Nothing will be sent.")


def route(request: HttpRequest, pk: int) -> HttpResponse:
    """To another role or person."""

    def act() -> Any:
        person = whole(request, "person")
        user = User.objects.filter(pk=person, is_active=True, is_service=False).first() if person else None
        role, note = request.POST.get("role", ""), request.POST.get("note", "")
        return review.route(pk, note=note, role=role, user=user, **_verb(request))

    return _ended(request, pk, "route", act, "routed.")


def snooze(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the account off until a day, with a reason; it comes back by itself."""

    def act() -> Any:
        verb = _verb(request)
        return review.snooze(pk, *until_and_why(request, verb["at"]), **verb)

    return _ended(request, pk, "snooze", act, "put off. It comes back by itself on that day.")


def mark_disputed(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm a dispute about the ticked invoices."""

    def act() -> Any:
        owner = whole(request, "owner")
        return review.mark_disputed(
            pk, ids_of(request, "invoices"), category=needed(request, "category", "choose a category"),
            quote=request.POST.get("quote", ""), by=person(request), at=clock.now(), reason=request.POST.get("reason", ""),
            owner=User.objects.filter(pk=owner, is_active=True).first() if owner else None,
        )  # fmt: skip

    return _ended(request, pk, "disputed", act, "disputed. Every message that names these invoices is stopped.", stay=True)


def confirm_signal(request: HttpRequest, pk: int) -> HttpResponse:
    """The possible dispute is one."""

    def act() -> Any:
        signal = whole(request, "signal")
        if signal is None:
            raise Missing("the page is incomplete; please reload it")
        return review.confirm_signal(_own_signal(request, pk, signal), by=person(request), at=clock.now())

    return _ended(request, pk, "signal", act, "dispute confirmed.", stay=True)


def dismiss_signal(request: HttpRequest, pk: int) -> HttpResponse:
    """Not a dispute, with the reason and the line that shows it."""

    def act() -> Any:
        signal = whole(request, "signal")
        if signal is None:
            raise Missing("the page is incomplete; please reload it")
        reason, evidence = request.POST.get("reason", ""), request.POST.get("evidence", "")
        return review.dismiss_signal(_own_signal(request, pk, signal), reason, evidence, by=person(request), at=clock.now())

    return _ended(request, pk, "signal", act, "not a dispute, recorded with your reason.", stay=True)


def _own_signal(request: HttpRequest, pk: int, signal: int) -> int:
    """The signal, if it belongs to this follow-up's account."""
    follow_up = follow_up_or_404(request, pk)
    if not follow_up.account.signals.filter(pk=signal).exists():
        raise Missing("this signal does not belong to this account")
    return signal


def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it into review. Answers JSON to the page's own script, else goes back to the page."""
    follow_up_or_404(request, pk)
    done, problem = attempt(request, "claim", lambda: review.open_for_review(pk, by=person(request), at=clock.now()))
    if request.headers.get("X-Requested-With") == "desk":
        until = done.claimed_until.isoformat() if done is not None and done.claimed_until else ""
        words = problem.words if problem else ""
        version = done.version if done is not None else None
        return JsonResponse({"until": until, "problem": words, "version": version}, status=problem.status if problem else 200)
    return workspace.shown(request, pk, problem) if problem else _back(request, pk)


def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Give it back to the queue, unchanged."""
    follow_up_or_404(request, pk)
    _, problem = attempt(request, "leave", lambda: review.leave(pk, by=person(request), at=clock.now()))
    return workspace.shown(request, pk, problem) if problem else redirect("admin:drafts_followup_changelist")


def take_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Take somebody else's claim."""
    follow_up_or_404(request, pk)
    _, problem = attempt(request, "claim", lambda: review.take_over(pk, by=person(request), at=clock.now()))
    return workspace.shown(request, pk, problem) if problem else _back(request, pk)


def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """A stopped message back into review; it needs a new approval."""
    act = lambda: review.reopen(pk, **_verb(request))  # noqa: E731
    return _ended(request, pk, "reopen", act, "back in review. It needs a new approval.", stay=True)


def close(request: HttpRequest, pk: int) -> HttpResponse:
    """The customer's answer was dealt with."""

    def act() -> Any:
        note = needed(request, "note", "say what was done about the answer")
        return responses.resolve(pk, note, by=person(request), at=clock.now())

    return _ended(request, pk, "close", act, "closed; the answer was dealt with.")


def _back(request: HttpRequest, pk: int) -> HttpResponse:
    return redirect(reverse("admin:review", args=[pk]) + workspace.list_query(request))
