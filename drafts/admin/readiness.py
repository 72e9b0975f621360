"""Readiness: how ready each portfolio is, what to do next and where, and the switch that lets a model write. No customer is named here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path

from drafts.generation import client
from drafts.readiness import latest, look
from drafts.readiness.measure import measure
from drafts.readiness.scoring import CREDIT, Readiness
from drafts.readiness.switching import NotPossible, ask, confirm, end, refuse
from governance import clock, policies
from governance.admin.base import reach
from governance.admin.links import shown
from governance.admin.pages import act_view, desk_view, may, moment, page, person, require, scope_for
from governance.measured import FINE, restored
from governance.models import ModelSwitch, Portfolio, ReadinessLook

DAYS = 14


def _reached(request: HttpRequest) -> QuerySet[Portfolio]:
    """Portfolios whose readiness this person may see."""
    inside = reach(scope_for(request), "see_readiness", "pk")
    return Portfolio.objects.all() if inside is None else Portfolio.objects.filter(inside)


def _one(request: HttpRequest, pk: int) -> Portfolio:
    require(request, "see_readiness")
    found = _reached(request).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _switches(portfolio_ids: list[int]) -> dict[int, ModelSwitch]:
    rows = ModelSwitch.objects.filter(portfolio_id__in=portfolio_ids, state__in=("asked", "on")).select_related("asked_by", "decided_by", "portfolio")
    return {row.portfolio_id: row for row in rows}


def _looked(portfolios: list[Portfolio], request: HttpRequest) -> dict[int, tuple[Readiness, Any]]:
    """The last look of each, with its moment; measured on the spot (and not kept) where nobody has looked yet."""
    kept = latest([row.pk for row in portfolios])
    found = {pk: (Readiness(pk, tuple(restored(row.lines)), row.minimum), row.at) for pk, row in kept.items()}
    new = [row.pk for row in portfolios if row.pk not in found]
    if new:
        found |= {pk: (readiness, moment(request)) for pk, readiness in measure(new, moment(request), policies.active_parameters()).items()}
    return found


def overview(request: HttpRequest) -> HttpResponse:
    """Every portfolio in reach: score, what is not fine, who writes."""
    require(request, "see_readiness")
    portfolios = list(_reached(request).order_by("name"))
    found, switches = _looked(portfolios, request), _switches([row.pk for row in portfolios])
    rows = [
        {"portfolio": row, "r": found[row.pk][0], "at": found[row.pk][1], "switch": switches.get(row.pk), "next": _first(found[row.pk][0])}
        for row in portfolios
    ]
    return page(request, "desk/readiness.html", "Readiness", rows=rows, configured=client.configured())


def _first(found: Readiness) -> Any:
    """What to mend first: what must hold, else the first thing that is not fine."""
    return next((line for line in found.to_do if line.must), None) or next(iter(found.to_do), None)


def portfolio(request: HttpRequest, pk: int) -> HttpResponse:
    """One portfolio: the score with its reasons, what to do next in order, every line, and the model."""
    row = _one(request, pk)
    found, at = _looked([row], request)[pk]
    switch = _switches([pk]).get(pk)
    asked_by_me = switch is not None and switch.asked_by_id == person(request).pk
    rights = {name: bool(may(request, name, row)) for name in ("ask_model", "confirm_model", "end_model")}
    earned = [{"line": line, "points": CREDIT.get(line.state, 0) * line.weight / 2} for line in found.lines if line.weight]
    return page(
        request, "desk/readiness_portfolio.html", f"Readiness of {row.name}", portfolio=row, r=found, at=at, switch=switch, rights=rights,
        asked_by_me=asked_by_me, lines=shown(request, list(found.lines), row), steps=shown(request, list(found.to_do), row), earned=earned,
        possible=sum(line.weight for line in found.lines), history=_history(pk, at), configured=client.configured(), fine=FINE,
        past=list(ModelSwitch.objects.filter(portfolio=row, state__in=("off", "refused")).select_related("asked_by", "decided_by", "ended_by")[:5]),
        crumbs=[(redirect("admin:readiness").url, "Readiness")],
    )  # fmt: skip


def _history(pk: int, at: Any) -> list[dict[str, Any]]:
    """The last look of each of the last days; a day without one is a gap and shown as such."""
    rows = ReadinessLook.objects.filter(portfolio_id=pk, at__gt=at - timedelta(days=DAYS)).order_by("pk").values_list("at", "score", "passes")
    by_day = {looked.date(): (score, passes) for looked, score, passes in rows}
    days = [(at - timedelta(days=back)).date() for back in range(DAYS - 1, -1, -1)]
    return [{"day": day, "score": by_day[day][0], "passes": by_day[day][1]} if day in by_day else {"day": day, "score": None} for day in days]


def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Measure this portfolio now."""
    row = _one(request, pk)
    found = look([row.pk], clock.now())[row.pk]
    messages.success(request, f"Measured now: {found.score} of 100." + ("" if found.passes else f" Not ready for a model: {found.why_not}."))
    return redirect("admin:readiness_portfolio", pk)


def _act(request: HttpRequest, pk: int, do: Callable[[], Any], done: str) -> HttpResponse:
    try:
        do()
        messages.success(request, done)
    except NotPossible as error:
        messages.error(request, str(error))
    return redirect("admin:readiness_portfolio", pk)


def ask_for_model(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a model to write for this portfolio."""
    row = _one(request, pk)
    done = "Asked for. Another person, policy administrator or finance approver, now confirms or refuses."
    return _act(request, pk, lambda: ask(row, request.POST.get("reason", ""), by=person(request), at=clock.now()), done)


def _standing(request: HttpRequest, pk: int) -> int:
    """The switch this form was about; 404 when it is not of this portfolio."""
    row = _one(request, pk)
    number = request.POST.get("switch", "")
    found = ModelSwitch.objects.filter(portfolio=row, pk=int(number)).first() if number.isascii() and number.isdigit() and len(number) < 19 else None
    if found is None:
        raise Http404
    return found.pk


def answer_model(request: HttpRequest, pk: int) -> HttpResponse:
    """The second person confirms or refuses."""
    switch, by = _standing(request, pk), person(request)
    if request.POST.get("answer") == "confirm":
        done = "From the next preparation on a model may write for this portfolio. Every text is still checked and approved by people."
        return _act(request, pk, lambda: confirm(switch, by=by, at=clock.now()), done)
    return _act(request, pk, lambda: refuse(switch, request.POST.get("reason", ""), by=by, at=clock.now()), "Refused. The approved templates write.")


def end_model(request: HttpRequest, pk: int) -> HttpResponse:
    """Back to the approved templates, at once."""
    switch, by = _standing(request, pk), person(request)
    done = "No model writes for this portfolio any more. The approved templates do."
    return _act(request, pk, lambda: end(switch, request.POST.get("reason", ""), by=by, at=clock.now()), done)


def readiness_urls() -> list[URLPattern]:
    """Pages and acts of readiness."""
    return [
        path("readiness/", desk_view(overview), name="readiness"),
        path("readiness/<int:pk>/", desk_view(portfolio), name="readiness_portfolio"),
        path("readiness/<int:pk>/check/", act_view(check), name="readiness_check"),
        path("readiness/<int:pk>/model/ask/", act_view(ask_for_model), name="ask_model"),
        path("readiness/<int:pk>/model/answer/", act_view(answer_model), name="answer_model"),
        path("readiness/<int:pk>/model/end/", act_view(end_model), name="end_model"),
    ]
