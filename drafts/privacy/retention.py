"""What is past its time is thrown away, every night, by the periods of the policy in force. A legal hold beats all of them.

The record (ledger, approvals, drafts, sent messages, decisions) has no period: it is kept, and erased of persons instead.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Contact, ImportRun, Invoice, Message
from drafts.models import FollowUp, WorkingCopy
from drafts.privacy.erasing import NOBODY, Kept, erase
from drafts.privacy.preserving import kept_by
from governance import policies
from governance.audit import Entry, record
from governance.models import Erasure, PreservationHold

log = logging.getLogger(__name__)

AT_ONCE = 100


def contacts_due(at: datetime) -> QuerySet[Contact]:
    """People of accounts with nothing open whose last invoice, message and verification lie longer ago than the policy keeps them."""
    since = at - timedelta(days=policies.active_parameters().retention_days_contacts)
    mine = {"account_id": OuterRef("account_id")}
    recent = Invoice.objects.filter(Q(status=Invoice.Status.OPEN) | Q(due_on__gte=since.date()) | Q(settled_on__gte=since.date()), **mine)
    rows = Contact.objects.exclude(name=NOBODY).exclude(verified_at__gte=since).filter(account__created_at__lt=since)
    rows = rows.filter(~Exists(recent), ~Exists(FollowUp.objects.open().filter(**mine)), ~Exists(Message.objects.filter(at__gte=since, **mine)))
    return rows.order_by("pk")


def throw_away(at: datetime) -> dict[str, int]:
    """Apply every period once; how many of each class went. Recorded when something did."""
    done = {"contacts": _contacts(at), "uploads": _uploads(at), "working_copies": _working_copies(at)}
    if any(done.values()):
        with transaction.atomic():
            record([Entry("system", "privacy.thrown_away", "retention", None, done)], by=None, at=at)
    return done


def _contacts(at: datetime) -> int:
    n = 0
    for pk in contacts_due(at).values_list("pk", flat=True)[:AT_ONCE]:
        try:
            erase(pk, cause=Erasure.Cause.RETENTION, by=None, at=at)
            n += 1
        except Kept as kept:
            log.info("contact %s is past its time and stays: %s", pk, kept)
    return n


def _uploads(at: datetime) -> int:
    """Files of imports; while any account is preserved they all stay, for a file names many."""
    since = at - timedelta(days=policies.active_parameters().retention_days_uploads)
    if PreservationHold.objects.filter(released_at__isnull=True).exists():
        return 0
    rows = list(ImportRun.objects.exclude(upload="").filter(started_at__lt=since).order_by("pk")[:AT_ONCE])
    for run in rows:
        run.upload.delete(save=False)
        ImportRun.objects.filter(pk=run.pk).update(upload="")
    return len(rows)


def _working_copies(at: datetime) -> int:
    since = at - timedelta(days=policies.active_parameters().retention_days_working_copies)
    n = 0
    for copy in WorkingCopy.objects.filter(saved_at__lt=since).select_related("draft__follow_up").order_by("pk")[:AT_ONCE]:
        if not kept_by(copy.draft.follow_up.account_id, at):
            copy.delete()
            n += 1
    return n
