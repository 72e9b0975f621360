"""Rules about disputes, purchase orders, and what the customer wrote."""

from __future__ import annotations

from datetime import datetime

from accounts.fact_types import InvoiceFact
from drafts.classification.types import Case, Reason, day, days, money, named
from drafts.detection.topics import topics_in
from drafts.states import EXCEPTION
from governance.roles import FINANCE, LEGAL, OWNER, REVIEWER

REQUESTS = ("plan", "credit", "discount", "extension")
REQUEST_WORDS = {"plan": "a payment plan", "credit": "a credit", "discount": "a discount", "extension": "more time"}


def dispute_signal(case: Case) -> Reason | None:
    """A signal nobody has judged holds the whole account."""
    signals = case.facts.signals
    if not signals:
        return None
    first = signals[0]
    age = days(max(0, (case.today - case.local_day(first.found_at)).days))
    numbers = {i.id: i.number for i in case.facts.invoices}
    about = f" about {numbers[first.invoice_id]}" if first.invoice_id in numbers else ""
    more = f", and {len(signals) - 1} more" if len(signals) > 1 else ""
    words = f"Possible dispute{about} in a {first.source_kind.replace('_', ' ')}, {age} old: “{first.quote[:120]}”{more}"
    evidence = tuple(f"signal:{s.id}" for s in signals)
    return Reason("dispute_signal", words, evidence, EXCEPTION, (FINANCE, OWNER), holds=True)


def dispute_open(case: Case) -> Reason | None:
    """An open dispute; it holds until it is confirmed and owned, then policy may let the undisputed rest be chased."""
    disputes = case.facts.disputes
    if not disputes:
        return None
    numbers = {i.id: i.number for i in case.facts.invoices}
    parts = []
    for dispute in disputes[:3]:
        about = numbers.get(dispute.invoice_id or 0, "") if dispute.invoice_id else "the whole account"
        amount = f", {money(dispute.amount_minor, dispute.currency)}" if dispute.amount_minor and dispute.currency else ""
        parts.append(f"{dispute.reference} ({dispute.category.replace('_', ' ')}{', ' + about if about else ''}{amount})")
    more = f" and {len(disputes) - 3} more" if len(disputes) > 3 else ""
    words = f"Open dispute {'; '.join(parts)}{more}, since {day(min(d.opened_on for d in disputes), case.today)}"
    evidence = tuple(f"dispute:{d.id}" for d in disputes)
    return Reason("dispute_open", words, evidence, EXCEPTION, (FINANCE, OWNER), holds=not rest_may_be_chased(case))


def rest_may_be_chased(case: Case) -> bool:
    """Every dispute is owned or answered, policy allows it, and something overdue is untouched by any of them."""
    settled = all(d.owner_id is not None or d.status == "answered" for d in case.facts.disputes)
    return settled and case.policy.chase_undisputed_rest and any(not i.dispute_ids for i in case.overdue)


def missing_po(invoice: InvoiceFact, case: Case) -> bool:
    """The customer asks for a purchase order number and the invoice has none."""
    if invoice.po_number:
        return False
    return invoice.po_required or any(c.po_required for c in case.facts.contracts)


def po_missing(case: Case) -> Reason | None:
    """An overdue invoice without the purchase order number the customer requires."""
    missing = [i for i in case.overdue if missing_po(i, case)]
    if not missing:
        return None
    words = f"PO number missing on {named([i.number for i in missing])}"
    return Reason("po_missing", words, tuple(i.fact_id for i in missing), EXCEPTION, (OWNER,))


def invoice_not_delivered(case: Case) -> Reason | None:
    """The invoice never reached the customer."""
    failed = [i for i in case.overdue if i.delivery_status == "failed"]
    if not failed:
        return None
    words = f"Delivery to the customer failed for {named([i.number for i in failed])}"
    return Reason("invoice_not_delivered", words, tuple(i.fact_id for i in failed), EXCEPTION, (OWNER,))


def customer_approval(case: Case) -> Reason | None:
    """The customer's own approval or procurement is slow, as noted or written since our last message."""
    if case.facts.procurement_note:
        words = f"Procurement delay at the customer: {case.facts.procurement_note[:160]}"
        return Reason("customer_approval", words, (f"account:{case.facts.account_id}",), EXCEPTION, (OWNER,))
    waiting = next((m for m in case.unanswered if m.kind in ("in_customer_approval", "needs_document")), None)
    if waiting is None:
        return None
    what = "is waiting for approval" if waiting.kind == "in_customer_approval" else "needs a PO or a document"
    words = f"The customer wrote on {day(case.local_day(waiting.at), case.today)} that it {what}"
    return Reason("customer_approval", words, (f"message:{waiting.id}",), EXCEPTION, (OWNER,))


