"""The page of the demo's tour: eight cases with a box each, ticked by the record where it can tell. Elsewhere these addresses answer 404."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from collections_site.demo import tour
from collections_site.demo.people import PEOPLE
from drafts.admin.acting import attempt, tell
from governance.admin.pages import page
from governance.models import User

# Which steps somebody says to have seen; a cookie, because entering as another person ends the session.
COOKIE = "desk_tour"
A_WEEK = 7 * 24 * 3600


def safe_next(text: str) -> str:
    """A page of this site to go on to; empty for anything else."""
    return text if text.startswith("/admin/") and url_has_allowed_host_and_scheme(text, allowed_hosts=None) else ""


def ticked(request: HttpRequest) -> set[str]:
    """The steps ticked by hand in this browser."""
    return set(request.COOKIES.get(COOKIE, "").split(".")) & set(tour.BY_KEY)


def show(request: HttpRequest) -> HttpResponse:
    """The eight steps, each with who looks at it; what was done since the book was opened is ticked by itself."""
    since, by_hand = tour.opened_at(), ticked(request)
    names = {person.username: person for person in PEOPLE}
    users = dict(User.objects.filter(username__in=names).values_list("username", "pk"))
    steps: list[dict[str, Any]] = []
    for number, step in enumerate(tour.STEPS, 1):
        where, by_record = _standing(step, since)
        steps.append(
            {
                "n": number, "step": step, "person": names[step.who], "user": users.get(step.who), "where": where,
                "here": users.get(step.who) == request.user.pk, "by_record": by_record, "done": by_record or step.key in by_hand,
            }
        )  # fmt: skip
    done = sum(one["done"] for one in steps)
    return page(request, "desk/demo_tour.html", "Five-minute tour", steps=steps, done=done, left=len(steps) - done)


def _standing(step: tour.Step, since: datetime | None) -> tuple[str, bool]:
    """Where the case is (empty while the book does not have it yet) and whether the record shows it done."""
    try:
        return step.where(), bool(since and step.seen and step.seen(since))
    except ObjectDoesNotExist:
        return "", False


def tick(request: HttpRequest) -> HttpResponse:
    """Tick a step by hand, or untick it."""
    key = request.POST.get("step", "")
    if key not in tour.BY_KEY:
        raise Http404
    response = redirect(f"{redirect('admin:demo_tour').url}#{key}")
    response.set_cookie(COOKIE, ".".join(sorted(ticked(request) ^ {key})), max_age=A_WEEK, httponly=True, samesite="Lax")
    return response


def disturb(request: HttpRequest) -> HttpResponse:
    """Let a colleague or a customer do what makes the case interesting."""
    act = tour.BREAKS.get(request.POST.get("act", ""))
    if act is None:
        raise Http404
    words, problem = attempt(request, "tour", act)
    if problem is not None:
        tell(request, problem, "")
    else:
        messages.success(request, words)
    return redirect("admin:demo_tour")
