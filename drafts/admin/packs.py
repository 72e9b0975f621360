"""Audit packs: asking for one, after its size was shown; seeing it made; fetching it. Every step is an event."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from accounts.models import Account
from drafts import doorbell
from drafts.admin.acting import Missing, Problem, attempt, tell
from drafts.admin.lookup import follow_ups_of
from drafts.packing import scope as packing
from drafts.record.outcomes import Filters
from drafts.review.base import Blocked
from governance import clock
from governance.admin.base import reach
from governance.admin.pages import page, person, require, scope_for
from governance.models import PackRun, Portfolio, SampleDraw
from governance.packs import requests
from governance.packs.requests import Wanted
from governance.roles import AUDITOR

SHOWN = 30
AT_ONCE = 5000


def _visible(request: HttpRequest) -> QuerySet[PackRun]:
    """One's own; an auditor of everything sees all."""
    rows = PackRun.objects.select_related("requested_by", "portfolio")
    return rows if AUDITOR in scope_for(request).roles_everywhere else rows.filter(requested_by=person(request))


def packs(request: HttpRequest) -> HttpResponse:
    """The list, and the form when the address names a selection."""
    require(request, "export_pack")
    return _shown(request, request.GET)


def _shown(request: HttpRequest, params: QueryDict, problem: Problem | None = None) -> HttpResponse:
    wanted, title, size, why = None, "", None, ""
    if params.get("scope"):
        try:
            wanted = _wanted(request, params)
            title, size = _title(request, wanted), packing.measure(wanted, person(request))
            why = requests.too_many(size.rows) or packing.unanswered(wanted, person(request))
        except Missing as error:
            why = str(error)
    return page(
        request, "desk/packs.html", "Audit packs", runs=list(_visible(request)[:SHOWN]), wanted=wanted, wanted_title=title, size=size, why=why,
        profiles=PackRun.Profile.choices, portfolios=_portfolios(request), problem=problem, errors=problem is not None,
        status=problem.status if problem else 200, typed=params, me=person(request), most=requests.MOST_ROWS, kept=requests.KEPT.days,
        everything=AUDITOR in scope_for(request).roles_everywhere,
    )  # fmt: skip


def _portfolios(request: HttpRequest) -> list[Portfolio]:
    inside = reach(scope_for(request), "export_pack", "pk")
    return list(Portfolio.objects.all() if inside is None else Portfolio.objects.filter(inside))


def _wanted(request: HttpRequest, params: QueryDict) -> Wanted:
    """The selection an address or a form names. Raises ``Missing`` when a part of it cannot be read."""
    scope, subject = params.get("scope", ""), params.get("subject", "")
    if scope not in PackRun.Scope.values:
        raise Missing("Choose a draft, an account, a sample or a period.")
    if scope != PackRun.Scope.PERIOD:
        if not subject.isdecimal() or len(subject) > 18:
            raise Missing("The address names no case. Start from the history, the account or the sample.")
        return Wanted(scope, int(subject))
    filters = Filters.of(params)
    if filters.starts_on is None or filters.ends_on is None or filters.ends_on < filters.starts_on:
        raise Missing("Give both days of the period, the first not after the last.")
    portfolio = next((p for p in _portfolios(request) if p.pk == filters.portfolio), None)
    if params.get("portfolio") and portfolio is None:
        raise Http404
    return Wanted(scope, None, filters.starts_on, filters.ends_on, portfolio)


def _title(request: HttpRequest, wanted: Wanted) -> str:
    """What is about to be packed, in words; 404 for what is out of reach."""
    if wanted.scope == PackRun.Scope.PERIOD:
        return f"{wanted.starts_on} to {wanted.ends_on}, {wanted.portfolio or 'all your portfolios'}"
    if wanted.scope == PackRun.Scope.SAMPLE:
        if not SampleDraw.objects.filter(pk=wanted.subject_id or 0, by=person(request)).exists():
            raise Http404
        return f"Sample {wanted.subject_id}"
    if wanted.scope == PackRun.Scope.ACCOUNT:
        account = Account.objects.visible_to(person(request), scope_for(request)).filter(pk=wanted.subject_id).first()
        if account is None:
            raise Http404
        return f"Account {account.name}"
    row = follow_ups_of(request).select_related("account").filter(pk=wanted.subject_id).first()
    if row is None:
        raise Http404
    return f"Draft of {row.account.name}"


def request_pack(request: HttpRequest) -> HttpResponse:
    """Put it into the queue; a worker makes it."""
    require(request, "export_pack")

    def act() -> Any:
        wanted = _wanted(request, request.POST)
        _title(request, wanted)
        size = packing.measure(wanted, person(request))
        profile = request.POST.get("profile", "")
        if untold := packing.unanswered(wanted, person(request)):
            raise Blocked("E-PACK", untold)
        try:
            return requests.request(wanted, profile=profile, rows=size.rows, cases=size.cases, by=person(request), at=clock.now())
        except requests.CannotPack as error:
            raise Blocked("E-PACK", str(error)) from error

    run, problem = attempt(request, "pack", act)
    if problem is not None:
        return _shown(request, request.POST, problem)
    doorbell.ring("drafts.pack", run.pk)
    tell(request, None, f"Pack {run.pk} is being made. It appears below when it is ready; asking for it is on record.")
    return redirect(reverse("admin:packs"))


def download(request: HttpRequest, pk: int) -> Any:
    """The file, as a download, after the act was recorded."""
    run = _visible(request).filter(pk=pk).first()
    if run is None:
        raise Http404
    require(request, "export_pack", run.portfolio)

    def act() -> Any:
        try:
            _still_in_reach(request, run)
            return requests.download(run, by=person(request), at=clock.now())
        except requests.CannotPack as error:
            raise Blocked("E-PACK", str(error)) from error

    path, problem = attempt(request, "pack", act)
    if problem is not None:
        return _shown(request, QueryDict(), problem)
    response = FileResponse(path.open("rb"), as_attachment=True, filename=f"audit-pack-{run.pk}.zip", content_type="application/zip")
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def _still_in_reach(request: HttpRequest, run: PackRun) -> None:
    """A person whose reach shrank since no longer gets what was packed before: asked of the file, case by case, not of how many there are."""
    held = requests.held(run)
    reached = sum(
        follow_ups_of(request).filter(pk__in=held.cases[start : start + AT_ONCE]).count() for start in range(0, len(held.cases), AT_ONCE)
    )
    if reached < len(held.cases) or (held.rights and AUDITOR not in scope_for(request).roles_everywhere):
        raise Http404
