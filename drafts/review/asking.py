"""What a person asks the machine for: a draft now, or a question prepared like the machine's own, answered by the role that decides."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.facts import facts_for
from drafts import states
from drafts.classification import classify
from drafts.classification.deciding import DECIDES
from drafts.classification.types import DecisionNeed, Reason
from drafts.models import FollowUp
from drafts.preparation import prepare_accounts
from drafts.preparation.decisions import options_for, question_for
from drafts.preparation.standing import read_standing
from drafts.review.base import Blocked, demand_reason
from drafts.review.consequences import interrupt, lock_account
from drafts.review.recompute import recompute
from governance import policies
from governance.audit import Entry, account_stream, record
from governance.calendar import business_moment
from governance.history import save_as
from governance.models import Decision
from governance.rights import can
from governance.roles import EXECUTIVE, label_of

if TYPE_CHECKING:
    from accounts.models import Account
    from governance.models import User


def request_draft(account_id: int, *, by: User, at: datetime) -> str:
    """Have the machine look at an account now and write what is due. Returns what came of it, in words.

    Nothing is due sooner because somebody asked: facts, holds and the contact policy decide as in every round.
    """
    with transaction.atomic():
        account = lock_account(account_id)
        can(by, "request_draft", account).or_raise()
        record([Entry(account_stream(account_id), "draft.requested", "account", account_id, {})], by=by, at=at)
    done = prepare_accounts([account_id], as_of=at)
    if done.drafts:
        return "A draft is ready."
    if done.awaiting_decision:
        return "A decision comes first; it has been prepared."
    if done.held:
        row = FollowUp.objects.filter(account_id=account_id).latest("pk")
        return f"Nothing is written. {row.hold_reason}"
    return f"Nothing new is written: {next(iter(done.skipped), 'the facts are what they were')}."


def ask_decision(account_id: int, kind: str, why: str, *, by: User, at: datetime) -> Decision:
    """Ask for a decision about an account; until it is made nothing is written, and what was about to leave stops.

    The question, its options and the facts they rest on are prepared at once; ``why`` is the person's own reason and stands first.
    Raises ``Blocked`` (E-DECISION) while the same question is open.
    """
    if kind not in DECIDES:
        raise ValueError(f"unknown kind of decision: {kind}")
    why = demand_reason(why, "a question for a decision")
    with transaction.atomic():
        account = lock_account(account_id)
        can(by, "ask_decision", account).or_raise()
        if Decision.objects.filter(account_id=account_id, kind=kind, state=Decision.State.OPEN).exists():
            raise Blocked("E-DECISION", "This question is open already; it waits for its answer.")
        decision = _prepared(account, kind, why, by, at)
        save_as(decision, by=by, at=at, reason=why)
        data = {"kind": kind, "role": decision.deciding_role}
        record([Entry(account_stream(account_id), "decision.asked", "decision", decision.pk, data)], by=by, at=at)
        words = f"A decision was asked for: {decision.get_kind_display().lower()} ({label_of(decision.deciding_role)} decides)."
        interrupt(account_id, code="decision", reason=words, hold=True, by=by, at=at)
    recompute([account_id], at)
    return decision


def _prepared(account: Account, kind: str, why: str, by: User, at: datetime) -> Decision:
    policy = policies.active_parameters()
    facts = facts_for([account.pk], at, policy=policy)[account.pk]
    standing = read_standing({account.pk: facts}, at)[account.pk]
    verdict = classify(facts, standing.holds, policy, standing.decisions, standing.terms, standing.earlier)
    lane = states.EXECUTIVE_REVIEW if DECIDES[kind] == EXECUTIVE else states.EXCEPTION
    asked = Reason("decision_asked", f"{by} asks: {why}", (), lane, (DECIDES[kind],), decision=kind)
    need = DecisionNeed(kind, DECIDES[kind], (asked, *(reason for reason in verdict.reasons if reason.rule != "routine")))
    start, end = policy.business_start_hour, policy.business_end_hour
    due = business_moment(at + timedelta(hours=policy.due_hours_decision), facts.time_zone, facts.country, start, end)
    open_row = FollowUp.objects.filter(account=account, status__in=states.OPEN).first()
    return Decision(
        kind=kind, account_id=account.pk, portfolio_id=account.portfolio_id, follow_up_id=open_row.pk if open_row else None,
        question=question_for(kind, facts, verdict), why=[reason.as_dict() for reason in need.why],
        options=options_for(facts, verdict, need), deciding_role=need.deciding_role, raised_by=by, due_at=due, created_at=at,
    )
