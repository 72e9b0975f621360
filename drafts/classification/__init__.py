"""Classification: facts, holds, policy and decisions → lane, reasons, who works on it, whose approval it takes, and what happens next.

Pure. The rules are those of the default policy, one function each (``rules.RULES``); the strictest lane wins and every reason is kept.
Unknown or stale required sources never count as fine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from accounts.fact_types import AccountFacts, InvoiceFact
from drafts.classification import routing
from drafts.classification.contact import Cap, contact_cap, quiet_period, waiting_words, window
from drafts.classification.ladder import Rung, climb, dunning_step
from drafts.classification.ranking import due_at, work_rank
from drafts.classification.rules import RULES, reasons_for
from drafts.classification.rules_blocks import (
    covers,
    held_invoices,
    missed_minor,
    plans_in_force,
    plans_to_confirm,
    waiting_promises,
)
from drafts.classification.rules_claims import missing_po
from drafts.classification.rules_money import below_minimum, nets_out
from drafts.classification.types import (
    AWAIT_DECISION,
    DRAFT,
    HOLD,
    NO_CONTACT,
    NOTHING_DUE,
    PROCEED,
    SKIP,
    Case,
    DecisionFact,
    DecisionNeed,
    Earlier,
    Reason,
    TermFact,
    Verdict,
    day,
    days,
)
from drafts.states import ANSWER, DEMAND, EXECUTIVE_REVIEW, LANE_ORDER, PO_REQUEST, ROUTINE
from governance.holds import HoldFact
from governance.policies import PolicyParameters

__all__ = [
    "AWAIT_DECISION", "DRAFT", "HOLD", "NOTHING_DUE", "NO_CONTACT", "PROCEED", "RULES", "SKIP", "Case", "DecisionFact",
    "DecisionNeed", "Earlier", "Reason", "TermFact", "Verdict", "classify", "climb", "due_at", "dunning_step", "work_rank",
]  # fmt: skip

# Reasons that keep a message from being prepared, by the code of what stands in the way.
BLOCK_CODES = {
    "dispute_signal": "dispute", "dispute_open": "dispute", "legal_wording": "legal", "natural_person": "legal",
    "insolvency": "legal", "recipient_missing": "recipient", "promise_in_force": "promise", "hold_in_force": "hold",
    "payment_in_flight": "payment",
}  # fmt: skip


# Rules that ask a question whose answer everything waits for.
ASKING = ("request_for_terms", "decision_asked")


def classify(
    facts: AccountFacts,
    holds: Sequence[HoldFact],
    policy: PolicyParameters,
    decisions: Iterable[DecisionFact] = (),
    terms: Iterable[TermFact] = (),
    earlier: Iterable[Earlier] = (),
    suggested: Reason | None = None,
) -> Verdict:
    """Judge one account. ``decisions``, ``terms`` and ``earlier`` messages are the account's own; see ``Verdict`` for the answer.

    ``suggested`` is a model's reason for a stricter lane: it is added to the rules' reasons and can only raise.
    """
    case = Case(facts, tuple(holds), policy, tuple(decisions), tuple(terms), tuple(earlier))
    if not case.overdue:
        return Verdict(NOTHING_DUE, ROUTINE, block="nothing_due", next_contact="nothing is overdue")
    if below_minimum(case):
        words = f"less than {policy.minimum_amount} is overdue"
        return Verdict(SKIP, ROUTINE, block="below_minimum", hold_reason=words, next_contact=words, totals=case.totals)
    reasons = _raised(reasons_for(case), suggested)
    lane = routing.strictest(reasons)
    purpose, chased = _message(case)
    open_ids = [invoice.id for invoice in facts.invoices]
    rung = climb(case.overdue[0].due_on, open_ids, case.earlier, case.today, policy)
    return _verdict(case, reasons, lane, purpose, chased, rung)


def _raised(reasons: tuple[Reason, ...], suggested: Reason | None) -> tuple[Reason, ...]:
    """The reasons with a model's suggestion, when it is stricter than the rules; it never takes a reason away but "routine"."""
    if suggested is None or LANE_ORDER[suggested.lane] <= LANE_ORDER[routing.strictest(reasons)]:
        return reasons
    # Only that nothing speaks against the account is no longer so; a promise or a hold that leaves the lane alone still holds.
    return (*(r for r in reasons if r.rule != ROUTINE), suggested)


def _verdict(
    case: Case, reasons: tuple[Reason, ...], lane: str, purpose: str, chased: tuple[int, ...], rung: Rung
) -> Verdict:
    facts = case.facts
    cap = _later(contact_cap(case), rung, purpose, case)
    action, block, blocking, words = _action(case, reasons, lane, chased, cap)
    role = routing.owner_role(reasons, lane, blocking if action in (HOLD, AWAIT_DECISION) else None)
    due = due_at(lane, facts.as_of, facts.time_zone, facts.country, case.policy)
    signal_since = facts.signals[0].found_at if facts.signals else None
    rank, why = work_rank(
        lane=lane, totals=case.totals, days_overdue=case.overdue[0].days_overdue, due=due, as_of=facts.as_of,
        signal_since=signal_since,
    )  # fmt: skip
    return Verdict(
        action, lane, reasons, block, words, role, routing.person_for(role, facts), routing.required_roles(reasons, lane), purpose,
        chased, _decisions(reasons, action), rung.cycle, rung.step, case.totals, case.overdue[0].due_on,
        window(case, cap.not_before), due, rank, why, waiting_words(case, action, blocking, words, cap),
        tuple(p.id for p in plans_to_confirm(case)) if chased and chased == _agreed(case) else (),
    )  # fmt: skip


