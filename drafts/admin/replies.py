"""What came back: the list, the form that records a reply, and the kind a person confirms."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from drafts import responses
from drafts.admin.acting import Missing, attempt, day_of, needed, tell
from drafts.admin.lookup import account_or_404, accounts_of
from drafts.models import Delivery, Reply
from drafts.models.reply import REPLY_KINDS
from governance import clock
from governance.admin.pages import may, page, person, require

PAGE = 60


def replies(request: HttpRequest) -> HttpResponse:
    """The latest replies; those whose kind nobody confirmed first."""
    require(request, "see_draft")
    accounts = accounts_of(request)
    rows = Reply.objects.filter(message__account__in=accounts).select_related("message__account", "confirmed_by")
    tab = "confirmed" if request.GET.get("tab") == "confirmed" else "new"
    rows = rows.exclude(confirmed_kind="") if tab == "confirmed" else rows.filter(confirmed_kind="")
    return page(
        request, "desk/replies.html", "Replies", rows=list(rows.order_by("-created_at")[:PAGE]), tab=tab, kinds=REPLY_KINDS,
        may_record=may(request, "record_reply"), masked=not may(request, "see_contact_data"),
    )  # fmt: skip


def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """A person says what the reply is."""
    user = person(request)
    accounts = accounts_of(request)
    row = Reply.objects.filter(pk=pk, message__account__in=accounts).first()
    if row is None:
        raise Http404
    kind = request.POST.get("kind", "")
    _, problem = attempt(request, "confirm", lambda: responses.confirm_kind(pk, kind, by=user, at=clock.now()))
    tell(request, problem, "Confirmed. What follows from it has been done.")
    return redirect("admin:replies")


def record(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a reply that reached us some other way. Its text is stored as it came and never followed."""
    account = account_or_404(request, pk)

    def act() -> Any:
        body = needed(request, "body", "paste the customer's words")
        sent = Delivery.objects.filter(account=account, state="accepted").order_by("-accepted_at")
        last = sent.values_list("message_id", flat=True).first()
        incoming = responses.Incoming(
            account_id=pk, sender=needed(request, "sender", "say who wrote it"), subject=request.POST.get("subject", ""), body=body,
            sent_at=_moment(request), in_reply_to=last or "" if request.POST.get("answers") else "",
        )  # fmt: skip
        return responses.record_reply(incoming, by=person(request), at=clock.now())

    result, problem = attempt(request, "reply", act)
    words = ""
    if result is not None:
        reply, new = result
        kind = reply.get_machine_kind_display()
        words = f"Recorded as “{kind}”. Please confirm or correct it." if new else "This reply was known already."
    tell(request, problem, words)
    return redirect("admin:account_page", pk)


def _moment(request: HttpRequest) -> datetime:
    """When it was written: the given day at noon, or now."""
    day, now = day_of(request, "day"), clock.now()
    if day is None or day == timezone.localtime(now).date():
        return now
    if day > timezone.localtime(now).date():
        raise Missing("the reply cannot be from the future")
    return datetime.combine(day, time(12), timezone.get_current_timezone())
