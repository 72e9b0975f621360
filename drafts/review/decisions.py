"""A question prepared for one role, answered by one person who holds it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from django.db import transaction

from drafts import states, transitions
from drafts.classification.types import NO_CONTACT, PROCEED
from drafts.models import FollowUp
from drafts.preparation.options import GRANTS_PREFIXES
from drafts.review.base import Blocked, demand_reason
from drafts.review.consequences import lock_account, new_reference
from drafts.review.recompute import recompute
from drafts.review.verdicts import void_approvals
from governance import holds, policies
from governance.audit import Entry, account_stream, record
from governance.decisions import Denied
from governance.history import save_as
from governance.models import ApprovedTerm, Decision, Hold
from governance.money import to_minor
from governance.rights import roles_of
from governance.roles import EXECUTIVE, SATISFIED_BY, label_of

if TYPE_CHECKING:
    from governance.models import User

FREE = "free"
FREE_PROCEED = f"{PROCEED}_free"
# Outcomes that grant something; where amounts, dates or words are part of it, they must be stated exactly.
GRANTING = (PROCEED, *GRANTS_PREFIXES)
_AMOUNT = "Please state the exact amount: only exactly this will pass the checks."
_SENTENCE = "Please state the whole sentence that may be written: only exactly this sentence will pass the checks."
EXACT: dict[str, str] = {
    "payment_plan": "Please state the exact amounts and dates: only exactly this wording will pass the checks.",
    "credit": _AMOUNT, "discount": _AMOUNT, "fee": "Please state the exact amount, or the sentence that may be written.",
    "legal_step": _SENTENCE, "suspension": _SENTENCE,
}  # fmt: skip
# A shorter sentence would let through anything that happens to hold those words.
SHORTEST_WORDING = 5


@dataclass(frozen=True, slots=True)
class Term:
    """A term exactly as decided. ``schedule`` is (amount in major units as text, date) per instalment, the date None for an amount
    without a day; ``percent`` a decimal number as text. Wording passes only as this."""

    kind: str
    currency: str
    schedule: tuple[tuple[str, date | None], ...]
    expires_on: date
    invoice_numbers: tuple[str, ...] = ()
    wording: str = ""
    percent: str = ""


def decide(
    decision_id: int, outcome: str, *, by: User, at: datetime, text: str = "", conditions: str = "", valid_until: date | None = None,
    term: Term | None = None,
) -> Decision:
    """Record the outcome: the key of a prepared option, or ``free`` (``proceed_free`` when it lets a message be prepared) with ``text``.

    Only the deciding role may. "No contact" closes the follow-up and holds the account until ``valid_until``; whatever else was decided
    is computed: outcomes that begin with ``proceed`` let a message be prepared.
    Payment plan, credit and the like: ``term`` becomes the ApprovedTerm with exactly these values. Everything is computed again.
    A discount above the policy's limit is an executive's: asked by anybody else it is passed to the executive and refused here.
    """
    try:
        decision = _decide(decision_id, outcome, by, at, text, conditions, valid_until, term)
    except _OverLimit as over:
        _pass_up(decision_id, over.words, by, at)
        raise Blocked("E-DECISION", f"{over.words} The question has been passed to the executive.") from None
    recompute([decision.account_id], at)
    return decision


class _OverLimit(Exception):
    """Leaves the transaction: passing the question up must not roll back with the refusal."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def _decide(
    decision_id: int, outcome: str, by: User, at: datetime, text: str, conditions: str, valid_until: date | None, term: Term | None
) -> Decision:
    with transaction.atomic():
        decision = _locked(decision_id, by)
        _check_outcome(decision, outcome, text, valid_until, term, at)
        _check_limit(decision, term)
        decision.state, decision.outcome, decision.outcome_text = Decision.State.DECIDED, outcome, text.strip()
        decision.conditions, decision.valid_until = conditions.strip(), valid_until
        decision.decided_by, decision.decided_at = by, at
        save_as(decision, by=by, at=at)
        stream = account_stream(decision.account_id)
        data = {"outcome": outcome, "kind": decision.kind, "until": valid_until}
        record([Entry(stream, "decision.recorded", "decision", decision.pk, data)], by=by, at=at)
        if term is not None:
            _approve_term(decision, term, by, at)
        _move_follow_up(decision, by, at)
    return decision


