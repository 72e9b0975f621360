"""Compliance home: the control matrix with its evidence, near-misses, incidents and the access review. Nothing is green without evidence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path

from accounts.models import Account
from drafts.admin import access_review, erasing, incidents, reveal
from drafts.admin.lookup import accounts_of
from drafts.compliance import nightly
from drafts.compliance.near_misses import KINDS, counts, events, kind_of
from governance import access, clock, control_looks
from governance.admin.base import reach
from governance.admin.pages import act_view, desk_view, may, moment, page, require, scope_for
from governance.controls import CONTROLS, FRAMEWORKS, in_framework
from governance.models import ControlResult, Event, Incident

DAYS = 28
SHOWN = 100


def compliance(request: HttpRequest) -> HttpResponse:
    """Every control, or a view by the references of one framework."""
    require(request, "see_compliance")
    now, view = moment(request), request.GET.get("view", "")
    standings = {standing.control.id: standing for standing in control_looks.standings(now)}
    groups: list[tuple[str, list[Any]]] = [("", [standings[control.id] for control in CONTROLS])]
    if view in FRAMEWORKS:
        groups = [(ref, [standings[control.id] for control in found]) for ref, found in in_framework(view)]
    looked = Event.objects.filter(action=nightly.DONE, at__lte=now).order_by("-id").first()
    return page(
        request, "desk/compliance.html", "Compliance", groups=groups, view=view if view in FRAMEWORKS else "", frameworks=FRAMEWORKS.items(),
        tally=_tally(list(standings.values())), may_look=may(request, "look_at_controls"), states=ControlResult.State, nightly=looked,
        review=access.review_state(now, scope_for(request)), incidents=_figures(_incidents(request, "see_compliance")),
        near=sum(counts(now - timedelta(days=DAYS), now, _accounts(request, "see_compliance")).values()), days=DAYS,
        sees={name: bool(may(request, name)) for name in ("see_incidents", "see_access_review", "see_incident_figures", "see_samples")},
    )  # fmt: skip


def _tally(standings: list[control_looks.Standing]) -> dict[str, int]:
    good = sum(standing.good for standing in standings)
    bad = sum(s.result is not None and s.result.state == ControlResult.State.FAILING for s in standings)
    return {"good": good, "bad": bad, "unknown": len(standings) - good - bad}


def _accounts(request: HttpRequest, right: str) -> QuerySet[Account] | None:
    """The accounts a right counts figures of; None for all of them."""
    inside = reach(scope_for(request), right, "portfolio_id")
    return None if inside is None else Account.objects.filter(inside)


def _incidents(request: HttpRequest, right: str) -> QuerySet[Incident]:
    """The incidents a right counts figures of."""
    inside = reach(scope_for(request), right, "portfolio_id")
    return Incident.objects.all() if inside is None else Incident.objects.filter(inside)


def _figures(rows: QuerySet[Incident]) -> dict[str, Any]:
    rows = rows.exclude(state=Incident.State.CLOSED)
    severe = rows.filter(severity__in=(Incident.Severity.HIGH, Incident.Severity.CRITICAL))
    return {"open": rows.count(), "severe": severe.count()}


def look(request: HttpRequest) -> HttpResponse:
    """Verify the invariants and look at every control now."""
    require(request, "look_at_controls")
    broken = nightly.run(clock.now())
    if broken:
        messages.error(request, f"Looked at. {broken} invariants do not hold: each has an incident.")
    else:
        messages.success(request, "Looked at: every invariant that rows can show holds.")
    return redirect("admin:compliance")


def near_misses(request: HttpRequest) -> HttpResponse:
    """What the gate and the last look caught, counted from the ledger."""
    require(request, "see_incident_figures")
    now = moment(request)
    since = now - timedelta(days=DAYS)
    inside, found = _accounts(request, "see_incident_figures"), _incidents(request, "see_incident_figures")
    rows = list(events(since, now, inside)[:SHOWN]) if may(request, "see_incidents") else []
    names = dict(accounts_of(request).filter(pk__in=[_account(e) for e in rows]).values_list("pk", "name"))
    shown = [{"event": e, "kind": KINDS[kind_of(e)], "account": _account(e), "name": names[_account(e)]} for e in rows if _account(e) in names]
    severity = dict(found.order_by().values_list("severity").annotate(n=Count("pk")))
    return page(
        request, "desk/near_misses.html", "Near-misses", days=DAYS, rows=shown, severities=[(label, severity.get(value, 0)) for value, label in Incident.Severity.choices],
        counts=[(KINDS[kind], n) for kind, n in counts(since, now, inside).items()], figures=_figures(found),
        crumbs=[(redirect("admin:compliance").url, "Compliance")] if may(request, "see_compliance") else [],
    )  # fmt: skip


def _account(event: Event) -> int:
    number = event.stream.removeprefix("account:")
    return int(number) if number.isdecimal() else 0


def compliance_urls() -> list[URLPattern]:
    """Pages and acts of compliance."""
    return [
        path("compliance/", desk_view(compliance), name="compliance"),
        path("compliance/look/", act_view(look), name="look_at_controls"),
        path("near-misses/", desk_view(near_misses), name="near_misses"),
        path("incidents/", desk_view(incidents.incidents), name="incidents"),
        path("incidents/<int:pk>/", desk_view(incidents.incident), name="incident"),
        path("incidents/<int:pk>/action/", act_view(incidents.action), name="incident_action"),
        path("incidents/<int:pk>/corrected/", act_view(incidents.corrected), name="incident_corrected"),
        path("incidents/<int:pk>/check/", act_view(incidents.check), name="incident_check"),
        path("outgoing/<int:pk>/wrong/", act_view(incidents.wrong), name="wrong_message"),
        path("access-review/", desk_view(access_review.worklist), name="access_review"),
        path("access-review/<int:pk>/", act_view(access_review.certify), name="certify_grant"),
        path("contact/<int:pk>/reveal/", act_view(reveal.reveal), name="reveal_contact"),
        path("contact/<int:pk>/erase/", desk_view(erasing.erase), name="erase_contact"),
        path("account/<int:pk>/preserve/", act_view(erasing.preserve), name="preserve_account"),
    ]
