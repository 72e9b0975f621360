"""The nine sources of a brief with their records, and the nine lines with the number of their source: what a reader could open then."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import TextChoices

from accounts.fact_types import AccountFacts, InvoiceFact, TicketFact
from accounts.models import CallNote, Contact, Contract, Dispute, Invoice, Message, Payment, Ticket
from accounts.models.dispute import CATEGORIES
from drafts.brief import lines
from governance.admin.wording import day
from governance.money import Money

MASK = "•••"
# Kind of a fact → the source it comes from; the order numbers the sources [1] … [9] on every screen.
SOURCES = ("invoices", "payments", "contacts", "credits", "disputes", "promises", "tickets", "contracts", "messages")
NUMBER = {kind: n for n, kind in enumerate(SOURCES, 1)}
CATEGORY_WORDS = {code: words.lower() for code, words in CATEGORIES}


@dataclass(slots=True)
class Item:
    """One record. ``text`` is somebody else's words: shown, never followed. ``facts`` are (label, value) pairs of ours.

    ``titled``: the title is a word of the desk; a subject, a number or a name is shown as it was given.
    """

    title: str
    meta: str = ""
    text: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    when: datetime | None = None
    titled: bool = False


@dataclass(slots=True)
class Source:
    """One numbered source with its state and records."""

    number: int
    kind: str
    name: str
    state: str
    detail: str
    as_of: datetime | None
    items: list[Item]


def numbered(facts: AccountFacts) -> list[dict[str, Any]]:
    """The nine lines, each with the number of its source."""
    return [{"line": line, "number": NUMBER.get(line.source_id, 0)} for line in lines(facts)]


def sources(facts: AccountFacts, personal: bool) -> list[Source]:
    """The nine sources in their order, with their records."""
    records: dict[str, list[Item]] = {
        "invoices": [_of_invoice(i) for i in facts.invoices[:60]],
        "payments": [
            Item(p.external_id, f"{_word(Payment.Status, p.status)}, {p.method.replace('_', ' ') or 'method not stated'}", facts=[
                ("Amount", str(Money(p.amount_minor, p.currency))), ("Value date", day(p.value_on)),
                ("Unapplied", str(Money(p.unapplied_minor, p.currency))),
            ])
            for p in facts.payments[:30]
        ],
        "contacts": _contacts(facts, personal),
        "credits": [_credit(c) for c in facts.credits],
        "disputes": _disputes(facts),
        "promises": [_promise(p) for p in facts.promises],
        "tickets": _tickets(facts),
        "contracts": _contracts(facts),
        "messages": _messages(facts),
    }  # fmt: skip
    out = []
    for kind in SOURCES:
        source = facts.sources.get(kind)
        state, name = (source.state, source.name) if source else ("not_configured", kind)
        detail, as_of = (source.detail, source.as_of) if source else ("not connected", None)
        out.append(Source(NUMBER[kind], kind, name, state, detail, as_of, records[kind]))
    return out


def _of_invoice(i: InvoiceFact) -> Item:
    pairs = [
        ("Open", str(Money(i.balance_minor, i.currency))), ("Invoiced", str(Money(i.amount_minor, i.currency))),
        ("Issued", day(i.issued_on)), ("Due", day(i.due_on)), ("Terms", f"{i.terms_days} days"),
        ("PO", i.po_number or ("missing, required" if i.po_required else "none")), ("Invoice delivery", _word(Invoice.Delivery, i.delivery_status)),
    ]  # fmt: skip
    return Item(i.number, f"billed to {i.billed_name}" if i.billed_name else "", facts=pairs)


def _contacts(facts: AccountFacts, personal: bool) -> list[Item]:
    out = []
    for c in facts.contacts:
        state = "opted out" if c.opted_out else "bounced" if c.bounced else "verified" if c.verified_at else "not verified"
        pairs = [("Address", c.email if personal else MASK), ("State", state)]
        if c.placeholder:
            pairs.append(("Note", "made-up address of a trial import"))
        out.append(Item(c.name if personal else MASK, _word(Contact.Role, c.role), facts=pairs, when=c.verified_at))
    return out


def _credit(c: Any) -> Item:
    amount = str(Money(c.amount_minor, c.currency)) if c.amount_minor is not None else "amount not stated"
    what = f"promised by {c.by or 'somebody'}, not posted" if c.promised else "posted"
    more = [] if c.promised else [("Unused", str(Money(c.open_minor, c.currency)))]
    return Item(c.reference, what, c.quote, [("Amount", amount), ("On", day(c.on)), *more])


def _disputes(facts: AccountFacts) -> list[Item]:
    numbers = {i.id: i.number for i in facts.invoices}
    out = [
        Item(d.reference, f"{_word(Dispute.Status, d.status)}, {CATEGORY_WORDS.get(d.category, d.category)}", d.quote or d.reason, [
            ("Invoice", numbers.get(d.invoice_id or 0, "whole account")), ("Opened", day(d.opened_on)),
            ("In dispute", str(Money(d.amount_minor, d.currency)) if d.amount_minor is not None else "the whole invoice"),
        ])
        for d in facts.disputes
    ]  # fmt: skip
    return out + [_signal(s, numbers.get(s.invoice_id or 0, "not named")) for s in facts.signals]


def _signal(s: Any, invoice: str) -> Item:
    category, source_kind = CATEGORY_WORDS.get(s.category, s.category), s.source_kind
    return Item("Possible dispute", f"{category}, found in {source_kind}", s.quote, [("Invoice", invoice)], s.found_at, titled=True)


def _promise(p: Any) -> Item:
    amount = str(Money(p.amount_minor, p.currency)) if p.amount_minor is not None and p.currency else "amount not stated"
    when = day(p.due_on) if p.due_on else "no date given"
    return Item(f"Promise of {day(p.made_on)}", p.state.replace("_", " "), p.quote, [("Amount", amount), ("Promised for", when)], titled=True)


def _tickets(facts: AccountFacts) -> list[Item]:
    bodies = dict(Ticket.objects.filter(pk__in=[t.id for t in facts.tickets]).values_list("pk", "body")) if facts.tickets else {}
    return [Item(f"{t.reference}: {t.subject}", _standing(t), bodies.get(t.id, ""), when=t.updated_at) for t in facts.tickets]


def _standing(t: TicketFact) -> str:
    severity, status = _word(Ticket.Severity, t.severity), _word(Ticket.Status, t.status)
    return f"{severity}{', escalated' if t.escalated else ''}, {status}"


def _contracts(facts: AccountFacts) -> list[Item]:
    fee = {True: "allowed", False: "not allowed", None: "unknown"}
    out = []
    for c in facts.contracts:
        value = str(Money(c.value_minor, c.currency)) if c.value_minor is not None and c.currency else "not stated"
        pairs = [
            ("Terms", f"net {c.terms_days}" if c.terms_days is not None else "not stated"), ("Late fee", fee[c.late_fee_allowed]),
            ("Renewal", day(c.renewal_on) or "not stated"), ("Yearly value", value),
            ("Notes of", day(c.noted_on) or "date not stated"),
        ]  # fmt: skip
        out.append(Item(c.reference, _word(Contract.RenewalStage, c.renewal_stage), c.notes, pairs))
    return out


def _messages(facts: AccountFacts) -> list[Item]:
    ids = [m.id for m in facts.messages[:5]]
    bodies = dict(Message.objects.filter(pk__in=ids).values_list("pk", "body")) if ids else {}
    notes = dict(CallNote.objects.filter(pk__in=[c.id for c in facts.calls[:5]]).values_list("pk", "note")) if facts.calls else {}
    out = [
        Item(m.subject or "(no subject)", "from the customer" if m.direction == "in" else "from us", bodies.get(m.id, ""), when=m.at, titled=not m.subject)
        for m in facts.messages[:5]
    ]
    out += [Item("Phone call", _word(CallNote.Outcome, c.outcome), notes.get(c.id, ""), when=c.at, titled=True) for c in facts.calls[:5]]
    return sorted(out, key=_when, reverse=True)


def _word(choices: type[TextChoices], code: str) -> str:
    """A code in the words of its choices, small as inside a sentence; what is none of them as it is."""
    return choices(code).label.lower() if code in choices.values else code.replace("_", " ")


def _when(item: Item) -> float:
    return item.when.timestamp() if item.when else 0.0
