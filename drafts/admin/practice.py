"""The practice queue: a prepared case as the workspace shows it, what was behind it as soon as it is decided, and what a round came to."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from drafts.admin import evidence
from drafts.admin.acting import Missing, attempt, whole
from drafts.admin.annotate import pieces
from drafts.practice import playing
from drafts.practice.cases import AT, Case, cases
from governance import clock
from governance.admin.pages import page, person, require
from governance.models import PracticeAnswer

APPROVE = "approve"
# What can be decided about a case, as in the decision bar.
VERDICTS = {APPROVE: "Approve", "request_changes": "Request changes", "reject": "Reject", "route": "Route", "disputed": "Disputed"}


def practice(request: HttpRequest) -> HttpResponse:
    """The next case of one's round; after the last one what the rounds came to."""
    require(request, "approve")
    turn = playing.standing(person(request), again="again" in request.GET)
    if not turn.left:
        return page(request, "desk/practice_done.html", "Practice", rounds=playing.results([person(request).pk]))
    case = cases()[turn.left[0]]
    return page(request, "desk/practice.html", case.facts.name, case=case, turn=turn, position=turn.done + 1, verdicts=VERDICTS, **_shown(case))


def _shown(case: Case) -> dict[str, Any]:
    """The parts of the workspace. Ages are those of the day on which the case stands."""
    findings = list(case.findings)
    return {
        **evidence.of_facts(case.facts, personal=True), "now": AT, "draft": case.draft, "named": set(case.draft.invoice_ids), "findings": findings,
        "pieces": pieces(case.draft.body, case.claims, []), "by_severity": {"block": 0, "higher": 0, "warn": len(findings)}, "bar": {"blocked": True},
    }  # fmt: skip


def answer(request: HttpRequest) -> HttpResponse:
    """Decide the case, and be told at once."""
    require(request, "approve")

    def act() -> PracticeAnswer:
        number, key, verdict = whole(request, "round"), request.POST.get("case", ""), request.POST.get("verdict", "")
        if number is None or key not in cases() or verdict not in VERDICTS:
            raise Missing("the page is incomplete; please reload it")
        return playing.answer(number, key, verdict == APPROVE, by=person(request), at=clock.now())

    row, problem = attempt(request, "practice", act)
    if problem is not None:
        messages.error(request, problem.words)
        return redirect("admin:practice")
    return redirect("admin:practice_told", row.pk)


def told(request: HttpRequest, pk: int) -> HttpResponse:
    """What was behind a case one has decided."""
    require(request, "approve")
    row = get_object_or_404(PracticeAnswer, pk=pk, person=person(request), case__in=cases())
    return page(request, "desk/practice_told.html", "Practice", case=cases()[row.case], row=row, turn=playing.standing(person(request)))
