"""The pages of the policy: what holds, what a draft would change, the what-if, and the way into force. One page per version."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from drafts.admin.acting import Missing, Problem, attempt
from drafts.admin.policy_view import compared, fields_of, matrix_of, teams_of
from drafts.models import SimulationRun
from drafts.simulation import policy_activation, policy_asking, policy_writing, runs
from drafts.simulation.rule_words import fired
from drafts.simulation.versioning import STREAM
from governance import clock, policies
from governance.admin.pages import may, moment, page, person, require, scope_for
from governance.models import Event, PolicyVersion, User
from governance.policy_locks import LOCKS
from governance.policy_text import BadPolicy, content_hash, from_form

NOT_PARAMETERS = frozenset({"csrfmiddlewaretoken", "note"})
EVENTS_SHOWN = 40
STATE_BADGES = {
    "draft": ("Draft", "info", "pen"), "active": ("In force", "good", "check"), "retired": ("Retired", "", "clock"),
    "dropped": ("Discarded", "", "block"),
}  # fmt: skip


def policy(request: HttpRequest, pk: int) -> HttpResponse:
    """One version of the policy."""
    return _shown(request, pk)


def one(pk: int) -> PolicyVersion:
    """The version, with its people. Raises ``Http404``."""
    rows = PolicyVersion.objects.select_related("author", "activated_by", "asked_by", "based_on", "restores")
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _shown(request: HttpRequest, pk: int, problem: Problem | None = None, errors: dict[str, str] | None = None) -> HttpResponse:
    require(request, "see_health")
    row, now, writes = one(pk), moment(request), bool(may(request, "write_policy"))
    active = policies.active()
    base = row.based_on or active
    mine = row.author_id == person(request).pk
    form = writes and (row.state == "active" or (row.state == "draft" and mine))
    sections = fields_of(row, base, fired(now), typed=problem.posted if problem and problem.panel == "write" else None, errors=errors or {})
    changed = compared(base, row) if row.pk != base.pk else ()
    context = {
        "row": row, "badge": STATE_BADGES[row.state], "active": active, "base": base, "mine": mine, "writes": writes, "form": form,
        "sections": sections, "changed": changed, "locks": LOCKS, "may_see": bool(may(request, "see_simulation")),
        "versions": PolicyVersion.objects.order_by("-number")[:30], "events": _events(row), "sha256": content_hash(row.parameters),
        "in_flight": PolicyVersion.InFlight.choices, "others": sections.others, **_what_if(request, row, now),
    }  # fmt: skip
    return page(
        request, "desk/policy.html", str(row).capitalize(), status=problem.status if problem else 200, problem=problem,
        crumbs=[(reverse("admin:governance_policyversion_changelist"), "Policy")], errors=problem is not None, **context,
    )  # fmt: skip


def _events(row: PolicyVersion) -> list[tuple[Event, str]]:
    """What happened to the version, from the record: writing, simulations, reading, asking, activating."""
    own = Event.objects.filter(stream=STREAM, subject_kind="policy", subject_id=row.pk)
    of_runs = SimulationRun.objects.filter(policy_version=row).values("pk")
    ran = Event.objects.filter(stream=STREAM, subject_kind="simulation", subject_id__in=of_runs)
    found = list((own | ran).order_by("-number")[:EVENTS_SHOWN])
    people = User.objects.in_bulk({e.actor_id for e in found if e.actor_id})
    return [(e, str(people.get(e.actor_id or 0, "the machine"))) for e in found]


def _what_if(request: HttpRequest, row: PolicyVersion, now: datetime) -> dict[str, Any]:
    """The newest simulation, whether it still opens the gate, and what is left to read."""
    if not may(request, "see_simulation"):
        return {"run": None, "matrix": None}
    newest = runs.newest(row)
    latest = SimulationRun.objects.filter(policy_version=row).order_by("-pk").first()
    found = newest or runs.done(row).first()
    stale = runs.why_stale(row, newest, now) if row.state == "draft" else ""
    asker = row.author_id or 0
    needed = policy_asking.to_read(newest) if newest else set()
    unread = needed - policy_asking.already_read(newest, asker) if newest else set()
    return {
        "run": found, "latest": latest, "stale": stale, "matrix": matrix_of(found) if found else None,
        "teams": teams_of(found, scope_for(request)) if found else None,
        "running": latest is not None and latest.state in runs.WAITING, "to_read": len(needed), "unread": len(unread),
        "unread_settings": [c for c in (compared(row.based_on, row) if row.based_on else ()) if policy_asking.setting_key(c.about.name) in unread],
    }  # fmt: skip


def _posted(request: HttpRequest) -> dict[str, list[str]]:
    """Every field of the form but its token and note; what is no parameter is refused by name further in."""
    names = [name for name in request.POST if name not in NOT_PARAMETERS]
    return {name: request.POST.getlist(name) for name in names}


def write(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a draft from the version in force, or save a draft of one's own."""
    require(request, "write_policy")
    row = one(pk)
    note = request.POST.get("note", "")

    def save() -> PolicyVersion:
        changes = from_form(_posted(request))
        if row.state == PolicyVersion.State.ACTIVE:
            return policy_writing.write_policy(changes, note, by=person(request), at=clock.now())
        return policy_writing.edit_policy(pk, changes, note, by=person(request), at=clock.now())

    made, problem = None, None
    errors: dict[str, str] = {}
    try:
        made, problem = attempt(request, "write", save, passing=(BadPolicy,))
    except BadPolicy as bad:
        errors = {p.field: p.words for p in bad.problems}
        posted = {key: request.POST.getlist(key) for key in request.POST}
        problem = Problem("E-FORM", "This cannot be saved.", "write", tuple(f"{_label(p.field)}: {p.words}" for p in bad.problems), posted)
    if problem is not None or made is None:
        return _shown(request, pk, problem, errors)
    messages.success(request, f"{str(made).capitalize()} is saved and not in force. Run the what-if next.")
    return redirect("admin:policy", made.pk)


