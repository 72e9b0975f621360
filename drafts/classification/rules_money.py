"""Rules about amounts, credits, cash, sources, tickets, contracts and tiers."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from accounts import readiness
from accounts.facts.money import in_flight
from drafts.classification.types import Case, Reason, day, days, money, named
from drafts.states import EXCEPTION, EXECUTIVE_REVIEW
from governance.money import to_minor
from governance.roles import EXECUTIVE, FINANCE, OWNER, REVIEWER

STATE_WORDS = {
    "stale": "is stale",
    "unavailable": "did not answer",
    "not_permitted": "may not be read",
    "not_configured": "is not connected",
}


def source_gap(case: Case) -> Reason | None:
    """A required source is stale, unavailable, not permitted or missing: unknown is not none."""
    gaps = readiness.gaps(case.facts, case.policy)
    if not gaps:
        return None
    parts = [f"{readiness.LABELS[g.kind]} {STATE_WORDS[g.state]}{_age(g.age_seconds)}" for g in gaps]
    return Reason("source_gap", "; ".join(parts), tuple(f"source:{g.kind}" for g in gaps), EXCEPTION, (REVIEWER,))


def _age(seconds: int | None) -> str:
    return "" if seconds is None else f" ({seconds // 3600} h old)"


def recipient_missing(case: Case) -> Reason | None:
    """No contact a message may be addressed to: an exception, never a silent skip."""
    facts = case.facts
    if facts.recipient is not None:
        return None
    if not facts.contacts:
        why = "no contact is on record"
    elif any(c.bounced for c in facts.contacts):
        why = "the address bounced"
    elif any(c.opted_out for c in facts.contacts):
        why = "the contact opted out"
    else:
        why = "no address is verified"
    evidence = tuple(f"contact:{c.id}" for c in facts.contacts) or ("source:contacts",)
    return Reason("recipient_missing", f"No verified recipient: {why}", evidence, EXCEPTION, (REVIEWER,), holds=True)


def terms_differ(case: Case) -> Reason | None:
    """Contract and invoice disagree on the days to pay."""
    agreed = {c.terms_days: c for c in case.facts.contracts if c.terms_days is not None}
    if not agreed:
        return None
    tolerance = case.policy.terms_tolerance_days
    differing = [i for i in case.overdue if not any(abs(i.terms_days - d) <= tolerance for d in agreed)]
    if not differing:
        return None
    contract = " or ".join(f"{d} days ({c.reference})" for d, c in sorted(agreed.items()))
    words = f"Terms differ: contract {contract}, {named([f'{i.number} {i.terms_days} days' for i in differing])}"
    evidence = (*(i.fact_id for i in differing), *(f"contract:{c.id}" for c in agreed.values()))
    return Reason("terms_differ", words, evidence, EXCEPTION, (REVIEWER,))


def promised_credit(case: Case) -> Reason | None:
    """Somebody on our side promised a credit that is not posted."""
    promised = [c for c in case.facts.credits if c.promised]
    if not promised:
        return None
    first = promised[0]
    amount = money(first.amount_minor, first.currency) if first.amount_minor else "amount not known"
    who = f" by {first.by}" if first.by else ""
    words = f"Credit {first.reference} promised{who} on {day(first.on, case.today)} and not posted ({amount})"
    return Reason("promised_credit", words, tuple(f"promised_credit:{c.id}" for c in promised), EXCEPTION, (FINANCE,))


def credits_could_cover(case: Case) -> Reason | None:
    """Open credits or unapplied cash that could be set against the debt."""
    parts, evidence = [], []
    for currency in case.totals:
        balance = case.facts.balances[currency]
        if balance.unapplied_minor >= _minor(case.policy.minimum_amount, currency):
            parts.append(f"{money(balance.unapplied_minor, currency)} of unapplied cash")
            evidence += [f"payment:{p.id}" for p in case.facts.payments if p.currency == currency and p.unapplied_minor]
        if balance.credits_minor >= _minor(case.policy.minimum_amount, currency):
            parts.append(f"{money(balance.credits_minor, currency)} of open credits")
            evidence += [
                f"credit:{c.id}"
                for c in case.facts.credits
                if c.currency == currency and not c.promised and not c.future_only and c.open_minor
            ]
    if not parts:
        return None
    words = f"{' and '.join(parts)} could be set against the debt"
    return Reason("credits_could_cover", words, tuple(evidence), EXCEPTION, (FINANCE,))


def _minor(major: int, currency: str) -> int:
    return to_minor(Decimal(major), currency)


def below_minimum(case: Case) -> bool:
    """True when less than the minimum amount is overdue in every currency."""
    return all(minor < _minor(case.policy.minimum_amount, currency) for currency, minor in case.totals.items())


def short_payment(case: Case) -> Reason | None:
    """An overdue invoice paid in part: a dispute or a discount taken, until somebody knows."""
    short = [i for i in case.overdue if i.paid_minor > case.policy.short_payment_tolerance_minor]
    if not short:
        return None
    parts = [f"{i.number} ({money(i.balance_minor, i.currency)} of {money(i.amount_minor, i.currency)} left)" for i in short]
    return Reason("short_payment", f"Paid in part: {named(parts)}", tuple(i.fact_id for i in short), EXCEPTION, (FINANCE,))


def payment_in_flight(case: Case) -> Reason | None:
    """Money on its way, of a future value date, or still with the bank. Covers it everything overdue, nothing is chased until it is here."""
    facts, policy = case.facts, case.policy
    flying = [p for p in facts.payments if in_flight(p, facts.today, facts.country, policy.bank_processing_days)]
    flying = [p for p in flying if p.currency in case.totals]
    if not flying:
        return None
    parts = [f"{p.external_id} {money(p.amount_minor, p.currency)}, value date {day(p.value_on, case.today)}" for p in flying]
    arriving: dict[str, int] = {}
    for payment in flying:
        minor = in_flight(payment, facts.today, facts.country, policy.bank_processing_days)
        arriving[payment.currency] = arriving.get(payment.currency, 0) + minor
    covers = all(arriving.get(currency, 0) >= minor for currency, minor in case.totals.items())
    words = f"Payment in flight: {named(parts)}" + (", which covers everything overdue" if covers else "")
    return Reason("payment_in_flight", words, tuple(f"payment:{p.id}" for p in flying), EXCEPTION, (FINANCE,), holds=covers)


def nets_out(case: Case, currency: str) -> bool:
    """True when less than the minimum amount would be left of everything open in a currency."""
    return case.facts.balances[currency].net_minor < _minor(case.policy.minimum_amount, currency)


def net_zero(case: Case) -> Reason | None:
    """Credits, cash and payments in flight cover everything open in every overdue currency: never chased."""
    if not all(nets_out(case, currency) for currency in case.totals):
        return None
    parts = [money(case.facts.balances[c].gross_minor, c) for c in case.totals]
    words = f"Nets to zero: credits, cash and payments in flight cover {' and '.join(parts)}"
    return Reason("net_zero", words, tuple(f"total:{c}" for c in case.totals), EXCEPTION, (FINANCE,), holds=True)


def ticket_urgent(case: Case) -> Reason | None:
    """An open urgent or escalated support ticket."""
    tickets = [t for t in case.facts.tickets if t.severity == "urgent" or t.escalated]
    if not tickets:
        return None
    first = tickets[0]
    what = " and ".join(w for w, on in (("urgent", first.severity == "urgent"), ("escalated", first.escalated)) if on)
    age = days(max(0, (case.today - case.local_day(first.opened_at)).days))
    more = f", and {len(tickets) - 1} more" if len(tickets) > 1 else ""
    words = f"Ticket {first.reference} is {what}, open since {age}{more}"
    return Reason("ticket_urgent", words, tuple(f"ticket:{t.id}" for t in tickets), EXCEPTION, (OWNER,))


def tier_strategic(case: Case) -> Reason | None:
    """A strategic account."""
    if case.facts.tier != "strategic":
        return None
    return Reason("tier_strategic", "Strategic account", (f"account:{case.facts.account_id}",), EXCEPTION, (OWNER, FINANCE))


def total_over_routine(case: Case) -> Reason | None:
    """More is overdue than the routine lane may ask for."""
    above = case.above(case.policy.routine_total_limit)
    if above is None:
        return None
    words = f"{money(above[1], above[0])} overdue is more than {case.policy.routine_total_limit:,}"
    return Reason("total_over_routine", words, (f"total:{above[0]}",), EXCEPTION, (OWNER, FINANCE))


def tier_enterprise(case: Case) -> Reason | None:
    """An enterprise account."""
    if case.facts.tier != "enterprise":
        return None
    return _executive("tier_enterprise", "Enterprise account", (f"account:{case.facts.account_id}",))


def executive_escalation(case: Case) -> Reason | None:
    """An executive of the customer wrote, or somebody escalated to ours."""
    found = [f"message:{m.id}" for m in case.facts.messages if m.from_executive]
    found += [f"message:{m.id}" for m in case.facts.messages if m.direction == "in" and "escalation" in m.topics]
    found += [f"ticket:{t.id}" for t in case.facts.tickets if "escalation" in t.topics]
    found += [f"call:{c.id}" for c in case.facts.calls if "escalation" in c.topics]
    if not found:
        return None
    who = "An executive of the customer wrote" if case.facts.messages and any(m.from_executive for m in case.facts.messages) else ""
    return _executive("executive_escalation", who or "Escalated to executives", tuple(dict.fromkeys(found)))


def renewal_near(case: Case) -> Reason | None:
    """A renewal within the policy's days or in negotiation."""
    limit = case.today + timedelta(days=case.policy.renewal_days)
    for contract in case.facts.contracts:
        if contract.renewal_stage == "negotiation":
            return _executive("renewal_near", f"Renewal of {contract.reference} is in negotiation", (f"contract:{contract.id}",))
        on = contract.renewal_on
        if on is not None and case.today <= on <= limit and contract.renewal_stage != "signed":
            words = f"Contract {contract.reference} renews on {day(on, case.today)}, in {days((on - case.today).days)}"
            return _executive("renewal_near", words, (f"contract:{contract.id}",))
    return None


def total_over_executive(case: Case) -> Reason | None:
    """So much is overdue that an executive decides."""
    above = case.above(case.policy.executive_total_limit)
    if above is None:
        return None
    words = f"{money(above[1], above[0])} overdue is more than {case.policy.executive_total_limit:,}"
    return _executive("total_over_executive", words, (f"total:{above[0]}",))


def suspension_considered(case: Case) -> Reason | None:
    """Somebody asked whether to suspend delivery or service, or it was decided."""
    asked = [d for d in case.decisions if d.kind == "suspension" and (d.state == "open" or d.in_force(case.today))]
    decided = [t for t in case.terms if t.kind == "suspension" and t.expires_on >= case.today]
    if not asked and not decided:
        return None
    evidence = (*(f"decision:{d.id}" for d in asked), *(f"term:{t.id}" for t in decided))
    return _executive("suspension_considered", "Suspension is being considered", evidence)


def _executive(rule: str, words: str, evidence: tuple[str, ...]) -> Reason:
    return Reason(rule, words, evidence, EXECUTIVE_REVIEW, (EXECUTIVE, OWNER), decision="relationship_path")
