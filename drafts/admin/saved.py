"""Lists of the queue under a name: saved, shared with a team, renamed, deleted. A view holds filters, never rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from drafts.admin.acting import Missing, Problem, attempt, needed, whole
from drafts.admin.filters import CHOICES, Filters, back_to, list_of, unknown
from drafts.admin.work import TABS
from drafts.models import SavedView
from drafts.review import Blocked
from governance import clock
from governance.admin.pages import may, page, person, require, scope_for
from governance.audit import Entry, record
from governance.decisions import Denied
from governance.models import Portfolio, User
from governance.roles import ACTIONS

MOST = 30  # own views of one person; a longer row of tabs is no help
NAME_LENGTH, QUERY_LENGTH = 60, 500


def visible(request: HttpRequest) -> QuerySet[SavedView]:
    """One's own views, and those shared with a team in which this person works; by name."""
    scope, readers = scope_for(request), ACTIONS["see_account"].roles
    shared = Q(portfolio__isnull=False) if scope.roles_everywhere & readers else Q(portfolio_id__in=scope.portfolio_ids)
    return SavedView.objects.filter(Q(owner=person(request)) | shared).select_related("owner", "portfolio").order_by("name", "pk")


def new_view(request: HttpRequest) -> HttpResponse:
    """The form that gives a list a name (GET), and the saving (POST)."""
    require(request, "see_account")
    if request.method != "POST":
        return _form(request, list_of(request.GET))
    query = request.POST.get("query", "")
    view, problem = attempt(request, "view", lambda: _save(request, query, clock.now()))
    if problem is not None:
        return _form(request, query, problem=problem)
    who = f"Everybody in {view.portfolio} finds it above their queue and sees their own rows in it." if view.portfolio else "Only you see it."
    messages.success(request, f"Saved as “{view.name}”. {who}")
    return redirect(back_to(view.query))


def view(request: HttpRequest, pk: int) -> HttpResponse:
    """One view: rename it (POST), or go on to delete it. For its owner; colleagues use it."""
    row = _own(request, pk)
    if request.method != "POST":
        return _form(request, row.query, row)
    _, problem = attempt(request, "view", lambda: _rename(row, _name(request), by=person(request), at=clock.now()))
    if problem is not None:
        return _form(request, row.query, row, problem)
    messages.success(request, f"The view is called “{row.name}” now.")
    return redirect(back_to(row.query))


def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete one's own view; rows are not touched."""
    row = _own(request, pk)
    with transaction.atomic():
        _tell(row, "view.withdrawn", person(request), clock.now())
        row.delete()
    messages.success(request, f"The view “{row.name}” is deleted. No message was touched.")
    return redirect(back_to("tab=mine"))


def _form(request: HttpRequest, query: str, row: SavedView | None = None, problem: Problem | None = None) -> HttpResponse:
    wanted = Filters.of(QueryDict(query))
    teams = [p for p in Portfolio.objects.filter(pk__in=_teams(request)).order_by("name") if may(request, "route", p)]
    typed: Any = problem.posted if problem else {"name": row.name if row else ""}
    return page(
        request, "desk/view.html", "Rename this view" if row else "Save this view", status=problem.status if problem else 200, problem=problem,
        errors=problem is not None, view=row, query=query, words=in_words(wanted), teams=teams, typed=typed, back=back_to(wanted.query),
    )  # fmt: skip


def in_words(wanted: Filters) -> list[str]:
    """What a list leaves, part by part: "Lane: Exception"."""
    tab = next(t for t in TABS if t.key == wanted.tab)
    found = [f"List: {tab.title}"] + ([f"Search: {wanted.q}"] if wanted.q else [])
    for name, values in CHOICES.items():
        chosen = getattr(wanted, name)
        if name != "tab" and chosen and (name, chosen) != ("sort", "work"):
            found.append(f"{LABELS[name]}: {values[chosen]}")
    return found


LABELS = {
    "lane": "Lane", "signal": "Signal", "due": "Decide by", "amount": "Amount", "age": "Oldest debt", "owner": "Owner", "sources": "Sources",
    "writer": "Written by", "sort": "Order",
}  # fmt: skip


def _teams(request: HttpRequest) -> list[int]:
    scope = scope_for(request)
    if scope.roles_everywhere & ACTIONS["route"].roles:
        return list(Portfolio.objects.values_list("pk", flat=True))
    return scope.portfolio_ids


def _own(request: HttpRequest, pk: int) -> SavedView:
    """A view of this person; somebody else's is refused in words, one out of reach does not exist."""
    require(request, "see_account")
    row = visible(request).filter(pk=pk).first()
    if row is None:
        raise Http404
    if row.owner_id != request.user.pk:
        Denied(f"because only {row.owner}, who saved this view, may rename or delete it").or_raise()
    return row


def _name(request: HttpRequest) -> str:
    name = " ".join(needed(request, "name", "give the view a name").split())
    if len(name) > NAME_LENGTH:
        raise Missing(f"a name has {NAME_LENGTH} characters at most; this one has {len(name)}")
    return name


def _save(request: HttpRequest, query: str, at: datetime) -> SavedView:
    """Check the name, the list and the team, and write the view; one that others find is put on record."""
    by, name, params = person(request), _name(request), QueryDict(query)
    if strange := unknown(params):
        raise Blocked("E-VIEW", f"This list cannot be saved: no filter of the queue is called {', '.join(strange)}. Set the filters again, then save.")
    wanted = Filters.of(params).query
    if len(wanted) > QUERY_LENGTH:
        raise Blocked("E-VIEW", "This list cannot be saved: its search is too long. Shorten it, then save.")
    portfolio = _team(request)
    if SavedView.objects.filter(owner=by).count() >= MOST:
        raise Blocked("E-VIEW", f"You have {MOST} views already. Delete one you no longer need, then save this one.")
    row = SavedView(name=name, query=wanted, owner=by, portfolio=portfolio, created_at=at)
    _write(row, "view.shared", by, at)
    return row


def _team(request: HttpRequest) -> Portfolio | None:
    pk = whole(request, "portfolio")
    if pk is None:
        return None
    found = Portfolio.objects.filter(pk=pk).filter(pk__in=_teams(request)).first()
    if found is None:
        raise Missing("choose one of your own teams, or keep the view to yourself")
    may(request, "route", found).or_raise()
    return found


def _rename(row: SavedView, name: str, *, by: User, at: datetime) -> None:
    before, row.name = row.name, name
    try:
        _write(row, "view.renamed", by, at)
    except Blocked:
        row.name = before
        raise


def _write(row: SavedView, action: str, by: User, at: datetime) -> None:
    """Save the row. Raises ``Blocked`` when its name is taken."""
    same = SavedView.objects.filter(name__iexact=row.name, portfolio=row.portfolio).exclude(pk=row.pk)
    taken = same if row.portfolio_id else same.filter(owner=row.owner)
    where = f"in {row.portfolio}" if row.portfolio_id else "among your own views"
    refusal = Blocked("E-VIEW", f"There is a view called “{row.name}” {where} already. Choose another name; the list is still here.")
    if taken.exists():
        raise refusal
    try:
        with transaction.atomic():
            row.save()
            _tell(row, action, by, at)
    except IntegrityError:  # somebody saved the same name in the same second
        raise refusal from None


def _tell(row: SavedView, action: str, by: User, at: datetime) -> None:
    """What changes the desk of others is on record; one's own lists are one's own."""
    if row.portfolio_id:
        record([Entry("system", action, "view", row.pk, {"portfolio": row.portfolio_id})], by=by, at=at)
