"""What a labeller sees of an item: facts and texts as they were at the moment of decision, and nothing anybody or anything said about them.

Never here: signals, disputes opened in the round, findings, lanes, approvals, who wrote the text, other labels, anything later.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from accounts.models import CallNote, Contract, Message, Ticket
from drafts.models import Brief, Draft
from drafts.record.sources import SOURCES, Item, numbered, sources
from drafts.record.thaw import facts_of
from governance.models import SampleFrame, SampleItem

# Older words challenge nothing that is asked for now; detection reads no further back either.
BACK = timedelta(days=180)
# What the detector or a colleague said about disputes would show here.
TOLD = "disputes"
TEXTS = ("tickets", "messages", "contracts", TOLD)


@dataclass(frozen=True, slots=True)
class Words:
    """Somebody's words: ``key`` names the row ("message:12"), ``body`` is what it said then."""

    key: str
    title: str
    when: datetime | None
    body: str


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything one item shows. ``broken`` says why the facts cannot be shown."""

    item: SampleItem
    texts: list[Words]
    lines: list[Any]
    records: list[tuple[str, list[Item]]]
    invoice: Item | None
    draft: Draft | None = None
    broken: str = ""


def scene(item: SampleItem, kind: str) -> Scene:
    """What is shown of ``item``."""
    try:
        facts = facts_of(Brief.objects.get(pk=item.brief_id))
    except ValueError as error:
        return Scene(item, [], [], [], None, broken=str(error))
    hidden = TEXTS if kind == SampleFrame.Kind.RECALL else ()
    found = {source.kind: source.items for source in sources(facts, personal=False)}
    numbers = {i.id: i.number for i in facts.invoices}
    about = next((row for row in found["invoices"] if row.title == numbers.get(item.invoice_id or 0)), None)
    lines = [entry["line"] for entry in numbered(facts) if entry["line"].source_id not in (TOLD if hidden else "",)]
    records = [(name, found[name]) for name in SOURCES if name not in hidden and found[name]]
    if kind == SampleFrame.Kind.RECALL:
        return Scene(item, texts(item), lines, records, about)
    draft = Draft.objects.filter(pk=item.draft_id or 0).first()
    return Scene(item, [Words(f"draft:{draft.pk}", draft.subject, None, draft.body)] if draft else [], lines, records, None, draft)


def texts(item: SampleItem) -> list[Words]:
    """What the customer and people who spoke with the customer had written by then, newest first."""
    since, until = item.decided_at - BACK, item.decided_at
    found = [
        Words(f"message:{m.pk}", m.subject or "(no subject)", m.at, m.body)
        for m in Message.objects.filter(account_id=item.account_id, direction=Message.Direction.IN, at__gte=since, at__lte=until)
    ]
    found += _tickets(item, since, until) + _calls(item, since, until) + _contracts(item, until)
    return sorted(found, key=lambda words: words.when or since, reverse=True)


def _tickets(item: SampleItem, since: datetime, until: datetime) -> list[Words]:
    rows = Ticket.objects.filter(account_id=item.account_id, opened_at__lte=until, updated_at__gte=since)
    then = _then(Ticket, [t.pk for t in rows], until)
    out = []
    for ticket in rows:
        subject, body = then.get(ticket.pk, (ticket.subject, ticket.body)) if ticket.updated_at > until else (ticket.subject, ticket.body)
        out.append(Words(f"ticket:{ticket.pk}", f"Ticket {ticket.external_id}: {subject}", min(ticket.updated_at, until), body))
    return out


def _then(model: Any, ids: list[int], until: datetime) -> dict[int, tuple[str, str]]:
    rows = model.history.filter(id__in=ids, history_date__lte=until).order_by("history_date", "history_id")
    return {pk: (subject, body) for pk, subject, body in rows.values_list("id", "subject", "body")}


def _calls(item: SampleItem, since: datetime, until: datetime) -> list[Words]:
    rows = CallNote.objects.filter(account_id=item.account_id, at__gte=since, at__lte=until).exclude(note="")
    return [Words(f"call:{c.pk}", "Phone call, as noted by us", c.at, c.note) for c in rows]


def _contracts(item: SampleItem, until: datetime) -> list[Words]:
    rows = Contract.objects.filter(account_id=item.account_id).exclude(notes="")
    dated = [(c, datetime.combine(c.noted_on, time(0), UTC) if c.noted_on else None) for c in rows]
    return [Words(f"contract:{c.pk}", f"Notes on contract {c.external_id}", at, c.notes) for c, at in dated if at is None or at <= until]


def where_it_stands(quote: str, shown: list[Words]) -> str:
    """The key of the text in which these words stand word for word (white space aside); "" when in none."""
    wanted = _flat(quote)
    if not wanted:
        return ""
    return next((words.key for words in shown if wanted in _flat(f"{words.title} {words.body}")), "")


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().casefold()
