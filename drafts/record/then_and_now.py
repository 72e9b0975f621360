"""The evidence as it was frozen, and what of it is different today. Today's data is never shown as then's."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accounts.fact_types import AccountFacts
from accounts.facts import facts_for
from accounts.models import CallNote, Ticket
from drafts.models import Brief
from drafts.record.sources import MASK, Item, Source, numbered, sources
from drafts.record.thaw import facts_of


@dataclass(slots=True)
class Line:
    """One of the nine lines: what was known then, and what the same line says now ("" when it says the same)."""

    line: Any
    number: int
    now: str = ""


@dataclass(slots=True)
class Shown:
    """One source with its records of then. ``differs`` are words for each record that is not the same now."""

    source: Source
    differs: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Evidence:
    """The evidence of one brief. ``broken`` says why it cannot be shown; ``unknown`` why it cannot be compared with today."""

    brief: Brief
    lines: list[Line] = field(default_factory=list)
    sources: list[Shown] = field(default_factory=list)
    broken: str = ""
    unknown: str = ""

    @property
    def differing(self) -> int:
        """How many lines and records differ from now."""
        return sum(bool(line.now) for line in self.lines) + sum(len(one.differs) for one in self.sources)


def evidence(brief: Brief, now: datetime, *, personal: bool, compare: bool = True) -> Evidence:
    """The evidence of ``brief``; ``personal`` shows names and addresses, ``compare`` holds it beside the facts of ``now``."""
    out = Evidence(brief)
    try:
        then = facts_of(brief)
    except ValueError as error:
        out.broken = str(error)
        return out
    today = facts_for([brief.account_id], now).get(brief.account_id) if compare else None
    if today is None:
        out.unknown = "The account's facts of today cannot be read." if compare else "Not compared with later facts."
    out.lines = _lines(then, today)
    out.sources = _sources(_of_then(then, brief.as_of, personal), today, personal)
    return out


def _lines(then: AccountFacts, today: AccountFacts | None) -> list[Line]:
    now = {entry["line"].label: entry["line"] for entry in numbered(today)} if today else {}
    out = []
    for entry in numbered(then):
        line = entry["line"]
        other = now.get(line.label)
        out.append(Line(line, entry["number"], other.value if other is not None and other.value != line.value else ""))
    return out


def _of_then(then: AccountFacts, as_of: datetime, personal: bool) -> list[Source]:
    """The records of the frozen facts. Words of tickets and calls may have been changed since: only those of then are shown."""
    found = sources(then, personal)
    tickets = _texts(Ticket, "body", [t.id for t in then.tickets], as_of)
    calls = _texts(CallNote, "note", [c.id for c in then.calls], as_of)
    by_source = {source.kind: source for source in found}
    for item, ticket in zip(by_source["tickets"].items, then.tickets, strict=False):
        item.text = tickets.get(ticket.id, "")
    known = set(calls.values())
    for item in by_source["messages"].items:
        if item.title == "Phone call" and item.text not in known:
            item.text = ""
    return found


def _texts(model: Any, column: str, ids: list[int], as_of: datetime) -> dict[int, str]:
    """What a text said at a moment, from its history; nothing where the history does not reach back."""
    if not ids:
        return {}
    rows = model.history.filter(id__in=ids, history_date__lte=as_of).order_by("history_date", "history_id")
    return dict(rows.values_list("id", column))


def _sources(found: list[Source], today: AccountFacts | None, personal: bool) -> list[Shown]:
    now = {source.kind: source for source in sources(today, personal)} if today else {}
    return [Shown(source, _differences(source, now.get(source.kind))) for source in found]


def _differences(then: Source, now: Source | None) -> list[str]:
    if now is None:
        return []
    words = [f"the source was {then.state.replace('_', ' ')}, now {now.state.replace('_', ' ')}"] if then.state != now.state else []
    old, new = _by_title(then.items), _by_title(now.items)
    for title, item in old.items():
        if title not in new:
            words.append(f"{title} is not among the facts of now")
        else:
            words += _item(title, item, new[title])
    return words + [f"{title} is new since then" for title in new if title not in old]


def _by_title(items: list[Item]) -> dict[str, Item]:
    return {f"{item.title} of {item.when:%d %b %Y %H:%M}" if item.title in (MASK, "(no subject)", "Phone call") and item.when else item.title: item
            for item in items}  # fmt: skip


def _item(title: str, then: Item, now: Item) -> list[str]:
    known = dict(now.facts)
    words = [
        f"{title}: {label.lower()} was {value or 'empty'}, now {known[label] or 'empty'}"
        for label, value in then.facts
        if label in known and known[label] != value
    ]
    return words + ([f"{title}: was {then.meta or 'empty'}, now {now.meta or 'empty'}"] if then.meta != now.meta else [])
