"""I7, I25, I28, I29: how things stood when a message left, read from histories, holds, decisions and terms."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q

from accounts.models import Contact, Invoice
from drafts import states
from drafts.classification.types import PROCEED
from drafts.delivery.mime import address_of
from drafts.delivery.standing import BESIDE_A_HOLD
from drafts.invariants.base import CHUNK, SKEW, Violation, deliveries, each, of, reached
from drafts.models import Delivery, Draft, FollowUp, Reply
from governance.models import ApprovedTerm, Decision, Hold

COMMITMENTS = ("G11", "G12", "G13", "G14", "G15", "G16")


def nothing_stood_against_it() -> Iterator[Violation]:
    """I7: no pause, no hold, no new word of the customer, nothing paid or changed that had been known for a while."""
    for delivery in reached():
        if delivery.handed_over_at is None:
            continue
        moment = delivery.handed_over_at - SKEW
        yield from (of(delivery, f"it left under hold {hold.pk}: {hold.reason}") for hold in _holds(delivery, moment))
        if delivery.draft.purpose not in BESIDE_A_HOLD:
            yield from _changed_invoices(delivery, moment)
            yield from _new_words(delivery, moment)


def _holds(delivery: Delivery, moment: datetime) -> Iterator[Hold]:
    """Holds that stood well before and after the hand-over and reach this message."""
    assert delivery.handed_over_at is not None
    after = delivery.handed_over_at
    standing = Q(created_at__lt=moment) & (Q(released_at__isnull=True) | Q(released_at__gt=after + SKEW))
    standing &= Q(expires_at__isnull=True) | Q(expires_at__gt=after)
    contact = Contact.objects.filter(account_id=delivery.account_id, email__iexact=address_of(delivery.draft.to_address)).first()
    reach = Q(scope=Hold.Scope.GLOBAL) | Q(scope=Hold.Scope.PORTFOLIO, scope_id=delivery.draft.follow_up.portfolio_id)
    own = Q(scope=Hold.Scope.ACCOUNT) | Q(scope=Hold.Scope.INVOICE, scope_id__in=delivery.draft.invoice_ids)
    own |= Q(scope=Hold.Scope.CONTACT, scope_id=contact.pk if contact else 0)
    rows = Hold.objects.filter(standing).filter(reach | (own & Q(account_id=delivery.account_id)))
    if delivery.draft.purpose in BESIDE_A_HOLD:
        rows = rows.exclude(kind__in=[Hold.Kind.DISPUTE, Hold.Kind.PAYMENT_CLAIM])
    yield from rows.order_by("pk")


def _changed_invoices(delivery: Delivery, moment: datetime) -> Iterator[Violation]:
    material = {row[0]: row for row in json.loads(delivery.draft.canonical)["material"].get("invoices", [])}
    versions: Any = Invoice.history  # type: ignore[attr-defined]
    for pk, row in material.items():
        known = versions.filter(id=pk, history_date__lt=moment).order_by("-history_date", "-history_id").first()
        if known is None or len(row) < 4:
            continue
        if known.status != Invoice.Status.OPEN:
            yield of(delivery, f"it asked for {known.number}, which was {known.status} already")
        elif (known.balance_minor, known.currency) != (row[3], row[2]):
            yield of(delivery, f"it asked for another amount of {known.number} than was open")


def _new_words(delivery: Delivery, moment: datetime) -> Iterator[Violation]:
    known = {message["id"] for message in json.loads(delivery.draft.brief.facts).get("messages", [])}
    since = delivery.draft.brief.as_of
    rows = Reply.objects.filter(message__account_id=delivery.account_id, created_at__gt=since, created_at__lt=moment)
    for reply in rows.exclude(message_id__in=known):
        yield of(delivery, f"the customer had written since its facts were read (reply {reply.pk})")


def facts_belong_to_the_account() -> Iterator[Violation]:
    """I25: brief and invoices of a draft are of its account; a message goes to a contact of the account that was verified."""
    drafts = Draft.objects.select_related("brief", "follow_up").defer("canonical", "body", "brief__facts").order_by("pk")
    for draft in drafts.iterator(chunk_size=CHUNK):
        if draft.brief.account_id != draft.follow_up.account_id:
            yield Violation("draft", draft.pk, f"its brief is of account {draft.brief.account_id}")
    owner = dict(Invoice.objects.values_list("pk", "account_id"))
    for pk, account_id, invoice_ids in Draft.objects.order_by("pk").values_list("pk", "follow_up__account_id", "invoice_ids"):
        foreign = [i for i in invoice_ids if owner.get(i, account_id) != account_id]
        if foreign:
            yield Violation("draft", pk, f"it names invoices of other accounts: {foreign}")
    for delivery in each(deliveries().filter(erased_sha256="")):  # an erased recipient is nobody's contact any more, rightly so
        for recipient in delivery.recipients:
            if not _was_contact(delivery, str(recipient)):
                yield of(delivery, "its recipient was no verified contact of the account")


def _was_contact(delivery: Delivery, address: str) -> bool:
    versions: Any = Contact.history  # type: ignore[attr-defined]
    same = {"account_id": delivery.account_id, "email__iexact": address, "verified_at__isnull": False}
    return Contact.objects.filter(**same).exists() or versions.filter(**same).exists()


def relationships_were_decided() -> Iterator[Violation]:
    """I28: on an executive-review account nothing is written by the machine or sent without a decision that lets us write."""
    for delivery in each(deliveries().filter(approval_request__lane=states.EXECUTIVE_REVIEW)):
        moment = delivery.handed_over_at or delivery.created_at
        if not _decided(delivery.account_id, moment):
            yield of(delivery, "an executive-review account was written to without a decision in force")
    rows = FollowUp.objects.filter(lane=states.EXECUTIVE_REVIEW, status__in=states.REVIEWABLE, draft__author__isnull=True)
    for row in rows.exclude(draft=None).select_related("draft").order_by("pk"):
        assert row.draft is not None
        if not _decided(row.account_id, row.draft.created_at):
            yield Violation("follow_up", row.pk, "an executive-review account has an outward draft without a decision in force")


def _decided(account_id: int, moment: datetime) -> bool:
    rows = Decision.objects.filter(account_id=account_id, kind=Decision.Kind.RELATIONSHIP_PATH, state=Decision.State.DECIDED)
    rows = rows.filter(decided_at__lte=moment + SKEW).filter(Q(valid_until__isnull=True) | Q(valid_until__gte=moment.date()))
    last = rows.order_by("-pk").first()
    return last is not None and last.outcome.startswith(PROCEED)


def commitments_were_decided() -> Iterator[Violation]:
    """I29: an approved text promises nothing and threatens nothing that no decision or term covers."""
    for delivery in each(deliveries()):
        findings = list(delivery.draft.findings.all())
        refused = [f for f in findings if f.severity == "block" and not f.registered]
        if refused:
            yield of(delivery, f"a check refuses its text: {refused[0].check_id} {refused[0].why}")
        if any(f.registered and f.check_id in COMMITMENTS for f in findings) and not _covered(delivery):
            yield of(delivery, "its text grants or threatens something that no term in force covers")


def _covered(delivery: Delivery) -> bool:
    moment = delivery.handed_over_at or delivery.created_at
    rows = ApprovedTerm.objects.filter(account_id=delivery.account_id, approved_at__lte=moment + SKEW, expires_on__gte=moment.date())
    return rows.filter(Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=moment)).exists()
