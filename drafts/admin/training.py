"""Training records: who was trained for which lane or topic, until when. Finance and compliance write them, nobody their own."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from drafts.admin.acting import Missing, Problem, attempt, day_of, tell, whole
from drafts.practice import playing
from governance import clock, policies, training
from governance.admin.pages import moment, page, person, require, scope_for
from governance.models import TrainingRecord
from governance.roles import FINANCE

SHOWN = 300


def trainings(request: HttpRequest) -> HttpResponse:
    """The records of the people in reach, those in force first, and the form."""
    require(request, "write_training")
    return _shown(request)


def _shown(request: HttpRequest, problem: Problem | None = None) -> HttpResponse:
    people = training.people_in_reach(scope_for(request))
    rows = TrainingRecord.objects.filter(person__in=people).select_related("person", "written_by", "ended_by")
    today = moment(request).date()
    items = [
        {"t": row, "counts": row.ended_at is None and row.valid_until >= today, "own": row.person_id == request.user.pk}
        for row in rows.order_by("-valid_until", "-pk")[:SHOWN]
    ]
    items.sort(key=lambda item: not item["counts"])
    wanted = policies.active_parameters().training_required_for
    return page(
        request, "desk/trainings.html", "Training", items=items, people=people.exclude(pk=person(request).pk).filter(is_active=True),
        subjects=TrainingRecord._meta.get_field("subject").flatchoices, wanted=[training.subject_words(s) for s in wanted],
        problem=problem, errors=problem is not None, status=problem.status if problem else 200, typed=problem.posted if problem else request.GET,
        today=today, practised=_practised(request),
    )  # fmt: skip


def _practised(request: HttpRequest) -> list[dict[str, Any]]:
    """The last finished rounds of practice of the people this person leads, with the note that refers to each."""
    led = training.people_in_reach(scope_for(request), frozenset({FINANCE})).exclude(pk=person(request).pk)
    people = {row.pk: row for row in led}
    return [
        {"who": people[one.person_id], "round": one, "note": f"Practice, round {one.number} of {at:%d %B %Y}: {one.right} of {one.of} right"}
        for one in playing.results(people)[:SHOWN]
        for at in [timezone.localtime(one.at)]
    ]


def write(request: HttpRequest) -> HttpResponse:
    """Put a training on record."""
    require(request, "write_training")

    def act() -> TrainingRecord:
        who, on, until = whole(request, "person"), day_of(request, "trained_on"), day_of(request, "valid_until")
        if who is None:
            raise Missing("choose who was trained")
        if on is None or until is None:
            raise Missing("state the day of the training and until when it counts")
        post = request.POST
        return training.write(who, post.get("subject", ""), on, until, post.get("note", ""), by=person(request), at=clock.now())

    made, problem = attempt(request, "training", act)
    if problem is not None:
        return _shown(request, problem)
    tell(request, None, f"On record: {made}.")
    return redirect("admin:trainings")


def end(request: HttpRequest, pk: int) -> HttpResponse:
    """A training that no longer counts."""
    require(request, "write_training")
    if not TrainingRecord.objects.filter(pk=pk, person__in=training.people_in_reach(scope_for(request))).exists():
        raise Http404
    _, problem = attempt(request, "training", lambda: training.end(pk, by=person(request), at=clock.now()))
    tell(request, problem, "Ended. It counts for nothing from now on; the record stays.")
    return redirect("admin:trainings")
