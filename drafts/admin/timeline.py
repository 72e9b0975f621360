"""What happened with one account, by day, newest first. "Drafted" and "sent" are never mixed, and missing data is a gap, not a line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import groupby
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from accounts.models import Account
from drafts import states
from drafts.admin import gaps
from drafts.models import Delivery, Draft
from drafts.record.sources import NUMBER
from governance.admin.pages import may, person, scope_for
from governance.admin.wording import day
from governance.audit import ACTIONS, account_stream
from governance.blind import hidden_events, withheld
from governance.models import Event, User
from governance.money import Money

KINDS = [
    ("all", "All"), ("messages", "Messages"), ("invoices", "Invoices"), ("payments", "Payments"), ("tickets", "Tickets"),
    ("disputes", "Disputes"), ("us", "Us"),
]  # fmt: skip
FEW, MANY = 60, 1000
# Acts of ours that a reader of everything wants to see between the others; "Us" shows all of them.
OURS = (
    "approval.given", "approval.refused", "approval.void", "draft.edited", "signal.dismissed", "signal.confirmed", "hold.put",
    "hold.released", "account.routed", "decision.recorded", "call.logged", "delivery.stopped", "dispute.opened",
    "dispute.resolved", "promise.recorded", "term.approved", "reply.confirmed", "contact.verified",
)  # fmt: skip
EVENT_ICONS = {"hold": "pause", "approval": "check", "signal": "scale", "dispute": "scale", "call": "phone", "decision": "crown", "contact": "people"}


@dataclass(slots=True)
class Entry:
    """One row. ``text`` are the customer's words; ``link`` leads to the record itself; ``source`` is the number of the source it comes
    from (0: our own record). ``dated``: only the day is on record, no time of day."""

    at: datetime
    kind: str
    icon: str
    title: str
    text: str = ""
    link: str = ""
    link_words: str = ""
    source: int = 0
    source_name: str = "our own record"
    dated: bool = False
    gap: bool = False


@dataclass(frozen=True, slots=True)
class Timeline:
    """Entries by day. ``more``: there are older ones that are not shown. ``acts`` counts our acts on record, when only these are shown
    and all of them may be read."""

    show: str
    days: list[tuple[date, list[Entry]]]
    more: bool
    acts: int | None = None


@dataclass(slots=True)
class _Reader:
    """Who reads which account, how many rows of a kind, and the names of its sources."""

    request: HttpRequest
    account: Account
    now: datetime
    limit: int
    sources: dict[str, str] = field(default_factory=dict)

    def from_source(self, kind: str) -> dict[str, Any]:
        """The source of an entry."""
        return {"source": NUMBER[kind], "source_name": self.sources.get(kind, "not connected any more")}

    def reads_texts(self) -> bool:
        """May this person read letters?"""
        return bool(may(self.request, "see_draft", self.account))


def of(request: HttpRequest, account: Account, now: datetime) -> Timeline:
    """The timeline; ``?show=`` narrows to one kind, ``?rows=all`` shows the old rows too."""
    show = request.GET.get("show", "all")
    show = show if show in dict(KINDS) else "all"
    limit = MANY if request.GET.get("rows") == "all" else FEW
    reader = _Reader(request, account, now, limit, gaps.names(account.portfolio_id))
    if show == "us":
        entries, acts = _ours(reader)
    else:
        makers = MAKERS.values() if show == "all" else [MAKERS[show]]
        found = [make(reader) for maker in makers for make in maker]
        entries, acts = [entry for rows in found for entry in rows], None
    entries.sort(key=lambda e: e.at, reverse=True)
    more = len(entries) > limit or (acts or 0) > limit
    missing = [_gap(reader, one) for one in gaps.windows(account.portfolio_id, now) if show in ("all", one.kind)]
    shown = sorted([*entries[:limit], *missing], key=lambda e: e.at, reverse=True)
    return Timeline(show, [(d, list(rows)) for d, rows in groupby(shown, key=lambda e: timezone.localtime(e.at).date())], more, acts)


def _noon(on: date) -> datetime:
    return timezone.make_aware(datetime.combine(on, time(12)))


def _messages(reader: _Reader) -> list[Entry]:
    if not reader.reads_texts():
        return []
    rows = reader.account.messages.filter(direction="in").order_by("-at")[: reader.limit + 1]
    source = reader.from_source("messages")
    return [Entry(m.at, "messages", "reply", f"Customer wrote: {m.subject or '(no subject)'}", m.body, **source) for m in rows]


def _sent(reader: _Reader) -> list[Entry]:
    if not reader.reads_texts():
        return []
    rows = Delivery.objects.filter(account=reader.account, state=states.ACCEPTED).select_related("draft").defer("mime").order_by("-accepted_at")
    return [
        Entry(d.accepted_at or d.leaves_at, "us", "send", f"Message sent: {d.draft.subject}", "", reverse("admin:delivery", args=[d.pk]),
              "what was sent")
        for d in rows[: reader.limit + 1]
    ]  # fmt: skip


def _drafts(reader: _Reader) -> list[Entry]:
    if not reader.reads_texts():
        return []
    rows = Draft.objects.filter(follow_up__account=reader.account).select_related("author").only(
        "revision", "author_kind", "author__first_name", "author__last_name", "author__username", "created_at", "follow_up_id", "purpose"
    )
    page, words = ("draft_history", "audit") if may(reader.request, "see_ledger", reader.account) else ("review", "open")
    return [
        Entry(d.created_at, "us", "doc", f"{d.get_purpose_display()} drafted, version {d.revision}, by {_author(d)} (not sent)", "",
              reverse(f"admin:{page}", args=[d.follow_up_id]), words)
        for d in rows.order_by("-created_at")[: reader.limit + 1]
    ]  # fmt: skip


def _author(draft: Draft) -> str:
    return str(draft.author) if draft.author_id else f"the {draft.get_author_kind_display().lower()}"


def _invoices(reader: _Reader) -> list[Entry]:
    rows = reader.account.invoices.filter(issued_on__isnull=False).order_by("-issued_on", "-pk")[: reader.limit + 1]
    words = ((i, f"Invoice {i.number} issued, {Money(i.amount_minor, i.currency)}, due {day(i.due_on)}") for i in rows)
    source = reader.from_source("invoices")
    return [Entry(_noon(i.issued_on), "invoices", "doc", text, dated=True, **source) for i, text in words]


def _payments(reader: _Reader) -> list[Entry]:
    rows = reader.account.payments.order_by("-value_on")[: reader.limit + 1]
    words = ((p, f"Payment {p.external_id}, {Money(p.amount_minor, p.currency)}") for p in rows)
    source = reader.from_source("payments")
    return [Entry(_noon(p.value_on), "payments", "coin", f"{text}, {p.get_status_display().lower()}", dated=True, **source) for p, text in words]


def _tickets(reader: _Reader) -> list[Entry]:
    rows = reader.account.tickets.order_by("-updated_at")[: reader.limit + 1]
    words = ((t, f"Ticket {t.external_id} ({t.get_status_display().lower()}): {t.subject}") for t in rows)
    return [Entry(t.updated_at, "tickets", "ticket", text, t.body, **reader.from_source("tickets")) for t, text in words]


def _disputes(reader: _Reader) -> list[Entry]:
    rows = reader.account.disputes.select_related("invoice").order_by("-opened_on")[: reader.limit + 1]
    out, source = [], reader.from_source("disputes")
    for d in rows:
        about = f"about {d.invoice.number}" if d.invoice else "about the whole account"
        link = reverse("admin:dispute", args=[d.pk])
        title = f"Dispute {d.external_id} opened {about}"
        out.append(Entry(_noon(d.opened_on), "disputes", "scale", title, d.quote, link, "open", dated=True, **source))
        if d.resolved_at:
            words = f"Dispute {d.external_id} resolved: {d.get_outcome_display().lower()}"
            out.append(Entry(d.resolved_at, "disputes", "check", words, "", link, "open", **source))
    return out


def _acts(reader: _Reader) -> Any:
    untold = withheld(person(reader.request), scope_for(reader.request), account_ids=[reader.account.pk])
    return Event.objects.filter(stream=account_stream(reader.account.pk)).exclude(hidden_events(untold)).order_by("-id")


def _events(reader: _Reader) -> list[Entry]:
    return _told(_acts(reader).filter(action__in=OURS)[: reader.limit + 1])


def _ours(reader: _Reader) -> tuple[list[Entry], int | None]:
    """Every act of this company about the account, as its audit pack holds them; for who may not read the record those worth telling."""
    acts = _acts(reader)
    if not may(reader.request, "see_ledger", reader.account):
        return _told(acts.filter(action__in=OURS)[: reader.limit + 1]), None
    return _told(acts[: reader.limit]), acts.count()


def _told(events: Iterable[Event]) -> list[Entry]:
    rows = list(events)
    people = {u.pk: str(u) for u in User.objects.filter(pk__in={e.actor_id for e in rows if e.actor_id})}
    return [_event(row, people) for row in rows]


def _event(row: Event, people: dict[int, str]) -> Entry:
    kind, _, act = row.action.partition(".")
    moved = states.BY_ACTION.get(act) if kind == "follow_up" else None
    words = moved.meaning if moved else ACTIONS.get(row.action) or act.replace("_", " ")
    who = people.get(row.actor_id or 0, "the machine")
    return Entry(row.at, "us", EVENT_ICONS.get(kind, "record"), f"{capfirst(words)}, by {who}", source_name=f"our record, no. {row.number}")


def _gap(reader: _Reader, gap: gaps.Gap) -> Entry:
    """Missing data where it is missing: an old gap at its end, one that lasts at the top."""
    return Entry(gap.ended or reader.now, "gap", "unknown", gap.words, gap=True, **reader.from_source(gap.kind))


MAKERS: dict[str, tuple[Callable[[_Reader], list[Entry]], ...]] = {
    "messages": (_messages, _sent, _drafts), "invoices": (_invoices,), "payments": (_payments,), "tickets": (_tickets,),
    "disputes": (_disputes,), "": (_events,),
}  # fmt: skip