def _label(field: str) -> str:
    return field.replace("_", " ")


def _act(request: HttpRequest, pk: int, panel: str, done: str, verb: Callable[[], Any]) -> HttpResponse:
    one(pk)
    made, problem = attempt(request, panel, verb)
    if problem is not None:
        return _shown(request, pk, problem)
    messages.success(request, done)
    return redirect("admin:policy", made.pk if isinstance(made, PolicyVersion) else pk)


def simulate(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a simulation into the queue."""
    words = "The what-if is running. You can leave this page; the result will be here."
    return _act(request, pk, "simulate", words, lambda: runs.ask_for_run(pk, by=person(request), at=clock.now()))


def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a second person to activate it."""

    def verb() -> PolicyVersion:
        reason, when = request.POST.get("reason", ""), _moment(request.POST.get("not_before", ""))
        return policy_asking.ask_for_activation(pk, reason, by=person(request), at=clock.now(), not_before=when)

    return _act(request, pk, "ask", "Asked. Another policy administrator can put it in force now.", verb)


def _moment(text: str) -> datetime | None:
    if not text.strip():
        return None
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise Missing(f"“{text[:40]}” is no moment; expected for example 2026-11-30T08:00") from error
    return timezone.make_aware(found) if timezone.is_naive(found) else found


def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask no longer."""
    return _act(request, pk, "ask", "You no longer ask for it.", lambda: policy_asking.withdraw_asking(pk, by=person(request), at=clock.now()))


def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a draft up."""
    return _act(request, pk, "discard", "Discarded. It stays on record.", lambda: policy_writing.discard_policy(pk, by=person(request), at=clock.now()))


def activate(request: HttpRequest, pk: int) -> HttpResponse:
    """Put it in force."""

    def verb() -> PolicyVersion:
        choice = request.POST.get("in_flight", "")
        return policy_activation.activate_policy(pk, by=person(request), at=clock.now(), in_flight=choice, expected=request.POST.get("sha256", ""))

    return _act(request, pk, "activate", "In force from now on. The version before is retired.", verb)


def roll_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Prepare a draft with the content of an earlier version."""
    words = "A draft with the old content is prepared. Simulate it and ask for it like any other."
    return _act(request, pk, "rollback", words, lambda: policy_writing.prepare_rollback(pk, by=person(request), at=clock.now()))
