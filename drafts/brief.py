"""The brief: an account's facts frozen as canonical JSON with their fingerprint, and the nine lines a reviewer reads first.

A brief is never changed; new facts are a new brief. The same facts always give the same text and the same fingerprint.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from accounts import readiness
from accounts.fact_types import FINE_STATES, PRESENT, AccountFacts, SourceFact
from drafts import fingerprint
from drafts.models import Brief
from governance.canonical import sha256_hex
from governance.holds import HoldFact
from governance.money import to_decimal
from governance.policies import PolicyParameters

# Lines we know ourselves: no outside source can be stale about them.
OWN = "account"
# Where customers' words stand that may dispute an invoice.
CHANNELS = ("tickets", "messages", "contracts")
# Version of the frozen shape, so that old briefs stay readable when facts gain fields.
SHAPE = 1


@dataclass(frozen=True, slots=True)
class BriefData:
    """What a ``Brief`` row is made of. ``facts_json`` hashes to ``fingerprint``; ``gaps`` are the required sources that are not fine."""

    account_id: int
    facts_json: str
    fingerprint: str
    material_hash: str
    sources_fine: int
    sources_required: int
    complete: bool
    as_of: datetime
    gaps: tuple[SourceFact, ...] = ()

    def row(self, at: datetime) -> Brief:
        """An unsaved row."""
        return Brief(
            account_id=self.account_id, facts=self.facts_json, fingerprint=self.fingerprint, material_hash=self.material_hash,
            sources_fine=self.sources_fine, sources_required=self.sources_required, complete=self.complete, as_of=self.as_of,
            created_at=at,
        )  # fmt: skip


def freeze(facts: AccountFacts, holds: Sequence[HoldFact], policy: PolicyParameters) -> BriefData:
    """Freeze the facts and the holds in force. Complete = every required source present or checked and empty, and fresh enough."""
    content = _values(facts)
    content["shape"] = SHAPE
    content["holds"] = holds
    text = _ENCODER.encode(content)
    required = readiness.required_kinds(facts, policy)
    missing = readiness.gaps(facts, policy)
    return BriefData(
        facts.account_id, text, sha256_hex(text), fingerprint.account_material_hash(facts, [h.kind for h in holds]),
        len(required) - len(missing), len(required), not missing, facts.as_of, missing,
    )  # fmt: skip


_SHAPES: dict[type, tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]] = {}


def _values(value: Any) -> dict[str, Any]:
    """The fields of a fact by name, as they are: what they hold is written by the encoder."""
    kind = type(value)
    shape = _SHAPES.get(kind)
    if shape is None:
        if not is_dataclass(kind):
            raise TypeError(f"{kind.__name__} is not a fact")
        names = tuple(sorted(f.name for f in fields(kind)))
        shape = _SHAPES[kind] = (names, attrgetter(*names))
    return dict(zip(shape[0], shape[1](value), strict=True))


def _written(value: Any) -> Any:
    """What the encoder does not know itself: dates as ISO text, facts by field name."""
    if isinstance(value, date):
        return value.isoformat()
    return _values(value)


# The form of ``governance.canonical``, with facts: the encoder walks them in C and asks here for one object at a time.
_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_written, check_circular=False
)


def open_brief(brief: Brief) -> dict[str, Any]:
    """The frozen facts as JSON values (dates are ISO texts). Raises ``ValueError`` when the text is not what was frozen."""
    if sha256_hex(brief.facts) != (brief.erased_sha256 or brief.fingerprint):
        raise ValueError(f"brief {brief.pk} is not the text that was frozen")
    content: dict[str, Any] = json.loads(brief.facts)
    return content


@dataclass(frozen=True, slots=True)
class BriefLine:
    """One line of the brief: label, value, where it is from, how old that is, in which of the six states.

    ``source`` is the name people call it by, ``source_id`` the kind of source; ``age`` is in words ("22 min", "-" when unknown).
    """

    label: str
    value: str
    source: str
    source_id: str
    as_of: datetime | None
    age: str
    state: str
    evidence: tuple[str, ...] = ()


def age_words(seconds: int | None) -> str:
    """"22 min", "3 h", "2 days", "210 days"; "-" when nothing is known. Never "recently"."""
    if seconds is None:
        return "-"
    if seconds < 3600:
        return f"{seconds // 60} min"
    if seconds < 2 * 86_400:
        return f"{seconds // 3600} h"
    return f"{seconds // 86_400} days"


def lines(facts: AccountFacts) -> tuple[BriefLine, ...]:
    """The nine lines of the review screen, always all nine: what is not known says so."""
    return tuple(_line(facts, label, kind, say) for label, kind, say in _LINES)


def _line(facts: AccountFacts, label: str, kind: str, say: Callable[[AccountFacts], tuple[str, tuple[str, ...]]]) -> BriefLine:
    value, evidence = say(facts)
    if kind == OWN:
        return BriefLine(label, value, "our own record", OWN, facts.as_of, age_words(0), PRESENT, evidence)
    source = facts.sources[kind]
    if source.state not in FINE_STATES:
        unknown = f"unknown: {source.detail or source.state.replace('_', ' ')}"
        # What older data said is still worth reading, but never as if it were the whole truth.
        value = f"{value} ({unknown})" if evidence else unknown
    return BriefLine(label, value, source.name, kind, source.as_of, age_words(source.age_seconds), source.state, evidence)


def money(minor: int, currency: str) -> str:
    """ISO code and grouped digits: "EUR 48,210.00"."""
    return f"{currency} {to_decimal(minor, currency):,}"


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"


def _overdue(facts: AccountFacts) -> tuple[str, tuple[str, ...]]:
    parts = [
        f"{money(b.overdue_minor, c)} in {sum(i.currency == c for i in facts.overdue_invoices)}"
        for c, b in facts.balances.items()
        if b.overdue_minor
    ]
    return (" · ".join(parts) or "nothing overdue"), tuple(i.fact_id for i in facts.overdue_invoices)


def _oldest(facts: AccountFacts) -> tuple[str, tuple[str, ...]]:
    oldest = min(facts.overdue_invoices, key=lambda i: (i.due_on, i.id), default=None)
    if oldest is None:
        return "none", ()
    return f"{_days(oldest.days_overdue)} ({oldest.number})", (oldest.fact_id,)


def _habit(facts: AccountFacts) -> tuple[str, tuple[str, ...]]:
    habit = facts.habit
    if habit is None:
        return "no settled invoice on record", ()
    late = habit.average_days_late
    pays = "nothing settled yet" if late is None else f"{late} days late" if late > 0 else f"{-late} days early" if late else "on time"
    judged = habit.promises_kept + habit.promises_broken
    kept = f", {habit.promises_kept} of {judged} promises kept" if judged else ""
    return f"{pays}{kept}", (f"account:{facts.account_id}",)


def _disputes(facts: AccountFacts) -> tuple[str, tuple[str, ...]]:
    parts = []
    if facts.disputes:
        parts.append(f"{len(facts.disputes)} open")
    if facts.signals:
        parts.append(f"{len(facts.signals)} possible")
    evidence = (*(f"dispute:{d.id}" for d in facts.disputes), *(f"signal:{s.id}" for s in facts.signals))
    found = ", ".join(parts) or "none found"
    unread = ", ".join(facts.sources[kind].name for kind in CHANNELS if facts.sources[kind].state not in FINE_STATES)
    return (f"{found}; not read: {unread}" if unread else found), evidence


def _tickets(facts: AccountFacts) -> tuple[str, tuple[str, ...]]:
    if not facts.tickets:
        return "none open", ()
    urgent = sum(t.severity == "urgent" or t.escalated for t in facts.tickets)
    words = f"{len(facts.tickets)} open" + (f", {urgent} urgent" if urgent else "")
    return words, tuple(f"ticket:{t.id}" for t in facts.tickets)


def _contract(facts: AccountFacts) -> tuple[str, tuple[str, ...]]:
    if not facts.contracts:
        return "none on record", ()
    parts = []
    for contract in facts.contracts[:2]:
        terms = f"net {contract.terms_days}" if contract.terms_days is not None else "terms not stated"
        fee = {True: "late fee allowed", False: "no late fee", None: "late fee unknown"}[contract.late_fee_allowed]
        parts.append(f"{contract.reference}: {terms}, {fee}")
    return "; ".join(parts), tuple(f"contract:{c.id}" for c in facts.contracts)


def _renewal(facts: AccountFacts) -> tuple[str, tuple[str, ...]]:
    coming = [c for c in facts.contracts if c.renewal_on is not None and c.renewal_on >= facts.today]
    if not coming:
        return "none known", ()
    first = min(coming, key=lambda c: c.renewal_on or facts.today)
    value = f", {money(first.value_minor, first.currency)}" if first.value_minor is not None and first.currency else ""
    stage = "" if first.renewal_stage == "none" else f", {first.renewal_stage.replace('_', ' ')}"
    return f"{first.renewal_on:%-d %b %Y}{value}{stage}", (f"contract:{first.id}",)


def _owner(facts: AccountFacts) -> tuple[str, tuple[str, ...]]:
    owner = facts.owner
    if owner is None:
        return "nobody", ()
    words = owner.name if owner.active else f"{owner.name} (left)"
    if owner.away_until is not None and owner.away_until >= facts.today:
        words += f", away until {owner.away_until:%-d %b}"
        words += f"; deputy {owner.deputy_name}" if owner.deputy_id else "; no deputy"
    return words, (f"user:{owner.id}",)


def _last_contact(facts: AccountFacts) -> tuple[str, tuple[str, ...]]:
    found = [(facts.last_out_at, "we wrote"), (facts.last_in_at, "customer wrote")]
    found += [(call.at, "phone call") for call in facts.calls[:1]]
    known = sorted(((at, what) for at, what in found if at is not None), reverse=True)
    if not known:
        return "none on record", ()
    at, what = known[0]
    words = f"{what} {age_words(int((facts.as_of - at).total_seconds()))} ago"
    return words, (f"account:{facts.account_id}",)


_LINES: tuple[tuple[str, str, Callable[[AccountFacts], tuple[str, tuple[str, ...]]]], ...] = (
    ("Overdue", "invoices", _overdue),
    ("Oldest", "invoices", _oldest),
    ("Pays usually", "payments", _habit),
    ("Disputes", "disputes", _disputes),
    ("Tickets", "tickets", _tickets),
    ("Contract", "contracts", _contract),
    ("Renewal", "contracts", _renewal),
    ("Owner", OWN, _owner),
    ("Last contact", "messages", _last_contact),
)
