"""Emergency access: opening it, ending it, what was read under it, and the auditor's review."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import Account
from drafts.admin.acting import Problem, attempt, needed, tell, whole
from governance import break_glass, clock
from governance.admin.base import reach
from governance.admin.pages import may, moment, page, person, scope_for
from governance.decisions import Denied
from governance.models import BreakGlass, Event, Portfolio
from governance.roles import AUDITOR, SYSTEM


def accesses(request: HttpRequest) -> HttpResponse:
    """Open accesses, those that wait for a review, earlier ones, and the form."""
    _concerned(request)
    return _show(request, None)


def _concerned(request: HttpRequest) -> None:
    if not scope_for(request).all_roles & {AUDITOR, SYSTEM}:
        Denied("because only system administrators and compliance auditors deal with emergency access").or_raise()


def _portfolios(request: HttpRequest) -> list[Portfolio]:
    inside = reach(scope_for(request), "break_glass", "pk")
    rows = Portfolio.objects.order_by("name")
    return list(rows if inside is None else rows.filter(inside))


def _show(request: HttpRequest, problem: Problem | None) -> HttpResponse:
    now, by = moment(request), person(request)
    rows = [_told(row, by, now) for row in break_glass.visible_to(by)[:50]]
    return page(
        request, "desk/break_glass.html", "Emergency access", rows=rows, problem=problem, begins=may(request, "break_glass"), portfolios=_portfolios(request),
        audits=may(request, "review_break_glass"), default=break_glass.DEFAULT_MINUTES, longest=break_glass.MAX_MINUTES,
        status=problem.status if problem else 200,
    )  # fmt: skip


def _told(row: BreakGlass, by: Any, now: Any) -> dict[str, Any]:
    return {"row": row, "open": row.ended_at is None and row.ends_at > now, "own": row.user_id == by.pk, "pages": _pages(row).count()}


def _pages(row: BreakGlass) -> Any:
    return Event.objects.filter(action="break_glass.page_read", subject_kind="breakglass", subject_id=row.pk).order_by("id")


def begin(request: HttpRequest) -> HttpResponse:
    """Open an access. An account is named by its number in the portfolio; nothing is listed to choose from."""
    _concerned(request)

    def act() -> BreakGlass:
        portfolio = next((p for p in _portfolios(request) if str(p.pk) == request.POST.get("portfolio")), None)
        if portfolio is None:
            raise ValueError("choose a portfolio you administer")
        number, account_id = request.POST.get("account", "").strip(), None
        if number:
            account_id = Account.objects.filter(portfolio=portfolio, external_id=number).values_list("pk", flat=True).first()
            if account_id is None:
                raise ValueError(f"no account of {portfolio} has the number {number}")
        minutes = whole(request, "minutes") or break_glass.DEFAULT_MINUTES
        reason = needed(request, "reason", "write a reason: every auditor reads it")
        return break_glass.begin(portfolio, reason, minutes, account_id=account_id, by=person(request), at=clock.now())

    row, problem = attempt(request, "begin", act)
    if problem is not None:
        return _show(request, problem)
    tell(request, None, "Open. It is read only, every auditor and administrator was told, and every page you open is on record.")
    return redirect("admin:account_page", row.account_id) if row.account_id else redirect("admin:accounts_account_changelist")


def _row(request: HttpRequest, pk: int) -> BreakGlass:
    row = break_glass.visible_to(person(request)).filter(pk=pk).first() or BreakGlass.objects.filter(pk=pk, user=person(request)).first()
    if row is None:
        raise Http404
    return row


def access(request: HttpRequest, pk: int) -> HttpResponse:
    """One access with every page read under it."""
    _concerned(request)
    return _one(request, _row(request, pk), None)


def _one(request: HttpRequest, row: BreakGlass, problem: Problem | None) -> HttpResponse:
    read = [{"at": event.at, **json.loads(event.data)} for event in _pages(row)[:500]]
    told = _told(row, person(request), moment(request))
    reviews = may(request, "review_break_glass", row.portfolio) and not told["own"] and not told["open"] and row.reviewed_at is None
    return page(
        request, "desk/break_glass_one.html", "Emergency access", t=told, read=read, reviews=reviews, problem=problem,
        crumbs=[(redirect("admin:break_glass").url, "Emergency access")], status=problem.status if problem else 200,
    )  # fmt: skip


def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End it early."""
    _concerned(request)
    row = _row(request, pk)
    _, problem = attempt(request, "end", lambda: break_glass.end(row.pk, by=person(request), at=clock.now()))
    tell(request, problem, "The emergency access is over.")
    return redirect("admin:break_glass")


def review(request: HttpRequest, pk: int) -> HttpResponse:
    """The auditor's word on it."""
    _concerned(request)
    row = _row(request, pk)
    _, problem = attempt(request, "review", lambda: break_glass.review(row.pk, request.POST.get("words", ""), by=person(request), at=clock.now()))
    if problem is not None:
        return _one(request, row, problem)
    tell(request, None, "Recorded. The access is off your Home.")
    return redirect("admin:break_glass")
