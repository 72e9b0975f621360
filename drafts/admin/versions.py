"""Versions of texts and prompts: what they say, what changed, what a new one must pass, and the button that puts it in force."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from drafts import simulation
from drafts.admin.acting import Problem, attempt
from drafts.simulation import authoring
from drafts.simulation.previewing import preview
from governance import clock
from governance.admin.pages import may, moment, page, person, require
from governance.models import EvaluationRun, PromptVersion, TemplateVersion

Row = TemplateVersion | PromptVersion
RUNS_SHOWN = 5
# Per kind: the model, the two parts of its text with their labels.
KINDS: dict[str, tuple[type[Row], tuple[tuple[str, str], tuple[str, str]]]] = {
    "text": (TemplateVersion, (("subject", "Subject"), ("body", "Text"))),
    "prompt": (PromptVersion, (("system", "Instructions"), ("user", "Message with the facts"))),
}


def text_version(request: HttpRequest, pk: int) -> HttpResponse:
    """One version of an approved text."""
    return _shown(request, "text", pk)


def prompt_version(request: HttpRequest, pk: int) -> HttpResponse:
    """One version of a prompt."""
    return _shown(request, "prompt", pk)


def write_text(request: HttpRequest, pk: int) -> HttpResponse:
    """Save a new version of a text."""
    return _write(request, "text", pk, authoring.write_template)


def write_prompt(request: HttpRequest, pk: int) -> HttpResponse:
    """Save a new version of a prompt."""
    return _write(request, "prompt", pk, authoring.write_prompt)


def activate_text(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a text in force, if it passes."""
    return _activate(request, "text", pk, simulation.activate_template)


def activate_prompt(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a prompt in force, if it passed."""
    return _activate(request, "prompt", pk, simulation.activate_prompt)


def _one(kind: str, pk: int) -> Row:
    row: Any = KINDS[kind][0]._default_manager.select_related("author", "activated_by").filter(pk=pk).first()
    if row is None:
        raise Http404
    found: Row = row
    return found


def _siblings(row: Row) -> Any:
    same = {"key": row.key, **({"language": row.language} if isinstance(row, TemplateVersion) else {})}
    return type(row)._default_manager.filter(**same).order_by("-version")


def _shown(request: HttpRequest, kind: str, pk: int, problem: Problem | None = None) -> HttpResponse:
    require(request, "see_health")
    row = _one(kind, pk)
    versions = list(_siblings(row))
    active = next((v for v in versions if v.state == row.State.ACTIVE and v.pk != row.pk), None)
    typed = problem.posted if problem else {}
    parts = [
        {"name": name, "label": label, "text": getattr(row, name), "before": getattr(active, name, ""), "typed": typed.get(name)}
        for name, label in KINDS[kind][1]
    ]
    runs = []
    if isinstance(row, PromptVersion):
        runs = list(EvaluationRun.objects.filter(content_sha256=simulation.content_hash(row))[:RUNS_SHOWN])
    mine = row.author_id == person(request).pk
    changelist = "admin:governance_templateversion_changelist" if kind == "text" else "admin:governance_promptversion_changelist"
    return page(
        request, "desk/version.html", str(row), status=problem.status if problem else 200, row=row, kind=kind, parts=parts, runs=runs,
        versions=versions, active=active, problem=problem, may_write=bool(may(request, "propose_words")), may_activate=bool(may(request, "write_policy")), mine=mine,
        crumbs=[(reverse(changelist), "Texts" if kind == "text" else "Prompts")], errors=problem is not None,
        write_url=reverse(f"admin:write_{kind}", args=[pk]), activate_url=reverse(f"admin:activate_{kind}", args=[pk]),
        restore_url=reverse(f"admin:restore_{kind}", args=[pk]),
    )  # fmt: skip


def _write(request: HttpRequest, kind: str, pk: int, verb: Callable[..., Row]) -> HttpResponse:
    _one(kind, pk)
    (first, _), (second, _) = KINDS[kind][1]
    posted = request.POST.get(first, ""), request.POST.get(second, "")
    made, problem = attempt(request, "write", lambda: verb(pk, *posted, by=person(request), at=clock.now()))
    if problem is not None:
        return _shown(request, kind, pk, problem)
    messages.success(request, f"{made} is saved and not in force yet. Another policy administrator activates it.")
    return redirect(f"admin:{kind}_version", made.pk)


def _activate(request: HttpRequest, kind: str, pk: int, verb: Callable[..., Row]) -> HttpResponse:
    _one(kind, pk)
    _, problem = attempt(request, "activate", lambda: verb(pk, by=person(request), at=clock.now()))
    if problem is not None:
        return _shown(request, kind, pk, problem)
    messages.success(request, "In force from now on. The version before is retired.")
    return redirect(f"admin:{kind}_version", pk)


def restore_text(request: HttpRequest, pk: int) -> HttpResponse:
    """Prepare going back to an earlier text."""
    return _restore(request, "text", pk, authoring.restore_template)


def restore_prompt(request: HttpRequest, pk: int) -> HttpResponse:
    """Prepare going back to an earlier prompt."""
    return _restore(request, "prompt", pk, authoring.restore_prompt)


def _restore(request: HttpRequest, kind: str, pk: int, verb: Callable[..., Row]) -> HttpResponse:
    require(request, "write_policy")
    _one(kind, pk)
    made, problem = attempt(request, "restore", lambda: verb(pk, by=person(request), at=clock.now()))
    if problem is not None:
        return _shown(request, kind, pk, problem)
    messages.success(request, f"{made} has the old words and is not in force yet. Another policy administrator activates it.")
    return redirect(f"admin:{kind}_version", made.pk)


def preview_text(request: HttpRequest, pk: int) -> HttpResponse:
    """What a text makes of five made-up accounts."""
    require(request, "see_health")
    row = _one("text", pk)
    assert isinstance(row, TemplateVersion)
    crumbs = [(reverse("admin:governance_templateversion_changelist"), "Texts"), (reverse("admin:text_version", args=[pk]), str(row))]
    return page(request, "desk/preview.html", f"Preview: {row}", row=row, shown=preview(row, moment(request)), crumbs=crumbs)
