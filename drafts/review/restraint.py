"""Holds put and lifted by people, and the installation-wide pause of sending."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.models import Account, Contact, Invoice
from drafts.review.base import Blocked, demand_reason
from drafts.review.consequences import interrupt, lock_account
from drafts.review.recompute import recompute
from governance import holds
from governance.audit import Entry, record
from governance.decisions import Denied
from governance.models import Hold, Portfolio
from governance.rights import can, scope_of
from governance.roles import FINANCE

if TYPE_CHECKING:
    from governance.models import User

# These end with the matter they are about, never by hand.
BOUND = ("signal:", "dispute:")


def put_hold(
    scope: str, scope_id: int, *, kind: str, reason: str, by: User, at: datetime, expires_at: datetime | None = None, quote: str = "",
    owner: User | None = None,
) -> Hold:
    """Hold a portfolio, account, contact or invoice. What is about to leave to the account stops now; elsewhere the last look stops it.

    The same hold again changes nothing; one with another reason or end is refused: the one that stands is lifted first.
    """
    reason = demand_reason(reason, "a hold")
    with transaction.atomic():
        account = _account_of(scope, scope_id)
        subject = account or Portfolio.objects.get(pk=scope_id)
        can(by, "put_hold", subject).or_raise()
        hold = holds.put(
            scope, scope_id, account_id=account.pk if account else None, kind=kind, reason=reason, quote=quote,
            source=f"person:{by.pk}", owner=owner or by, expires_at=expires_at, by=by, at=at,
        )
        if (hold.reason, hold.expires_at) != (reason, expires_at):
            until = f" until {hold.expires_at:%d %B %Y %H:%M} UTC" if hold.expires_at else ""
            raise Blocked("E-HOLD", f"You already hold this{until}: {hold.reason}. Lift that hold before you put another one.")
        if account is not None:
            interrupt(account.pk, code="hold", reason=f"On hold: {reason}", hold=True, by=by, at=at)
    return hold


def lift_hold(hold_id: int, reason: str, *, by: User, at: datetime) -> Hold:
    """Lift a hold with a reason; the account is computed again. A dispute's hold ends with the dispute, not here."""
    reason = demand_reason(reason, "lifting a hold")
    hold = Hold.objects.get(pk=hold_id)
    if hold.scope == Hold.Scope.GLOBAL:
        return resume_sending(reason, by=by, at=at)
    if hold.source.startswith(BOUND):
        raise Blocked("E-HOLD", "This hold belongs to a dispute. It ends when the dispute is judged or resolved.")
    with transaction.atomic():
        account = lock_account(hold.account_id) if hold.account_id else None
        can(by, "lift_hold", account or Portfolio.objects.get(pk=hold.scope_id)).or_raise()
        holds.release(hold.pk, by=by, at=at, reason=reason)
    if hold.account_id:
        recompute([hold.account_id], at)
    hold.refresh_from_db()
    return hold


def pause_sending(reason: str, *, by: User, at: datetime) -> Hold:
    """Stop all sending, now, for everybody. Anyone with a role may."""
    reason = demand_reason(reason, "pausing all sending")
    can(by, "pause_sending").or_raise()
    with transaction.atomic():
        hold = holds.put(Hold.Scope.GLOBAL, 0, kind=Hold.Kind.PAUSE, reason=reason, source="pause", owner=by, by=by, at=at)
        record([Entry("system", "system.sending_paused", "hold", hold.pk)], by=by, at=at)
    return hold


def resume_sending(reason: str, *, by: User, at: datetime) -> Hold:
    """Let messages leave again. A finance approver may; a system administrator only if somebody else paused."""
    reason = demand_reason(reason, "resuming sending")
    can(by, "resume_sending").or_raise()
    with transaction.atomic():
        hold = holds.sending_paused(at)
        if hold is None:
            raise Blocked("E-PAUSE", "Sending is not paused.")
        if FINANCE not in scope_of(by).all_roles and hold.created_by_id == by.pk:
            Denied("because you paused sending yourself; a second person resumes it").or_raise()
        holds.release(hold.pk, by=by, at=at, reason=reason)
        record([Entry("system", "system.sending_resumed", "hold", hold.pk)], by=by, at=at)
    hold.refresh_from_db()
    return hold


def _account_of(scope: str, scope_id: int) -> Account | None:
    """The account a hold reaches, under lock; None for a portfolio. Raises ``Blocked`` for the global scope."""
    if scope == Hold.Scope.GLOBAL:
        raise Blocked("E-HOLD", "To hold everything, pause sending.")
    if scope == Hold.Scope.PORTFOLIO:
        return None
    if scope == Hold.Scope.CONTACT:
        return lock_account(Contact.objects.get(pk=scope_id).account_id)
    if scope == Hold.Scope.INVOICE:
        return lock_account(Invoice.objects.get(pk=scope_id).account_id)
    return lock_account(scope_id)