def payment_claimed(case: Case) -> Reason | None:
    """"Already paid", or remittance advice, since our last message. The hold put with it stops drafting until somebody looked."""
    claim = next((m for m in case.unanswered if m.kind in ("paid", "remittance")), None)
    if claim is None:
        return None
    words = f"The customer wrote on {day(case.local_day(claim.at), case.today)} that it is paid"
    return Reason("payment_claimed", words, (f"message:{claim.id}",), EXCEPTION, (FINANCE,))


def request_for_terms(case: Case) -> Reason | None:
    """A plan, credit, discount or extension asked for lately; until it is decided nothing is written."""
    for message in case.facts.messages:
        asked = [t for t in REQUESTS if t in message.topics] if message.direction == "in" else []
        if asked:
            return _request(case, asked, message.at, f"message:{message.id}", "wrote")
    for call in case.facts.calls:
        asked = [t for t in REQUESTS if t in call.topics]
        if asked:
            return _request(case, asked, call.at, f"call:{call.id}", "called")
    return None


def _request(case: Case, asked: list[str], moment: datetime, evidence: str, verb: str) -> Reason:
    what = " and ".join(REQUEST_WORDS[topic] for topic in asked)
    decided = case.decided_since(("payment_plan", "credit", "discount"), moment)
    kind = asked[0] if asked in (["credit"], ["discount"]) else "payment_plan"
    words = f"The customer {verb} on {day(case.local_day(moment), case.today)} and asks for {what}"
    if decided:
        words += ", decided since"
    return Reason("request_for_terms", words, (evidence,), EXCEPTION, (FINANCE,), decision="" if decided else kind)


def legal_wording(case: Case) -> Reason | None:
    """Lawyers, courts or insolvency in contract notes, correspondence, tickets or calls, until a legal decision covers it."""
    found = [f"contract:{c.id}" for c in case.facts.contracts if c.notes and "legal" in topics_in(c.notes)]
    found += [f"message:{m.id}" for m in case.facts.messages if m.direction == "in" and "legal" in m.topics]
    found += [f"ticket:{t.id}" for t in case.facts.tickets if "legal" in t.topics]
    found += [f"call:{c.id}" for c in case.facts.calls if "legal" in c.topics]
    if not found:
        return None
    kinds = sorted({f.split(":")[0] for f in found})
    return _legal(case, "legal_wording", f"Legal wording in: {', '.join(kinds)}", tuple(found))


def natural_person(case: Case) -> Reason | None:
    """Consumers have rights a machine must not brush against."""
    if not case.facts.natural_person:
        return None
    return _legal(case, "natural_person", "The customer is a natural person", (f"account:{case.facts.account_id}",))


def insolvency(case: Case) -> Reason | None:
    """Insolvency proceedings are known."""
    if not case.facts.insolvent:
        return None
    return _legal(case, "insolvency", "Insolvency proceedings are known", (f"account:{case.facts.account_id}",))


def _legal(case: Case, rule: str, words: str, evidence: tuple[str, ...]) -> Reason:
    """On hold until a legal decision in force lets a message be prepared."""
    decided = case.decided("legal_step")
    released = decided is not None and decided.proceeds
    return Reason(rule, words, evidence, EXCEPTION, (LEGAL,), holds=not released, decision="" if released else "legal_step")


def promise_undated(case: Case) -> Reason | None:
    """A promise without a date whose waiting days are over: ask for the date."""
    undated = [p for p in case.facts.promises if p.state == "undated" and p.in_force_until and p.in_force_until <= case.today]
    if not undated:
        return None
    latest = max(undated, key=lambda p: p.made_on)
    words = f"Promised to pay on {day(latest.made_on, case.today)} without a date"
    return Reason("promise_undated", words, (f"promise:{latest.id}",), EXCEPTION, (REVIEWER,))


def promise_broken(case: Case) -> Reason | None:
    """A promise was not kept, its grace included, and what it was about is still open."""
    broken = [p for p in case.facts.promises if p.state == "broken"]
    if not broken:
        return None
    latest = max(broken, key=lambda p: (p.due_on or p.made_on, p.id))
    when = f" to pay by {day(latest.due_on, case.today)}" if latest.due_on else ""
    grace = f" (grace ended {day(latest.in_force_until, case.today)})" if latest.in_force_until else ""
    more = f", one of {len(broken)} broken promises" if len(broken) > 1 else ""
    covered = case.decided("payment_plan") is not None
    return Reason(
        "promise_broken", f"Promise{when} was not kept{grace}{more}", tuple(f"promise:{p.id}" for p in broken), EXCEPTION,
        (FINANCE,), decision="" if covered else "payment_plan",
    )  # fmt: skip
