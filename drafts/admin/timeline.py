"""What happened with one account, by day, newest first. "Drafted" and "sent" are never mixed, and missing data is a gap, not a line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from accounts.models import Account, Source
from drafts import states
from drafts.models import Delivery, Draft
from governance.admin.pages import may, person, scope_for
from governance.audit import ACTIONS
from governance.blind import hidden_events, withheld
from governance.models import Event, User
from governance.money import Money

KINDS = [
    ("all", "All"), ("messages", "Messages"), ("payments", "Payments"), ("tickets", "Tickets"), ("disputes", "Disputes"), ("us", "Us"),
]  # fmt: skip
LIMIT = 60
# Acts of ours that a reader of the account wants to see; the rest is in the record.
OURS = (
    "approval.given", "approval.refused", "approval.void", "draft.edited", "signal.dismissed", "signal.confirmed", "hold.put",
    "hold.released", "account.routed", "decision.recorded", "call.logged", "delivery.stopped", "dispute.opened",
    "dispute.resolved", "promise.recorded", "term.approved", "reply.confirmed",
)  # fmt: skip
EVENT_ICONS = {"hold": "pause", "approval": "check", "signal": "scale", "dispute": "scale", "call": "phone", "decision": "crown"}


@dataclass(slots=True)
class Entry:
    """One row. ``text`` are the customer's words; ``link`` leads to the record itself."""

    at: datetime
    kind: str
    icon: str
    title: str
    text: str = ""
    link: str = ""
    link_words: str = ""
    gap: bool = False


def of(request: HttpRequest, account: Account, now: datetime) -> list[tuple[date, list[Entry]]]:
    """Entries by day; ``?show=`` narrows to one kind."""
    show = request.GET.get("show", "all")
    makers = {
        "messages": (_messages, _sent, _drafts), "payments": (_payments,), "tickets": (_tickets,), "disputes": (_disputes,),
        "us": (_sent, _drafts, _events),
    }  # fmt: skip
    chosen = makers.get(show) or (_messages, _sent, _drafts, _payments, _tickets, _disputes, _events, _gaps)
    entries = [entry for make in chosen for entry in make(request, account)]
    entries.sort(key=lambda e: e.at, reverse=True)
    return [(day, list(rows)) for day, rows in groupby(entries[:LIMIT], key=lambda e: timezone.localtime(e.at).date())]


def _noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


def _messages(request: HttpRequest, account: Account) -> list[Entry]:
    if not may(request, "see_draft", account):
        return []
    rows = account.messages.filter(direction="in").order_by("-at")[:LIMIT]
    return [Entry(m.at, "messages", "reply", f"Customer wrote: {m.subject or '(no subject)'}", m.body) for m in rows]


def _sent(request: HttpRequest, account: Account) -> list[Entry]:
    if not may(request, "see_draft", account):
        return []
    rows = Delivery.objects.filter(account=account, state=states.ACCEPTED).select_related("draft").defer("mime").order_by("-accepted_at")
    return [
        Entry(d.accepted_at or d.leaves_at, "us", "send", f"Message sent: {d.draft.subject}", "", reverse("admin:delivery", args=[d.pk]),
              "what was sent")
        for d in rows[:LIMIT]
    ]  # fmt: skip


def _drafts(request: HttpRequest, account: Account) -> list[Entry]:
    if not may(request, "see_draft", account):
        return []
    rows = Draft.objects.filter(follow_up__account=account).select_related("author").only(
        "revision", "author_kind", "author__first_name", "author__last_name", "author__username", "created_at", "follow_up_id", "purpose"
    )
    return [
        Entry(d.created_at, "us", "doc", f"{d.get_purpose_display()} drafted, version {d.revision}, by {_author(d)} (not sent)", "",
              reverse("admin:review", args=[d.follow_up_id]), "open")
        for d in rows.order_by("-created_at")[:LIMIT]
    ]  # fmt: skip


def _author(draft: Draft) -> str:
    return str(draft.author) if draft.author_id else f"the {draft.get_author_kind_display().lower()}"


def _payments(request: HttpRequest, account: Account) -> list[Entry]:
    rows = account.payments.order_by("-value_on")[:LIMIT]
    words = ((p, f"Payment {p.external_id}, {Money(p.amount_minor, p.currency)}") for p in rows)
    return [Entry(_noon(p.value_on), "payments", "coin", f"{text}, {p.get_status_display().lower()}") for p, text in words]


def _tickets(request: HttpRequest, account: Account) -> list[Entry]:
    rows = account.tickets.order_by("-updated_at")[:LIMIT]
    words = ((t, f"Ticket {t.external_id} ({t.get_status_display().lower()}): {t.subject}") for t in rows)
    return [Entry(t.updated_at, "tickets", "ticket", text, t.body) for t, text in words]


def _disputes(request: HttpRequest, account: Account) -> list[Entry]:
    rows = account.disputes.select_related("invoice").order_by("-opened_on")[:LIMIT]
    out = []
    for d in rows:
        about = f"about {d.invoice.number}" if d.invoice else "about the whole account"
        link = reverse("admin:dispute", args=[d.pk])
        out.append(Entry(_noon(d.opened_on), "disputes", "scale", f"Dispute {d.external_id} opened {about}", d.quote, link, "open"))
        if d.resolved_at:
            words = f"Dispute {d.external_id} resolved: {d.get_outcome_display().lower()}"
            out.append(Entry(d.resolved_at, "disputes", "check", words, "", link, "open"))
    return out


def _events(request: HttpRequest, account: Account) -> list[Entry]:
    untold = withheld(person(request), scope_for(request), account_ids=[account.pk])
    acts = Event.objects.filter(stream=f"account:{account.pk}", action__in=OURS).exclude(hidden_events(untold))
    rows = list(acts.order_by("-id")[:LIMIT])
    people = {u.pk: str(u) for u in User.objects.filter(pk__in={e.actor_id for e in rows if e.actor_id})}
    return [_event(row, people) for row in rows]


def _event(row: Event, people: dict[int, str]) -> Entry:
    words = ACTIONS.get(row.action, row.action)
    who = people.get(row.actor_id or 0, "the machine")
    return Entry(row.at, "us", EVENT_ICONS.get(row.action.partition(".")[0], "record"), f"{capfirst(words)}, by {who}")


def _gaps(request: HttpRequest, account: Account) -> list[Entry]:
    """A failed source is a gap from the day it failed: what happened since is unknown."""
    rows: Any = Source.objects.filter(portfolio_id=account.portfolio_id, status=Source.Status.FAILED, failed_since__isnull=False)
    return [
        Entry(s.failed_since, "gap", "unknown", f"Gap: no data from {s.name} ({s.get_kind_display()}) since then", gap=True) for s in rows
    ]
