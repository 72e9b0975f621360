"""The hand-over of one message to the mail server, in the only order that never sends twice and never loses.

connect → one transaction: lock, last look, commit ``handing_over`` → conversation → ``accepted`` with the server's answer. No network
call happens under a lock. A crash before the commit may be repeated; after it, only evidence or a named person says what happened.
"""

from __future__ import annotations

import logging
import os
import socket
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from drafts import states
from drafts.delivery import last_look, outbox, transports
from drafts.delivery.settle import accepted, failed, unknown
from drafts.detection.reading import unread
from governance import clock, quarantine
from governance.checkpoints import handed, watching

if TYPE_CHECKING:
    from drafts.delivery.outbox import Claim
    from drafts.delivery.transports import Transport
    from drafts.models import Delivery
    from governance.models import Event

log = logging.getLogger(__name__)

ROUND_SECONDS = 60.0
READ_FIRST = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Parcel:
    """Exactly what goes over the line, and the event that it does."""

    sender: str
    recipients: tuple[str, ...]
    mime: bytes
    event: Event


def worker_name() -> str:
    """Host and process, for the people who look at a stuck claim."""
    return f"{socket.gethostname()}:{os.getpid()}"


def deliver_due(at: datetime | None = None, *, limit: int = 200, transport: Transport | None = None) -> dict[str, int]:
    """Hand over what is due, one by one over one line; returns how many ended how. ``at`` is the clock's now unless given.

    A dead mail server ends the round after one message: the rest stay scheduled and keep their attempts. So does a slow one after
    ``ROUND_SECONDS``: leases are counted from ``at``, which must not grow old. In a delivery quarantine nothing is even claimed.
    """
    counts: dict[str, int] = {}
    if _refused(at):
        return counts
    line = transport or transports.current()
    end = time.monotonic() + ROUND_SECONDS
    try:
        for _ in range(limit):
            if time.monotonic() > end:
                break
            claim = outbox.claim(at or clock.now(), worker_name())
            if claim is None:
                break
            ended = _deliver(claim, line, at)
            counts[ended] = counts.get(ended, 0) + 1
            if ended == "no_connection":
                break
    finally:
        line.close()
    return counts


def deliver_one(delivery_id: int, at: datetime | None = None, *, transport: Transport | None = None) -> str:
    """Hand over one delivery if it is due and say how it ended (``not_due``: nothing to take). Safe to call any number of times."""
    if _refused(at):
        return "quarantined"
    claim = outbox.claim(at or clock.now(), worker_name(), delivery_id)
    if claim is None:
        return "not_due"
    line = transport or transports.current()
    try:
        return _deliver(claim, line, at)
    finally:
        line.close()


def _refused(at: datetime | None) -> bool:
    """True when this database may be a restored one and nobody has said yet that it may send."""
    why = watching.refusal(at or clock.now())
    if why:
        log.warning("nothing is handed over: %s", why)
    return bool(why)


def _deliver(claim: Claim, line: Transport, at: datetime | None) -> str:
    try:
        line.connect()
    except transports.TransportError as error:
        log.warning("delivery %s waits: no connection to the mail server", claim.delivery_id)
        failed(claim, str(error), at=at or clock.now())
        return "no_connection"
    parcel = begin(claim, at=at or clock.now())
    if parcel is None:
        return "stopped_or_taken"
    try:
        handed.note(parcel.event)
    except OSError as error:
        failed(claim, f"the hand-over could not be written down outside the database: {error}", at=at or clock.now())
        return states.FAILED_TEMPORARY
    try:
        answer = line.send(parcel.sender, parcel.recipients, parcel.mime)
    except transports.TransportError as error:
        moment = at or clock.now()
        if error.unknown:
            log.error("delivery %s: the line broke on the way, its outcome is unknown", claim.delivery_id)
            unknown(claim, str(error), at=moment)
            return states.OUTCOME_UNKNOWN
        failed(claim, str(error), permanent=error.permanent, at=moment)
        return states.FAILED_PERMANENT if error.permanent else states.FAILED_TEMPORARY
    accepted(claim.delivery_id, answer, at=at or clock.now())
    return states.ACCEPTED


def begin(claim: Claim, *, at: datetime) -> Parcel | None:
    """The one transaction before the conversation: lock, last look, commit. None when the claim was lost or the message stopped."""
    with transaction.atomic():
        delivery = outbox.locked(claim.delivery_id)
        if delivery.state != states.CLAIMED or delivery.claimed_by != claim.token:
            return None
        if delivery.attempts > outbox.ATTEMPTS_LIMIT:
            words = f"Tried {outbox.ATTEMPTS_LIMIT} times without an end; a person has to look at it."
            outbox.stop([delivery.pk], code="too_many_attempts", reason=words, by=None, at=at)
            return None
        if quarantine.standing():
            # It began after this message was claimed. Waiting, not stopped: a person lifts it, then everything is looked at again.
            outbox.move(delivery, states.SCHEDULED, leaves_at=at + READ_FIRST, claimed_by="", lease_until=None)
            return None
        look = last_look.take(delivery, at)
        if look.reasons:
            words = " ".join(reason.words for reason in look.reasons)
            outbox.stop([delivery.pk], code=look.reasons[0].code, reason=words, by=None, at=at)
            return None
        wait_until = look.wait_until or _words_to_read_first(delivery, at)
        if wait_until is not None:
            outbox.move(delivery, states.SCHEDULED, leaves_at=wait_until, claimed_by="", lease_until=None)
            return None
        outbox.move(delivery, states.HANDING_OVER, handed_over_at=at, lease_until=at + outbox.lease())
        data = {"looks": look.taken, "attempt": delivery.attempts, "facts_now": look.known}
        event = outbox.note(delivery, "delivery.handing_over", by=None, at=at, data=data)
    return Parcel(delivery.sender, tuple(delivery.recipients), delivery.mime.encode("ascii"), event)


def _words_to_read_first(delivery: Delivery, at: datetime) -> datetime | None:
    """When to look again while a ticket, message or note of the account waits to be read; None when nothing does.

    The sweep reads before it delivers. Where reading failed, or new words came in between, what they say may be a dispute.
    """
    return at + READ_FIRST if unread([delivery.account_id], 1) else None
