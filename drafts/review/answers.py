"""What people write beside a hold: the answer to a dispute, and the correction of a message that went out wrong.

Neither is a demand. Both need a finance approver and the account's owner, neither of whom wrote the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.models import Account, Contact, Dispute
from drafts import states, transitions
from drafts.models import Delivery, Draft, FollowUp
from drafts.review.base import Blocked, refuse_claimed
from drafts.review.consequences import lock_account
from drafts.review.writing import Manuscript, clean, save_revision
from governance.rights import can
from governance.roles import FINANCE

if TYPE_CHECKING:
    from governance.models import User


def answer_dispute(dispute_id: int, subject: str, body: str, *, by: User, at: datetime) -> Draft:
    """Save our answer to a dispute as the draft of the account's follow-up, also while the dispute holds it.

    Raises ``Blocked`` when the dispute is resolved or no recipient is verified, ``WrongState`` while a message is leaving.
    """
    subject, body = clean(subject, body)
    with transaction.atomic():
        account = lock_account(Dispute.objects.values_list("account_id", flat=True).get(pk=dispute_id))
        can(by, "own_dispute", account).or_raise()
        dispute = Dispute.objects.get(pk=dispute_id)
        if dispute.status == Dispute.Status.RESOLVED:
            raise Blocked("E-DISPUTE", "This dispute is resolved; the account is worked as usual again.")
        invoice_ids = [dispute.invoice_id] if dispute.invoice_id else []
        note = f"answer to dispute {dispute.external_id}"
        return _write(account, subject, body, states.DISPUTE_RESPONSE, invoice_ids, note, by, at)


def correct(delivery_id: int, subject: str, body: str, *, by: User, at: datetime) -> Draft:
    """Save a correction of a message the customer has."""
    subject, body = clean(subject, body)
    delivery = Delivery.objects.select_related("draft").get(pk=delivery_id)
    if delivery.state not in (states.ACCEPTED, states.HANDING_OVER, states.OUTCOME_UNKNOWN):
        raise Blocked("E-SENT", "This message did not go out; stop it or edit it instead.")
    with transaction.atomic():
        account = lock_account(delivery.account_id)
        can(by, "edit_draft", account).or_raise()
        note = f"correction of {delivery.message_id}"
        return _write(account, subject, body, states.CORRECTION, delivery.draft.invoice_ids, note, by, at)


def _write(
    account: Account, subject: str, body: str, purpose: str, invoice_ids: Sequence[int], note: str, by: User, at: datetime
) -> Draft:
    follow_up = _open_follow_up(account, by, at)
    refuse_claimed(follow_up, by, at)
    action = "draft_ready" if follow_up.status == states.PREPARING else "answer"
    if follow_up.status not in states.BY_ACTION[action].sources:
        raise transitions.WrongState("answer", {follow_up.pk: follow_up.status})
    usable = Contact.objects.filter(account=account, verified_at__isnull=False, bounced_at=None, opted_out_at=None)
    contact = usable.order_by("pk").first()
    manuscript = Manuscript(
        subject, body, purpose, (contact.language if contact else "") or account.language, invoice_ids, note=note
    )
    fields = {"owner_role": FINANCE, "owner_id": None, "hold_reason": ""}
    return save_revision(follow_up, manuscript, action, by=by, at=at, fields=fields)


def _open_follow_up(account: Account, by: User, at: datetime) -> FollowUp:
    row = FollowUp.objects.filter(account=account, status__in=states.OPEN).first()
    if row is not None:
        return transitions.lock([row.pk])[0]
    return transitions.begin([FollowUp(account=account, portfolio_id=account.portfolio_id, owner_role=FINANCE)], by=by, at=at)[0]