def _check_limit(decision: Decision, term: Term | None) -> None:
    """A discount above the limit, or one in percent of nobody knows how much, is not finance's to grant."""
    if term is None or term.kind != ApprovedTerm.Kind.DISCOUNT or decision.deciding_role == EXECUTIVE:
        return
    limit = policies.active_parameters().discount_executive_limit
    granted = sum((Decimal(amount) for amount, _ in term.schedule), Decimal(0))
    if granted > limit:
        raise _OverLimit(f"A discount of {term.currency} {granted:,} is above the limit of {limit:,}: an executive decides.")
    if term.percent and not term.schedule:
        raise _OverLimit("A discount in percent without an amount has no limit: state the amount as well, or an executive decides.")


def _pass_up(decision_id: int, words: str, by: User, at: datetime) -> None:
    with transaction.atomic():
        decision = _locked(decision_id, by)
        decision.deciding_role = EXECUTIVE
        save_as(decision, by=by, at=at, reason=words)
        entry = Entry(account_stream(decision.account_id), "decision.raised", "decision", decision.pk, {"kind": decision.kind, "to": EXECUTIVE})
        record([entry], by=by, at=at)


def withdraw_term(term_id: int, reason: str, *, by: User, at: datetime) -> ApprovedTerm:
    """A term that no longer holds: wording that rests on it is refused from now on, and stopped at the last look."""
    reason = demand_reason(reason, "the withdrawal of a term")
    with transaction.atomic():
        term = ApprovedTerm.objects.select_related("decision").get(pk=term_id)
        lock_account(term.account_id)
        if term.decision is not None:
            _demand_role(term.decision, by)
        elif term.approved_by_id != by.pk:
            Denied("because somebody else approved this term").or_raise()
        term.withdrawn_at = at
        save_as(term, by=by, at=at, reason=reason)
        record([Entry(account_stream(term.account_id), "term.withdrawn", "term", term.pk)], by=by, at=at)
    recompute([term.account_id], at)
    return term


def _locked(decision_id: int, by: User) -> Decision:
    lock_account(Decision.objects.values_list("account_id", flat=True).get(pk=decision_id))
    decision = Decision.objects.select_for_update(of=("self",)).get(pk=decision_id)
    if decision.state != Decision.State.OPEN:
        raise Blocked("E-DECISION", f"This was already {decision.get_state_display().lower()}.")
    _demand_role(decision, by)
    return decision


def _demand_role(decision: Decision, by: User) -> None:
    held = roles_of(by, decision.portfolio_id, decision.account_id) if by.is_active else frozenset()
    if not held & SATISFIED_BY[decision.deciding_role]:
        Denied(f"because only the role {label_of(decision.deciding_role)} may decide this").or_raise()


def _check_outcome(
    decision: Decision, outcome: str, text: str, valid_until: date | None, term: Term | None, at: datetime
) -> None:
    keys = {option["key"] for option in decision.options}
    if outcome not in (FREE, FREE_PROCEED) and outcome not in keys:
        raise Blocked("E-DECISION", "This is not one of the prepared options.")
    if outcome in (FREE, FREE_PROCEED) and not text.strip():
        raise Blocked("E-DECISION", "Please write the decision in words.")
    if outcome == NO_CONTACT and (valid_until is None or valid_until <= at.date()):
        raise Blocked("E-DECISION", "No contact until which day? It must lie in the future.")
    if term is not None:
        if term.kind != decision.kind or not outcome.startswith(GRANTING):
            raise Blocked("E-DECISION", "This outcome grants nothing of that kind: the term would say something that was not decided.")
        _check_term(term, at)
    elif decision.kind in EXACT and outcome.startswith(GRANTING) and outcome not in _ordinary(decision):
        raise Blocked("E-DECISION", EXACT[decision.kind])


