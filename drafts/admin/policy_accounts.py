"""The accounts a policy would judge otherwise: the list behind each cell of the matrix, as a page and as CSV, and the ticks of who read them.

A policy administrator need not see customers: of an account out of reach there are only its number, tier, amounts and the rule.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from drafts.admin.acting import attempt
from drafts.admin.lookup import accounts_of
from drafts.admin.policy_view import compared
from drafts.models import SimulationChange, SimulationRun
from drafts.models.simulation import LOOSENED, TIGHTENED
from drafts.simulation import policy_asking, runs
from drafts.simulation.judging import CELL_WORDS
from drafts.simulation.rule_words import words_of
from governance import clock
from governance.admin.base import reach
from governance.admin.pages import page, person, require, scope_for
from governance.cells import safe_cell
from governance.money import Money
from governance.policy_words import Change
from governance.roles import label_of

PAGE = 50
WITHIN = "within"


def _run(pk: int) -> SimulationRun:
    row = SimulationRun.objects.select_related("policy_version__based_on", "baseline").filter(pk=pk, state=SimulationRun.State.DONE).first()
    if row is None:
        raise Http404
    return row


def _rows(request: HttpRequest, run: SimulationRun) -> tuple[QuerySet[SimulationChange], str]:
    """The rows of an address, and what they are in words."""
    inside = reach(scope_for(request), "see_simulation", "account__portfolio_id")
    rows, words = run.changes.order_by("pk") if inside is None else run.changes.filter(inside).order_by("pk"), []
    before, after, direction = (request.GET.get(name, "") for name in ("from", "to", "direction"))
    if before in CELL_WORDS:
        rows, words = rows.filter(before=before), [f"from {CELL_WORDS[before].lower()}"]
    if after in CELL_WORDS:
        rows, words = rows.filter(after=after), [*words, f"to {CELL_WORDS[after].lower()}"]
    if direction in (TIGHTENED, LOOSENED):
        rows, words = rows.filter(direction=direction), [direction, *words]
    return rows, " ".join(words) or "all that differ"


def _told(rows: Iterable[SimulationChange], request: HttpRequest, changed: tuple[Change, ...], read: set[str]) -> list[dict[str, Any]]:
    """Rows as the page and the file show them; names only of accounts in reach."""
    rows = list(rows)
    names = dict(accounts_of(request).filter(pk__in=[r.account_id for r in rows]).values_list("pk", "name"))
    return [
        {
            "row": r, "name": names.get(r.account_id, ""), "number": r.account_id, "before": CELL_WORDS[r.before], "after": CELL_WORDS[r.after],
            "why": words_of(r.rules, changed), "totals": [str(Money(minor, currency)) for currency, minor in sorted(r.totals.items())],
            "approvers": _approvers(r), "read": r.case_key in read,
        }
        for r in rows
    ]  # fmt: skip


def _approvers(row: SimulationChange) -> str:
    old, new = ([label_of(role) for role in roles] for roles in (row.roles_before, row.roles_after))
    return f"{', '.join(old) or 'nobody'} → {', '.join(new) or 'nobody'}" if old != new else ", ".join(new)


def accounts(request: HttpRequest, pk: int) -> HttpResponse:
    """The accounts of one cell, of one direction, or all."""
    require(request, "see_simulation")
    run = _run(pk)
    rows, title = _rows(request, run)
    version = run.policy_version
    changed = compared(run.baseline, version)
    if request.GET.get("format") == "csv":
        return _csv(rows, request, changed, run)
    shown = Paginator(rows, PAGE).get_page(request.GET.get("p"))
    read = policy_asking.already_read(run, version.author_id or 0)
    newest = runs.newest(version)
    ticks = version.state == "draft" and version.author_id == person(request).pk and newest is not None and newest.pk == run.pk
    settings = [{"change": c, "key": policy_asking.setting_key(c.about.name)} for c in changed if c.about.name in run.figures["looser_settings"]]
    told = _told(shown.object_list, request, changed, read)
    left = any(not row["read"] for row in (*told, *({"read": s["key"] in read} for s in settings)))
    return page(
        request, "desk/policy_accounts.html", f"Simulation of {version}: {title}", run=run, version=version, shown=shown, what=title,
        told=told, ticks=ticks, left=left, settings=[{**s, "read": s["key"] in read} for s in settings],
        loosened_only=request.GET.get("direction") == LOOSENED,
        crumbs=[(reverse("admin:governance_policyversion_changelist"), "Policy"), (reverse("admin:policy", args=[version.pk]), str(version).capitalize())],
    )  # fmt: skip


def _csv(rows: QuerySet[SimulationChange], request: HttpRequest, changed: tuple[Change, ...], run: SimulationRun) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="simulation-{run.pk}.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(["account", "name", "tier", "overdue", "oldest, days", "from", "to", "direction", "moved by", "approvers"])
    for start in range(0, rows.count(), PAGE * 20):
        for told in _told(rows[start : start + PAGE * 20], request, changed, set()):
            row = told["row"]
            cells = [told["number"], told["name"], row.tier, " and ".join(told["totals"]), row.days_overdue, told["before"], told["after"]]
            writer.writerow([safe_cell(str(cell)) for cell in (*cells, row.direction, told["why"], told["approvers"])])
    return response


def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Put on record which loosened cases were read."""
    require(request, "see_simulation")
    run = _run(pk)
    keys = request.POST.getlist("read")
    made, problem = attempt(request, "read", lambda: policy_asking.read_cases(run.policy_version_id, keys, by=person(request), at=clock.now()))
    if problem is not None:
        messages.error(request, problem.words)
    else:
        messages.success(request, f"{made} {'case is' if made == 1 else 'cases are'} on record as read by you.")
    page_number = request.POST.get("p", "")
    tail = f"&p={page_number}" if page_number.isdecimal() else ""
    return redirect(f"{reverse('admin:simulated_accounts', args=[run.pk])}?direction={LOOSENED}{tail}")
