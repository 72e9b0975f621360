"""What the mail server's answer, or its silence, means for the rows."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.models import Dispute, Message
from drafts import states, transitions
from drafts.delivery import outbox
from governance.audit import Entry, account_stream, record
from governance.history import record_history

if TYPE_CHECKING:
    from drafts.delivery.outbox import Claim
    from drafts.models import Delivery
    from governance.models import User


def accepted(delivery_id: int, answer: str, *, at: datetime, by: User | None = None, resolution: str = "") -> bool:
    """The server has it: delivery, follow-up, the outbound message and a dispute's answer, in one transaction.

    Also takes a late answer of a hand-over that was already parked as unknown (that answer is the evidence). False when there was
    nothing to accept. ``by`` and ``resolution`` when a person says so.
    """
    with transaction.atomic():
        delivery = outbox.locked(delivery_id)
        if delivery.state not in (states.HANDING_OVER, states.OUTCOME_UNKNOWN):
            return False
        was_unknown = delivery.state == states.OUTCOME_UNKNOWN
        outbox.move(
            delivery, states.ACCEPTED, accepted_at=at, server_answer=answer, lease_until=None, resolved_by=by,
            resolution=resolution or delivery.resolution,
        )
        data = {"bytes": delivery.mime_sha256, "fingerprint": delivery.fingerprint}
        outbox.note(delivery, "delivery.accepted", by=by, at=at, data=data)
        if was_unknown:
            outbox.note(delivery, "delivery.resolved", by=by, at=at, data={"outcome": states.ACCEPTED})
        _write_message(delivery, at)
        if delivery.draft.purpose == states.DISPUTE_RESPONSE:
            _answer_disputes(delivery, by, at)
        transitions.perform([delivery.follow_up_id], "accepted", by=by, at=at, data={delivery.follow_up_id: {"delivery": delivery.pk}})
    return True


def failed(claim: Claim, error: str, *, at: datetime, permanent: bool = False) -> None:
    """Nothing was taken. Tried again later with growing pauses, or, when the server said never, handed back to people."""
    with transaction.atomic():
        delivery = outbox.locked(claim.delivery_id)
        if delivery.claimed_by != claim.token or delivery.state not in (states.CLAIMED, states.HANDING_OVER):
            return
        if permanent:
            words = f"The mail server refused this message for good: {error}"
            outbox.move(delivery, states.FAILED_PERMANENT, last_error=error, lease_until=None, stop_code="refused", stop_reason=words)
            outbox.note(delivery, "delivery.failed", by=None, at=at, data={"permanent": True, "attempt": delivery.attempts})
            outbox.take_back([delivery], reason=words, by=None, at=at)
            return
        again = outbox.retry_at(delivery.attempts, at)
        outbox.move(delivery, states.FAILED_TEMPORARY, last_error=error, next_try_at=again, lease_until=None)
        outbox.note(delivery, "delivery.failed", by=None, at=at, data={"permanent": False, "attempt": delivery.attempts})


def unknown(claim: Claim, error: str, *, at: datetime) -> None:
    """The line broke after the text was on its way: parked until evidence or a named person settles it."""
    with transaction.atomic():
        delivery = outbox.locked(claim.delivery_id)
        if delivery.state == states.HANDING_OVER and delivery.claimed_by == claim.token:
            outbox.move(delivery, states.OUTCOME_UNKNOWN, last_error=error, lease_until=None)
            outbox.note(delivery, "delivery.unknown", by=None, at=at, data={"why": "line"})


def not_accepted(delivery_id: int, *, resolution: str, by: User, at: datetime) -> bool:
    """A person established that the server never took it: failed for good, follow-up back in review. Never sent again by itself."""
    with transaction.atomic():
        delivery = outbox.locked(delivery_id)
        if delivery.state != states.OUTCOME_UNKNOWN:
            return False
        words = "It was established that the mail server never took this message."
        outbox.move(
            delivery, states.FAILED_PERMANENT, resolved_by=by, resolution=resolution, stop_code="not_taken", stop_reason=words
        )
        outbox.note(delivery, "delivery.resolved", by=by, at=at, data={"outcome": states.FAILED_PERMANENT})
        outbox.take_back([delivery], reason=words, by=by, at=at)
    return True


def _write_message(delivery: Delivery, at: datetime) -> None:
    """The outbound message is a fact of the account from now on; detection has nothing to read in our own words."""
    Message.objects.create(
        account_id=delivery.account_id, external_id=delivery.message_id, message_id=delivery.message_id,
        direction=Message.Direction.OUT, at=at, sender=delivery.sender, recipient=", ".join(delivery.recipients)[:254],
        subject=delivery.draft.subject, body=delivery.draft.body, scanned_at=at,
    )


def _answer_disputes(delivery: Delivery, by: User | None, at: datetime) -> None:
    """Our position is out: the open disputes this text is about become answered (they stay in force)."""
    about = Dispute.objects.select_for_update().filter(account_id=delivery.account_id, status=Dispute.Status.OPEN)
    named = set(delivery.draft.invoice_ids)
    rows = [d for d in about.order_by("pk") if not named or d.invoice_id is None or d.invoice_id in named]
    for dispute in rows:
        dispute.status, dispute.answered_at = Dispute.Status.ANSWERED, at
    Dispute.objects.bulk_update(rows, ["status", "answered_at"])
    record_history(Dispute, [d.pk for d in rows], "~", by=by, at=at, reason="our answer was sent")
    stream = account_stream(delivery.account_id)
    record([Entry(stream, "dispute.answered", "dispute", d.pk, {"delivery": delivery.pk}) for d in rows], by=by, at=at)
