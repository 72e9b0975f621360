"""Tone rules and review standards: what is in force, new versions with their examples, activation by another person, roll back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from drafts import states
from drafts.admin.acting import Problem, attempt
from drafts.simulation import standards
from governance import clock
from governance.admin.pages import may, page, person, require
from governance.models import ReviewStandard, ToneRule

FIELDS = ("key", "language", "severity", "phrases", "why", "must_fail", "must_pass")
Row = ToneRule | ReviewStandard
KINDS: dict[str, type[Row]] = {"tone": ToneRule, "guidance": ReviewStandard}


def tone(request: HttpRequest) -> HttpResponse:
    """Every rule and every standard."""
    return _listed(request)


def _listed(request: HttpRequest, problem: Problem | None = None) -> HttpResponse:
    require(request, "see_health")
    rules = list(ToneRule.objects.select_related("author", "activated_by").order_by("key", "-version"))
    guidance = list(ReviewStandard.objects.select_related("author", "activated_by").order_by("lane", "-version"))
    return page(
        request, "desk/standards.html", "Tone and guidance", status=problem.status if problem else 200, problem=problem, errors=problem is not None,
        rules=rules, guidance=guidance, writes=bool(may(request, "write_policy")), lanes=states.LANE_CHOICES,
        severities=ToneRule.Severity.choices, languages=standards.LANGUAGES, typed=problem.posted if problem else {},
    )  # fmt: skip


def _one(kind: str, pk: int) -> Row:
    model: Any = KINDS[kind]
    row: Row | None = model.objects.select_related("author", "activated_by").filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def tone_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """One version of a tone rule."""
    return _shown(request, "tone", pk)


def guidance(request: HttpRequest, pk: int) -> HttpResponse:
    """One version of a review standard."""
    return _shown(request, "guidance", pk)


def _shown(request: HttpRequest, kind: str, pk: int, problem: Problem | None = None) -> HttpResponse:
    require(request, "see_health")
    row: Any = _one(kind, pk)
    same = {"key": row.key} if kind == "tone" else {"lane": row.lane}
    versions = list(type(row).objects.filter(**same).order_by("-version"))
    active = next((v for v in versions if v.state == "active" and v.pk != row.pk), None)
    return page(
        request, "desk/standard.html", _title(row), status=problem.status if problem else 200, problem=problem, row=row, kind=kind,
        errors=problem is not None, versions=versions, active=active, parts=_parts(kind, row, active), writes=bool(may(request, "write_policy")),
        mine=row.author_id == person(request).pk, crumbs=[(reverse("admin:tone"), "Tone and guidance")],
        severities=ToneRule.Severity.choices, languages=standards.LANGUAGES, typed=_typed(kind, row, problem), lanes=states.LANE_CHOICES,
    )  # fmt: skip


def _parts(kind: str, row: Any, active: Any) -> list[tuple[str, str, str]]:
    """(label, text, text of the version in force) of everything a version says."""
    if kind == "guidance":
        return [("Guidance", row.text, active.text if active else "")]
    labels = (("Phrases", "phrases"), ("Must find", "must_fail"), ("Must leave alone", "must_pass"), ("Reviewers read", "why"))
    return [(label, _text(row, name), _text(active, name)) for label, name in labels]


def _text(row: Any, name: str) -> str:
    value = getattr(row, name, "")
    return "\n".join(value) if isinstance(value, list) else value


def _title(row: Row) -> str:
    if isinstance(row, ToneRule):
        return str(row).capitalize()
    lane = dict(states.LANE_CHOICES).get(row.lane, row.lane)
    return f"Guidance: {lane}, version {row.version}"


def _typed(kind: str, row: Any, problem: Problem | None) -> Any:
    if problem is not None and problem.panel == "write":
        return problem.posted
    return {"lane": row.lane, "text": row.text} if kind == "guidance" else {name: _text(row, name) for name in FIELDS}


def write_tone(request: HttpRequest) -> HttpResponse:
    """Save a version of a tone rule."""
    fields = {name: request.POST.get(name, "") for name in FIELDS}
    return _written(request, "tone", lambda: standards.write_tone_rule(fields, by=person(request), at=clock.now()))


def write_guidance(request: HttpRequest) -> HttpResponse:
    """Save a version of the guidance for a lane."""
    lane, text = request.POST.get("lane", ""), request.POST.get("text", "")
    return _written(request, "guidance", lambda: standards.write_standard(lane, text, by=person(request), at=clock.now()))


def _written(request: HttpRequest, kind: str, verb: Callable[[], Row]) -> HttpResponse:
    made, problem = attempt(request, f"write-{kind}", verb)
    if problem is not None:
        return _listed(request, problem)
    messages.success(request, f"{str(made).capitalize()} is saved and not in force yet. Another policy administrator activates it.")
    return redirect(f"admin:{'tone_rule' if kind == 'tone' else 'guidance'}", made.pk)


def _act(request: HttpRequest, kind: str, pk: int, verb: Callable[..., Row], done: str) -> HttpResponse:
    require(request, "write_policy")
    _one(kind, pk)
    made, problem = attempt(request, "act", lambda: verb(pk, by=person(request), at=clock.now()))
    if problem is not None:
        return _shown(request, kind, pk, problem)
    messages.success(request, done)
    return redirect(f"admin:{'tone_rule' if kind == 'tone' else 'guidance'}", made.pk)


IN_FORCE = "In force from now on. The version before is retired."
RESTORED = "A new version with the old content is saved. Another policy administrator activates it."


def activate_tone(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a rule in force."""
    return _act(request, "tone", pk, standards.activate_tone_rule, IN_FORCE)


def activate_guidance(request: HttpRequest, pk: int) -> HttpResponse:
    """Put guidance in force."""
    return _act(request, "guidance", pk, standards.activate_standard, IN_FORCE)


def restore_tone(request: HttpRequest, pk: int) -> HttpResponse:
    """Prepare going back to an earlier version of a rule."""
    return _act(request, "tone", pk, standards.restore_tone_rule, RESTORED)


def restore_guidance(request: HttpRequest, pk: int) -> HttpResponse:
    """Prepare going back to earlier guidance."""
    return _act(request, "guidance", pk, standards.restore_standard, RESTORED)
