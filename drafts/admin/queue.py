"""The review queue: the right order, why it is that order, and where to go on. Reading only; nothing is approved from a list."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from accounts.models import Source
from drafts import states
from drafts.admin import filters as parts
from drafts.admin import saved, waiting
from drafts.admin.filters import Filters, in_order, rows_for
from drafts.admin.lookup import follow_ups_of
from drafts.admin.signals import Signal, signals_of
from drafts.admin.waiting import COUNTED, told
from drafts.admin.work import TABS, Tab, failed_sources
from drafts.models import Delivery, FollowUp
from governance import heartbeat
from governance.admin.pages import may, moment, page, require, scope_for
from governance.cells import safe_cell
from governance.money import Money
from governance.roles import ROUTED

PAGE = 50
EXPORT_LIMIT = 5000


def queue(request: HttpRequest) -> HttpResponse:
    """The list, or the same rows as CSV."""
    require(request, "see_account")
    if request.GET.get("format") == "csv":
        return as_csv(request, rows_for(request, Filters.of(request.GET), moment(request))[:EXPORT_LIMIT])
    now, filters, number = moment(request), Filters.of(request.GET), _page_number(request.GET.get("p", ""))
    lists = parts.tabs_of(request, now)
    rows = parts.narrowed(lists[filters.tab], request, filters, now)
    found, (total, tabs) = _on_page(rows, filters, number), _numbers(request, filters, rows, lists)
    failed, views = failed_sources(scope_for(request)), list(saved.visible(request))
    down = {portfolio: [s for s in failed if s.portfolio_id == portfolio] for portfolio in {s.portfolio_id for s in failed}}
    return page(
        request, "desk/queue.html", "Review queue", total=min(total, COUNTED), over=total > COUNTED, filters=filters, tabs=tabs,
        items=[_row(follow_up, request.user, now, down.get(follow_up.portfolio_id, [])) for follow_up in found], choices=parts.CHOICES,
        sorts=parts.SORTS, number=number, more=total > number * PAGE, link_query=parts.list_of(request.GET) or "tab=mine",
        tab=next(t for t in TABS if t.key == filters.tab), unknown=parts.unknown(request.GET), sources_failed=failed,
        silence=heartbeat.silence(), views=views, view=next((v for v in views if v.query == filters.query), None), seen=_marks(found),
        may_route=bool(may(request, "route")), empty="" if found else _why_empty(request, filters, failed),
    )  # fmt: skip


def _numbers(
    request: HttpRequest, filters: Filters, rows: QuerySet[FollowUp], lists: dict[str, QuerySet[FollowUp]]
) -> tuple[int, list[tuple[Tab, str]]]:
    """How many rows the list has, and how many stand behind each tab: with the numbers of the sidebar, in their statement.

    Everything open has none: it is no work of anybody's.
    """
    names = {tab.key: "mine" if tab.key == "mine" else f"tab_{tab.key}" for tab in TABS if tab.key != "all"}
    shown = "listed" if filters.narrowed else names.get(filters.tab, "listed")
    more = {name: lists[key] for key, name in names.items()}
    counts = waiting.counts(request, {"listed": rows, **more} if shown == "listed" else more)
    return counts[shown], [(tab, told(counts[names[tab.key]]) if tab.key in names else "") for tab in TABS]


def _on_page(rows: QuerySet[FollowUp], filters: Filters, number: int) -> list[FollowUp]:
    """The rows of one page, chosen by their ids alone: sorting a whole book with its names took ten times as long."""
    chosen = rows.values("pk")[(number - 1) * PAGE : number * PAGE]
    named = in_order(_with_names(FollowUp.objects.filter(pk__in=chosen)), filters)
    if filters.tab == "leaving":
        on_the_way = Delivery.objects.filter(follow_up=OuterRef("pk"), state__in=(states.SCHEDULED, states.FAILED_TEMPORARY)).order_by("-pk")
        named = named.annotate(leaves_at=Subquery(on_the_way.values("leaves_at")[:1]), message=Subquery(on_the_way.values("pk")[:1]))
    return list(named)


def _page_number(text: str) -> int:
    """The page asked for; anything unreadable or absurd is the first."""
    return max(1, int(text)) if text.isdecimal() and len(text) < 7 else 1


def _with_names(rows: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    return rows.select_related("account", "owner", "claimed_by", "brief", "draft").only(
        "status", "lane", "purpose", "reasons", "totals", "oldest_due_on", "due_at", "work_rank", "why_first", "hold_reason", "step",
        "owner_role", "claimed_until", "version", "required_roles", "next_contact", "portfolio_id",
        "account__name", "account__external_id", "account__tier", "account__time_zone", "owner__first_name", "owner__last_name",
        "owner__username", "claimed_by__first_name", "claimed_by__last_name", "claimed_by__username",
        "brief__sources_fine", "brief__sources_required", "brief__complete", "draft__revision", "draft__subject",
    )


def _row(follow_up: FollowUp, user: Any, now: datetime, down: list[Source]) -> dict[str, Any]:
    claimed = follow_up.claimed_by_id and follow_up.claimed_until and follow_up.claimed_until > now
    who = ("you" if follow_up.claimed_by_id == user.pk else str(follow_up.claimed_by)) if claimed else ""
    oldest = (timezone.localtime(now).date() - follow_up.oldest_due_on).days if follow_up.oldest_due_on else None
    found = known_signals(follow_up, down)
    return {"f": follow_up, "who": who, "oldest": oldest, "signals": found[:3], "more_signals": found[3:], "down": down}


def known_signals(follow_up: FollowUp, down: list[Source]) -> list[Signal]:
    """The signals of a row. "None found" is only said while every source of its portfolio answers: what was read before one failed is old."""
    found = signals_of(follow_up)
    if found or not down:
        return found
    names = ", ".join(source.name for source in down)
    return [Signal("Unknown", "notrun", "unknown", f"{names} {'does' if len(down) == 1 else 'do'} not answer, so nothing can be ruled out")]


def _why_empty(request: HttpRequest, filters: Filters, failed: list[Source]) -> str:
    """Why nothing is listed: four different things, and only one of them is good news."""
    if filters.narrowed:
        return "filters"
    anything = follow_ups_of(request).exists()
    if not anything and not _reads_portfolios(request):
        return "routed"
    if failed:
        return "sources"
    return "done" if anything else "nothing"


def _reads_portfolios(request: HttpRequest) -> bool:
    """False when this person sees only accounts that are routed to them."""
    scope = scope_for(request)
    held = scope.roles_everywhere.union(*scope.roles_by_portfolio.values())
    return bool(held - ROUTED)


def _marks(rows: Iterable[FollowUp]) -> str:
    """What the page shows of each row, short: id, version, who works on it."""
    return "-".join(f"{row.pk}.{row.version}.{row.claimed_by_id or 0}" for row in rows)


def changes(request: HttpRequest) -> HttpResponse:
    """How many rows of the page changed since it was loaded. The page itself never moves a row."""
    require(request, "see_account")
    rows = rows_for(request, Filters.of(request.GET), moment(request))
    number = _page_number(request.GET.get("p", ""))
    now = list(rows.only("pk", "version", "claimed_by_id")[(number - 1) * PAGE : number * PAGE])
    n = _moved(request.GET.get("seen", "").split("-")[:PAGE], _marks(now).split("-"))
    words = f"{n} {'row' if n == 1 else 'rows'} changed since you opened this" if n else ""
    return JsonResponse({"changed": n, "words": words})


def _moved(before: list[str], after: list[str]) -> int:
    """Rows that look different, and those that came or went: one that made room for another counts once."""
    old, new = ({mark.partition(".")[0]: mark for mark in marks if mark} for marks in (before, after))
    different = sum(1 for pk, mark in old.items() if pk in new and new[pk] != mark)
    return different + max(len(old.keys() - new.keys()), len(new.keys() - old.keys()))


def as_csv(request: HttpRequest, rows: QuerySet[FollowUp]) -> HttpResponse:
    """Rows of the queue as a spreadsheet reads them."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="queue.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(["why first", "account number", "account", "lane", "state", "overdue", "oldest due", "signals", "sources", "decide by", "owner"])
    failed = failed_sources(scope_for(request))
    for row in _with_names(rows):
        overdue = "; ".join(str(Money(minor, currency)) for currency, minor in sorted(row.totals.items()))
        found = "; ".join(s.words for s in known_signals(row, [s for s in failed if s.portfolio_id == row.portfolio_id])) or "none found"
        sources = f"{row.brief.sources_fine} of {row.brief.sources_required}" if row.brief else "unknown"
        cells = [
            row.why_first, row.account.external_id, row.account.name, row.get_lane_display(), row.get_status_display(), overdue,
            row.oldest_due_on or "", found, sources, row.due_at.isoformat() if row.due_at else "", str(row.owner or row.owner_role),
        ]
        writer.writerow([safe_cell(cell) for cell in cells])
    return response
