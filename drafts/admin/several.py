"""Several rows of one page of the queue at once: handed over, put off or released through the verbs of one. Never approved, never rejected.

An approval names the text and the facts one person had on the screen; no list shows them, so there is nothing to approve from one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone

from drafts import review, states
from drafts.admin.acting import Missing, Problem, attempt, days_to_put_off, ids_of, needed, until_and_why, whole
from drafts.admin.filters import Filters, back_to, list_of
from drafts.admin.lookup import follow_ups_of
from drafts.admin.queue import PAGE, as_csv
from drafts.models import FollowUp
from governance import clock
from governance.admin.pages import moment, page, person, require
from governance.models import User
from governance.rights import people_with
from governance.roles import DECIDERS, label_of

MOST = PAGE  # one page of the queue: what somebody ticked they have seen


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that can be done to several rows: the button, what the page asks, and the words of a done one."""

    code: str
    button: str
    title: str
    done: str


ACTS = {
    act.code: act
    for act in (
        Act("assign", "Assign", "Assign to somebody", "assigned"),
        Act("route", "Route", "Route to a role", "routed"),
        Act("snooze", "Put off", "Put off until a day", "put off"),
        Act("release", "Release", "Release", "released"),
    )
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one row."""

    row: FollowUp
    done: bool
    words: str


def several(request: HttpRequest) -> HttpResponse:
    """The button below the queue: ask what is missing, then do it row by row and say what came of each."""
    require(request, "see_account")
    code, ids = request.POST.get("act", ""), list(dict.fromkeys(ids_of(request, "row")))
    if refusal := _refusal(code, ids):
        messages.error(request, refusal)
        return redirect(back_to(_list(request)))
    rows = follow_ups_of(request).filter(pk__in=ids).select_related("account", "owner", "claimed_by").order_by("work_rank", "pk")
    if code == "csv":
        return as_csv(request, rows)
    require(request, "route")
    act = ACTS[code]
    if code != "release" and request.POST.get("step") != "do":
        return _asked(request, act, list(rows))
    verb, problem = attempt(request, code, lambda: _verb(request, act, list(rows)))
    if problem is not None:
        return _asked(request, act, list(rows), problem)
    outcomes = [_one(request, row, verb, act) for row in rows]
    return page(
        request, "desk/several_done.html", f"{act.title}: what came of it", act=act, outcomes=outcomes, done=[o for o in outcomes if o.done],
        skipped=[o for o in outcomes if not o.done], missing=len(ids) - len(outcomes), back=back_to(_list(request)),
    )  # fmt: skip


def _refusal(code: str, ids: list[int]) -> str:
    """Why nothing is done at all; empty when it can begin."""
    if code not in ACTS and code != "csv":
        return (
            "Nothing was done. From the queue, rows can be assigned, routed, put off and released. Every message is read and decided on its "
            "own page: an approval names the text and the facts that were on the screen."
        )
    if not ids:
        return "Nothing was done: no row was ticked. Tick the rows first."
    if len(ids) > MOST:
        return f"Nothing was done: {len(ids)} rows at once, and {MOST} is the most. Tick rows of one page."
    return ""


def _list(request: HttpRequest) -> str:
    params = QueryDict(request.POST.get("list", ""))
    return list_of(params) or Filters().query


def _asked(request: HttpRequest, act: Act, rows: list[FollowUp], problem: Problem | None = None) -> HttpResponse:
    """The page that asks to whom, or until when."""
    first, last = days_to_put_off(moment(request))
    return page(
        request, "desk/several.html", act.title, status=problem.status if problem else 200, problem=problem, errors=problem is not None, act=act,
        rows=rows, people=_colleagues(request, rows), roles=[(role, label_of(role).capitalize()) for role in sorted(DECIDERS)],
        typed=problem.posted if problem else {}, first=first, last=last, list=_list(request),
        back=back_to(_list(request)),
    )  # fmt: skip


def _colleagues(request: HttpRequest, rows: list[FollowUp]) -> list[User]:
    """Who may decide where these rows are, without oneself."""
    found = {user.pk: user for portfolio in {row.portfolio_id for row in rows} for user in people_with(DECIDERS, portfolio)}
    return sorted((user for pk, user in found.items() if pk != request.user.pk), key=str)


def _verb(request: HttpRequest, act: Act, rows: list[FollowUp]) -> Callable[[FollowUp], str]:
    """The verb for one row, with what the form said. Raises ``Missing`` for what it did not say."""
    by, at = person(request), clock.now()
    if act.code == "release":
        return lambda row: _release(row, by, at)
    if act.code == "snooze":
        return _snoozing(request, by, at)
    if act.code == "route":
        role, note = needed(request, "role", "choose a role"), _note(request)
        return lambda row: _said(review.route(row.pk, note=note, role=role, by=by, at=at), f"routed: any {label_of(role)}")
    pk = whole(request, "person")
    if pk == by.pk:
        return lambda row: _claim(row, by, at)
    to = next((user for user in _colleagues(request, rows) if user.pk == pk), None)
    if to is None:
        raise Missing("choose who should look at them")
    note = _note(request)
    return lambda row: _said(review.route(row.pk, note=note, user=to, by=by, at=at), f"assigned to {to}")


def _snoozing(request: HttpRequest, by: User, at: datetime) -> Callable[[FollowUp], str]:
    day, reason = until_and_why(request, at)
    return lambda row: _said(review.snooze(row.pk, day, reason, by=by, at=at), f"put off until {day.day} {day:%b %Y}")


def _note(request: HttpRequest) -> str:
    return needed(request, "note", "write a word about what should be looked at")


def _said(_: Any, words: str) -> str:
    return words


def _claim(row: FollowUp, by: User, at: datetime) -> str:
    taken = review.open_for_review(row.pk, by=by, at=at)
    assert taken.claimed_until is not None
    return f"yours until {timezone.localtime(taken.claimed_until):%H:%M}"


def _release(row: FollowUp, by: User, at: datetime) -> str:
    """Give one's own claim back, or take up again what was put off."""
    if row.status == states.ON_HOLD:
        review.wake(row.pk, by=by, at=at)
        return "taken up again and computed anew"
    if row.claimed_by_id is None or row.claimed_until is None or row.claimed_until <= at:
        raise review.Blocked("E-FREE", "Nobody works on it: there is nothing to release.")
    if row.claimed_by_id == by.pk and row.status == states.AWAITING_APPROVAL:
        raise review.Blocked("E-FREE", f"It waits for a second approval. Your claim ends by itself at {timezone.localtime(row.claimed_until):%H:%M}.")
    review.leave(row.pk, by=by, at=at)
    return "given back to the queue"


def _one(request: HttpRequest, row: FollowUp, verb: Callable[[FollowUp], str], act: Act) -> Outcome:
    """One row in a transaction of its own: what stands in the way of one is no reason for the others."""
    words, problem = attempt(request, act.code, lambda: verb(row))
    if problem is None:
        return Outcome(row, True, words)
    row.refresh_from_db()
    if problem.code == "E-CLAIM":
        return Outcome(row, False, f"claimed by {row.claimed_by}")
    if problem.code == "E-403":
        return Outcome(row, False, f"not your team, {problem.refusal}" if "no role" in problem.refusal else f"not yours to do, {problem.refusal}")
    return Outcome(row, False, f"it is {row.get_status_display().lower()} now" if problem.code == "E-STATE" else problem.words)

