"""Rules about what stops drafting whatever the account owes: holds, never-automate, promises and plans in force."""

from __future__ import annotations

from accounts.fact_types import PromiseFact
from accounts.promises import IN_FORCE, UNDATED
from drafts.classification.deciding import DECIDES
from drafts.classification.types import Case, Reason, TermFact, day, money, named
from drafts.states import EXCEPTION, EXECUTIVE_REVIEW, ROUTINE
from governance.calendar import add_business_days
from governance.holds import HoldFact
from governance.roles import EXECUTIVE, FINANCE, LEGAL, OWNER, REVIEWER

# Who should look at a hold of each kind; a hold that is no exception of the account itself leaves its lane alone.
HOLD_ROUTES: dict[str, tuple[str, tuple[str, ...]]] = {
    "dispute": (EXCEPTION, (FINANCE, OWNER)),
    "legal": (EXCEPTION, (LEGAL,)),
    "payment_claim": (EXCEPTION, (FINANCE,)),
    "do_not_contact": (ROUTINE, (OWNER,)),
}
OTHER_HOLD: tuple[str, tuple[str, ...]] = (ROUTINE, (REVIEWER,))


def stops_drafting(hold: HoldFact, case: Case) -> bool:
    """True when nothing may be drafted for the account while ``hold`` is in force.

    A pause of a portfolio or of everything stops sending, not preparing; a hold on invoices only takes those out.
    """
    if hold.scope in ("global", "portfolio"):
        return hold.kind != "pause"
    if hold.scope == "contact":
        return case.facts.recipient is not None and hold.scope_id == case.facts.recipient.id
    return hold.scope == "account"


def held_invoices(case: Case) -> frozenset[int]:
    """Invoices a hold takes out of every message."""
    return frozenset(h.scope_id for h in case.holds if h.scope == "invoice")


def hold_in_force(case: Case) -> Reason | None:
    """A hold on the account, its recipient, its portfolio or everything. Dispute rows explain their own holds."""
    explained = bool(case.facts.disputes or case.facts.signals)
    found = [h for h in case.holds if stops_drafting(h, case)]
    shown = [h for h in found if not (h.kind == "dispute" and explained)] or found
    if not shown:
        return None
    first = max(shown, key=lambda h: HOLD_ROUTES.get(h.kind, OTHER_HOLD)[0] == EXCEPTION)
    lane, roles = HOLD_ROUTES.get(first.kind, OTHER_HOLD)
    until = f" until {day(case.local_day(first.expires_at), case.today)}" if first.expires_at else ""
    quote = f": “{first.quote[:120]}”" if first.quote else ""
    more = f", and {len(shown) - 1} more" if len(shown) > 1 else ""
    words = f"On hold{until}: {first.reason}{quote}{more}"
    return Reason("hold_in_force", words, tuple(f"hold:{h.id}" for h in found), lane, roles, holds=True)


def never_automate(case: Case) -> Reason | None:
    """Somebody decided that no machine prepares messages to this customer."""
    if not case.facts.never_automate:
        return None
    words = f"Never automate: {case.facts.never_automate_reason}"
    return Reason("never_automate", words, (f"account:{case.facts.account_id}",), EXCEPTION, (OWNER,), holds=True)


def promise_in_force(case: Case) -> Reason | None:
    """A promise to pay, waited for until its date plus the grace of its method (an undated one: some days).

    A promise about single invoices takes only those out of the message (they stop drafting when nothing else is due). A plan agreed
    since is told all the same.
    """
    waiting = waiting_promises(case)
    if not waiting:
        return None
    last = max(waiting, key=lambda p: p.in_force_until or p.made_on)
    amount = f" {money(last.amount_minor, last.currency)}" if last.amount_minor and last.currency else ""
    when = f"by {day(last.due_on, case.today)}" if last.due_on else "without a date"
    until = f", waited for until {day(last.in_force_until, case.today)}" if last.in_force_until else ""
    named_ids = {p.invoice_id for p in waiting}
    stops = (None in named_ids or all(i.id in named_ids for i in case.overdue)) and not plans_to_confirm(case)
    words = f"Promised to pay{amount} {when}{until}"
    return Reason("promise_in_force", words, tuple(f"promise:{p.id}" for p in waiting), ROUTINE, (REVIEWER,), holds=stops)


