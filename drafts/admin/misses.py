"""What samples found: disputes the detector missed, and defects that left. And the figures of Home counted a second time, from raw events."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import Account
from drafts.admin.samples import visible
from drafts.compliance import recount as counting
from drafts.labelling import judging, misses, telling
from governance.admin.base import reach
from governance.admin.pages import may, moment, page, require, scope_for
from governance.models import SampleFrame, SampleResult
from governance.roles import ACTIONS

SHOWN = 100
TABS = {SampleFrame.Kind.RECALL: "Missed disputes", SampleFrame.Kind.ESCAPE: "Defects that left"}


def missed(request: HttpRequest) -> HttpResponse:
    """Finds of locked and running samples, settled ones only, with their words, their cause and what was done."""
    require(request, "see_samples")
    kind = SampleFrame.Kind.ESCAPE if request.GET.get("tab") == SampleFrame.Kind.ESCAPE else SampleFrame.Kind.RECALL
    found = misses.rows(kind, scope_for(request).portfolios_with(ACTIONS["label_sample"].roles))
    results = [row for row in SampleResult.objects.filter(frame__kind=kind).select_related("frame") if visible(request, row.frame)]
    latest = results[0] if results else None
    running = [f for f in SampleFrame.objects.filter(kind=kind, result__isnull=True) if visible(request, f)]
    return page(
        request, "desk/misses.html", "Misses", rows=misses.listed(list(found[:SHOWN])), total=found.count(), tab=kind, tabs=TABS.items(), latest=latest,
        words=telling.sentence(latest) if latest else "", floor=telling.known_floor(latest) if latest else "",
        running=[(frame, telling.not_yet(judging.progress(frame)["plain"])) for frame in running[:3]], sees_incidents=may(request, "see_incidents"),
        crumbs=[(redirect("admin:compliance").url, "Compliance")] if may(request, "see_compliance") else [],
    )  # fmt: skip


def recount(request: HttpRequest) -> HttpResponse:
    """Each figure from the rows, as Home shows it, beside the same from the events of the ledger."""
    require(request, "look_at_controls")
    inside = reach(scope_for(request), "look_at_controls", "portfolio_id")
    accounts = None if inside is None else Account.objects.filter(inside)
    figures = counting.figures(moment(request), accounts)
    return page(
        request, "desk/recount.html", "Counted twice", figures=figures, days=counting.DAYS, differ=sum(not f.same for f in figures),
        crumbs=[(redirect("admin:compliance").url, "Compliance")],
    )  # fmt: skip
