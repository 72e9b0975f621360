"""The dashboard, the rows behind each of its numbers, the files, the definitions. Reading only; a file taken is an act on record."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path

from collections_site.measures.asked import MONTHS, PERIODS, Asked, asked, choices
from collections_site.measures.board import CHARTED, board
from collections_site.measures.never import never
from drafts.admin.lookup import accounts_of, follow_ups_of
from governance.admin.pages import act_view, desk_view, may, moment, page, person, require
from governance.audit import Entry, record
from governance.cells import safe_cell
from governance.measuring import kinds
from governance.metrics.answering import measured_all, metric
from governance.metrics.asking import PERIODS as PARTS
from governance.metrics.asking import BadQuestion, Question
from governance.metrics.base import OUTSIDE, Measured
from governance.metrics.counting import standing
from governance.metrics.definitions import BY_NAME, METRICS
from governance.metrics.export import COLUMNS, line
from governance.metrics.rows import rows as rows_of
from governance.models import Measure, Portfolio

PAGE = 50
VIOLATIONS = "violations"


def measures(request: HttpRequest) -> HttpResponse:
    """The dashboard."""
    require(request, "see_metrics")
    question = asked(request)
    return page(
        request, "desk/measures/board.html", "Measures", asked=question, choices=choices(question.question, moment(request)),
        periods=[(key, words) for key, (words, _) in (PERIODS | MONTHS).items()],
        filters=question.question.filters.plain(), **board(question, moment(request), may_open_samples=bool(may(request, "see_samples"))),
    )  # fmt: skip


def measure_rows(request: HttpRequest, name: str) -> HttpResponse:
    """Exactly the rows of one number: as many as it says, and of them only what the person may read."""
    require(request, "see_metrics")
    question = asked(request)
    title, rows = _behind(request, name, question)
    number = _page_number(request)
    count = rows.count()
    shown = list(rows[(number - 1) * PAGE : number * PAGE])
    return page(
        request, "desk/measures/rows.html", title, asked=question, name=name, count=count, number=number, more=count > number * PAGE,
        items=_items(request, shown), which=request.GET.get("which", "rows"), part=request.GET.get("part", ""),
        metric=BY_NAME.get(name), back=question.address(),
    )  # fmt: skip


def _behind(request: HttpRequest, name: str, question: Asked) -> tuple[str, QuerySet[Measure]]:
    which = request.GET.get("which", "rows")
    if name == VIOLATIONS:
        what = rows_of(kinds.VIOLATION) if which == "rows" else rows_of(kinds.VIOLATION, code=which)
        return "What must never happen", standing(question.question, what)
    one = BY_NAME.get(name)
    if one is None or one.how == OUTSIDE:
        raise Http404
    inside = _inside(request, question.question)
    if which == "base":
        return one.title, standing(inside, one.denominator)
    for part, rows in one.parts:
        if which == part:
            return f"{one.title}: {part.replace('_', ' ')}", standing(inside, rows)
    return one.title, standing(inside, one.numerator or one.denominator)


def _inside(request: HttpRequest, question: Question) -> Question:
    """The question about one part of the axis, when the address names one."""
    by, part = request.GET.get("by", ""), request.GET.get("part", "")
    if by not in PARTS or not part:
        return question
    try:
        return question.within(by, date.fromisoformat(part))
    except (ValueError, BadQuestion) as error:
        raise Http404 from error


def _page_number(request: HttpRequest) -> int:
    text = request.GET.get("p", "")
    return max(1, int(text)) if text.isdecimal() and len(text) < 7 else 1


def _items(request: HttpRequest, rows: Iterable[Measure]) -> list[dict[str, Any]]:
    """Rows with the account's name, and a link, only where the person may read the account and the case itself."""
    rows = list(rows)
    names = dict(accounts_of(request).filter(pk__in={row.account_id for row in rows}).values_list("pk", "name"))
    opened = set(follow_ups_of(request).filter(pk__in={row.follow_up_id for row in rows if row.follow_up_id}).values_list("pk", flat=True))
    portfolios = dict(Portfolio.objects.values_list("pk", "name"))
    return [
        {"row": row, "account": names.get(row.account_id, f"Account {row.account_id}"), "portfolio": portfolios.get(row.portfolio_id, ""),
         "link": row.follow_up_id if row.follow_up_id in opened else None, "flags": _flags(row)}
        for row in rows
    ]  # fmt: skip


_FLAGS = {
    "critical": "critical", "substantive": "corrected", "confirmed": "confirmed", "reworked": "reworked", "late": "late", "unread": "faster than it reads",
    "latent": "no source knew", "evidence": "evidence opened",
}  # fmt: skip


def _flags(row: Measure) -> str:
    return ", ".join(text for name, text in _FLAGS.items() if getattr(row, name))


def measures_csv(request: HttpRequest) -> HttpResponse:
    """Every measure, whole and in parts, as the page shows them. POST, because taking data out is an act on record."""
    require(request, "see_metrics")
    question = asked_of_form(request)
    at = moment(request)
    only = request.POST.get("name", "")
    names = [metric(only).name] if only in BY_NAME else None
    answers: list[Measured] = measured_all(names, question.question, at=at)
    answers += measured_all(names or CHARTED, question.question, question.by, at=at)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{only or "measures"}.csv"'
    out = csv.writer(response)
    out.writerow(COLUMNS)
    for answer in answers:
        told = line(answer, question.question)
        out.writerow([safe_cell(told[name]) for name in COLUMNS])
    with transaction.atomic():
        record([Entry("system", "audit.exported", "measures", None, {"scope": only or "measures", "rows": len(answers)})], by=person(request), at=at)
    return response


def asked_of_form(request: HttpRequest) -> Asked:
    """The question of a form that carries the page's address."""
    given = request.GET
    request.GET = request.POST
    try:
        return asked(request)
    finally:
        request.GET = given


def definitions(request: HttpRequest) -> HttpResponse:
    """What each measure is, in words, with the version of its formula."""
    require(request, "see_metrics")
    groups: dict[str, list[Any]] = {}
    for one in METRICS:
        groups.setdefault(one.group, []).append(one)
    return page(request, "desk/measures/definitions.html", "What the measures are", groups=groups.items())



def measure_urls() -> list[URLPattern]:
    """Pages of the measures."""
    reading = ("GET", "HEAD")
    return [
        path("metrics/", desk_view(measures, methods=reading), name="measures"),
        path("metrics/definitions/", desk_view(definitions, methods=reading), name="measure_definitions"),
        path("metrics/csv/", act_view(measures_csv), name="measures_csv"),
        path("metrics/never/<slug:code>/", desk_view(never, methods=reading), name="measure_never"),
        path("metrics/rows/<slug:name>/", desk_view(measure_rows, methods=reading), name="measure_rows"),
    ]