def waiting_promises(case: Case) -> list[PromiseFact]:
    """Promises in force, and undated ones while policy waits."""
    return [p for p in case.facts.promises if p.state in IN_FORCE or _undated_waiting(p, case)]


def _undated_waiting(promise: PromiseFact, case: Case) -> bool:
    until = promise.in_force_until
    return promise.state == UNDATED and until is not None and case.today < until


def decision_asked(case: Case) -> Reason | None:
    """Somebody here asked a question about this account; until it is decided nothing is written."""
    asked = [d for d in case.decisions if d.state == "open" and d.asked]
    if not asked:
        return None
    first = min(asked, key=lambda d: d.id)
    lane = EXECUTIVE_REVIEW if DECIDES[first.kind] == EXECUTIVE else EXCEPTION
    more = f", and {len(asked) - 1} more" if len(asked) > 1 else ""
    words = f"A decision was asked for: {first.kind.replace('_', ' ')}{more}"
    return Reason("decision_asked", words, tuple(f"decision:{d.id}" for d in asked), lane, (DECIDES[first.kind],), decision=first.kind)


def plans_in_force(case: Case) -> tuple[TermFact, ...]:
    """Payment plans that were decided and have not ended."""
    return tuple(t for t in case.terms if t.kind == "payment_plan" and t.expires_on >= case.today)


def plans_to_confirm(case: Case) -> list[TermFact]:
    """Plans that still lie ahead whole, and about which the customer has not been written to since they were agreed."""
    last = case.facts.last_out_at
    ahead = [p for p in plans_in_force(case) if p.schedule and min(on for on, _ in p.schedule) >= case.today]
    return [p for p in ahead if last is None or last < p.approved_at]


def missed_minor(plan: TermFact, case: Case) -> int:
    """Minor units of instalments past their grace that no payment since the plan's approval covers."""
    grace, country = case.policy.grace_days, case.facts.country
    due = sum(minor for on, minor in plan.schedule if add_business_days(on, grace, country) < case.today)
    since = case.local_day(plan.approved_at)
    paid = sum(
        p.amount_minor
        for p in case.facts.payments
        if p.currency == plan.currency and p.status == "cleared" and p.value_on >= since
    )
    return max(0, due - paid)


def payment_plan(case: Case) -> Reason | None:
    """A decided payment plan: kept, nothing it covers is chased; missed, finance looks at it."""
    plans = plans_in_force(case)
    if not plans:
        return None
    missed = [(p, m) for p in plans if (m := missed_minor(p, case))]
    if missed:
        plan, minor = missed[0]
        words = f"Payment plan {plan.ref} is behind by {money(minor, plan.currency)}"
        return Reason("payment_plan", words, (f"term:{plan.id}",), EXCEPTION, (FINANCE,), decision="payment_plan")
    if untold := plans_to_confirm(case):
        words = f"Payment plan {named([p.ref for p in untold])} was agreed; the customer has to be told exactly that"
        return Reason("payment_plan", words, tuple(f"term:{p.id}" for p in untold), EXCEPTION, (FINANCE, OWNER))
    covered = all(any(covers(p, i.number) for p in plans) for i in case.overdue)
    words = f"Payment plan {named([p.ref for p in plans])} is being kept"
    return Reason("payment_plan", words, tuple(f"term:{p.id}" for p in plans), ROUTINE, (REVIEWER,), holds=covered)


def covers(plan: TermFact, number: str) -> bool:
    """True when the plan is about this invoice; a plan that names none is about all."""
    return not plan.invoice_numbers or number in plan.invoice_numbers
