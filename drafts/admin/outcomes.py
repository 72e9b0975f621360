"""Every outcome, with one search box; and the cases an auditor gets by chance."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from drafts import states
from drafts.admin.acting import attempt, tell
from drafts.admin.lookup import follow_ups_of
from drafts.models import FollowUp
from drafts.packing import sampling
from drafts.record import outcomes as record
from drafts.record.outcomes import OUTCOMES, Filters
from governance import clock
from governance.admin.base import reach
from governance.admin.pages import may, moment, page, person, require, scope_for
from governance.audit import Entry
from governance.audit import record as write
from governance.cells import safe_cell
from governance.models import PackRun, Portfolio, SampleDraw
from governance.roles import AUDITOR

PAGE = 50
CSV_MOST = 5000
COLUMNS = ("case", "account number", "account", "outcomes", "status", "lane", "opened", "sent", "ended")


def _rows(request: HttpRequest, filters: Filters) -> QuerySet[FollowUp]:
    return record.matching(follow_ups_of(request), filters)


def outcomes(request: HttpRequest) -> HttpResponse:
    """The list, or the same rows as CSV (an export, so an event)."""
    require(request, "see_ledger")
    require(request, "see_draft")
    filters = Filters.of(request.GET)
    rows = _rows(request, filters)
    ordered = rows.select_related("account", "draft").order_by("-opened_at", "-pk")
    text = request.GET.get("p", "")
    number = max(1, int(text)) if text.isdecimal() and len(text) < 7 else 1
    shown = list(ordered[(number - 1) * PAGE : number * PAGE + 1])
    words = record.words_of(shown[:PAGE])
    whole = AUDITOR in scope_for(request).roles_everywhere
    return page(
        request, "desk/outcomes.html", "Outcomes", items=[(row, words[row.pk]) for row in shown[:PAGE]], filters=filters,
        choices=[(key, title) for key, (title, _) in OUTCOMES.items()], lanes=states.LANE_CHOICES, portfolios=_portfolios(request),
        population=record.population(rows, filters, whole=whole), whole=whole, number=number,
        more=len(shown) > PAGE, may_draw=may(request, "draw_sample"), may_export=may(request, "export_pack"),
        draws=SampleDraw.objects.filter(by=person(request))[:5], most=CSV_MOST,
        quarters=_quarters(moment(request).date()),
    )  # fmt: skip


def _quarters(today: date) -> list[tuple[str, date, date]]:
    """This quarter and the three before, with their first and last day."""
    year, number, out = today.year, (today.month - 1) // 3, []
    for _ in range(4):
        begins, after = date(year, number * 3 + 1, 1), date(year + number // 3, (number * 3 + 3) % 12 + 1, 1)
        out.append((f"Q{number + 1} {year}", begins, after - timedelta(days=1)))
        year, number = (year, number - 1) if number else (year - 1, 3)
    return out


def _portfolios(request: HttpRequest) -> list[Portfolio]:
    inside = reach(scope_for(request), "see_draft", "pk")
    return list(Portfolio.objects.all() if inside is None else Portfolio.objects.filter(inside))


def outcomes_csv(request: HttpRequest) -> HttpResponse:
    """The selection as CSV. POST, because it is an act on record."""
    require(request, "export_pack")
    filters = Filters.of(request.POST)
    rows = list(_rows(request, filters).select_related("account").order_by("-opened_at", "-pk")[:CSV_MOST])
    _exported(request, len(rows))
    return _table("outcomes.csv", rows)


def _exported(request: HttpRequest, count: int) -> None:
    with transaction.atomic():
        entry = Entry(sampling.STREAM, "audit.exported", "outcomes", None, {"scope": "outcomes", "rows": count})
        write([entry], by=person(request), at=clock.now())


def _table(name: str, rows: list[FollowUp], more: tuple[str, ...] = ()) -> HttpResponse:
    words = record.words_of(rows)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow((*COLUMNS, *more))
    for row in rows:
        cells: list[Any] = [
            row.pk, row.account.external_id, row.account.name, ", ".join(words[row.pk]), row.get_status_display(), row.get_lane_display(),
            *(moment.isoformat() if moment else "" for moment in (row.opened_at, row.sent_at, row.ended_at)),
        ]  # fmt: skip
        writer.writerow([safe_cell(cell) for cell in (*cells, *("" for _ in more))])
    return response


def draw(request: HttpRequest) -> HttpResponse:
    """Draw 25 of the selection by chance; seed, population and ids are on record before the sheet opens."""
    filters = Filters.of(request.POST)
    row, problem = attempt(request, "draw", lambda: sampling.draw(_rows(request, filters), filters, by=person(request), at=clock.now()))
    if not tell(request, problem, "Drawn. Seed and population are on record."):
        return redirect("admin:outcomes")
    return redirect("admin:worksheet", row.pk)


def worksheet(request: HttpRequest, pk: int) -> HttpResponse:
    """One sample: the cases with room to write, for the screen and for paper."""
    require(request, "draw_sample")
    sample = SampleDraw.objects.select_related("by").filter(pk=pk).first()
    if sample is None or (sample.by_id != person(request).pk and AUDITOR not in scope_for(request).roles_everywhere):
        raise Http404
    known = {row.pk: row for row in follow_ups_of(request).filter(pk__in=sample.ids).select_related("account")}
    rows = [known[pk] for pk in sample.ids if pk in known]
    words = record.words_of(rows)
    return page(
        request, "desk/worksheet.html", f"Worksheet of sample {sample.pk}", sample=sample, items=[(row, words[row.pk]) for row in rows],
        missing=len(sample.ids) - len(rows), same=_draws_the_same(request, sample), may_export=may(request, "export_pack"),
        profiles=PackRun.Profile.choices, drawn_at=sample.at, seen=moment(request),
    )  # fmt: skip


def _draws_the_same(request: HttpRequest, sample: SampleDraw) -> bool | None:
    """Whether the seed draws the same cases from the same selection now; None when the selection has changed since."""
    ids = list(_rows(request, Filters.of(sample.filters)).values_list("pk", flat=True))
    if sampling.hash_of(ids) != sample.population_sha256:
        return None
    return sampling.order(sample.seed, ids)[: sample.size] == sample.ids


def worksheet_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet for a spreadsheet; an export, so an event."""
    require(request, "draw_sample")
    sample = SampleDraw.objects.filter(pk=pk, by=person(request)).first()
    if sample is None:
        raise Http404
    known = follow_ups_of(request).select_related("account").in_bulk(sample.ids)
    rows = [known[pk] for pk in sample.ids if pk in known]
    _exported(request, len(rows))
    return _table(f"sample-{sample.pk}.csv", rows, ("right?", "what was found", "looked by", "on"))
