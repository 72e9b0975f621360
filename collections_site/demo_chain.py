"""The demo's page that breaks the record on purpose and shows that it is found. Elsewhere these addresses answer 404."""

from __future__ import annotations

import time
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from collections_site.demo import chain
from drafts.admin.acting import Missing, attempt, tell
from governance import clock, ledger, verifications
from governance.admin.pages import page, scope_for
from governance.decisions import Allowed, Decision, Denied
from governance.roles import AUDITOR, SYSTEM

SHOWN = 20


def may_break(request: HttpRequest) -> Decision:
    """Only the two roles that would have to find it, and only in the demo."""
    if scope_for(request).all_roles & {AUDITOR, SYSTEM}:
        return Allowed()
    return Denied("because only a compliance auditor or a system administrator tries this out")


def show(request: HttpRequest) -> HttpResponse:
    """The record as it stands, verified now, and the ways to falsify it."""
    may_break(request).or_raise()
    began = time.perf_counter()
    report = ledger.examine()
    seconds = time.perf_counter() - began
    if report.whole == (verifications.broken() is not None):  # only what is news: the page is opened again and again
        verifications.keep(report, clock.now())
    return page(
        request, "desk/demo_chain.html", "Break the chain", report=report, breaks=report.breaks[:SHOWN], seconds=f"{seconds:.2f}",
        standing=chain.standing(), damages=chain.DAMAGES,
    )  # fmt: skip


def damage(request: HttpRequest) -> HttpResponse:
    """Falsify the record in one of the ways; the page then shows what the verification found."""
    may_break(request).or_raise()

    def act() -> Any:
        if request.POST.get("damage") not in chain.BY_KEY:
            raise Missing("choose what to do to the record")
        return chain.damage(request.POST["damage"], at=clock.now())

    done, problem = attempt(request, "damage", act)
    if problem is not None:
        tell(request, problem, "")
    else:
        messages.warning(request, f"Done: {done.title.lower()}, {done.stream} at event {done.number}. Below is what the verification says.")
    return redirect("admin:demo_chain")


def mend(request: HttpRequest) -> HttpResponse:
    """Put back what stood there."""
    may_break(request).or_raise()
    later, problem = attempt(request, "mend", chain.mend)
    tail = f" {later} events written meanwhile were chained on." if later else ""
    tell(request, problem, f"Mended: the rows are back as they were.{tail} Below, the record is verified once more.")
    return redirect("admin:demo_chain")
