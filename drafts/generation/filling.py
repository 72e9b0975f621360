"""What each placeholder of an approved text becomes: wording, claims tied to facts, and values that are neither."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from accounts.fact_types import AccountFacts, InvoiceFact
from drafts.classification.types import TermFact
from drafts.generation import formats
from drafts.generation.lines import VALUE, Fragment, around, statement_lines
from drafts.generation.phrases import Phrases


@dataclass(frozen=True, slots=True)
class Message:
    """What every placeholder may need."""

    facts: AccountFacts
    invoices: tuple[InvoiceFact, ...]
    language: str
    phrases: Phrases
    sums: dict[str, int]
    set_aside: int
    attached: bool = False
    plans: tuple[TermFact, ...] = ()


def _plain(text: str) -> list[Fragment]:
    return [(text, "")] if text else []


def _shape(message: Message, shapes: tuple[str, str, str]) -> list[Fragment]:
    count = len(message.invoices)
    shape = shapes[0] if count == 1 else shapes[2] if message.attached else shapes[1]
    return around(shape, "count", str(count), VALUE) if count > 1 else _plain(shape)


def _greeting(message: Message) -> list[Fragment]:
    contact, words = message.facts.recipient, message.phrases
    if contact is None or not (contact.name or contact.salutation):
        return _plain(words.greeting_nobody)
    end = ":" if message.language == "es" else ","
    for title, opening in words.greeting_named:
        if contact.salutation.startswith(title):
            return [(f"{opening} {title}", ""), (contact.salutation[len(title) :], VALUE), (end, "")]
    return around(words.greeting, "name", contact.name or contact.salutation, VALUE)


def _invoices(message: Message) -> list[Fragment]:
    if len(message.invoices) == 1:
        only = message.invoices[0]
        return around(message.phrases.invoice, "number", only.number, only.fact_id)
    return around(message.phrases.invoices, "count", str(len(message.invoices)), VALUE)


def _invoice_total(message: Message) -> list[Fragment]:
    only = message.invoices[0].fact_id if len(message.invoices) == 1 else ""
    out: list[Fragment] = []
    last = len(message.sums) - 1
    for position, (currency, minor) in enumerate(message.sums.items()):
        if position:
            out.append((formats.separator(message.language, position == last), ""))
        out.append((formats.money(minor, currency, message.language), only or f"total:{currency}"))
    return out


def _due_since(message: Message) -> list[Fragment]:
    oldest = message.invoices[0]
    shape = message.phrases.due_since[len(message.invoices) > 1]
    return around(shape, "date", formats.day(oldest.due_on, message.language), oldest.fact_id)


def _statement(message: Message) -> list[Fragment]:
    return statement_lines(message.facts, message.invoices, message.sums, message.language, message.attached)


def _set_aside(message: Message) -> list[Fragment]:
    if not message.set_aside:
        return []
    shape = message.phrases.set_aside[message.set_aside > 1]
    return around(shape, "count", str(message.set_aside), VALUE) if message.set_aside > 1 else _plain(shape)


def _agreed_plan(message: Message) -> list[Fragment]:
    """One line per instalment, exactly as it was decided: "1 June 2026: EUR 450.00"."""
    out: list[Fragment] = []
    for plan in message.plans:
        for on, minor in plan.schedule:
            fact = f"term:{plan.id}"
            told = (formats.day(on, message.language), fact), (": ", ""), (formats.money(minor, plan.currency, message.language), fact)
            out += [("\n", ""), *told] if out else told
    return out


def _payment_details(message: Message) -> list[Fragment]:
    sender, words = message.facts.sender, message.phrases
    lines = [
        " · ".join(p for p in (label, f"IBAN {iban}", bic and f"BIC {bic}") if p)
        for label, iban, bic in sender.bank_accounts
    ]
    if lines:
        lines.insert(0, words.pay_to)
    if sender.payment_link:
        lines.append(words.pay_online.format(link=sender.payment_link))
    return _plain("\n".join(lines))


def _signature(message: Message) -> list[Fragment]:
    sender = message.facts.sender
    lines = (sender.name, sender.title, sender.company, sender.reply_to or sender.email, sender.phone)
    return _plain("\n".join(line for line in lines if line))


def _reply_to(message: Message) -> str:
    return message.facts.sender.reply_to or message.facts.sender.email


FILL: dict[str, Callable[[Message], list[Fragment]]] = {
    "greeting": _greeting,
    "invoices": _invoices,
    "these_invoices": lambda m: _shape(m, m.phrases.these_invoices),
    "past_due": lambda m: _shape(m, m.phrases.past_due),
    "statement": _statement,
    "invoice_total": _invoice_total,
    "due_since": _due_since,
    "oldest_due": lambda m: [(formats.day(m.invoices[0].due_on, m.language), m.invoices[0].fact_id)],
    "earlier_contact": lambda m: _plain(m.phrases.earlier_contact if m.facts.contacted_on else ""),
    "set_aside": _set_aside,
    "agreed_plan": _agreed_plan,
    "how_to_dispute": lambda m: _plain(m.phrases.how_to_dispute.format(reply_to=_reply_to(m))),
    "payment_details": _payment_details,
    "customer": lambda m: [(m.facts.name, VALUE)],
    "reply_to": lambda m: _plain(_reply_to(m)),
    "your_text": lambda m: _plain(m.phrases.your_text),
    "signature": _signature,
}
