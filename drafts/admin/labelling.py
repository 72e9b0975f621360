"""The blind labelling screen: one item at a time, what was known then, one answer, the next item."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import Account
from drafts.admin.acting import Problem, attempt
from drafts.labelling import judging
from drafts.labelling.judging import Answer
from drafts.labelling.showing import scene
from governance import clock
from governance.admin.pages import may, page, person, require, scope_for
from governance.models import Label, SampleFrame, SampleItem, SampleVerdict

QUESTIONS: dict[str, dict[str, str]] = {
    SampleFrame.Kind.RECALL: {
        "title": "Was it disputed?", "ask": "Do these words challenge whether, or how much of, this invoice is owed?",
        "yes": "Disputed", "no": "Not disputed", "code": "What is disputed",
    },
    SampleFrame.Kind.ESCAPE: {
        "title": "Is this message right?", "ask": "Held against the facts of then: is something in this message wrong?",
        "yes": "It has a defect", "no": "Nothing wrong", "code": "What is wrong",
    },
}  # fmt: skip


def next_item(request: HttpRequest) -> HttpResponse:
    """To the first item that waits for this person; to the list when none does."""
    require(request, "see_samples")
    due = judging.due_for(person(request), scope_for(request))
    return redirect("admin:label_item", due[0].pk) if due else redirect("admin:samples")


def _one(request: HttpRequest, pk: int) -> SampleItem:
    item = SampleItem.objects.select_related("frame").filter(pk=pk).first()
    if item is None or not may(request, "label_sample", item):
        raise Http404
    return item


def item(request: HttpRequest, pk: int) -> HttpResponse:
    """One item. Settled ones, and those this person may not judge, show nothing to judge."""
    return _shown(request, _one(request, pk))


def _shown(request: HttpRequest, row: SampleItem, problem: Problem | None = None) -> HttpResponse:
    right = judging.may_label(person(request), row, scope=scope_for(request))
    settled = SampleVerdict.objects.filter(item=row).exists()
    if not right or settled:
        why = "Enough people have answered; the verdict is locked." if settled else f"Not for you, {right.reason}."  # type: ignore[union-attr]
        return page(request, "desk/label_closed.html", "Nothing to label here", why=why, crumbs=_crumbs(), status=problem.status if problem else 200)
    due = judging.due_for(person(request), scope_for(request))
    mine = [other for other in due if other.frame_id == row.frame_id]
    draft = None if row.frame.kind == SampleFrame.Kind.RECALL else scene(row, row.frame.kind).draft
    return page(
        request, "desk/label.html", QUESTIONS[row.frame.kind]["title"], item=row, scene=scene(row, row.frame.kind), say=QUESTIONS[row.frame.kind],
        codes=judging.CODES[row.frame.kind].items(), answers=Label.Answer, account=Account.objects.get(pk=row.account_id), left=len(mine),
        done=row.frame.items.filter(labels__by=person(request)).count(), problem=problem, typed=problem.posted if problem else {},
        errors=problem is not None, status=problem.status if problem else 200, masked=not may(request, "see_contact_data", row), draft=draft,
        second=row.frame.kind == SampleFrame.Kind.ESCAPE, crumbs=_crumbs(),
    )  # fmt: skip


def _crumbs() -> list[tuple[str, str]]:
    return [(redirect("admin:samples").url, "Samples")]


def save(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the answer and go to the next item; a refused answer stays in its form with the reason."""
    row = _one(request, pk)

    def act() -> Any:
        posted = request.POST
        answer = Answer(
            posted.get("answer", ""), posted.get("code", ""), posted.get("critical") == "1", posted.get("quote", "")[:2000], posted.get("reason", "")[:2000]
        )
        return judging.label(row.pk, answer, by=person(request), at=clock.now())

    _, problem = attempt(request, "label", act)
    if problem is not None:
        return _shown(request, row, problem)
    left = sum(other.frame_id == row.frame_id for other in judging.due_for(person(request), scope_for(request)))
    messages.success(request, f"Saved. {left} more of this sample {'waits' if left == 1 else 'wait'} for you." if left else "Saved. Nothing of this sample waits for you any more.")
    return redirect("admin:label_next")