def _later(cap: Cap, rung: Rung, purpose: str, case: Case) -> Cap:
    """The latest of the contact caps, the quiet after a conversation and the ladder's own day; other messages rest as long as two steps
    of the ladder."""
    if purpose == DEMAND:
        quiet = quiet_period(case.facts, case.policy, case.decisions)
        cap = quiet if quiet.not_before > cap.not_before else cap
    not_before, why = rung.not_before, f"step {rung.step} of the ladder begins"
    if purpose != DEMAND:
        same = [e.sent_on for e in case.earlier if e.purpose == purpose]
        not_before = max(same, default=date.min) + timedelta(days=case.policy.days_between_steps)
        why = f"step between two messages of {days(case.policy.days_between_steps)}"
    return cap if not_before <= max(cap.not_before, case.today) else Cap(not_before, why)


def _action(
    case: Case, reasons: tuple[Reason, ...], lane: str, chased: tuple[int, ...], cap: Cap
) -> tuple[str, str, Reason | None, str]:
    """(action, block code, the reason that blocks, words): holds first, then decisions, then caps."""
    holding = next((r for r in reasons if r.holds), None)
    if holding is not None:
        return HOLD, BLOCK_CODES.get(holding.rule, holding.rule), holding, holding.words
    if lane == EXECUTIVE_REVIEW:
        decided = case.decided("relationship_path")
        asking = next(r for r in reasons if r.lane == EXECUTIVE_REVIEW)
        if decided is None:
            return AWAIT_DECISION, "decision", asking, asking.words
        if not decided.proceeds:
            until = f" until {day(decided.valid_until, case.today)}" if decided.valid_until else ""
            return HOLD, "decision", asking, f"The decision on the relationship lets nothing be written{until}: {asking.words}"
    request = next((r for r in reasons if r.rule in ASKING and r.decision), None)
    if request is not None:
        return AWAIT_DECISION, "decision", request, request.words
    if not chased:
        return HOLD, "nothing_left", None, "Every overdue invoice is disputed, promised, held or covered"
    if cap.not_before > case.today:
        code = "step_not_due" if cap.why.startswith("step") else "contact_cap"
        return SKIP, code, None, f"not before {day(cap.not_before, case.today)}: {cap.why}"
    return DRAFT, "", None, ""


def _decisions(reasons: tuple[Reason, ...], action: str) -> tuple[DecisionNeed, ...]:
    """Decisions to prepare. A relationship decision is only asked for when it is what everything waits for."""
    needed = routing.decisions_needed(reasons)
    return tuple(n for n in needed if n.kind != "relationship_path" or action == AWAIT_DECISION)


def _message(case: Case) -> tuple[str, tuple[int, ...]]:
    """The purpose of the message and the invoices it is about: never a disputed, signalled, promised, held or covered one."""
    if agreed := _agreed(case):
        return ANSWER, agreed
    free = [i for i in case.overdue if _chaseable(i, case)]
    missing = [i for i in free if missing_po(i, case)]
    if missing and (unasked := [i for i in missing if not _asked(i.id, case)] or (missing if missing == free else [])):
        return PO_REQUEST, tuple(i.id for i in unasked)
    free = [i for i in free if i not in missing]
    undelivered = [i for i in free if i.delivery_status == "failed"]
    if undelivered:
        return ANSWER, tuple(i.id for i in undelivered)
    waits = case.facts.procurement_note or any(m.kind in ("in_customer_approval", "needs_document") for m in case.unanswered)
    return (ANSWER if waits else DEMAND), tuple(i.id for i in free)


def _agreed(case: Case) -> tuple[int, ...]:
    """Overdue invoices of a plan the customer is to be told about."""
    about = [i for i in case.overdue if any(covers(p, i.number) for p in plans_to_confirm(case))]
    return tuple(i.id for i in about if not (i.dispute_ids or i.signalled or i.id in held_invoices(case)))


def _chaseable(invoice: InvoiceFact, case: Case) -> bool:
    if invoice.dispute_ids or invoice.signalled or invoice.promised_for or invoice.id in held_invoices(case):
        return False
    kept = [p for p in plans_in_force(case) if not missed_minor(p, case)]
    if any(covers(plan, invoice.number) for plan in kept):
        return False
    if any(p.invoice_id == invoice.id for p in waiting_promises(case)):
        return False
    return not nets_out(case, invoice.currency)


def _asked(invoice_id: int, case: Case) -> bool:
    """True when its PO was already asked for within the contact window."""
    since = case.today - timedelta(days=case.policy.cap_window_days)
    return any(e.purpose == PO_REQUEST and e.sent_on >= since and invoice_id in e.invoice_ids for e in case.earlier)
