"""Replies recorded, judged by kind, with what they do at once.

The customer's text is data: it is stored as it came, judged by detectors, and never followed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from accounts.models import Account, Contact, Invoice, Message
from drafts import states, transitions
from drafts.delivery import mime, settle
from drafts.detection.topics import topics_in
from drafts.detectors import DisputeVerdict, ReplyVerdict, judge_dispute, judge_reply
from drafts.fingerprint import sha256_hex
from drafts.models import Delivery, FollowUp, Reply
from drafts.models.reply import REPLY_KINDS
from drafts.responses.knowing import told_of
from drafts.review.base import Blocked
from drafts.review.consequences import (
    Heard,
    claim_of_payment,
    interrupt,
    lock_account,
    open_signals,
    opt_out,
    promise_of,
    wrong_person,
)
from drafts.review.recompute import recompute
from governance.audit import Entry, account_stream, record
from governance.rights import can

if TYPE_CHECKING:
    from governance.models import User

DISPUTE, PAID, OPT_OUT = "dispute", ("paid", "remittance"), "opt_out"
PROMISES = ("promise_with_date", "promise_without_date")


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message from a customer, as it arrived. ``sent_at`` is its own date; addresses are bare or with a name."""

    account_id: int
    sender: str
    subject: str
    body: str
    sent_at: datetime
    recipient: str = ""
    message_id: str = ""
    in_reply_to: str = ""

    @property
    def external_id(self) -> str:
        """Its Message-ID, or for a message without one a hash of what it is, so that recording it again adds nothing."""
        if self.message_id:
            return self.message_id[:200]
        parts = (self.sender, self.sent_at.isoformat(), self.subject, self.body)
        return f"reply-{sha256_hex(chr(0).join(parts))[:40]}"


@dataclass(frozen=True, slots=True)
class Judged:
    """What the detectors say about one message, before any lock is taken."""

    reply: ReplyVerdict
    dispute: DisputeVerdict

    @property
    def kind(self) -> str:
        """The kind that counts for what happens at once: a dispute wins over whatever else it says."""
        return DISPUTE if self.dispute.is_dispute and self.reply.kind not in ("out_of_office", OPT_OUT) else self.reply.kind


def record_reply(incoming: Incoming, *, by: User | None, at: datetime) -> tuple[Reply, bool]:
    """Record one reply; returns it and whether it was new (False: this Message-ID is known, nothing changed).

    In one transaction with the account locked first: the message, its kind, the follow-up it answers, what was about to leave is
    stopped; a dispute opens a signal with its hold, "paid" a hold, a promise is written down, an opt-out closes the address.
    """
    account = Account.objects.get(pk=incoming.account_id)
    if by is not None:
        can(by, "record_reply", account).or_raise()
    judged = judge(incoming)
    with transaction.atomic():
        account = lock_account(account.pk)
        known = _known_message(incoming)
        recorded = Reply.objects.filter(message=known).first() if known else None
        if recorded is not None:
            return recorded, False
        message = _write_message(incoming, judged, known, at)
        reply = _write_reply(message, incoming, judged, by, at)
        _apply(account, message, reply, judged.reply.invoices, by, at)
    if judged.kind not in (DISPUTE, *PAID):
        recompute([account.pk], at)
    return reply, True


def judge(incoming: Incoming) -> Judged:
    """Judge a message by the detectors; the numbers of the account's invoices are what it may mention."""
    numbers = list(Invoice.objects.filter(account_id=incoming.account_id).values_list("number", flat=True))
    verdict = judge_reply(incoming.body, incoming.subject, as_of=incoming.sent_at.date(), known_invoices=numbers)
    return Judged(verdict, judge_dispute(incoming.body, incoming.subject))


def confirm_kind(reply_id: int, kind: str, *, by: User, at: datetime) -> Reply:
    """A person says what the reply is. The consequences of the confirmed kind follow; those already in force are lifted by their own
    verbs (a signal is dismissed, a hold lifted), each with its reason."""
    if kind not in dict(REPLY_KINDS):
        raise ValueError(f"unknown kind of reply: {kind}")
    account_id = Reply.objects.values_list("message__account_id", flat=True).get(pk=reply_id)
    with transaction.atomic():
        account = lock_account(account_id)
        can(by, "record_reply", account).or_raise()
        reply = Reply.objects.select_for_update(of=("self",)).select_related("message").get(pk=reply_id)
        before = reply.kind
        reply.confirmed_kind, reply.confirmed_by, reply.confirmed_at = kind, by, at
        reply.save(update_fields=["confirmed_kind", "confirmed_by", "confirmed_at"])
        Message.objects.filter(pk=reply.message_id).update(kind=kind)
        data = {"machine": reply.machine_kind, "confirmed": kind}
        data |= told_of(account, reply.message, kind, reply.follow_up, reply.delivery)
        record([Entry(account_stream(account.pk), "reply.confirmed", "reply", reply.pk, data)], by=by, at=at)
        if kind != before:
            _consequences(account, reply.message, reply, _mentioned(account, reply.message), by, at)
    recompute([account_id], at)
    return reply


def _known_message(incoming: Incoming) -> Message | None:
    """The row of this message if it is already there, from an earlier recording or an import. Raises ``Blocked`` when it is another
    account's."""
    same = Q(account_id=incoming.account_id, external_id=incoming.external_id)
    if incoming.message_id:
        same |= Q(message_id=incoming.message_id)
    known = Message.objects.filter(same).first()
    if known is not None and (known.account_id != incoming.account_id or known.direction != Message.Direction.IN):
        raise Blocked("E-REPLY", "This Message-ID belongs to a message of another account or to one of ours.")
    return known


