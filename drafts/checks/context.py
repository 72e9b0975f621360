"""Account facts in the shape the checks read: the mapping of the evaluation files (docs/checks.md), so that a
rule meets in production exactly what it is judged on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from accounts.fact_types import AccountFacts, InvoiceFact
from drafts.classification.types import TermFact
from drafts.detection.topics import FLAG
from governance.money import to_decimal, totals


def check_facts(
    facts: AccountFacts,
    invoice_ids: Collection[int] | None = None,
    *,
    terms: Collection[TermFact] = (),
    live: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The facts a text may rest on. ``invoice_ids`` are the invoices the message is about: their open amounts
    are the totals it may state (all open ones when None). ``terms`` are the account's approved terms,
    ``live`` the context of the checks that need one.

    Amounts are decimal strings, dates ISO; child accounts an invoice was billed to count as names of the
    customer.
    """
    chased = [i for i in facts.invoices if invoice_ids is None or i.id in invoice_ids]
    sums = {
        c: _amount(minor, c) for c, minor in totals((i.currency, i.balance_minor) for i in chased).items()
    }
    numbers = {i.id: i.number for i in facts.invoices}
    return {
        "as_of": facts.today.isoformat(),
        "customer": _customer(facts),
        "contact": _contact(facts),
        "sender": _sender(facts),
        "currency": facts.currency,
        "invoices": [_invoice(i) for i in facts.invoices],
        "total_open": sums.get(facts.currency, ""),
        "totals": sums,
        "payments": _payments(facts, numbers),
        "credit_notes": _credits(facts, numbers),
        "disputes": _disputes(facts),
        "approved_terms": [_term(term) for term in terms],
        "late_fee_policy": _late_fees(facts),
        "links": [facts.sender.payment_link] if facts.sender.payment_link else [],
        "bank_accounts": [
            {"label": label, "iban": iban, "bic": bic} for label, iban, bic in facts.sender.bank_accounts
        ],
        "live": {**live_of(facts), **(live or {})},
    }


def live_of(facts: AccountFacts) -> dict[str, Any]:
    """What the checks of the moment read (G23–G30), as far as the facts know it: limits, caps, opt-out, sources, hostile texts."""
    overdue = totals((i.currency, i.balance_minor) for i in facts.overdue_invoices)
    return {
        "tier": facts.tier,
        "overdue": {currency: _amount(minor, currency) for currency, minor in overdue.items()},
        "contacted_on": [day.isoformat() for day in facts.contacted_on],
        "address_written_on": [day.isoformat() for day in facts.address_written_on],
        "country": facts.country,
        "first_after_dispute": facts.first_contact_after_dispute,
        "opted_out": bool(facts.recipient and facts.recipient.opted_out),
        "sources": {kind: {"state": s.state, "name": s.name, "detail": s.detail} for kind, s in facts.sources.items()},
        "input_flags": [
            (f"{name}:{row.id}", topic.removeprefix(FLAG))
            for name, rows in (("ticket", facts.tickets), ("message", facts.messages))
            for row in rows
            for topic in row.topics
            if topic.startswith(FLAG)
        ],
    }


def _amount(minor: int, currency: str) -> str:
    return str(to_decimal(minor, currency))


def _customer(facts: AccountFacts) -> dict[str, str]:
    children = dict.fromkeys(
        i.billed_name for i in facts.invoices if i.billed_name and i.billed_name != facts.name
    )
    customer = {"name": facts.name, "account_id": facts.external_id}
    if children:
        customer["children"] = "; ".join(children)
    return customer


def _contact(facts: AccountFacts) -> dict[str, str]:
    contact = facts.recipient
    if contact is None:
        return {"name": "", "email": ""}
    return {"name": contact.name, "salutation": contact.salutation, "email": contact.email}


def _sender(facts: AccountFacts) -> dict[str, str]:
    sender = facts.sender
    return {
        "company": sender.company,
        "name": sender.name,
        "title": sender.title,
        "phone": sender.phone,
        "email": sender.email,
        "reply_to": sender.reply_to,
        "address": sender.address,
        # Bank details are names of the sender too: a BIC is no foreign identifier.
        "bank_details": " ".join(" ".join(account) for account in sender.bank_accounts),
    }


def _invoice(invoice: InvoiceFact) -> dict[str, Any]:
    return {
        "number": invoice.number,
        "amount": _amount(invoice.amount_minor, invoice.currency),
        "open": _amount(invoice.balance_minor, invoice.currency),
        "currency": invoice.currency,
        "issued": invoice.issued_on.isoformat(),
        "due": invoice.due_on.isoformat(),
        "days_overdue": invoice.days_overdue,
        "po": invoice.po_number,
        "status": "open",
    }


def _payments(facts: AccountFacts, numbers: Mapping[int, str]) -> list[dict[str, str]]:
    """One row per allocation to an open invoice, and one for what is not allocated."""
    rows = []
    for payment in facts.payments:
        known = [(numbers[pk], minor) for pk, minor in payment.allocations if pk in numbers]
        for number, minor in known or [("", payment.amount_minor)]:
            amount = _amount(minor, payment.currency)
            rows.append({"invoice": number, "amount": amount, "date": payment.value_on.isoformat()})
    return rows


def _credits(facts: AccountFacts, numbers: Mapping[int, str]) -> list[dict[str, str]]:
    """Posted credit notes; a promised credit is no fact a message may state."""
    return [
        {
            "number": credit.reference,
            "invoice": numbers.get(credit.invoice_id or 0, ""),
            "amount": _amount(credit.amount_minor or 0, credit.currency),
            "date": credit.on.isoformat(),
        }
        for credit in facts.credits
        if not credit.promised
    ]


def _disputes(facts: AccountFacts) -> list[dict[str, str]]:
    """Invoices in open dispute; one with a signal nobody judged counts as disputed too."""
    named = {d.invoice_id: d for d in facts.disputes}
    rows = []
    for invoice in facts.invoices:
        if not (invoice.signalled or invoice.dispute_ids or invoice.disputed_minor):
            continue
        dispute = named.get(invoice.id) or named.get(None)
        ticket, reason = (dispute.reference, dispute.category) if dispute else ("", "")
        rows.append({"invoice": invoice.number, "ticket": ticket, "status": "open", "reason": reason})
    return rows


def _term(term: TermFact) -> dict[str, Any]:
    """One term with exactly the values that were decided; an amount without a day has an empty date."""
    schedule = [{"amount": _amount(minor, term.currency), "date": on.isoformat()} for on, minor in term.schedule]
    schedule += [{"amount": _amount(minor, term.currency), "date": ""} for minor in term.amounts]
    row = {"type": term.kind, "ref": term.ref, "approved_by": "recorded", "schedule": schedule, "expires": term.expires_on.isoformat()}
    exact = {"percent": term.percent, "wording": term.wording, "invoices": list(term.invoice_numbers)}
    return {**row, **{key: value for key, value in exact.items() if value}}


def _late_fees(facts: AccountFacts) -> Any:
    """``none`` unless a contract says that late fees are allowed; unknown counts as none."""
    allowed = next((c for c in facts.contracts if c.late_fee_allowed), None)
    return "none" if allowed is None else {"contract": allowed.reference}
