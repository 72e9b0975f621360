"""Samples: drawn at random, labelled blind, locked. The list, one sample, and the draw."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from drafts.admin.acting import Missing, attempt, day_of, tell, whole
from drafts.admin.lookup import accounts_of
from drafts.labelling import drawing, judging, messages, telling
from drafts.labelling.units import FLAGGED, STRATA
from governance import clock
from governance.admin.pages import may, moment, page, person, require, scope_for
from governance.metrics.recall import MINIMUM
from governance.models import Label, SampleFrame, SampleResult
from governance.roles import ACTIONS

SHOWN = 50
WEEKS = 4


def visible(request: HttpRequest, frame: SampleFrame) -> bool:
    """Whether the whole sample lies in the person's reach: its figures are those of all its portfolios."""
    own = scope_for(request).portfolios_with(ACTIONS["see_samples"].roles)
    return own is None or (bool(frame.portfolio_ids) and set(frame.portfolio_ids) <= set(own))


def samples(request: HttpRequest) -> HttpResponse:
    """Every sample in reach with its progress or result, and what waits for this person."""
    require(request, "see_samples")
    frames = [f for f in SampleFrame.objects.select_related("by", "result").defer("units")[: SHOWN * 2] if visible(request, f)][:SHOWN]
    today = moment(request).date()
    return page(
        request, "desk/samples.html", "Samples", rows=[_row(frame) for frame in frames], due=len(judging.due_for(person(request), scope_for(request))),
        may_draw=may(request, "draw_sample"), kinds=SampleFrame.Kind.choices, size=drawing.SIZE, most=drawing.MOST,
        starts=today - timedelta(weeks=WEEKS), ends=today - timedelta(days=1),
    )  # fmt: skip


def _row(frame: SampleFrame) -> dict[str, Any]:
    result = getattr(frame, "result", None)
    return {"frame": frame, "progress": judging.progress(frame), "result": result, "words": telling.sentence(result) if result else ""}


def draw(request: HttpRequest) -> HttpResponse:
    """Put the frame and its seed on record, then draw from it."""

    def act() -> SampleFrame:
        first, last = day_of(request, "from"), day_of(request, "to")
        if first is None or last is None:
            raise Missing("choose the first and the last day of the period")
        by, at = person(request), clock.now()
        begins, ends = (datetime.combine(day, time(0), UTC) for day in (first, last + timedelta(days=1)))
        frame = drawing.frame(request.POST.get("kind", ""), begins, min(ends, at), by=by, at=at, size=whole(request, "size") or drawing.SIZE)
        drawing.draw(frame.pk, by=by, at=clock.now())
        return frame

    require(request, "draw_sample")
    frame, problem = attempt(request, "draw", act)
    if not tell(request, problem, "Drawn. Frame and seed were recorded before it."):
        return redirect("admin:samples")
    return redirect("admin:sample_frame", frame.pk)


def sample(request: HttpRequest, pk: int) -> HttpResponse:
    """One sample: how it was drawn, how far it is, and once it is locked what came out."""
    require(request, "see_samples")
    frame = SampleFrame.objects.select_related("by", "result").filter(pk=pk).first()
    if frame is None or not visible(request, frame):
        raise Http404
    result: SampleResult | None = getattr(frame, "result", None)
    progress = judging.progress(frame)
    return page(
        request, "desk/sample.html", f"Sample {frame.pk}", frame=frame, progress=progress, result=result, strata=_strata(frame, result),
        words=telling.sentence(result) if result else "", floor=telling.known_floor(result) if result else "", minimum=MINIMUM,
        too_few=telling.not_yet(progress["plain"]), same=drawing.same_again(frame), items=_items(request, frame) if result else [],
        due=sum(item.frame_id == frame.pk for item in judging.due_for(person(request), scope_for(request))),
        crumbs=[(redirect("admin:samples").url, "Samples")],
    )  # fmt: skip


def stratum_words(frame: SampleFrame, stratum: str) -> str:
    """A stratum for people."""
    return STRATA.get(stratum, stratum) if frame.kind == SampleFrame.Kind.RECALL else messages.words(stratum)


def _strata(frame: SampleFrame, result: SampleResult | None) -> list[dict[str, Any]]:
    """Counts by stratum; what was found only once the result is locked."""
    told = result.strata if result else {}
    return [
        {"words": stratum_words(frame, name), "units": len(keys), "drawn": frame.sizes.get(name, 0), "flagged": name == FLAGGED, **told.get(name, {})}
        for name, keys in frame.units.items()
    ]


def _items(request: HttpRequest, frame: SampleFrame) -> list[dict[str, Any]]:
    """The items of a locked sample with their verdicts, finds first."""
    rows = list(frame.items.select_related("verdict").order_by("position"))
    names = dict(accounts_of(request).filter(pk__in=[row.account_id for row in rows]).values_list("pk", "name"))
    found = [{"item": row, "account": names.get(row.account_id, ""), "words": stratum_words(frame, row.stratum), "yes": row.verdict.answer == Label.Answer.YES} for row in rows]
    return sorted(found, key=lambda row: not row["yes"])
