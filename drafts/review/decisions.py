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
from governance import holds
from governance.audit import Entry, account_stream, record
from governance.decisions import Denied
from governance.history import save_as
from governance.models import ApprovedTerm, Decision, Hold
from governance.money import to_minor
from governance.rights import roles_of
from governance.roles import SATISFIED_BY, label_of

if TYPE_CHECKING:
    from governance.models import User

FREE = "free"
FREE_PROCEED = f"{PROCEED}_free"
# Outcomes that grant something; where amounts and dates are part of it, they must be stated exactly.
GRANTING = (PROCEED, *GRANTS_PREFIXES)


@dataclass(frozen=True, slots=True)
class Term:
    """A term exactly as decided. ``schedule`` is (amount in major units as text, date) per instalment; wording passes only as this."""

    kind: str
    currency: str
    schedule: tuple[tuple[str, date], ...]
    expires_on: date
    invoice_numbers: tuple[str, ...] = ()
    wording: str = ""


def decide(
    decision_id: int, outcome: str, *, by: User, at: datetime, text: str = "", conditions: str = "", valid_until: date | None = None,
    term: Term | None = None,
) -> Decision:
    """Record the outcome: the key of a prepared option, or ``free`` (``proceed_free`` when it lets a message be prepared) with ``text``.

    Only the deciding role may. "No contact" closes the follow-up and holds the account until ``valid_until``; whatever else was decided
    is computed: outcomes that begin with ``proceed`` let a message be prepared.
    Payment plan, credit and the like: ``term`` becomes the ApprovedTerm with exactly these values. Everything is computed again.
    """
    with transaction.atomic():
        decision = _locked(decision_id, by)
        _check_outcome(decision, outcome, text, valid_until, term, at)
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
    recompute([decision.account_id], at)
    return decision


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
        _check_term(term, at)
    elif decision.kind in (Decision.Kind.PAYMENT_PLAN, Decision.Kind.CREDIT) and outcome.startswith(GRANTING):
        raise Blocked("E-DECISION", "Please state the exact amounts and dates: only exactly this wording will pass the checks.")


def _check_term(term: Term, at: datetime) -> None:
    if term.kind not in ApprovedTerm.Kind.values:
        raise ValueError(f"unknown kind of term: {term.kind}")
    if term.expires_on < at.date():
        raise Blocked("E-DECISION", "The term would be expired already.")
    for amount, _ in term.schedule:
        try:
            if to_minor(Decimal(amount), term.currency) <= 0:
                raise Blocked("E-DECISION", f"{amount} is not an amount to be paid.")
        except (InvalidOperation, ValueError) as error:
            raise Blocked("E-DECISION", f"{amount} is not an amount of {term.currency}.") from error


def _approve_term(decision: Decision, term: Term, by: User, at: datetime) -> ApprovedTerm:
    row = ApprovedTerm(
        account_id=decision.account_id, kind=term.kind, ref=new_reference("T"), currency=term.currency, decision=decision,
        schedule=[{"amount": amount, "date": day.isoformat()} for amount, day in term.schedule], wording=term.wording,
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
