"""Incidents: the list, one incident with its correction and its closure check, and "this message was wrong" on a sent one."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import Account
from drafts.admin.acting import Problem, attempt, day_of, needed, tell, whole
from drafts.admin.lookup import accounts_of, follow_ups_of
from drafts.compliance import incidents as verbs
from drafts.models import Delivery
from governance import clock
from governance.admin.base import reach
from governance.admin.pages import may, moment, page, person, require, scope_for
from governance.models import Incident, User

PAGE = 100


def _visible(request: HttpRequest) -> QuerySet[Incident]:
    """Incidents of the person's portfolios; those of the whole installation for roles in all portfolios."""
    inside = reach(scope_for(request), "see_incidents", "portfolio_id", "account_id")
    rows = Incident.objects.select_related("noticed_by", "action_owner", "corrected_by", "closed_by")
    return rows if inside is None else rows.filter(inside & Q(portfolio__isnull=False))


def incidents(request: HttpRequest) -> HttpResponse:
    """Open ones by severity and age, or the closed ones."""
    require(request, "see_incidents")
    tab = "closed" if request.GET.get("tab") == "closed" else "open"
    rows = _visible(request)
    rows = rows.filter(state=Incident.State.CLOSED) if tab == "closed" else rows.exclude(state=Incident.State.CLOSED)
    found = list(rows.order_by("-pk")[:PAGE])
    names = dict(accounts_of(request).filter(pk__in=[row.account_id for row in found if row.account_id]).values_list("pk", "name"))
    today = moment(request).date()
    shown = [{"i": row, "account": names.get(row.account_id or 0, ""), "late": _late(row, today)} for row in found]
    return page(request, "desk/incidents.html", "Incidents", rows=shown, tab=tab, crumbs=_crumbs(request))


def _late(row: Incident, today: Any) -> bool:
    return row.state == Incident.State.CORRECTING and row.action_due is not None and row.action_due < today


def _crumbs(request: HttpRequest, *more: tuple[str, str]) -> list[tuple[str, str]]:
    home = [(redirect("admin:compliance").url, "Compliance")] if may(request, "see_compliance") else []
    return [*home, *more]


def _one(request: HttpRequest, pk: int) -> Incident:
    require(request, "see_incidents")
    row = _visible(request).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def incident(request: HttpRequest, pk: int) -> HttpResponse:
    """One incident."""
    return _shown(request, _one(request, pk))


def _shown(request: HttpRequest, row: Incident, problem: Problem | None = None) -> HttpResponse:
    account: Account | None = accounts_of(request).filter(pk=row.account_id).first() if row.account_id else None
    me = person(request).pk
    delivery = row.source.removeprefix("delivery:") if row.source.startswith("delivery:") else ""
    return page(
        request, "desk/incident.html", f"Incident {row.pk}", i=row, account=account, delivery=delivery, owners=verbs.owners(row),
        may_correct=may(request, "correct_incident", row), mine=row.action_owner_id == me, late=_late(row, moment(request).date()),
        may_check=may(request, "close_incident", row) and me not in (row.action_owner_id, row.corrected_by_id), problem=problem,
        typed=problem.posted if problem else {}, errors=problem is not None, status=problem.status if problem else 200,
        crumbs=_crumbs(request, (redirect("admin:incidents").url, "Incidents")),
    )  # fmt: skip


def _done(request: HttpRequest, row: Incident, problem: Problem | None, words: str) -> HttpResponse:
    if problem is not None:
        return _shown(request, row, problem)
    tell(request, None, words)
    return redirect("admin:incident", row.pk)


def action(request: HttpRequest, pk: int) -> HttpResponse:
    """What will be done, by whom, until when."""
    row = _one(request, pk)

    def act() -> Any:
        owner = User.objects.filter(pk=whole(request, "owner") or 0, is_active=True).first()
        due = day_of(request, "due")
        if owner is None or due is None:
            raise ValueError("choose who does it and until when")
        return verbs.agree_action(pk, request.POST.get("action", ""), owner, due, by=person(request), at=clock.now())

    _, problem = attempt(request, "action", act)
    return _done(request, row, problem, "Agreed. The owner says here when it is done.")


def corrected(request: HttpRequest, pk: int) -> HttpResponse:
    """The owner says that it is done."""
    row = _one(request, pk)
    _, problem = attempt(request, "corrected", lambda: verbs.corrected(pk, by=person(request), at=clock.now()))
    return _done(request, row, problem, "Done. Another person now checks whether it worked.")


def check(request: HttpRequest, pk: int) -> HttpResponse:
    """The closure check."""
    row = _one(request, pk)

    def act() -> Any:
        worked = needed(request, "worked", "choose whether the correction worked") == "yes"
        return verbs.check(pk, worked, request.POST.get("finding", ""), by=person(request), at=clock.now())

    _, problem = attempt(request, "check", act)
    return _done(request, row, problem, "Recorded.")


def wrong(request: HttpRequest, pk: int) -> HttpResponse:
    """A message that left was wrong: open its incident."""
    if not Delivery.objects.filter(follow_up__in=follow_ups_of(request), pk=pk).exists():
        raise Http404
    post = request.POST
    row, problem = attempt(
        request, "wrong",
        lambda: verbs.wrong_message(pk, post.get("what", ""), post.get("harm", ""), post.get("severity", ""), by=person(request), at=clock.now()),
    )  # fmt: skip
    if not tell(request, problem, "Incident opened. Agree on what will be done, by whom and until when."):
        return redirect("admin:delivery", pk)
    return redirect("admin:incident", row.pk)
