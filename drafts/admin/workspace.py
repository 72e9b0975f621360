"""The review workspace: the draft beside its brief, the checks, the decisions. The verbs are in ``acts`` and ``editing``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict

from drafts import states
from drafts.admin import bar, evidence, filters, preparing, similar
from drafts.admin.acting import Problem
from drafts.admin.annotate import pieces
from drafts.admin.disputing import categories
from drafts.admin.lookup import follow_up_or_404
from drafts.admin.signals import signals_of
from drafts.models import Delivery, FollowUp, WorkingCopy
from drafts.review import evidence_first
from governance import clock, holds, policies
from governance.admin.pages import may, moment, page, person
from governance.admin.wording import clock_time
from governance.models import Decision
from governance.policies import PolicyParameters
from governance.standards import standard_for

WINDOW = 400  # how far along a list the position is counted
DECIDING = (states.AWAITING_DECISION,)
# What the page has of a text that is not there, or not shown yet.
NO_TEXT: dict[str, Any] = {
    "draft": None, "findings": [], "pieces": [], "attachments": [], "editing": False, "copy": None, "named": set(), "versions": [], "attempts": [],
}  # fmt: skip
ON_THE_WAY = (states.APPROVED, states.STOPPED, states.SENT, states.ANSWERED, states.CLOSED)


def review(request: HttpRequest, pk: int) -> HttpResponse:
    """The page."""
    return shown(request, pk)


def shown(request: HttpRequest, pk: int, problem: Problem | None = None, **extra: Any) -> HttpResponse:
    """The page, after a refused act with the reason on top and the typed words in their form."""
    follow_up = follow_up_or_404(request, pk)
    now = moment(request)
    first, policy = _first(request, follow_up, now)
    context = {
        **_standing(follow_up, now),
        **evidence.parts(request, follow_up, now),
        **(NO_TEXT if first else _draft_parts(request, follow_up)),
        **place(request, follow_up),
        "first": first, "policy": policy, "similar": None if first else similar.parts(request, follow_up),
        "signals": signals_of(follow_up), "standard": standard_for(follow_up.lane), "categories": categories(), "problem": problem, "errors": problem is not None,
        "may_close": may(request, "record_reply", follow_up),
    }  # fmt: skip
    context["bar"] = bar.of(request, follow_up, context, now)
    context["steps"] = [(step, words) for step, words in evidence_first.NEXT.items() if first and step in context["bar"].verbs]
    context["coding"] = bar.coding(request, follow_up, context, now)
    context.update(extra)
    status = problem.status if problem else 200
    return page(request, "desk/workspace.html", follow_up.account.name, status=status, f=follow_up, **context)


def _first(request: HttpRequest, follow_up: FollowUp, now: datetime) -> tuple[str, PolicyParameters | None]:
    """Why the evidence comes first (empty: it does not), and the policy by which a draft that waits is decided."""
    if follow_up.status not in states.REVIEWABLE:
        return "", None
    policy = policies.active_parameters()
    return evidence_first.asked(follow_up, policy, by=person(request), at=now) if may(request, "approve", follow_up) else "", policy


def _draft_parts(request: HttpRequest, follow_up: FollowUp) -> dict[str, Any]:
    """Text, findings, attachments, and the words being typed when the editor is open."""
    draft = follow_up.draft
    around = {**preparing.parts(follow_up), "versions": list(follow_up.drafts.select_related("author").order_by("-revision"))}
    if draft is None:
        return NO_TEXT | around
    draft.follow_up = follow_up  # who asks the draft for it need not ask the database
    findings = list(draft.findings.select_related("acknowledged_by"))
    editing = request.GET.get("edit") == "1" and bool(may(request, "edit_draft", follow_up))
    copies = WorkingCopy.objects.filter(draft__follow_up=follow_up, user_id=person(request).pk).select_related("draft")
    copy = copies.order_by("-saved_at").first() if editing else None
    return {
        "draft": draft, "findings": findings, "pieces": pieces(draft.body, draft.claims, findings), "editing": editing, "copy": copy,
        "over": copy.draft if copy else draft,  # the revision the words were typed over: when it is not in force any more, saving shows both
        "attachments": list(draft.attachments.defer("content")), "by_severity": _by_severity(findings),
        "masked": not may(request, "see_contact_data", follow_up), **around,
    }  # fmt: skip


def _by_severity(findings: list[Any]) -> dict[str, int]:
    counts = {"block": 0, "higher": 0, "warn": 0}
    for finding in findings:
        counts[finding.severity] += 1
    return counts


def _standing(follow_up: FollowUp, now: Any) -> dict[str, Any]:
    """What else stands around the draft: holds, the question for a person, the message on its way."""
    in_force = holds.in_force({follow_up.account_id: follow_up.portfolio_id}, now).get(follow_up.account_id, ())
    decision = delivery = None
    if follow_up.status in DECIDING or follow_up.lane == states.EXECUTIVE_REVIEW:
        decision = Decision.objects.filter(account_id=follow_up.account_id).order_by("-pk").first()
    if follow_up.status in ON_THE_WAY:
        delivery = Delivery.objects.filter(follow_up=follow_up).select_related("stopped_by").order_by("-pk").first()
    return {"holds": in_force, "decision": decision, "delivery": delivery}


def _list_of(request: HttpRequest) -> QueryDict:
    """The list the reader came from: the query string, or the hidden field of a form."""
    text = request.POST.get("list", "") if request.method == "POST" else request.GET.urlencode()
    return QueryDict(text or "tab=mine")


def list_query(request: HttpRequest) -> str:
    """The list as a query string, without what belongs to one page only."""
    params = _list_of(request).copy()
    for key in ("edit", "compare", "p", "format"):
        params.pop(key, None)
    return f"?{params.urlencode()}" if params else ""


def _ids(request: HttpRequest) -> list[int]:
    wanted = filters.Filters.of(_list_of(request))
    return list(filters.rows_for(request, wanted, moment(request)).values_list("pk", flat=True)[:WINDOW])


def place(request: HttpRequest, follow_up: FollowUp) -> dict[str, Any]:
    """Position in the list, and the neighbours for n and p."""
    ids = _ids(request)
    at = ids.index(follow_up.pk) if follow_up.pk in ids else None
    return {
        "position": at + 1 if at is not None else None, "of": len(ids), "list_query": list_query(request),
        "previous_pk": ids[at - 1] if at else None, "next_pk": ids[at + 1] if at is not None and at + 1 < len(ids) else None,
    }  # fmt: skip


def neighbour(request: HttpRequest, follow_up: FollowUp) -> int | None:
    """The draft to open after this one is decided: the next of the list, else its first other one."""
    ids = _ids(request)
    after = ids[ids.index(follow_up.pk) + 1 :] if follow_up.pk in ids else ids
    return next((pk for pk in [*after, *ids] if pk != follow_up.pk), None)


def after_approval(pk: int) -> str:
    """What an approval did, in words: leaves when, or who must approve too."""
    follow_up = FollowUp.objects.get(pk=pk)
    if follow_up.status == states.APPROVED:
        delivery = Delivery.objects.filter(follow_up_id=pk).order_by("-pk").first()
        leaves = clock_time(delivery.leaves_at, clock.now()) if delivery else "soon"
        return f"approved. It leaves at {leaves} and can be stopped until then."
    return "your approval is recorded. It waits for the second approval."

