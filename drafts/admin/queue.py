"""The review queue: the right order, why it is that order, and where to go on. Reading only; nothing is approved from a list."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone

from accounts.models import Invoice, Ticket
from drafts import states
from drafts.admin.signals import signals_of
from drafts.admin.work import TAB_KEYS, TABS, failed_sources, tab_rows
from drafts.models import FollowUp
from governance import heartbeat
from governance.admin.pages import moment, page, person, require, scope_for
from governance.cells import safe_cell
from governance.money import Money

PAGE = 50
HITS = 200
COUNTED = 1000  # a longer list says "more than"
EXPORT_LIMIT = 5000
SORTS = {"work": ("work_rank", "pk"), "due": ("due_at", "pk"), "age": ("oldest_due_on", "pk"), "account": ("account__name", "pk")}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address asks for; every part has a safe default, so any address opens."""

    tab: str
    q: str
    lane: str
    due: str
    sources: str
    sort: str

    @classmethod
    def of(cls, params: QueryDict) -> Filters:
        """Read from a query string."""
        get = params.get
        tab, sort = get("tab", "mine"), get("sort", "work")
        return cls(
            tab if tab in TAB_KEYS else "mine", get("q", "").strip()[:100], get("lane", ""), get("due", ""), get("sources", ""),
            sort if sort in SORTS else "work",
        )

    @property
    def narrowed(self) -> bool:
        """True when the list may be shorter than the tab."""
        return bool(self.q or self.lane or self.due or self.sources)


def rows_for(request: HttpRequest, filters: Filters, now: datetime) -> QuerySet[FollowUp]:
    """The rows of one address, scoped, filtered, ordered."""
    begins = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = tab_rows(filters.tab, person(request), scope_for(request), now, begins)
    if filters.lane in states.LANE_ORDER:
        rows = rows.filter(lane=filters.lane)
    if filters.due == "late":
        rows = rows.filter(due_at__lt=now)
    elif filters.due == "today":
        rows = rows.filter(due_at__lt=begins + timedelta(days=1))
    if filters.sources == "not_fine":
        rows = rows.filter(brief__complete=False)
    if filters.q:
        rows = rows.filter(_matching(filters.q))
    return rows.order_by(*SORTS[filters.sort])


def _matching(text: str) -> Q:
    """Account name or number, invoice or PO number, ticket number. Rows are already the person's own, so nothing else can surface."""
    # Ids first: as correlated subqueries the same question took half a second with 60,000 rows.
    by_invoice = Invoice.objects.filter(Q(number__iexact=text) | Q(po_number__iexact=text)).order_by().values_list("account_id", flat=True)
    by_ticket = Ticket.objects.filter(external_id__iexact=text).values_list("account_id", flat=True)
    named = {*by_invoice[:HITS], *by_ticket[:HITS]}
    return Q(account__name__icontains=text) | Q(account__external_id__iexact=text) | Q(account_id__in=named)


def queue(request: HttpRequest) -> HttpResponse:
    """The list, or the same rows as CSV."""
    require(request, "see_account")
    now, filters = moment(request), Filters.of(request.GET)
    rows = rows_for(request, filters, now)
    if request.GET.get("format") == "csv":
        return _csv(rows[:EXPORT_LIMIT])
    number = _page_number(request.GET.get("p", ""))
    shown = list(_with_names(rows)[(number - 1) * PAGE : number * PAGE + 1])
    total = rows.order_by()[: COUNTED + 1].count() if number > 1 or len(shown) > PAGE else len(shown)
    items = [_row(follow_up, request.user, now) for follow_up in shown[:PAGE]]
    return page(
        request, "desk/queue.html", "Review queue", items=items, total=min(total, COUNTED),
        over=total > COUNTED, filters=filters, tabs=TABS, lanes=states.LANE_CHOICES,
        number=number, more=len(shown) > PAGE, link_query=request.GET.urlencode() or "tab=mine",
        tab=next(t for t in TABS if t.key == filters.tab), sources_failed=failed_sources(scope_for(request)),
        silence=heartbeat.silence(),
    )


def _page_number(text: str) -> int:
    """The page asked for; anything unreadable or absurd is the first."""
    return max(1, int(text)) if text.isdecimal() and len(text) < 7 else 1


def _with_names(rows: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    return rows.select_related("account", "owner", "claimed_by", "brief", "draft").only(
        "status", "lane", "purpose", "reasons", "totals", "oldest_due_on", "due_at", "work_rank", "why_first", "hold_reason", "step",
        "owner_role", "claimed_until", "version", "required_roles", "next_contact",
        "account__name", "account__external_id", "account__tier", "account__time_zone", "owner__first_name", "owner__last_name",
        "owner__username", "claimed_by__first_name", "claimed_by__last_name", "claimed_by__username",
        "brief__sources_fine", "brief__sources_required", "brief__complete", "draft__revision", "draft__subject",
    )


def _row(follow_up: FollowUp, user: Any, now: datetime) -> dict[str, Any]:
    claimed = follow_up.claimed_by_id and follow_up.claimed_until and follow_up.claimed_until > now
    who = ("you" if follow_up.claimed_by_id == user.pk else str(follow_up.claimed_by)) if claimed else ""
    oldest = (timezone.localtime(now).date() - follow_up.oldest_due_on).days if follow_up.oldest_due_on else None
    found = signals_of(follow_up)
    return {"f": follow_up, "who": who, "oldest": oldest, "signals": found[:3], "more_signals": found[3:]}


def _csv(rows: QuerySet[FollowUp]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="queue.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(["why first", "account number", "account", "lane", "state", "overdue", "oldest due", "signals", "sources", "decide by"])
    for row in _with_names(rows):
        overdue = "; ".join(str(Money(minor, currency)) for currency, minor in sorted(row.totals.items()))
        found = "; ".join(s.words for s in signals_of(row)) or "none found"
        sources = f"{row.brief.sources_fine} of {row.brief.sources_required}" if row.brief else "unknown"
        cells = [
            row.why_first, row.account.external_id, row.account.name, row.get_lane_display(), row.get_status_display(), overdue,
            row.oldest_due_on or "", found, sources, row.due_at.isoformat() if row.due_at else "",
        ]
        writer.writerow([safe_cell(cell) for cell in cells])
    return response
