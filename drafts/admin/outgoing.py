"""What is on its way out: waiting, stopped, sent, unknown. Stop is one button away, for everybody who may."""

from __future__ import annotations

from email import message_from_string, policy
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from drafts import review, states
from drafts.admin.acting import Problem, attempt, needed, tell
from drafts.admin.lookup import follow_ups_of
from drafts.models import Delivery, DraftAttachment
from drafts.review.unknown import OUTCOMES
from governance import clock, quarantine
from governance.admin.pages import may, moment, page, person, require, scope_for
from governance.holds import sending_paused
from governance.models import Approval, Event, Incident

PAGE = 50
TABS = {
    "leaving": ("Leaving", (states.SCHEDULED, states.CLAIMED, states.HANDING_OVER, states.FAILED_TEMPORARY), "leaves_at"),
    "unknown": ("Outcome unknown", (states.OUTCOME_UNKNOWN,), "leaves_at"),
    "stopped": ("Stopped", (states.DELIVERY_STOPPED,), "-stopped_at"),
    "failed": ("Refused by the server", (states.FAILED_PERMANENT,), "-pk"),
    "sent": ("Sent", (states.ACCEPTED,), "-accepted_at"),
}


def _visible(request: HttpRequest) -> QuerySet[Delivery]:
    """Deliveries in reach. Roles that may stop but not read accounts (system) pause everything instead."""
    return Delivery.objects.filter(follow_up__in=follow_ups_of(request)).select_related("account", "follow_up", "stopped_by")


def outgoing(request: HttpRequest) -> HttpResponse:
    """The lists, and the switch that pauses everything."""
    require(request, "stop")
    key = request.GET.get("tab", "leaving")
    title, wanted, order = TABS.get(key, TABS["leaving"])
    rows = _visible(request).filter(state__in=wanted).defer("mime").order_by(order, "pk")[:PAGE]
    pause = sending_paused(moment(request))
    return page(
        request, "desk/outgoing.html", "Outgoing messages", rows=list(rows), tab=key if key in TABS else "leaving", tab_title=title,
        tabs=[(k, words) for k, (words, _, _) in TABS.items()], pause=pause, may_pause=may(request, "pause_sending"),
        may_resume=may(request, "resume_sending"), reads=may(request, "see_account"), quarantine=quarantine.standing(),
        may_lift=may(request, "lift_quarantine"), reads_all=scope_for(request).everything,
    )  # fmt: skip


def delivery(request: HttpRequest, pk: int) -> HttpResponse:
    """One message: what was approved, what goes or went, byte for byte, and what can still be done."""
    return _shown(request, _one(request, pk))


def _shown(request: HttpRequest, row: Delivery, problem: Problem | None = None) -> HttpResponse:
    require(request, "see_draft", row.follow_up)
    draft, pk = row.draft, row.pk
    proposal = Event.objects.filter(subject_kind="delivery", subject_id=pk, action="delivery.outcome_proposed").order_by("-id").first()
    approvals = Approval.objects.filter(request_id=row.approval_request_id).select_related("person", "required_role").order_by("at")
    return page(
        request, "desk/delivery.html", f"Message to {row.account.name}", d=row, draft=draft, approvals=list(approvals),
        stoppable=row.state in (states.SCHEDULED, states.CLAIMED, states.FAILED_TEMPORARY), outcomes=OUTCOMES, proposal=proposal,
        may_stop=may(request, "stop", row.follow_up), may_settle=may(request, "resolve_unknown", row.follow_up),
        may_propose=may(request, "record_reply", row.follow_up), identical=_identical(row), attachments=draft.attachments.defer("content"),
        masked=not may(request, "see_contact_data", row.follow_up), may_correct=may(request, "edit_draft", row.follow_up),
        may_report=may(request, "open_incident", row.follow_up), severities=Incident.Severity.choices,
        problem=problem, errors=problem is not None, typed=problem.posted if problem else {}, status=problem.status if problem else 200,
    )  # fmt: skip


def _identical(row: Delivery) -> bool:
    """True when the text inside the frozen bytes is the approved text, word for word."""
    parsed = message_from_string(row.mime, policy=policy.default)
    part = parsed.get_body(preferencelist=("plain",))
    text = part.get_content() if part is not None else ""
    return text.replace("\r\n", "\n").strip() == row.draft.body.strip() and str(parsed["Subject"]) == row.draft.subject


def _one(request: HttpRequest, pk: int) -> Delivery:
    row = _visible(request).select_related("draft", "approval_request", "resolved_by").filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop it before the hand-over; it goes back to review with the reason."""
    row = _one(request, pk)
    reason = request.POST.get("reason", "")
    _, problem = attempt(request, "stop", lambda: review.stop(pk, reason, by=person(request), at=clock.now()))
    if tell(request, problem, f"{row.account.name}: stopped. Nothing was sent; the text is kept and back in review."):
        return redirect("admin:review", row.follow_up_id)
    return redirect("admin:delivery", pk)


def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """An unknown outcome: the first person brings evidence, the second confirms it."""
    _one(request, pk)

    def act() -> Any:
        outcome = needed(request, "outcome", "choose what happened")
        if request.POST.get("step") == "confirm":
            return review.resolve_unknown(pk, outcome, by=person(request), at=clock.now())
        return review.propose_outcome(pk, outcome, request.POST.get("evidence", ""), by=person(request), at=clock.now())

    _, problem = attempt(request, "settle", act)
    confirmed = request.POST.get("step") == "confirm"
    tell(request, problem, "Settled." if confirmed else "Recorded. Another person now confirms it.")
    return redirect("admin:delivery", pk)


def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """A correction of a message the customer has, written by a person; finance and the account owner approve it."""
    row = _one(request, pk)
    subject, body = request.POST.get("subject", ""), request.POST.get("body", "")
    draft, problem = attempt(request, "correct", lambda: review.correct(pk, subject, body, by=person(request), at=clock.now()))
    if problem is not None:
        return _shown(request, row, problem)
    tell(request, None, "Written. It waits for finance and the account owner; you cannot approve your own words.")
    return redirect("admin:review", draft.follow_up_id)


def pause(request: HttpRequest) -> HttpResponse:
    """Stop all sending, now, for everybody."""
    reason = request.POST.get("reason", "")
    _, problem = attempt(request, "pause", lambda: review.pause_sending(reason, by=person(request), at=clock.now()))
    tell(request, problem, "Sending is paused. Messages whose time comes now are stopped; their texts are kept and need a new approval.")
    return _back(request)


def resume(request: HttpRequest) -> HttpResponse:
    """Let messages leave again."""
    reason = request.POST.get("reason", "")
    _, problem = attempt(request, "pause", lambda: review.resume_sending(reason, by=person(request), at=clock.now()))
    tell(request, problem, "Sending is on again. Every waiting message is looked at once more before it leaves.")
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """Everybody may pause; who does not read what is leaving comes back to the page of holds."""
    return redirect("admin:outgoing" if may(request, "stop") else "admin:holds")


def attachment(request: HttpRequest, pk: int) -> HttpResponse:
    """One attachment, as a download; never shown inside the page."""
    rows = DraftAttachment.objects.filter(draft__follow_up__in=follow_ups_of(request))
    row = rows.filter(pk=pk).select_related("draft__follow_up").first()
    if row is None:
        raise Http404
    require(request, "see_draft", row.draft.follow_up)
    name = "".join(c if c.isalnum() or c in "._- " else "_" for c in row.name)
    response = HttpResponse(bytes(row.content), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