def _write_message(incoming: Incoming, judged: Judged, known: Message | None, at: datetime) -> Message:
    """The message row; one that an import brought before is taken as it is."""
    message = known or Message(account_id=incoming.account_id, external_id=incoming.external_id, direction=Message.Direction.IN)
    if known is None:
        message.at, message.subject, message.body = incoming.sent_at, incoming.subject[:300], incoming.body
        message.sender, message.recipient = incoming.sender[:254], incoming.recipient[:254]
        message.message_id, message.in_reply_to = incoming.message_id[:250], incoming.in_reply_to[:250]
    message.kind, message.scanned_at = judged.kind, at
    message.topics = " ".join(sorted(topics_in(f"{incoming.subject}\n{incoming.body}")))[:200]
    message.save()
    return message


def _write_reply(message: Message, incoming: Incoming, judged: Judged, by: User | None, at: datetime) -> Reply:
    delivery = _answered_delivery(message)
    follow_up = delivery.follow_up if delivery else _answered_follow_up(message.account_id)
    quote = judged.dispute.quote if judged.kind == DISPUTE else judged.reply.quote
    reply = Reply.objects.create(
        message=message, follow_up=follow_up, delivery=delivery, machine_kind=judged.kind, score=judged.reply.score, quote=quote,
        promised_on=judged.reply.promised_on, recorded_by=by, created_at=at,
    )
    data = {"message": message.pk, "kind": judged.kind, "delivery": delivery.pk if delivery else None}
    data |= told_of(message.account, message, judged.kind, follow_up, delivery)
    record([Entry(account_stream(message.account_id), "reply.recorded", "reply", reply.pk, data)], by=by, at=at)
    return reply


def _answered_delivery(message: Message) -> Delivery | None:
    """The message of ours it answers, by Message-ID, whatever became of it."""
    if not message.in_reply_to:
        return None
    return Delivery.objects.filter(account_id=message.account_id, message_id=message.in_reply_to).select_related("follow_up").first()


def _answered_follow_up(account_id: int) -> FollowUp | None:
    sent = FollowUp.objects.filter(account_id=account_id, status__in=(states.SENT, states.ANSWERED))
    return sent.order_by("-sent_at", "-pk").first()


def _apply(
    account: Account, message: Message, reply: Reply, numbers: tuple[str, ...], by: User | None, at: datetime
) -> None:
    """Everything one new reply does, in order: evidence, answer, interruption, consequences."""
    if reply.delivery is not None and reply.delivery.state == states.OUTCOME_UNKNOWN:
        # Nobody can answer a message that never arrived: the reply is the evidence that settles the outcome.
        settle.accepted(reply.delivery.pk, f"answered by the customer in {message.message_id or message.external_id}", at=at)
    if reply.follow_up is not None:
        reply.follow_up.refresh_from_db()
        if reply.follow_up.status in states.BY_ACTION["reply"].sources:
            transitions.perform([reply.follow_up.pk], "reply", by=by, at=at, data={reply.follow_up.pk: {"reply": reply.pk}})
    _consequences(account, message, reply, _rows(account, numbers), by, at)


def _consequences(
    account: Account, message: Message, reply: Reply, invoices: list[Invoice], by: User | None, at: datetime
) -> None:
    """What the kind in force does at once. Order matters: holds stand before the follow-up is interrupted."""
    heard, kind = Heard("message", message.pk, reply.quote or message.subject or "(no words)", message.at), reply.kind
    contact = Contact.objects.filter(account=account, email__iexact=mime.address_of(message.sender)).first()
    if kind == DISPUTE:
        category = judge_dispute(message.body, message.subject).category or "other"
        open_signals(
            account, invoices, heard, category=category, score=reply.score, detector="person" if reply.confirmed_kind else "reply",
            by=by, at=at,
        )
    elif kind in PAID:
        claim_of_payment(account, heard, by=by, at=at)
    elif kind in PROMISES:
        due_on = reply.promised_on if kind == "promise_with_date" else None
        invoice = invoices[0] if len(invoices) == 1 else None
        promise_of(account, heard, due_on=due_on, invoice=invoice, made_on=message.at.date(), by=by, at=at)
    elif kind == OPT_OUT and contact is not None:
        opt_out(contact, by=by, at=at)
    elif kind == "wrong_person" and contact is not None:
        wrong_person(contact, heard, by=by, at=at)
    words = f"The customer wrote at {message.at:%H:%M} UTC on {message.at:%d %B}: {dict(REPLY_KINDS)[kind].lower()}."
    interrupt(account.pk, code="disputed" if kind == DISPUTE else "new_message", reason=words, hold=kind in (DISPUTE, *PAID), by=by, at=at)


def _mentioned(account: Account, message: Message) -> list[Invoice]:
    numbers = list(Invoice.objects.filter(account=account).values_list("number", flat=True))
    verdict = judge_reply(message.body, message.subject, as_of=message.at.date(), known_invoices=numbers)
    return _rows(account, verdict.invoices)


def _rows(account: Account, numbers: tuple[str, ...]) -> list[Invoice]:
    """Open invoices among those the text names."""
    return list(Invoice.objects.filter(account=account, number__in=numbers, status=Invoice.Status.OPEN).order_by("due_on", "pk"))


