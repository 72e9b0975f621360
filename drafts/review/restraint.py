"""Holds put and lifted by people: on a portfolio, an account, a contact or an invoice. (Everything at once is a switch: ``switches``.)"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.models import Account, Contact, Invoice
from drafts.delivery import outbox
from drafts.models import Delivery
from drafts.review import switches
from drafts.review.base import Blocked, demand_reason
from drafts.review.consequences import interrupt, lock_account
from drafts.review.recompute import recompute
from governance import holds
from governance.audit import Entry, account_stream, record
from governance.history import save_as
from governance.models import Hold, Portfolio
from governance.rights import can

if TYPE_CHECKING:
    from governance.models import User

# These end with the matter they are about, never by hand.
BOUND = ("signal:", "dispute:")
SWITCHES = (Hold.Scope.GLOBAL, Hold.Scope.MODEL, Hold.Scope.TEMPLATE)


def put_hold(
    scope: str, scope_id: int, *, kind: str, reason: str, by: User, at: datetime, expires_at: datetime | None = None, quote: str = "",
    owner: User | None = None,
) -> Hold:
    """Hold a portfolio, account, contact or invoice. What is about to leave stops now.

    The same hold again changes nothing; one with another reason or end is refused: the one that stands is lifted first.
    """
    reason = demand_reason(reason, "a hold")
    if expires_at is not None and expires_at <= at:
        raise Blocked("E-HOLD", "The hold would be over already: choose a later day, or none.")
    with transaction.atomic():
        account = _account_of(scope, scope_id)
        subject = account or Portfolio.objects.get(pk=scope_id)
        can(by, "put_hold", subject).or_raise()
        if owner is not None and owner != by:
            can(owner, "put_hold", subject).or_raise()
        hold = holds.put(
            scope, scope_id, account_id=account.pk if account else None, kind=kind, reason=reason, quote=quote.strip(),
            source=f"person:{by.pk}", owner=owner or by, expires_at=expires_at, by=by, at=at,
        )
        if (hold.reason, hold.expires_at) != (reason, expires_at):
            until = f" until {hold.expires_at:%d %B %Y %H:%M} UTC" if hold.expires_at else ""
            raise Blocked("E-HOLD", f"You already hold this{until}: {hold.reason}. Lift that hold before you put another one.")
        if account is not None:
            interrupt(account.pk, code="hold", reason=f"On hold: {hold.reason}", hold=True, by=by, at=at)
    if account is None:
        _stop_portfolio(hold, by, at)
    elif scope != Hold.Scope.ACCOUNT:
        recompute([account.pk], at)  # what a hold on one contact or invoice leaves free may still be written about
    return hold


def _stop_portfolio(hold: Hold, by: User, at: datetime) -> None:
    """Stop whatever is about to leave from a portfolio, message by message; one that slips in is stopped by the last look."""
    leaving = Delivery.objects.filter(state__in=outbox.STOPPABLE, account__portfolio_id=hold.scope_id).order_by("pk")
    for pk in list(leaving.values_list("pk", flat=True)):
        outbox.stop([pk], code="hold", reason=f"On hold: {hold.reason}", by=by, at=at)


def lift_hold(hold_id: int, reason: str, *, by: User, at: datetime) -> Hold:
    """Lift a hold with a reason; the account is computed again. A dispute's hold ends with the dispute, not here; a pause is resumed.

    Lifting the hold of an address whose mail came back lets it be written to again. Another hold on the same account goes on.
    """
    reason = demand_reason(reason, "lifting a hold")
    hold = Hold.objects.get(pk=hold_id)
    if hold.scope in SWITCHES or hold.source in (switches.BY_HAND, switches.TRIPPED):
        return switches.resume(hold_id, reason, by=by, at=at)
    if hold.source.startswith(BOUND):
        raise Blocked("E-HOLD", "This hold belongs to a dispute. It ends when the dispute is judged or resolved.")
    with transaction.atomic():
        account = lock_account(hold.account_id) if hold.account_id else None
        can(by, "lift_hold", account or Portfolio.objects.get(pk=hold.scope_id)).or_raise()
        if not holds.release(hold.pk, by=by, at=at, reason=reason):
            raise Blocked("E-HOLD", "This hold is not in force any more.")
        if hold.kind == Hold.Kind.BOUNCE and account is not None:
            _try_again(hold.scope_id, account, reason, by, at)
    if hold.account_id:
        recompute([hold.account_id], at)
    hold.refresh_from_db()
    return hold


def _try_again(contact_id: int, account: Account, reason: str, by: User, at: datetime) -> None:
    contact = Contact.objects.select_for_update().filter(pk=contact_id, account=account).first()
    if contact is not None and contact.bounced_at is not None:
        contact.bounced_at = None
        save_as(contact, by=by, at=at, reason=reason)
        record([Entry(account_stream(account.pk), "contact.tried_again", "contact", contact.pk)], by=by, at=at)


def _account_of(scope: str, scope_id: int) -> Account | None:
    """The account a hold reaches, under lock; None for a portfolio. Raises ``Blocked`` for the global scope and for words."""
    if scope in SWITCHES:
        raise Blocked("E-HOLD", "To hold everything, pause sending; words are switched off on the page of holds.")
    if scope == Hold.Scope.PORTFOLIO:
        return None
    if scope == Hold.Scope.CONTACT:
        return lock_account(Contact.objects.get(pk=scope_id).account_id)
    if scope == Hold.Scope.INVOICE:
        return lock_account(Invoice.objects.get(pk=scope_id).account_id)
    return lock_account(scope_id)