def _ordinary(decision: Decision) -> tuple[str, ...]:
    """Outcomes that let an ordinary message be prepared and grant no wording."""
    return (PROCEED, FREE_PROCEED) if decision.kind == Decision.Kind.LEGAL_STEP else ()


def _check_term(term: Term, at: datetime) -> None:
    if term.kind not in ApprovedTerm.Kind.values:
        raise ValueError(f"unknown kind of term: {term.kind}")
    _check_shape(term)
    if term.expires_on < at.date():
        raise Blocked("E-DECISION", "The term would be expired already.")
    for amount, _ in (*term.schedule, *(((term.percent, None),) if term.percent else ())):
        try:
            if to_minor(Decimal(amount), term.currency) <= 0:
                raise Blocked("E-DECISION", f"{amount} is not an amount to be paid.")
        except (InvalidOperation, ValueError) as error:
            raise Blocked("E-DECISION", f"{amount} is not an amount of {term.currency}.") from error


def _check_shape(term: Term) -> None:
    """Each kind states what makes it exact: a plan its days, money an amount, a step or a suspension its sentence."""
    if term.kind == ApprovedTerm.Kind.PAYMENT_PLAN and (not term.schedule or any(day is None for _, day in term.schedule)):
        raise Blocked("E-DECISION", "Each instalment of a plan needs its amount and its day.")
    money = term.schedule or (term.percent and term.kind == ApprovedTerm.Kind.DISCOUNT) or (term.wording.strip() and term.kind == ApprovedTerm.Kind.FEE)
    if term.kind in (ApprovedTerm.Kind.CREDIT, ApprovedTerm.Kind.DISCOUNT, ApprovedTerm.Kind.FEE) and not money:
        raise Blocked("E-DECISION", EXACT[term.kind])
    if term.kind in (ApprovedTerm.Kind.LEGAL_STEP, ApprovedTerm.Kind.SUSPENSION) and len(term.wording.split()) < SHORTEST_WORDING:
        raise Blocked("E-DECISION", EXACT[term.kind])


def _approve_term(decision: Decision, term: Term, by: User, at: datetime) -> ApprovedTerm:
    row = ApprovedTerm(
        account_id=decision.account_id, kind=term.kind, ref=new_reference("T"), currency=term.currency, decision=decision,
        schedule=[{"amount": amount, "date": day.isoformat() if day else ""} for amount, day in term.schedule],
        wording=" ".join(term.wording.split()), percent=term.percent,
        invoice_numbers=list(term.invoice_numbers), approved_by=by, approved_at=at, expires_on=term.expires_on,
    )
    save_as(row, by=by, at=at)
    data = {"kind": term.kind, "decision": decision.pk, "expires_on": term.expires_on}
    record([Entry(account_stream(decision.account_id), "term.approved", "term", row.pk, data)], by=by, at=at)
    return row


def _move_follow_up(decision: Decision, by: User, at: datetime) -> None:
    """Proceed or not. A follow-up that does not wait for this decision is computed again with it."""
    no_contact = decision.outcome == NO_CONTACT
    if no_contact and decision.valid_until is not None:
        until = datetime.combine(decision.valid_until, datetime.min.time(), at.tzinfo)
        holds.put(
            Hold.Scope.ACCOUNT, decision.account_id, kind=Hold.Kind.DO_NOT_CONTACT, source=f"decision:{decision.pk}", by=by, at=at,
            reason=f"Decided by {by}: no contact until {decision.valid_until:%d %B %Y}", owner=by, expires_at=until,
        )
    row = FollowUp.objects.filter(account_id=decision.account_id, status__in=states.OPEN).first()
    if row is None:
        return
    if row.status == states.AWAITING_DECISION:
        transitions.perform([row.pk], "decide_no_contact" if no_contact else "decide_proceed", by=by, at=at)
    elif row.status in states.BY_ACTION["refresh"].sources:
        void_approvals(row, "a decision changed what may be written", code="decided", by=by, at=at)
        transitions.perform([row.pk], "refresh", by=by, at=at, reason="a decision was recorded")
